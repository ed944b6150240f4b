"""What is printed for one person, as the merge fields of a layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Values:
    """What is printed for one person. `results` are label and value: grade, hours, own columns."""

    recipient_name: str
    achievement_name: str
    achievement_summary: str
    issuer_name: str
    awarded: str
    credential_url: str
    public_id: str
    expires: str = ""
    grade: str = ""
    hours: str = ""
    license_number: str = ""
    role: str = ""
    term: str = ""
    credits: str = ""
    results: tuple[tuple[str, str], ...] = ()

    def fields(self, layout: Mapping[str, Any]) -> dict[str, str]:
        """Merge field → text; signatories come from the layout."""
        found = {
            "recipient.name": self.recipient_name,
            "achievement.name": self.achievement_name,
            "achievement.summary": self.achievement_summary,
            "issuer.name": self.issuer_name,
            "award.date": self.awarded,
            "award.expires": self.expires,
            "award.grade": self.grade,
            "award.license_number": self.license_number,
            "award.role": self.role,
            "award.term": self.term,
            "award.credits": self.credits,
            "award.hours": self.hours,
            "credential.url": self.credential_url.removeprefix("https://").removeprefix("http://"),
            "credential.id": self.public_id,
        }
        for number, signer in enumerate(layout.get("signers", ()), 1):
            found |= {f"signer.{number}.name": signer["name"], f"signer.{number}.title": signer.get("title", "")}
        return found
