"""Bodies and parameters of the API. Strict: no field more than these, no `"1"` for 1, no null for nothing said.

The rules of values themselves are recipients.importing's, as for forms and files; what stands here is form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from recipients.states import STATES

PUBLIC_ID = "^[1-9A-HJ-NP-Za-km-z]{22}$"
MOST_RECIPIENTS, MOST_CUSTOM, MOST_ROWS = 1_000, 30, 200
_ID_SAMPLE = "3vQB7B6MrGQZaxCuFg4oh1"

PublicId = Annotated[str, StringConstraints(pattern=PUBLIC_ID), Field(examples=[_ID_SAMPLE])]
Day = Annotated[
    str,
    StringConstraints(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    Field(json_schema_extra={"format": "date"}, examples=["2026-11-20"]),
]
Text60 = Annotated[str, StringConstraints(max_length=60)]
Text120 = Annotated[str, StringConstraints(max_length=120)]
Text200 = Annotated[str, StringConstraints(max_length=200)]
Prose = Annotated[str, StringConstraints(max_length=2000)]
Email = Annotated[
    str,
    StringConstraints(min_length=1, max_length=320),
    Field(json_schema_extra={"format": "email"}, examples=["ana.li@example.org"]),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), Field(examples=["Ana Li"])]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=300), Field(examples=["Awarded by mistake"])]
# A field that was not there; never a null that was sent.
LEFT_OUT: Any = None
if TYPE_CHECKING:
    State = str
else:
    State = Literal[tuple(STATES)]


class Strict(BaseModel):
    """What comes in."""

    model_config = ConfigDict(extra="forbid", strict=True)


class EvidenceIn(Strict):
    """What shows that it was earned."""

    url: Annotated[str, StringConstraints(max_length=2048)] = Field("", description="A page that shows the work.")
    name: Text200 = Field("", description="Its title.")
    description: Prose = Field("", description="What it is.")
    genre: Text60 = Field("", description="What kind of work: report, film.")
    audience: Text120 = Field("", description="Whom it was made for.")


class RecipientIn(Strict):
    """One person to be awarded, by the rules of a file's row."""

    email: Email = Field(description="The claim link goes there. One person has one address.")
    name: Name = Field(description="As it will be printed and signed.")
    student_id: Text60 = Field("", description="Kept with somebody who is new here.")
    issued_on: Day = Field("", description="When it was earned; today where nothing is said. Not in the future.")
    expires_on: Day = Field("", description="The last day; the achievement's own period where nothing is said.")
    grade: Text60 = Field("", description="The result, such as “with distinction”.")
    narrative: Prose = Field("", description="A word about this person, shown on the credential's page.")
    role: Text120 = Field("", description="Such as “team lead”.")
    term: Text60 = Field("", description="Such as “Autumn 2026”.")
    credits: Text60 = Field("", description="Credits as text, such as “2.5”.")
    license_number: Text60 = Field("", description="Number of the licence.")
    activity_start: Day = Field("", description="The first day of what was done.")
    activity_end: Day = Field("", description="The last day of what was done.")
    locale: Annotated[str, StringConstraints(max_length=16)] = Field(
        "", description="Language of the person: en, pt-BR."
    )
    evidence: EvidenceIn = Field(LEFT_OUT, description="What shows that it was earned.")
    custom: dict[Annotated[str, StringConstraints(min_length=1, max_length=120)], Text200] = Field(
        default_factory=dict,
        max_length=MOST_CUSTOM,
        description=f"Values of your own: label to text. Up to {MOST_CUSTOM} labels in one request.",
    )


class AwardIn(Strict):
    """An achievement, and everybody who is awarded it."""

    achievement: PublicId = Field(description="Which one: `id` of GET /achievements.")
    recipients: list[RecipientIn] = Field(min_length=1, max_length=MOST_RECIPIENTS, description="Who, 1 to 1,000.")
    send_at_once: bool = Field(
        False, description="Mails leave now, instead of after the minutes in which an award can be undone."
    )


class ReasonIn(Strict):
    """Why."""

    reason: Reason = Field(description="The person reads it, and so does everybody who checks the credential.")


class CorrectionIn(Strict):
    """What should have stood there; what is not said stays."""

    name: Name = Field("", description="The name, as it should be printed and signed.")
    email: Email = Field("", description="The address that it should have gone to.")
    reason: Annotated[str, StringConstraints(max_length=300)] = Field("", description="For your own records.")


def _digits(value: Any) -> Any:
    """Parameters are texts; of those only plain digits are a number here."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 5 else value


class Paged(Strict):
    """Parameters of every list."""

    limit: Annotated[int, BeforeValidator(_digits)] = Field(
        50, ge=1, le=MOST_ROWS, description="How many on one page, up to 200."
    )
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        LEFT_OUT, description="Where the page begins: taken from `next` of the page before."
    )


class CredentialFilters(Paged):
    """Which credentials."""

    award: PublicId = Field(LEFT_OUT, description="Of this award.")
    achievement: PublicId = Field(LEFT_OUT, description="Of this achievement.")
    email: Email = Field(LEFT_OUT, description="Of the person with exactly this address.")
    state: State = Field(LEFT_OUT, description="Only those in this state.")


class RecipientFilters(Paged):
    """Which people."""

    email: Email = Field(LEFT_OUT, description="Exactly this address; case does not matter.")
    student_id: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        LEFT_OUT, description="Exactly this student number."
    )
