"""gunicorn's settings for `manage.py dev`: import everything at once, then listen when the launcher gives the word."""

import sys
from typing import Any

preload_app = True


def on_starting(server: Any) -> None:
    """Called between the two: the launcher closes our input when the tables are there."""
    sys.stdin.read()
