"""What a look says, in texts to lay beside each other: a badge and a certificate without their geometry. Pure.

Keys are codes for the pages to name: `word:Name`, `brand`, `symbol`; values are what stands there, or names of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from badges.rendering.badge_spec import level_of, main_symbol


def badge(look: Mapping[str, Any]) -> dict[str, str]:
    """Of the badge of a version's content: a drawing, or a picture of one's own."""
    said = {"design": str(look.get("starter") or ""), "alt": str(look.get("alt") or "")}
    spec = look.get("spec")
    if not spec:
        return said | {"picture": "own" if look.get("picture") else ""}
    said |= {f"word:{word['label']}": word["text"] for word in spec["words"]}
    symbol, level = main_symbol(spec) or {}, level_of(spec) or {}
    kind = symbol.get("kind", "drawn")
    return said | {
        "shape": spec["shape"]["kind"],
        "brand": spec["brand"],
        "accent": str(spec.get("accent", "")),
        "symbol": str(symbol.get("name", "")) if kind == "drawn" else "logo" if kind == "logo" else "",
        "letters": str(symbol.get("text", "")) if kind == "monogram" else "",
        "level": f"{level['value']}/{level['of']}" if level.get("of") else "",
    }


def certificate(look: Mapping[str, Any]) -> dict[str, str]:
    """Of the certificate of a version's content: its paper, colours, words and who signs."""
    layout = look.get("layout") or {}
    page, theme = layout.get("page", {}), layout.get("theme", {})
    said = {
        "design": str(look.get("starter") or ""),
        "paper": " ".join(filter(None, (page.get("size"), page.get("orientation")))),
        "brand": str(theme.get("brand", "")),
        "accent": str(theme.get("accent", "")),
    }
    for element in layout.get("elements", ()):
        if element["type"] == "text" and not element.get("hidden"):
            said[f"text:{element['id']}"] = _in(element.get("text", ""), layout.get("locale", "en"))
    for number, signer in enumerate(layout.get("signers", ()), 1):
        said[f"signer:{number}"] = ", ".join(filter(None, (signer["name"], signer.get("title", ""))))
    return said


def _in(text: Any, locale: str) -> str:
    if not isinstance(text, Mapping):
        return str(text)
    return str(text.get(locale) or text.get("en") or next(iter(text.values()), ""))
