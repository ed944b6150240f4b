"""What goes into an examination and what comes out of it, as plain JSON: both cross the border of the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuers.fetched import Resource
from verification.report import Check, Report, Result

__all__ = ["Named", "Outcome", "Resource", "report_from_json"]

Json = dict[str, Any]


@dataclass(frozen=True)
class Named:
    """Who a credential says issued it: its identifier, its name, and the host that vouches for the identifier ('' if none)."""

    id: str
    name: str
    host: str


@dataclass(frozen=True)
class Outcome:
    """How far an examination came.

    `wants`: absolute addresses that must be handed in before it can go on; empty when it is finished.
    `envelope`: json, jwt, png, svg, pdf or text: what was handed in. `kind`: open_badge_3, credential (VC without a badge),
    open_badge_2, presentation or nothing. `report` is None until it is finished.
    """

    wants: tuple[str, ...] = ()
    envelope: str = ""
    kind: str = ""
    issuer: Named | None = None
    report: Report | None = None

    def as_json(self) -> Json:
        return {
            "wants": list(self.wants),
            "envelope": self.envelope,
            "kind": self.kind,
            "issuer": vars(self.issuer) if self.issuer else None,
            "report": _report_as_json(self.report) if self.report else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Outcome:
        issuer, report = value["issuer"], value["report"]
        return cls(
            wants=tuple(str(address) for address in value["wants"]),
            envelope=str(value["envelope"]),
            kind=str(value["kind"]),
            issuer=Named(str(issuer["id"]), str(issuer["name"]), str(issuer["host"])) if issuer else None,
            report=report_from_json(report) if report else None,
        )


def _report_as_json(report: Report) -> Json:
    checks = [
        {"key": check.key, "result": check.result.value, "finding": check.finding, "facts": _facts_out(check.facts)}
        for check in report.checks
    ]
    return {"checks": checks, "document": report.document}


def report_from_json(value: Mapping[str, Any]) -> Report:
    """A report as it was kept or sent."""
    checks = tuple(
        Check(str(found["key"]), Result(found["result"]), str(found["finding"]), _facts_in(found["facts"]))
        for found in value["checks"]
    )
    return Report(checks, value["document"])


def _facts_out(facts: Mapping[str, Any]) -> Json:
    """Moments carry a mark, as JSON has none."""
    return {key: {"moment": item.isoformat()} if isinstance(item, datetime) else item for key, item in facts.items()}


def _facts_in(facts: Mapping[str, Any]) -> Json:
    return {
        key: datetime.fromisoformat(item["moment"]) if isinstance(item, dict) and set(item) == {"moment"} else item
        for key, item in facts.items()
    }
