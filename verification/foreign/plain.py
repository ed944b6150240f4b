"""What strangers wrote, fit to stand inside a sentence of ours."""

from __future__ import annotations

import re
from typing import Any

LONGEST = 300
# Controls, and the marks that turn the direction of the text around them (SECURITY V29).
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


def plain(value: Any, most: int = LONGEST) -> str:
    """One line, of bounded length, in the direction of the sentence around it. Not escaped: pages do that."""
    text = " ".join(_UNFIT.sub(" ", str(value)[: most * 4]).split())
    return text if len(text) <= most else text[: most - 1] + "…"
