"""Credentials inside SVG drawings (Open Badges 3.0, section 5.3.2; 2.0: Baking, section "SVGs"). Parsed without entities."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, canonicalize, tostring

from defusedxml import DefusedXmlException, ElementTree

_ELEMENTS = ("{https://purl.imsglobal.org/ob/v3p0}credential", "{http://openbadges.org}assertion")
MOST_BYTES = 2 * 1024 * 1024


def _parsed(text: str) -> Element:
    if len(text) > MOST_BYTES:
        raise ValueError("the drawing is too large")
    try:
        root: Element = ElementTree.fromstring(text.encode(), forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, LookupError, RecursionError) as error:
        raise ValueError(f"not a drawing that can be read: {type(error).__name__}") from error
    return root


def credentials(text: str) -> list[str]:
    """What stands in the elements of Open Badges 3.0; failing that, in those of 2.0. Raises ValueError for what is no drawing."""
    root = _parsed(text)
    for name in _ELEMENTS:
        found = list(root.iter(name))
        if found:
            # The text of an element is the credential; a token stands in its attribute instead.
            return [(each.text or "").strip() or each.get("verify", "") for each in found]
    return []


def without_credential(text: str) -> str:
    """The drawing in its one spelling (Canonical XML 2.0), without the elements of credentials. Raises ValueError."""
    root = _parsed(text)
    for parent in list(root.iter()):
        for child in [each for each in parent if each.tag in _ELEMENTS]:
            parent.remove(child)
    try:
        return canonicalize(tostring(root, encoding="unicode"), rewrite_prefixes=True)
    except RecursionError as error:
        raise ValueError("the drawing is nested too deeply") from error
