"""Random facts of credentials, unusual characters and every optional field among them; the same for the same seed."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from badges.openbadges import documents
from tests.openbadges_samples import ACHIEVEMENT, ISSUER, SITE

LETTERS = [
    *"abcXYZ 019",
    *"\"\\\n\r\t'%{}<>[]|^`@#?&=/:;,.!$*()~_-",
    *"éßøŁğİıΩжяאבابپ漢字ไทย한",
    "e\u0301",
    "\u200d\u200c\u200f\u202e\u2066",
    "\u2028\u2029\u0085\u009f\u00a0\ufeff",
    "😀👩🏽‍🎓🏴󠁧󠁢󠁳󠁣󠁴󠁿\U0010ffff",
    "%s %(x)s {0} %%",
    "_:c14n0 _:a _:z",
    ' .\n_:c14n0 <https://evil.example> "x" .',
    '"^^<http://www.w3.org/2001/XMLSchema#integer>',
    "urn:slot:0123:1",
    "https://example.org/",
    '\\"',
    "\\u0041",
]


class Dice:
    """Facts by chance, the same for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, chance=0.5):
        return self.random.random() < chance

    def text(self, most=40):
        made = "".join(self.random.choices(LETTERS, k=self.random.randint(1, most)))
        return made * 200 if self.some(0.005) else made

    def maybe(self, chance=0.5):
        return self.text() if self.some(chance) else ""

    def token(self):
        return f"{self.random.getrandbits(128):032x}"

    def moment(self):
        return datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=self.random.randint(0, 3_000_000_000))

    def address(self):
        ends = ["", "/", "/a/b?x=%20&y=1#z", "/%C3%A9", ":8443/p", "/p?q=a/b?c#d/e?f", "/(1)'*!;,@$&=+", "/übung"]
        return f"https://{self.token()[:6]}.example.org{self.random.choice(ends)}"


def achievement(dice):
    """One achievement: what is the same for a whole batch."""
    described = dice.some(0.8)
    return replace(
        ACHIEVEMENT,
        name=dice.text(),
        description=dice.text() if described else "",
        criteria=dice.text(),
        image=ACHIEVEMENT.image if dice.some() else "",
        image_alt=dice.maybe(),
        tags=tuple(dice.text(8) for _ in range(dice.random.randint(0, 3))),
        alignments=tuple(
            documents.AlignmentFacts(dice.text(), f"https://example.org/s/{n}", dice.maybe(), dice.maybe())
            for n in range(dice.random.randint(0, 3))
        ),
        language=dice.random.choice(["", "en", "ar"]),
        human_code=dice.maybe(),
        field_of_study=dice.maybe(),
        credits=dice.random.choice([None, Decimal(3), Decimal("2.50"), Decimal("0.1")]),
    )


OPTIONAL_TEXTS = ("narrative", "license_number", "role", "term", "student_id")
OPTIONAL_MOMENTS = ("valid_until", "activity_began", "activity_ended")
PIECE = ("url", "name", "description", "genre", "audience")


def layout(dice):
    """What is the same for a whole batch, what is there, and how often: a shape."""
    return {
        "achievement": achievement(dice),
        "issuer": replace(ISSUER, email=ISSUER.email if dice.some() else "", image=ISSUER.image if dice.some() else ""),
        "texts": [key for key in OPTIONAL_TEXTS if dice.some()],
        "moments": [key for key in OPTIONAL_MOMENTS if dice.some()],
        "labels": [dice.text(12) for _ in range(dice.random.randint(0, 4))],
        # Without an address a piece is a blank node; with one it is not.
        "evidence": [[key for key in PIECE if dice.some()] or ["name"] for _ in range(dice.random.randint(0, 3))],
        "credits": dice.random.choice([None, Decimal(1), Decimal("1.25")]),
        "purpose": dice.random.choice(["revocation", "suspension"]),
    }


def random_document(dice, of):
    """One person's credential of a layout."""
    listed = f"{SITE}/i/northmoor/status/{of['purpose']}/{dice.random.randint(1, 9)}"
    facts = documents.CredentialFacts(
        id=f"{SITE}/c/{dice.token()}",
        subject_id=f"urn:uuid:{dice.token()}",
        name=dice.text(),
        address_key=dice.text(),
        salt=dice.token()[:16],
        awarded=dice.moment(),
        valid_from=dice.moment(),
        status=documents.StatusFacts(listed, dice.random.randint(0, 131_071), of["purpose"]),
        credits=of["credits"],
        results=tuple((label, dice.text()) for label in of["labels"]),
        evidence=tuple(
            documents.EvidenceFacts(**{key: dice.address() if key == "url" else dice.text() for key in keys})
            for keys in of["evidence"]
        ),
        **{key: dice.text() for key in of["texts"]},
        **{key: dice.moment() for key in of["moments"]},
    )
    return documents.credential(facts, of["achievement"], of["issuer"])
