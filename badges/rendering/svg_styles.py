"""Style sheets inside an SVG, as drawing programs write them: plain rules for classes, elements and ids. Pure.

Only `property: value` pairs come out of here, for svg_rebuilding to parse; no at-rule is followed, and no address.
"""

import re
from collections.abc import Collection, Iterator, Mapping

MOST_RULES, MOST_CLASSES = 1000, 12

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([a-zA-Z]{1,30})?(?:([.#])([^\s.#:>+~\[\]{}()*,]{1,100}))?")
_WEIGHTS = {"#": 100, ".": 10, "": 0}

# An element's name, `.` or `#`, and the name of the class or id; '' stands for any.
Selector = tuple[str, str, str]


def declarations(text: str, known: Collection[str]) -> dict[str, str]:
    """`fill:#fff;stroke:none` as a dictionary of what is known; the last one said stands."""
    found = {}
    for line in _COMMENT.sub(" ", text).split(";"):
        name, colon, value = line.partition(":")
        if colon and (name := name.strip().lower()) in known:
            found[name] = value.replace("!important", "").strip()
    return found


class Sheet:
    """The rules of all style sheets; selectors that say more than one thing are passed over."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self.rules: dict[Selector, dict[str, str]] = {}
        self._read(text, known)
        self.places = {selector: place for place, selector in enumerate(self.rules)}

    def _read(self, text: str, known: Collection[str]) -> None:
        for match in _RULE.finditer(_COMMENT.sub(" ", text)):
            declared = declarations(match[2], known)
            # Whatever stands before a semicolon outside braces is an at-rule, such as @import.
            for selector in _selectors(match[1].rpartition(";")[2]):
                if len(self.rules) >= MOST_RULES:
                    return
                # Of two rules for the same elements the later one stands, in its later place.
                self.rules[selector] = self.rules.pop(selector, {}) | declared

    def of(self, tag: str, own: Mapping[str, str]) -> dict[str, str]:
        """What the rules declare for an element, the weightier last (CSS Cascade 4, 6.4.3)."""
        if not self.rules:
            return {}
        marks = [
            ("", ""),
            ("#", own.get("id", "")),
            *((".", name) for name in own.get("class", "").split()[:MOST_CLASSES]),
        ]
        fitting = [(name, *mark) for name in ("", tag) for mark in marks if (name, *mark) in self.rules]
        declared: dict[str, str] = {}
        for selector in sorted(fitting, key=lambda one: (_WEIGHTS[one[1]] + bool(one[0]), self.places[one])):
            declared |= self.rules[selector]
        return declared


def _selectors(text: str) -> Iterator[Selector]:
    for one in text.split(","):
        match = _SELECTOR.fullmatch(one.strip())
        if match and match[0]:
            yield match[1] or "", match[2] or "", match[3] or ""
