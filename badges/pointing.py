"""Where in a JSON document something stands, for whoever is told of a fault there. Pure."""

from collections.abc import Sequence


def pointer(path: Sequence[object], longest: int | None = None) -> str:
    """The steps as one text, each cut to `longest` letters: a hostile key must not fill an answer."""
    return "".join("/" + escaped(str(step)[:longest]) for step in path)


def escaped(step: str) -> str:
    """RFC 6901, section 3: ~ and / in a key are escaped."""
    return step.replace("~", "~0").replace("/", "~1")
