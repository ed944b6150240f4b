"""Three hundred people with names as a real class has them; the same ones each time."""

from __future__ import annotations

from collections.abc import Iterator

from issuers.cleaning import Address, address

_FIRST = (  # noqa: SIM905 -- a list of forty would fill the page
    "Aoife Zoë Łukasz Priya Kwame Siân Noah Fatima Björn Chloé Dmitri Ana Omar Yuki Jürgen Anaïs Tariq Ingrid Mateo Leila "
    "Nia Hugo Sofía Emeka Mei Tomasz Freya Arjun Clara Idris Hannah Rafael Elif Joon Amélie Kofi Marta Samir Tove Luca"
).split()
_LAST = (  # noqa: SIM905
    "García|Patel|O’Neil-Smith|Świątek|Nguyễn|Ó Súilleabháin|Berg|Kowalczyk|Øverland|van der Berg|Müller|Okafor|Rossi|"
    "Hernández|Lindqvist|Haddad|Yamamoto|Ferreira|Novák|Achterberg|Boateng|Dimitrov|Eriksson|Fischer|Kaya|Laurent|Moreau"
).split("|")
_OTHER_SCRIPTS = (
    "مريم الفارسي",
    "Ольга Иванова",
    "Ελένη Αντωνίου",
    "佐藤 陽菜",
    "김서연",
    "李明轩",
    "אורלי כהן",
    "आरव शर्मा",
    "สมชาย ใจดี",
    "Nguyễn Thị Hồng Nhung",
)
COUNT = 300


def people() -> Iterator[tuple[str, Address]]:
    """(name, address) of each; one in thirty writes in another script, one in forty has a full mailbox."""
    for number in range(COUNT):
        first, last = _FIRST[number % len(_FIRST)], _LAST[(number * 7 + number // 40) % len(_LAST)]
        name = _OTHER_SCRIPTS[number // 30] if number % 30 == 7 else f"{first} {last}"
        domain = "full.example.org" if number % 40 == 23 else "students.example.org"
        yield name, address(f"n{1000 + number}@{domain}")
