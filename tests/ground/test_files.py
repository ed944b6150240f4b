"""Files that run elsewhere are checked here: compose, Dockerfile, scripts, locks, vendored files."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def _run(*command, **environment):
    # Browser tests set it for this process alone; a deployment must not have it.
    inherited = {key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        command, cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )


def test_compose_file_is_valid(tmp_path):
    example = (ROOT / "deploy" / "env.example").read_text()
    values = dict(line.split("=", 1) for line in example.splitlines() if "=" in line and not line.startswith("#"))
    (tmp_path / "docker-compose.yml").write_text((ROOT / "docker-compose.yml").read_text())
    (tmp_path / ".env").write_text("\n".join(f"{key}='{value}'" for key, value in values.items() if "'" not in value))

    done = subprocess.run(
        [str(BIN / "docker-compose"), "config", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_compose_refuses_to_start_without_its_secrets(tmp_path):
    (tmp_path / "docker-compose.yml").write_text((ROOT / "docker-compose.yml").read_text())
    (tmp_path / ".env").write_text("")

    done = subprocess.run(
        [str(BIN / "docker-compose"), "config", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "set it in .env" in done.stderr


def test_compose_file_for_growing_is_valid_and_reaches_every_service(tmp_path):
    """Whatever asks the database at run time goes through the pooler; what migrates and saves goes past it."""
    for name in ("docker-compose.yml", "deploy/scale.yml", "deploy/env.example"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    values = [line for line in (ROOT / "deploy/env.example").read_text().splitlines() if line[:1] not in {"", "#"}]
    (tmp_path / ".env").write_text("\n".join(value.replace("=", "='", 1) + "'" for value in values if "'" not in value))
    command = [
        str(BIN / "docker-compose"),
        "-f",
        "docker-compose.yml",
        "-f",
        "deploy/scale.yml",
        "--profile",
        "*",
        "config",
    ]

    done = subprocess.run([*command, "--format", "json"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    ours = {name: one["environment"] for name, one in services.items() if one.get("image") == "laurel:local"}
    past = {"migrate", "backup"}
    assert {name for name, env in ours.items() if "@pgbouncer:" in env["DATABASE_URL"]} == set(ours) - past
    assert all((env.get("DATABASE_POOLER") == "pgbouncer") == (name not in past) for name, env in ours.items())
    assert all("@postgres:" in env["MIGRATION_DATABASE_URL"] for env in ours.values())
    queues = {
        queue
        for one in services.values()
        if "-Q" in (one.get("command") or [])
        for queue in one["command"][one["command"].index("-Q") + 1].split(",")
    }
    assert queues >= {"sign", "render", "mail", "default", "desk"}


def test_dockerfile_passes_hadolint():
    done = _run(str(BIN / "hadolint"), "Dockerfile")

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "script",
    [
        "scripts/bootstrap",
        "scripts/system-packages",
        "scripts/lock",
        "scripts/with-engines",
        "deploy/roles.sh",
        ".ci/run",
    ],
)
def test_script_passes_shellcheck(script):
    done = _run(str(BIN / "shellcheck"), script)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["base", "local", "dev"])
def test_lock_has_hashes_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()

    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|file:", text)
    pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in line for line in pinned)


def test_locks_have_every_direct_dependency():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    names = {
        re.match(r'  "([A-Za-z0-9-]+)', line)[1].lower()
        for line in lines
        if re.match(r'  "[A-Za-z0-9-]+(\[.*\])?[=><]', line)
    }
    locked = {
        line.split("==")[0].lower()
        for line in (ROOT / "requirements" / "dev.txt").read_text().splitlines()
        if "==" in line
    }

    assert names - locked == set()


def test_repository_names_no_registry_and_no_machine():
    host = "|".join(["pythonhoste" + "d", "py" + r"pi\.org", "registry" + r"\.npm" + "js", "deb" + r"\.debian\.org"])

    done = _run("git", "grep", "-nIE", host)

    assert done.stdout == ""


def test_make_help_lists_the_commands():
    done = _run("make", "help")

    assert {"run", "test", "check", "faults"} <= {line.split()[1] for line in done.stdout.splitlines() if line.strip()}


def test_deployment_check_passes():
    done = _run(sys.executable, "-W", "ignore", "scripts/check_deploy.py")

    assert done.returncode == 0, done.stdout + done.stderr


def test_deployment_check_fails_when_mails_are_kept_in_a_folder():
    code = (ROOT / "scripts" / "check_deploy.py").read_text().replace('    "EMAIL_URL"', '    "NO_EMAIL_URL"')

    done = _run(sys.executable, "-W", "ignore", "-c", code.replace("__file__", repr(str(ROOT / "scripts" / "x.py"))))

    assert done.returncode != 0
