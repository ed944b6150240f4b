"""What pydantic found wrong, in the codes and sentences of every other surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from badges.pointing import pointer
from issuers.cleaning import Refused
from issuers.wording import sentence
from recipients.api.problems import Fault, Problem
from recipients.api.shapes import PUBLIC_ID

# Type of pydantic → our code.
_CODES = {
    "missing": "required",
    "string_too_short": "required",
    "too_short": "nothing_sent",
    "extra_forbidden": "unknown_field",
    "string_type": "json_text",
    "bool_type": "json_bool",
    "int_type": "json_number",
    "float_type": "json_number",
    "dict_type": "json_object",
    "model_type": "json_object",
    "model_attributes_type": "json_object",
    "list_type": "json_list",
    "string_too_long": "too_long",
    "too_long": "too_many",
}
_PARAMETERS = {
    "several": _("It stands there twice. Say it once."),
    "limit": _("A whole number from 1 to 200."),
    "state": _("One of the states of a credential."),
    "cursor": _("A cursor is taken from the next link of a page, as it is, with the same filters."),
    "id": _("22 characters, as the API gives them."),
    "email": _("An email address, such as name@example.org."),
    "student_id": _("A student number of 1 to 60 characters."),
}


def of_parameter(name: str, why: str) -> Problem:
    """400: one parameter has a value that it does not take."""
    return Problem("invalid_parameter", faults=[Fault(None, why, str(_PARAMETERS[why]), parameter=name)])


def of_shape(errors: Sequence[Mapping[str, Any]], said: Mapping[str, Any]) -> Problem:
    """What ninja found: 400 for parameters, 422 for the body that was `said`."""
    if errors and errors[0]["loc"][0] == "query":
        name = str(errors[0]["loc"][-1])
        return of_parameter(name, name if name in _PARAMETERS else "id")
    found = [{**error, "input": said.get(error["loc"][-1], "")} for error in errors]
    return Problem("faulty", faults=[of_error(error, error["loc"][2:]) for error in found])


def of_error(error: Mapping[str, Any], place: Sequence[int | str]) -> Fault:
    """One error of pydantic, at its place in the body."""
    context = error.get("ctx", {})
    code = _CODES.get(error["type"], "invalid_value")
    if error.get("input", "") is None and code not in {"required", "unknown_field"}:
        code = "json_null"
    if error["type"] == "string_pattern_mismatch":
        code = "unknown_id" if context.get("pattern") == PUBLIC_ID else "invalid_date"
    given = str(error.get("input", ""))
    params = {
        "value": str(place[-1] if code == "unknown_field" and place else given)[:60],
        "most": context.get("max_length", ""),
        "length": context.get("actual_length") or len(given),
    }
    return Fault(pointer(place), code, sentence(code, **params))


def refused_parameter(name: str, refused: Refused) -> Problem:
    """400: a rule of values refuses what one parameter says."""
    fault = Fault(None, refused.code, sentence(refused.code, **refused.params), parameter=name)
    return Problem("invalid_parameter", faults=[fault])


class Checked:
    """Values of a body, cleaned by the rules of every surface; what they refuse is gathered."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def value(self, name: str, text: str, rule: Callable[[str], Any]) -> Any:
        """The cleaned value, None where it is refused."""
        try:
            return rule(text)
        except Refused as refused:
            self.fault(f"/{name}", refused.code, **refused.params)
            return None

    def fault(self, place: str, code: str, **params: Any) -> None:
        self.faults.append(Fault(place, code, sentence(code, **params)))

    def refuse(self) -> None:
        """Raises Problem where something is wrong."""
        if self.faults:
            raise Problem("faulty", faults=self.faults)
