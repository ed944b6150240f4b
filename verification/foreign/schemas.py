"""The official schema of Open Badges 3.0, asked in a tenth of the time.

jsonschema takes longer for one badge than everything else together. So the schema is turned into plain functions once; they only
answer yes or no, and whoever gets a no asks jsonschema, which has the last word and says where and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from badges.openbadges import validate

Test = Callable[[Any], bool]
_SAID = {"$schema", "$id", "$comment", "$defs", "title", "description", "format"}
_TYPES: dict[str, Test] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}


def _always(answer: bool, value: Any) -> bool:
    return answer


def achievement_credential(document: Mapping[str, Any]) -> tuple[str, str] | None:
    """Where it breaks the schema, and how; None if it does not."""
    if _achievement_credential()(document):
        return None
    for error in validate.schema().iter_errors(document):
        return "".join(f"/{step}" for step in error.absolute_path), error.message
    return None


@cache
def _achievement_credential() -> Test:
    return Compiler(validate.schema().schema).test


class Compiler:
    """One schema as functions. Raises ValueError for a keyword that it does not know: then it must learn it first."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._root = schema
        self._named: dict[str, Test] = {}
        self.test = self._compile(schema)

    def _compile(self, schema: Any) -> Test:
        if isinstance(schema, bool):
            return partial(_always, schema)
        tests = list(self._tests(schema))
        if len(tests) == 1:
            return tests[0]
        return lambda value: all(test(value) for test in tests)

    def _tests(self, schema: Mapping[str, Any]) -> Iterator[Test]:
        """One function a keyword; those that need each other are made together."""
        done = _SAID | {"additionalProperties", "propertyNames", "properties", "required", "additionalItems"}
        if {"properties", "required", "additionalProperties", "propertyNames"} & set(schema):
            yield self._object(schema)
        for keyword, argument in schema.items():
            if keyword not in done:
                yield self._keyword(keyword, argument, schema)

    def _keyword(self, keyword: str, argument: Any, schema: Mapping[str, Any]) -> Test:
        if keyword == "$ref":
            return self._reference(argument)
        if keyword == "type" and argument in _TYPES:
            return _TYPES[argument]
        if keyword == "enum":
            allowed = [(type(each), each) for each in argument]
            return lambda value: (type(value), value) in allowed
        if keyword == "pattern":
            found = re.compile(argument).search
            return lambda value: not isinstance(value, str) or found(value) is not None
        if keyword in {"items", "contains", "minItems"}:
            return self._array(keyword, argument, schema)
        if keyword in {"oneOf", "anyOf", "allOf"}:
            return self._choice(keyword, argument)
        raise ValueError(f"{keyword} {argument!r} is not known here")

    def _reference(self, name: str) -> Test:
        """A definition is made once, and looked up when asked: they refer to each other."""
        if name not in self._named:
            self._named[name] = partial(_always, False)  # until it is made
            self._named[name] = self._compile(self._root["$defs"][name.removeprefix("#/$defs/")])
        return partial(self._ask, name)

    def _ask(self, name: str, value: Any) -> bool:
        return self._named[name](value)

    def _choice(self, keyword: str, argument: list[Any]) -> Test:
        tests = [self._compile(each) for each in argument]
        if keyword == "allOf":
            return lambda value: all(test(value) for test in tests)
        if keyword == "anyOf":
            return lambda value: any(test(value) for test in tests)
        return lambda value: sum(test(value) for test in tests) == 1

    def _array(self, keyword: str, argument: Any, schema: Mapping[str, Any]) -> Test:
        if keyword == "minItems":
            return lambda value: not isinstance(value, list) or len(value) >= argument
        if keyword == "contains":
            inside = self._compile(argument)
            return lambda value: not isinstance(value, list) or any(inside(item) for item in value)
        if isinstance(argument, list):
            first, rest = [self._compile(each) for each in argument], self._compile(schema.get("additionalItems", True))
            return lambda value: (
                not isinstance(value, list)
                or (
                    all(test(item) for test, item in zip(first, value, strict=False))
                    and all(rest(item) for item in value[len(first) :])
                )
            )
        each = self._compile(argument)
        return lambda value: not isinstance(value, list) or all(each(item) for item in value)

    def _object(self, schema: Mapping[str, Any]) -> Test:
        needed = set(schema.get("required", ()))
        known = {name: self._compile(each) for name, each in schema.get("properties", {}).items()}
        other = self._compile(schema.get("additionalProperties", True))
        named = self._compile(schema.get("propertyNames", True))

        def test(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            return needed <= value.keys() and all(
                named(name) and known.get(name, other)(item) for name, item in value.items()
            )

        return test
