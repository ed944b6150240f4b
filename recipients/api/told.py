"""What the API answers with: times in UTC by RFC 3339, ids that are public, people by their address."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from recipients.api.shapes import LEFT_OUT, PublicId, State


class Said(BaseModel):
    """What goes out: times in UTC, RFC 3339."""

    model_config = ConfigDict(extra="forbid")


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
    reason: str = Field(
        description="A cause in words. What a mail server said word for word is the `trouble` of each credential."
    )
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
        description="The signed OpenBadgeCredential (W3C VC 2.0); null until it is signed, some seconds after the award, and "
        "once its holder had it erased."
    )


class RecipientOut(PersonOut):
    """A person, as your institution knows them. People are told apart by their address."""

    created_at: datetime
    has_account: bool = Field(description="Whether they have claimed something, and so have a wallet.")
    credentials_url: str = Field(description="Their credentials, as a list of this API.")


_NEXT = "The next page, an address of this API; null on the last one."


class Achievements(Said):
    """A page of achievements."""

    items: list[AchievementOut]
    next: str | None = Field(description=_NEXT)


class Awards(Said):
    """A page of awards, newest first."""

    items: list[AwardOut]
    next: str | None = Field(description=_NEXT)


class Credentials(Said):
    """A page of credentials, newest first."""

    items: list[CredentialOut]
    next: str | None = Field(description=_NEXT)


class Recipients(Said):
    """A page of people, newest first."""

    items: list[RecipientOut]
    next: str | None = Field(description=_NEXT)


class ErrorOut(BaseModel):
    """One thing to mend."""

    pointer: str = Field(
        LEFT_OUT, description="Where it stands in the body (RFC 6901).", examples=["/recipients/17/email"]
    )
    parameter: str = Field(LEFT_OUT, description="Which parameter of the address it is.")
    code: str = Field(examples=["invalid_email"])
    detail: str = Field(description="What is wrong and how to mend it.")


class ProblemOut(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="An address that explains this kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What is wrong, and what to do.")
    code: str = Field(description="The same for programs.")
    errors: list[ErrorOut] = Field(LEFT_OUT, description="Every fault with its place.")
