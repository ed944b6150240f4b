"""What an achievement rests on; for mastery the competency, what to hand in, the rubric, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges.assessing import Plan
from badges.forms.fields import DraftForm
from badges.models import Achievement
from badges.models.assessment import MOST_TRIES
from issuers import cleaning
from issuers.forms.fields import LineField, ProseField, WebAddressField, refused_as_error

MOST_CRITERIA, MOST_RESOURCES, MOST_LEVELS, MOST_ROUTES, ROUTE_MOST = 12, 12, 4, 6, 120
# What a rubric begins with, and which of them counts.
FIRST_LEVELS, FIRST_REACHES = (_("Not shown yet"), _("Partly shown"), _("Demonstrated"), _("Beyond")), 3
QUALITIES = ("competency_based", "personalized", "job_embedded", "research")
MASTERY = Achievement.Basis.MASTERY
CONSEQUENCES = {
    "": (_("Nothing about it stands on the credential."), "circle-dashed"),
    Achievement.Basis.ATTENDANCE: (_("Taking part was enough. The credential says so."), "users"),
    MASTERY: (_("Learners hand in evidence, and assessors judge it by a rubric. The credential says so."), "target"),
}


class RoutesField(forms.CharField):
    """One way on each line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        try:
            lines = [cleaning.line(line, most=ROUTE_MOST).value for line in super().clean(value).splitlines()]
        except cleaning.Refused as refused:
            raise refused_as_error(refused) from refused
        found = list(dict.fromkeys(filter(None, lines)))
        if len(found) > MOST_ROUTES:
            params = {"found": len(found), "most": MOST_ROUTES}
            raise ValidationError(_("%(found)s ways are too many; %(most)s fit. Remove some."), "too_many", params)
        return found


class AssessmentForm(DraftForm):
    """The tab. Rows of criteria and of resources: one more than are filled is shown, and an emptied row is taken away."""

    basis = forms.ChoiceField(
        label=_("What the credential rests on"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("", _("Nothing is said")), *Achievement.Basis.choices],
    )
    competency = LineField(
        label=_("The competency"), most=200, help_text=_("One, such as: leads a discussion in which everybody speaks.")
    )
    competency_url = WebAddressField(
        label=_("Its address"),
        required=False,
        help_text=_("Where a framework describes it. Without one, the achievement’s own page stands for it."),
    )
    task = ProseField(
        label=_("What to hand in"),
        most=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Markdown, as under Criteria."),
    )
    routes = RoutesField(
        label=_("Ways to show it"),
        required=False,
        help_text=_(
            "One on each line, such as: a recorded lesson. Learners choose one. Left empty, they are not asked."
        ),
    )
    tries = forms.IntegerField(label=_("Tries"), min_value=1, max_value=MOST_TRIES)
    due_by_agreement = forms.BooleanField(
        label=_("Learners choose a day by which they hand in"),
        required=False,
        help_text=_("It is kept as an agreement; nothing closes on that day."),
    )
    competency_based = LineField(label=_("Competency-based"), most=300, required=False)
    personalized = LineField(label=_("Personalized"), most=300, required=False)
    job_embedded = LineField(label=_("Job-embedded"), most=300, required=False)
    research = LineField(label=_("Research-based"), most=300, required=False)
    research_url = WebAddressField(label=_("Address of the research"), required=False)
    reaches = forms.TypedChoiceField(label=_("Counts as demonstrated from"), coerce=int)
    second_assessor = forms.BooleanField(
        label=_("A second assessor has to agree"),
        required=False,
        help_text=_("Where the two differ, a moderator decides."),
    )
    sample_percent = forms.IntegerField(
        label=_("Looked at again by a moderator (percent)"), min_value=0, max_value=100, help_text=_("0 for none.")
    )
    distributed = forms.BooleanField(
        label=_("Give new work to an assessor at once"),
        required=False,
        help_text=_("To whoever has the least. Otherwise assessors take it from the list."),
    )
    criteria_rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    resources_rows = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, achievement: Achievement, **kwargs: Any) -> None:
        row = getattr(achievement, "assessment", None)
        criteria = list(row.criteria.all()) if row else []
        resources = list(row.resources.all()) if row else []
        initial = _stored(achievement, row, criteria, resources)
        super().__init__(data, files, achievement=achievement, initial=initial, **kwargs)
        self.fields["basis"].consequences = CONSEQUENCES  # type: ignore[attr-defined]
        self.counts = {
            "criteria": self._count("criteria", len(criteria), MOST_CRITERIA),
            "resources": self._count("resources", len(resources), MOST_RESOURCES),
        }
        self._add_levels()
        self._add_rows("criteria", self._add_criterion)
        self._add_rows("resources", self._add_resource)
        self.say_remedies()

    @property
    def mastery(self) -> bool:
        """Whether the rest of the form counts."""
        basis = self.data.get("basis", "") if self.is_bound else self.initial["basis"]
        return bool(basis == MASTERY)

    def _count(self, kind: str, stored: int, most: int) -> int:
        """How many rows the page had, and one more where that was asked for."""
        asked = str(self.data.get(f"{kind}_rows", "")) if self.is_bound else ""
        shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else stored + 1
        more = 1 if self.is_bound and f"more_{kind}" in self.data else 0
        return max(1, min(shown + more, most))

    def _add_rows(self, kind: str, add: Callable[[int], None]) -> None:
        self.initial[f"{kind}_rows"] = self.counts[kind]
        for place in range(self.counts[kind]):
            add(place)

    def _add_levels(self) -> None:
        for place in range(MOST_LEVELS):
            label = _now("Level %(number)s") % {"number": place + 1}
            self.fields[f"level_{place}"] = LineField(label=label, most=60, required=False)
        choices = [(place, self.fields[f"level_{place}"].label) for place in range(MOST_LEVELS)]
        reaches = self.fields["reaches"]
        assert isinstance(reaches, forms.ChoiceField)
        reaches.choices = choices

    def _add_criterion(self, place: int) -> None:
        number = {"number": place + 1}
        self.fields[f"criterion_{place}_name"] = LineField(
            label=_now("Criterion %(number)s") % number, most=200, required=False
        )
        self.fields[f"criterion_{place}_description"] = LineField(
            label=_now("Criterion %(number)s: what is looked for") % number, most=600, required=False
        )
        for level in range(MOST_LEVELS):
            self.fields[f"criterion_{place}_look_{level}"] = LineField(
                label=_now("Criterion %(number)s at level %(level)s") % {**number, "level": level + 1},
                most=600,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def _add_resource(self, place: int) -> None:
        number = {"number": place + 1}
        self.fields[f"resource_{place}_name"] = LineField(
            label=_now("Resource %(number)s") % number, most=200, required=False
        )
        self.fields[f"resource_{place}_url"] = WebAddressField(
            label=_now("Resource %(number)s: its address") % number, required=False
        )
        self.fields[f"resource_{place}_note"] = LineField(
            label=_now("Resource %(number)s: a word about it") % number, most=300, required=False
        )

    def shown_levels(self) -> list[forms.BoundField]:
        """The fields of the scale."""
        return [self[f"level_{place}"] for place in range(MOST_LEVELS)]

    def shown_criteria(self) -> list[dict[str, Any]]:
        """Bound fields, row by row."""
        return [
            {
                "name": self[f"criterion_{place}_name"],
                "description": self[f"criterion_{place}_description"],
                "looks": [self[f"criterion_{place}_look_{level}"] for level in range(MOST_LEVELS)],
            }
            for place in range(self.counts["criteria"])
        ]

    def shown_resources(self) -> list[dict[str, forms.BoundField]]:
        """Bound fields, row by row."""
        columns = ("name", "url", "note")
        return [
            {column: self[f"resource_{place}_{column}"] for column in columns}
            for place in range(self.counts["resources"])
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.mastery:
            for name in set(self.errors) - {"basis", "edits"}:
                del self.errors[name]
            return cleaned
        if not self.errors:
            self._check_scale(cleaned)
            self._check_rows(cleaned)
        return cleaned

    def _check_scale(self, cleaned: dict[str, Any]) -> None:
        named = [place for place in range(MOST_LEVELS) if cleaned.get(f"level_{place}")]
        if len(named) < 2:
            self.add_error("level_1", _("A rubric has two levels at least. Name another one."))
        elif cleaned["reaches"] not in named:
            self.add_error("reaches", _("This level has no name. Choose one that has."))

    def _check_rows(self, cleaned: dict[str, Any]) -> None:
        for place in range(self.counts["criteria"]):
            texts = [cleaned.get(f"criterion_{place}_look_{level}") for level in range(MOST_LEVELS)]
            if any([cleaned.get(f"criterion_{place}_description"), *texts]) and not cleaned[f"criterion_{place}_name"]:
                self.add_error(f"criterion_{place}_name", _("Name the criterion, or empty the whole row."))
        for place in range(self.counts["resources"]):
            other = cleaned.get(f"resource_{place}_url") or cleaned.get(f"resource_{place}_note")
            if other and not cleaned[f"resource_{place}_name"]:
                self.add_error(f"resource_{place}_name", _("Name the resource, or empty the whole row."))

    def plan(self) -> Plan | None:
        """What badges.assessing takes; None where the rest of the form does not count."""
        if not self.mastery:
            return None
        told = self.cleaned_data
        named = [place for place in range(MOST_LEVELS) if told[f"level_{place}"]]
        plain = (*QUALITIES, "competency", "competency_url", "task", "routes", "tries", "due_by_agreement")
        judged = ("research_url", "second_assessor", "sample_percent", "distributed")
        return Plan(
            values={name: told[name] for name in (*plain, *judged)},
            levels=[told[f"level_{place}"] for place in named],
            reaches=named.index(told["reaches"]),
            criteria=[self._criterion(place, named) for place in self._filled("criterion", "criteria")],
            resources=[
                {column: told[f"resource_{place}_{column}"] for column in ("name", "url", "note")}
                for place in self._filled("resource", "resources")
            ],
        )

    def _filled(self, prefix: str, kind: str) -> list[int]:
        return [place for place in range(self.counts[kind]) if self.cleaned_data[f"{prefix}_{place}_name"]]

    def _criterion(self, place: int, named: list[int]) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            "name": told[f"criterion_{place}_name"],
            "description": told[f"criterion_{place}_description"],
            "looks": [told[f"criterion_{place}_look_{level}"] for level in named],
        }


def _stored(achievement: Achievement, row: Any, criteria: list[Any], resources: list[Any]) -> dict[str, Any]:
    """What the form begins with: what is stored, or what most rubrics have."""
    initial: dict[str, Any] = {"basis": achievement.basis, "tries": 3, "sample_percent": 0}
    levels = [str(level) for level in FIRST_LEVELS]
    initial["reaches"] = FIRST_REACHES - 1
    if row is not None:
        plain = [name for name in AssessmentForm.base_fields if hasattr(row, name) and name != "basis"]
        initial |= {name: getattr(row, name) for name in plain}
        stored = list(row.levels.all())
        levels = [level.name for level in stored]
        initial["reaches"] = next((place for place, level in enumerate(stored) if level.demonstrated), 0)
    initial |= {f"level_{place}": name for place, name in enumerate(levels)}
    for place, criterion in enumerate(criteria):
        initial |= {f"criterion_{place}_name": criterion.name, f"criterion_{place}_description": criterion.description}
        initial |= {f"criterion_{place}_look_{level}": text for level, text in enumerate(criterion.looks)}
    for place, resource in enumerate(resources):
        initial |= {f"resource_{place}_{column}": getattr(resource, column) for column in ("name", "url", "note")}
    return initial
