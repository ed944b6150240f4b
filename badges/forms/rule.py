"""The builder of a rule: a document as rows of fields, and rows of fields as a document.

Whatever can be typed can be kept as a draft; what is wrong with it is said by badges.criteria.soundness, at its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.http import QueryDict

from badges.criteria.checking import Problem
from badges.criteria.drafting import Json, Place, is_group
from badges.criteria.rules import FORMAT, Every
from badges.forms.rule_fields import Choosers, text_of
from badges.forms.rule_parts import ConditionForm, FrameForm, GroupForm, Part, TermForm
from badges.wording.faults import sentence
from badges.wording.names import Names

MOST_ROWS, MOST_TERMS = 420, 24
_ROW = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")
_IN_NEEDS = re.compile(r"/needs((?:/conditions/[0-9]+)*)(?:/([a-z_]+).*)?")
_IN_TERMS = re.compile(r"/terms/([0-9]+)(?:/([a-z]+).*)?")


@dataclass
class Row:
    """One line of the page: a condition, or a group with its conditions in `inner`."""

    place: Place
    form: ConditionForm | GroupForm
    inner: list[Row] = field(default_factory=list)
    first: bool = False
    last: bool = False
    focus: str = ""

    @property
    def at(self) -> str:
        """Its place, as its buttons say it."""
        return "-".join(map(str, self.place))

    @property
    def number(self) -> str:
        """Its place, as people count."""
        return ".".join(str(step + 1) for step in self.place)

    @property
    def is_group(self) -> bool:
        return isinstance(self.form, GroupForm)

    def said(self) -> Json:
        """The member of the document that it stands for."""
        return (
            {**self.form.said(), "conditions": [row.said() for row in self.inner]}
            if self.is_group
            else self.form.said()
        )

    def all(self) -> Iterator[Row]:
        """Itself and those within."""
        yield self
        yield from self.inner


class RuleForm:
    """The whole page. It is always made of what was sent: a stored document is first written as if it had been."""

    def __init__(self, data: QueryDict, choosers: Choosers, *, focus: tuple[Place, str] = ((), "")) -> None:
        self.data, self.choosers = data, choosers
        self.frame = FrameForm(data)
        self.rows = self._rows(focus)
        asked = self.frame.typed("every") == Every.TERM
        self.terms = [self._term(place) for place in range(self._terms_sent())] if asked else []
        self.focus = focus[1] if not focus[0] else ""

    @classmethod
    def of(cls, document: Json, choosers: Choosers, *, edits: int, focus: tuple[Place, str] = ((), "")) -> RuleForm:
        """The page of a document, with room for one more term."""
        return cls(written(document, choosers, edits=edits), choosers, focus=focus)

    def _rows(self, focus: tuple[Place, str]) -> list[Row]:
        """In the order in which they were sent; what is not a place is no row."""
        rows: list[Row] = []
        for sent in self.data.getlist("row")[:MOST_ROWS]:
            found = _ROW.fullmatch(sent)
            if found and found[2] is not None and rows and rows[-1].is_group:
                inner = rows[-1].inner
                inner.append(Row((len(rows) - 1, len(inner)), self._condition(sent)))
            elif found and found[2] is None:
                rows.append(Row((len(rows),), self._member(sent)))
        for siblings in (rows, *(row.inner for row in rows)):
            for row in siblings:
                row.first, row.last = row is siblings[0], row is siblings[-1]
                row.focus = _focus(row, focus[1]) if row.place == focus[0] else ""
        return rows

    def _member(self, sent: str) -> ConditionForm | GroupForm:
        if f"c{sent}-of" in self.data:
            return GroupForm(self.data, prefix=f"c{sent}")
        return self._condition(sent)

    def _condition(self, sent: str) -> ConditionForm:
        return ConditionForm(self.data, prefix=f"c{sent}", choosers=self.choosers)

    def _term(self, place: int) -> TermForm:
        return TermForm(self.data, prefix=f"term{place}")

    def _terms_sent(self) -> int:
        sent = str(self.data.get("terms", ""))
        return max(1, min(int(sent), MOST_TERMS)) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 1

    def every_row(self) -> Iterator[Row]:
        """Groups and conditions, as they stand."""
        for row in self.rows:
            yield from row.all()

    def kinds(self) -> set[str]:
        """Kinds whose things are asked for by name."""
        return {row.form.kind for row in self.every_row() if isinstance(row.form, ConditionForm) and row.form.kind}

    def forms(self) -> list[Part]:
        """All parts, as they stand on the page."""
        return [self.frame, *(row.form for row in self.every_row()), *self.terms]

    def is_valid(self) -> bool:
        """Whether everything can be stored. Each part is asked, so that each shows its errors."""
        return not [part for part in self.forms() if not part.is_valid()]

    @property
    def edits(self) -> int:
        edits: int = self.frame.cleaned_data["edits"]
        return edits

    def document(self) -> Json:
        """What was typed, as a rule that need not be complete. Asked of a valid form."""
        cleaned = self.frame.cleaned_data
        needs = {**self.frame.said(), "conditions": [row.said() for row in self.rows]}
        made: Json = {"format": FORMAT, "needs": needs}
        if cleaned["every"]:
            made["every"] = cleaned["every"]
        if terms := [said for term in self.terms if (said := term.said())]:
            made["terms"] = terms
        return made

    def tell(self, problems: Iterable[Problem], names: Names) -> None:
        """Say each fault at its field, at its row, or above all."""
        self.is_valid()
        rows = {row.place: row.form for row in self.every_row()}
        for problem in problems:
            text = sentence(problem, names)
            if found := _IN_NEEDS.fullmatch(problem.pointer):
                place = tuple(int(step) for step in re.findall(r"[0-9]+", found[1]))
                rows.get(place, self.frame).tell(found[2] or "", text)
            elif (found := _IN_TERMS.fullmatch(problem.pointer)) and int(found[1]) < len(self.terms):
                self.terms[int(found[1])].tell(found[2] or "", text)
            else:
                self.frame.tell(problem.pointer.strip("/"), text)


def _focus(row: Row, wanted: str) -> str:
    """The button that was pressed, or its neighbour where it is gone."""
    if wanted == "up" and row.first:
        return "down"
    return "up" if wanted == "down" and row.last else wanted


def written(document: Json, choosers: Choosers, *, edits: int) -> QueryDict:
    """A document as the page would send it."""
    data = QueryDict(mutable=True)
    needs = document.get("needs", {})
    frame = {"edits": edits, "of": needs.get("of", ""), "n": needs.get("n"), "every": document.get("every")}
    _write(data, "rule", frame)
    for at, member in enumerate(needs.get("conditions", ())):
        data.appendlist("row", str(at))
        if not is_group(member):
            _write_condition(data, str(at), member, choosers)
            continue
        _write(data, f"c{at}", {"of": member["of"], "n": member.get("n")})
        for inner, condition in enumerate(member.get("conditions", ())):
            data.appendlist("row", f"{at}-{inner}")
            _write_condition(data, f"{at}-{inner}", condition, choosers)
    terms = document.get("terms", [])
    data["terms"] = str(min(len(terms) + 1, MOST_TERMS))
    for at, term in enumerate(terms):
        _write(data, f"term{at}", term)
    return data


def _write_condition(data: QueryDict, at: str, said: Json, choosers: Choosers) -> None:
    kind = said.get("kind", "")
    shown = dict(said)
    if "key" in said:
        shown["key"] = choosers.shown(kind, said["key"])
    if "keys" in said:
        shown["keys"] = [choosers.shown(kind, key) for key in said["keys"]]
    _write(data, f"c{at}", shown)


def _write(data: QueryDict, prefix: str, values: Json) -> None:
    for name, value in values.items():
        if isinstance(value, list):
            data.setlist(f"{prefix}-{name}", [text_of(one) for one in value])
        else:
            data[f"{prefix}-{name}"] = text_of(value)
