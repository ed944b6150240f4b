"""A rebuilt drawing made into pixels by a process of its own, which has little memory, little time and no files."""

import subprocess
import sys
from pathlib import Path

from badges.rendering.image_refused import ImageRefused

SECONDS = 3.0  # by the clock; the child counts its own time more strictly
_CHILD = Path(__file__).with_name("svg_child.py")
_PNG = b"\x89PNG\r\n\x1a\n"


def rasterised(svg: str, width: int, height: int) -> bytes:
    """PNG of an SVG that badges.rendering.svg_rebuilding wrote, or ImageRefused."""
    command = [sys.executable, "-I", str(_CHILD), str(width), str(height)]
    try:
        # No environment and no directory: nothing of ours is known there.
        done = subprocess.run(
            command, input=svg.encode(), capture_output=True, timeout=SECONDS, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ImageRefused("svg-too-slow") from error
    if done.returncode < 0:  # ended by the limit of its time or its memory
        raise ImageRefused("svg-too-slow")
    if done.returncode or not done.stdout.startswith(_PNG):
        raise ImageRefused("svg-broken")
    return done.stdout
