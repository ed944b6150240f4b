"""A program: rebuilt SVG on standard input → PNG on standard output, within limits. Knows nothing but the rasteriser.

It is its own process, so that a drawing that costs too much ends with it and not with the page that somebody waits for.
"""

import resource
import sys

import resvg_py

MEMORY = 700 * 1024 * 1024
SECONDS = 2


def _shut_in() -> None:
    """No file can be written, nothing can be opened or started; memory and time are counted."""
    for kind, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """`svg_child.py WIDTH HEIGHT`"""
    width, height = int(sys.argv[1]), int(sys.argv[2])
    _shut_in()
    svg = sys.stdin.buffer.read().decode()
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, width=width, height=height)
    sys.stdout.buffer.write(bytes(png))


if __name__ == "__main__":
    main()
