#!/usr/bin/env python3
"""Copies what static/vendor/vendor.json names out of npm packages, checking each package's published hash.

Nothing of this runs when Laurel is installed: the files are committed, and tests/test_front.py compares them with the
hashes that this script writes back into vendor.json. Give a package's name to renew only that one.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / "static/vendor/vendor.json"
ICONS = ROOT / "issuers/templatetags/icons.json"
SYMBOLS = ROOT / "badges/rendering/symbols/phosphor.json"


def fetch(spec: str, integrity: str, folder: str) -> Path:
    """The package's archive in `folder`; ends the script when its hash is not the expected one."""
    command = ["npm", "pack", spec, "--json", "--ignore-scripts", "--pack-destination", folder]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    archive = Path(folder) / answer[0]["filename"]
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != integrity:
        sys.exit(f"{spec}: hash {found}, expected {integrity}")
    return archive


def read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(f"package/{name}")
    if member is None:
        sys.exit(f"{name} is not in the package")
    return member.read()


def icon(tar: tarfile.TarFile, name: str) -> str:
    """The shapes of one outline icon, without the wrapper that every icon repeats."""
    svg = read(tar, f"icons/outline/{name}.svg").decode()
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", svg)
    # The first path of every icon is its invisible bounding box.
    return "".join(shape.replace(" />", "/>") for shape in shapes if 'stroke="none"' not in shape)


def keywords(tar: tarfile.TarFile) -> dict[str, str]:
    """What each symbol is also called, from the package's own catalogue: a module of constants, read with patterns."""
    catalogue = read(tar, "dist/index.mjs").decode()
    found = {}
    for name, tags in re.findall(r'name: "([a-z0-9-]+)",.*?tags: \[(.*?)\]', catalogue, re.DOTALL):
        words = (tag for tag in re.findall(r'"([^"]+)"', tags) if not tag.startswith("*"))
        found[name] = " ".join(dict.fromkeys(words))
    return found


def symbol(tar: tarfile.TarFile, name: str) -> str:
    """Path data of one filled symbol, on its grid of 256."""
    return "".join(re.findall(r' d="([^"]+)"', read(tar, f"assets/fill/{name}-fill.svg").decode()))


def take_symbols(tar: tarfile.TarFile, entry: dict) -> None:
    words = keywords(tar)
    drawn = {
        name: {"d": symbol(tar, name), "topic": topic, "words": words[name]}
        for topic, names in entry["symbols"].items()
        for name in names
    }
    path = str(SYMBOLS.relative_to(ROOT))
    entry["sha256"][path] = write(path, (json.dumps(drawn, indent=0, ensure_ascii=False) + "\n").encode())


def write(path: str, data: bytes) -> str:
    """SHA-256 of what was written, for vendor.json."""
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def take(spec: str, entry: dict) -> None:
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fetch(spec, entry["integrity"], folder)) as tar:
        entry["sha256"] = {path: write(path, read(tar, source)) for source, path in entry["files"].items()}
        if names := entry.get("icons"):
            drawn = json.dumps({name: icon(tar, name) for name in sorted(names)}, indent=0) + "\n"
            entry["sha256"][str(ICONS.relative_to(ROOT))] = write(str(ICONS.relative_to(ROOT)), drawn.encode())
        if "symbols" in entry:
            take_symbols(tar, entry)
    print("taken", spec)


def main() -> None:
    manifest = json.loads(MANIFEST.read_text())
    for spec, entry in manifest.items():
        if not sys.argv[1:] or spec.rpartition("@")[0] in sys.argv[1:]:
            take(spec, entry)
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
