"""The import contract of pyproject.toml holds, and holds each app and layer."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from celery import current_app

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_hold():
    lint = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-4000:]


def test_contracts_are_exhaustive():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    inside = {c["containers"][0]: c for c in contracts if c.get("containers")}

    assert set(inside) == {"issuers", "badges", "recipients", "verification"}
    assert all(c["exhaustive"] for c in inside.values())


def test_every_direct_dependency_says_why():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    dependencies = [line for line in lines if line.startswith('  "') and ("==" in line or ">=" in line)]

    assert len(dependencies) > 40
    assert [line for line in dependencies if "#" not in line] == []


def test_everything_that_is_woken_is_a_task():
    apps = ("issuers", "badges", "recipients", "verification")
    texts = [path.read_text() for app in apps for path in (ROOT / app).rglob("*.py")]
    name = re.compile(rf'"((?:{"|".join(apps)})\.tasks\.\w+)"')

    woken = {found for text in texts for found in name.findall(text)}
    current_app.loader.import_default_modules()

    assert len(woken) > 15
    assert woken <= set(current_app.tasks)
