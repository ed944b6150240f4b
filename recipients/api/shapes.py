"""Bodies, parameters and answers of the API. Strict: no field more than these, no `"1"` for 1, no null for nothing said.

The rules of values themselves are recipients.importing's, as for forms and files; what stands here is form.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

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
Email = Annotated[str, StringConstraints(min_length=1, max_length=320), Field(examples=["ana.li@example.org"])]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), Field(examples=["Ana Li"])]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=300), Field(examples=["Awarded by mistake"])]
State = Literal[tuple(STATES)]  # type: ignore[valid-type]


class Strict(BaseModel):
    """What comes in."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Said(BaseModel):
    """What goes out: times in UTC, RFC 3339."""

    model_config = ConfigDict(extra="forbid")


# What comes in.


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
    evidence: EvidenceIn = Field(None, description="What shows that it was earned.")
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
        None, description="Where the page begins: taken from `next` of the page before."
    )


class CredentialFilters(Paged):
    """Which credentials."""

    award: PublicId = Field(None, description="Of this award.")
    achievement: PublicId = Field(None, description="Of this achievement.")
    email: Email = Field(None, description="Of the person with exactly this address.")
    state: State = Field(None, description="Only those in this state.")


class RecipientFilters(Paged):
    """Which people."""

    email: Email = Field(None, description="Exactly this address; case does not matter.")
    student_id: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        None, description="Exactly this student number."
    )


# What goes out.


class AchievementOut(Said):
    """Something that can be awarded, in the words of its newest version."""

    id: PublicId
    url: str = Field(description="Its public page, and its id in Open Badges.")
    name: str
    description: str
    achievement_type: str = Field(description="A type of Open Badges 3.0, such as Course.")
    criteria: str = Field(description="What it takes, as Markdown.")
    tags: list[str]
    image: str = Field(description="Address of the badge, a PNG of 600 pixels.")
    version: int = Field(description="The version that would be awarded now.")
    valid_months: int | None = Field(description="How long a credential is valid; null: for ever.")
    can_be_suspended: bool = Field(description="Whether its credentials can be put on hold.")
    published_at: datetime
    archived_at: datetime | None = Field(description="Since when it is not awarded any more.")


class CredentialRef(Said):
    """A credential, in short."""

    id: PublicId
    url: str = Field(description="Its id in Open Badges and its public address, for ever.")
    state: State


class AlreadyOut(Said):
    """Somebody who has it already, and is not awarded it again."""

    pointer: str = Field(description="Which of your recipients (RFC 6901).", examples=["/recipients/3"])
    credential: CredentialRef


class AwardOut(Said):
    """One award: one achievement given to some people at once."""

    id: PublicId
    achievement: PublicId
    version: int = Field(description="The version of the achievement that they got.")
    source: str = Field(description="How it came: api, file, form, rule, …")
    created_at: datetime
    total: int = Field(description="How many people it is for.")
    already: int = Field(description="How many had it before, and were left out.")
    release_at: datetime = Field(description="Mails leave from here on; until then everything can be undone.")
    cancelled_at: datetime | None
    credentials_url: str = Field(description="Its credentials, as a list of this API.")


class Progress(Said):
    """How many of an award have passed each step; cancelled ones count only there."""

    written: int
    signed: int
    printed: int
    mailed: int
    claimed: int
    cancelled: int
    failed: int


class Trouble(Said):
    """Why something did not arrive or was not made, and for how many."""

    state: Literal["failed", "not_delivered"]
    reason: str
    people: int


class AwardStatus(AwardOut):
    """An award, and how far it is."""

    progress: Progress
    states: dict[str, int] = Field(description="How many credentials stand in each state.")
    troubles: list[Trouble] = Field(description="What went wrong, the most frequent first; up to 20.")


class AwardMade(Said):
    """What became of an award that was asked for."""

    award: AwardOut | None = Field(description="null where everybody had it already, and nothing was made.")
    created: int = Field(description="How many are awarded it now.")
    already_awarded: list[AlreadyOut] = Field(description="Who had it already. Nobody is awarded twice.")
    credential: CredentialRef | None = Field(description="Of a single recipient: the credential, new or not.")


class PersonOut(Said):
    """Whose it is, as your institution knows them."""

    name: str
    email: str
    student_id: str


class Ended(Said):
    """When, and why."""

    at: datetime
    reason: str


class CredentialOut(CredentialRef):
    """One achievement, given to one person."""

    achievement: PublicId
    achievement_name: str
    version: int
    award: PublicId
    recipient: PersonOut
    revision: int = Field(description="1, and one more with each correction.")
    issued_on: date = Field(description="When it was earned: awardedDate.")
    valid_from: datetime
    valid_until: datetime | None
    created_at: datetime
    signed_at: datetime | None
    printed_at: datetime | None
    offered_at: datetime | None = Field(description="When the claim mail left.")
    claimed_at: datetime | None
    declined_at: datetime | None
    cancelled_at: datetime | None
    corrected_at: datetime | None
    offer_expires_at: datetime
    revocation: Ended | None
    suspension: Ended | None
    trouble: str = Field(description="Why it was set aside, or what the mail server said; empty when all is well.")


class EvidenceOut(Said):
    """A piece of evidence."""

    url: str
    name: str
    description: str
    genre: str
    audience: str


class CredentialWhole(CredentialOut):
    """A credential with everything that is said in it, and the signed document."""

    values: dict[str, Any] = Field(description="grade, narrative, student_id, … and custom, as they are signed.")
    evidence: list[EvidenceOut]
    document: dict[str, Any] | None = Field(
        description="The signed OpenBadgeCredential (W3C VC 2.0); null until it is signed, some seconds after the award."
    )


class RecipientOut(PersonOut):
    """A person, as your institution knows them. People are told apart by their address."""

    created_at: datetime
    has_account: bool = Field(description="Whether they have claimed something, and so have a wallet.")
    credentials_url: str = Field(description="Their credentials, as a list of this API.")


class _Page(Said):
    next: str | None = Field(description="The next page, an address of this API; null on the last one.")


class Achievements(_Page):
    """A page of achievements."""

    items: list[AchievementOut]


class Awards(_Page):
    """A page of awards, newest first."""

    items: list[AwardOut]


class Credentials(_Page):
    """A page of credentials, newest first."""

    items: list[CredentialOut]


class Recipients(_Page):
    """A page of people, newest first."""

    items: list[RecipientOut]


class ErrorOut(BaseModel):
    """One thing to mend."""

    pointer: str = Field(None, description="Where it stands in the body (RFC 6901).", examples=["/recipients/17/email"])
    parameter: str = Field(None, description="Which parameter of the address it is.")
    code: str = Field(examples=["invalid_email"])
    detail: str = Field(description="What is wrong and how to mend it.")


class ProblemOut(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="An address that explains this kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What is wrong, and what to do.")
    code: str = Field(description="The same for programs.")
    errors: list[ErrorOut] = Field(None, description="Every fault with its place.")
