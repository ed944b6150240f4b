"""Which Laurel this is: as pyproject.toml says, which lies beside the code everywhere."""

import tomllib
from pathlib import Path

VERSION: str = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text())["project"]["version"]
