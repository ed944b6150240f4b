"""What Northmoor says: its team and its six achievements, as a registrar would have typed them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

SLUG, NAME, BRAND = "northmoor", "Northmoor University", "#7a1f3d"
PASSWORD = "northmoor-demo"  # noqa: S105 -- a demo on this machine; refused anywhere else
DOMAIN = "northmoor.example.org"

# Role, name, local part of the address.
TEAM = (
    ("owner", "Nguyễn Thị Ánh Tuyết", "registrar"),
    ("admin", "Haruka Sakamoto", "haruka"),
    ("designer", "Tomás Herrera", "tomas"),
    ("awarder", "Jo Li", "jo"),
    ("reviewer", "Miriam Okafor", "miriam"),
    ("viewer", "Elin Ström", "elin"),
)
STUDENT = ("Amara Nwosu", "amara@students.example.org")


class Signer(NamedTuple):
    """Who signs, and the drawing that stands for a scan of the signature."""

    name: str
    title: str
    scan: str


SIGNERS = (
    Signer("Prof. Helen Marsh", "Vice-Chancellor", "signature-marsh.svg"),
    Signer("Nguyễn Thị Ánh Tuyết", "Registrar", "signature-nguyen.svg"),
)
KIT_TEXTS = {
    "mail_greeting": "Dear {name},",
    "mail_footer": "Northmoor University, Registry, 1 Harbour Road, Northmoor",
}


@dataclass(frozen=True)
class Words:
    """One achievement: its words, its skills, and which starters it wears."""

    name: str
    badge: str
    certificate: str
    words: dict[str, Any]
    skills: tuple[dict[str, str], ...] = ()
    choices: dict[str, Any] = field(default_factory=dict)
    paper: dict[str, Any] = field(default_factory=dict)
    signs: int | None = None  # place in SIGNERS of the one who signs alone


def _skill(name: str, path: str, framework: str, code: str = "") -> dict[str, str]:
    url = f"https://skills.example.org/{path}"
    return {"target_name": name, "target_url": url, "target_framework": framework, "target_code": code}


ACHIEVEMENTS = (
    Words(
        "Community Mentor",
        "rosette",
        "classic",
        {
            "achievement_type": "CommunityService",
            "description": "Guided five new students through their first year, and met each of them at least eight times.",
            "criteria": "1. **Completed the two-day training for mentors**\n\n   Listening, boundaries, and what to do when "
            "you are worried about somebody.\n\n2. **Met each of five new students at least eight times**\n\n   Confirmed by "
            "the mentoring office from its records.\n\n3. **Wrote a reflection on the year**\n\n   A tutor read it and "
            "discussed it with the mentor.",
            "tags": ["Mentoring", "Listening", "Facilitation"],
            "field_of_study": "Student life",
            "hours": 60,
        },
        (
            _skill("Facilitate group work", "facilitate-group-work", "Northmoor framework", "K4"),
            _skill("Active listening", "active-listening", "Northmoor framework", "K2"),
        ),
    ),
    Words(
        "Data Engineering",
        "hexagon",
        "swiss",
        {
            "achievement_type": "Certificate",
            "description": "Designed, built and operated a data pipeline for a partner of the university.",
            "criteria": "1. Passed the written examination with at least 60 %.\n2. Delivered a working pipeline with tests.\n"
            "3. Defended the design before two examiners.",
            "tags": ["SQL", "Python", "Data modelling", "Testing"],
            "field_of_study": "Computer science",
            "human_code": "CS-341",
            "credits": 10,
            "valid_months": 36,
        },
        (_skill("Data modelling", "data-modelling", "Digital skills map", "D3"),),
        choices={"level": [3, 4]},
        signs=0,
    ),
    Words(
        "Laboratory Safety",
        "shield",
        "bold",
        {
            "achievement_type": "Certification",
            "description": "May work in the laboratories of the Faculty of Science without supervision.",
            "criteria": "Attended the safety day, passed the **practical test** on handling chemicals, and signed the rules "
            "of the laboratory. It is renewed each year.",
            "tags": ["Chemical safety", "First aid"],
            "field_of_study": "Natural sciences",
            "hours": 8,
            "valid_months": 12,
            "status_purpose": "suspension",
        },
        paper={"orientation": "portrait"},
        signs=1,
    ),
    Words(
        "Academic Writing",
        "seal",
        "editorial",
        {
            "achievement_type": "Course",
            "description": "Wrote, reviewed and revised a research paper of 5,000 words.",
            "criteria": "A paper of 5,000 words, two reviews of papers of others, and a revised version that answers "
            "every point of its reviewers.",
            "tags": ["Writing", "Peer review", "Citation"],
            "field_of_study": "Humanities",
            "credits": 5,
        },
        signs=0,
    ),
    Words(
        "Coastal Volunteer",
        "stamp",
        "minimal",
        {
            "achievement_type": "CommunityService",
            "description": "Gave forty hours to keeping the coast clean and counting its birds.",
            "criteria": "Forty hours on the shore, recorded by the warden, and one count of breeding birds.",
            "tags": ["Field work", "Conservation"],
            "hours": 40,
        },
        paper={"size": "Letter"},
        signs=1,
    ),
    Words(
        "Accessible Design",
        "disc",
        "transcript",
        {
            "achievement_type": "MicroCredential",
            "description": "Can test an interface with a screen reader and a keyboard, and repair what keeps people out.",
            "criteria": "Found and repaired at least ten barriers in a running website; results were checked by people "
            "who use **assistive technology** every day.",
            "tags": ["WCAG", "Screen readers", "HTML"],
            "field_of_study": "Design",
            "human_code": "AD-210",
            "credits": 3,
        },
        (_skill("Accessibility testing", "accessibility-testing", "Digital skills map", "A1"),),
    ),
)
