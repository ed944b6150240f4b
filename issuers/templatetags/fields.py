"""What the component templates need to know of a form's field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import forms

_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "several"),
    (forms.RadioSelect, "one"),
    (forms.CheckboxInput, "check"),
    (forms.FileInput, "drop"),
)


class Choice(NamedTuple):
    """One row of `.choices` or one tick box: the control, its words, what follows from choosing it, its icon."""

    control: Any
    label: str
    consequence: str
    icon: str


class Fault(NamedTuple):
    """One line of the error summary; `target` is '' for what belongs to no field."""

    target: str
    label: str
    text: str


def kind(bound: forms.BoundField) -> str:
    """`text`, or the name of the widget's family."""
    return next((name for widget, name in _KINDS if isinstance(bound.field.widget, widget)), "text")


def describe(bound: forms.BoundField, options: Mapping[str, Any]) -> dict[str, Any]:
    """Context of components/field.html."""
    family = kind(bound)
    hint = options.get("hint", bound.help_text)
    hidden = bound.is_hidden
    return {
        "bound": bound,
        "kind": family,
        "label": options.get("label", bound.label),
        "hint": hint,
        "icon": options.get("icon", "file-upload"),
        "optional": not bound.field.required and not options.get("plain"),
        "unseen": options.get("unseen", False),
        "choices": list(choices(bound)) if family in {"one", "several"} else [],
        "control": bound.as_hidden() if hidden else _control(bound, family, hint, options),
        "id": bound.id_for_label if family not in {"one", "several"} else bound.auto_id,
    }


def _control(bound: forms.BoundField, family: str, hint: object, options: Mapping[str, Any]) -> str:
    """The control, pointing to its hint and its errors."""
    attrs: dict[str, Any] = {}
    if "placeholder" in options:
        attrs["placeholder"] = options["placeholder"]
    if family == "text":
        given = bound.field.widget.attrs.get("class", "")
        small = "input-s" if options.get("small") else ""
        attrs["class"] = " ".join(filter(None, ["input", small, given, options.get("class", "")]))
    described = [f"{bound.auto_id}_hint"] if hint else []
    if bound.errors:
        attrs["aria-invalid"] = "true"
        described.append(f"{bound.auto_id}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return bound.as_widget(attrs=attrs)


def choices(bound: forms.BoundField) -> Iterator[Choice]:
    """Rows of a choice. A form may set `field.consequences = {value: (sentence, icon)}`."""
    told: Mapping[str, tuple[str, str]] = getattr(bound.field, "consequences", {})
    for widget in bound.subwidgets:
        sentence, icon = told.get(str(widget.data["value"]), ("", ""))
        # One button of a group is not wrong by itself: the group's error stands under it.
        widget.data["attrs"].pop("aria-invalid", None)
        yield Choice(widget, widget.choice_label, sentence, icon)


def faults(form: forms.BaseForm) -> Iterator[Fault]:
    """Lines of the error summary, those of the whole form first."""
    for text in form.non_field_errors():
        yield Fault("", "", str(text))
    for bound in form:
        for text in bound.errors:
            hidden = bound.is_hidden
            target = "" if hidden else (bound.id_for_label or f"{bound.auto_id}_0")
            yield Fault(target, "" if hidden else str(bound.label), str(text))
