"""What of SVG is copied: elements, and for each attribute the function that parses it. Whatever is not here stays behind."""

from collections.abc import Callable

from badges.rendering import svg_values as values

Parser = Callable[[str], str]

# Presentation attributes, which style sheets may set too (SVG 2, 6.6).
PRESENTATION: dict[str, Parser] = {
    "fill": values.colour,
    "stroke": values.colour,
    "color": values.colour,
    "stop-color": values.colour,
    "opacity": values.share,
    "fill-opacity": values.share,
    "stroke-opacity": values.share,
    "stop-opacity": values.share,
    "fill-rule": values.one_of("nonzero", "evenodd"),
    "clip-rule": values.one_of("nonzero", "evenodd"),
    "stroke-width": values.length,
    "stroke-linecap": values.one_of("butt", "round", "square"),
    "stroke-linejoin": values.one_of("miter", "round", "bevel"),
    "stroke-miterlimit": values.length,
    "stroke-dasharray": values.dashes,
    "stroke-dashoffset": values.length,
    "display": values.one_of("none", "inline", "block"),
    "visibility": values.one_of("visible", "hidden", "collapse"),
    "paint-order": values.one_of("normal", "fill", "stroke", "stroke fill", "fill stroke"),
    "mask-type": values.one_of("luminance", "alpha"),
    "transform": values.transform,
}
# Those whose value is an element of the same drawing: what may be meant there.
PAINTS = {"fill", "stroke"}
REFERENCES = {"clip-path": {"clipPath"}, "mask": {"mask"}}

_LENGTHS: dict[str, Parser] = dict.fromkeys(
    ("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2"), values.length
)
_UNITS = values.one_of("userSpaceOnUse", "objectBoundingBox")
_FIT = values.one_of(
    "none",
    *(
        f"{x}{y}{how}"
        for x in ("xMin", "xMid", "xMax")
        for y in ("YMin", "YMid", "YMax")
        for how in ("", " meet", " slice")
    ),
)
_PLACE: dict[str, Parser] = {name: _LENGTHS[name] for name in ("x", "y", "width", "height")}
_VIEW: dict[str, Parser] = {"viewBox": values.box, "preserveAspectRatio": _FIT}
_GRADIENT: dict[str, Parser] = {
    "gradientUnits": _UNITS,
    "gradientTransform": values.transform,
    "spreadMethod": values.one_of("pad", "reflect", "repeat"),
}
# Element → the attributes of its own. An `a` is drawn as a group: where it led is nobody's concern.
ELEMENTS: dict[str, dict[str, Parser]] = {
    "svg": {**_PLACE, **_VIEW},
    "g": {},
    "a": {},
    "switch": {},
    "defs": {},
    "symbol": {**_PLACE, **_VIEW},
    "use": _PLACE,
    "path": {"d": values.path},
    "rect": {**_PLACE, "rx": values.length, "ry": values.length},
    "circle": {name: _LENGTHS[name] for name in ("cx", "cy", "r")},
    "ellipse": {name: _LENGTHS[name] for name in ("cx", "cy", "rx", "ry")},
    "line": {name: _LENGTHS[name] for name in ("x1", "y1", "x2", "y2")},
    "polyline": {"points": values.points},
    "polygon": {"points": values.points},
    "linearGradient": {**{name: _LENGTHS[name] for name in ("x1", "y1", "x2", "y2")}, **_GRADIENT},
    "radialGradient": {
        **dict.fromkeys(("cx", "cy", "r", "fx", "fy", "fr"), values.length),
        **_GRADIENT,
    },
    "stop": {"offset": values.share},
    "clipPath": {"clipPathUnits": _UNITS},
    "mask": {**_PLACE, "maskUnits": _UNITS, "maskContentUnits": _UNITS},
}
WRITTEN_AS = {"a": "g"}
GRADIENTS = {"linearGradient", "radialGradient"}
# Which elements may lead to another one of the drawing, and to what.
LINKS = {
    "use": set(ELEMENTS) - GRADIENTS - {"stop", "clipPath", "mask", "defs"},
    "linearGradient": GRADIENTS,
    "radialGradient": GRADIENTS,
}
# What cannot be left out without showing another picture: refused, with its code.
TELLING = {"text": "svg-text", "image": "svg-picture"}
