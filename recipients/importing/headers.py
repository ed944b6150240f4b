"""Which column means what: the words that staff and other products use, in several languages (PRODUCT 4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from recipients.importing.tables import Column

FIELDS = (
    "recipient_name",
    "first_name",
    "last_name",
    "email",
    "student_id",
    "issued_on",
    "expires_on",
    "evidence_url",
    "evidence_name",
    "evidence_description",
    "evidence_genre",
    "evidence_audience",
    "narrative",
    "grade",
    "license_number",
    "role",
    "term",
    "credits",
    "activity_start",
    "activity_end",
    "locale",
)
# Columns of other products that mean nothing here: which badge it is, is chosen on the screen.
_IGNORED = (
    "badge template id|badge class id|template|template id|badge|group|group name|credential name|credential id|"
    "country|country or region|state or province|id evidence title|id evidence description|group tag|group tags|"
    "recipient eppn|nr|no|number|#|line|what to mend|subject"
)
_SYNONYMS = {
    "recipient_name": "name|full name|recipient name|recipient|earner name|earnername|participant|participant name|"
    "student|student name|username|learner|learner name|person|display name|vor nachname|vor und nachname|vollstandiger name|"
    "nom complet|nom et prenom|nombre completo|nombre y apellidos|naam|volledige naam|teilnehmer|teilnehmerin|recipient.name",
    "first_name": "first name|firstname|given name|given names|forename|vorname|prenom|nombre|voornaam|first",
    "last_name": "last name|lastname|surname|family name|nachname|familienname|nom|nom de famille|apellido|apellidos|"
    "achternaam|last",
    "email": "email|e mail|mail|email address|e mail address|e mail adresse|recipient email|recipient mail|identifier|"
    "emailaddress|recipient mailadres|mailadresse|adresse e mail|courriel|correo|correo electronico|e mailadres|mailadres|"
    "recipient.email|user email|student email|earner email",
    "student_id": "student id|student number|student no|studentid|matrikelnummer|matrikel nr|matriculation number|"
    "numero d etudiant|numero de estudiante|studentnummer|issuer earner id|id number|external id|sis id",
    "issued_on": "issued on|issued at|issue date|date issued|date|awarded on|award date|completion date|date of issue|"
    "ausgestellt am|datum|date d emission|fecha|fecha de emision|datum van uitgifte|completed on",
    "expires_on": "expires on|expiration date|expiry date|expires at|expires|expiry|valid until|gultig bis|"
    "ablaufdatum|date d expiration|fecha de vencimiento|vervaldatum|expired on",
    "evidence_url": "evidence url|evidence link|evidence|url of evidence|nachweis url|nachweis|text evidence url",
    "evidence_name": "evidence name|evidence title|text evidence name|nachweis name",
    "evidence_description": "evidence narrative|evidence description|text evidence description",
    # "Genre" alone is the sex of a person in French, and "audience" alone could be anything: neither is taken.
    "evidence_genre": "evidence genre|evidence type|type of evidence|genre of evidence|nachweis art|art des nachweises",
    "evidence_audience": "evidence audience|audience of evidence|intended audience|nachweis zielgruppe",
    "narrative": "narrative|comment|remarks|bemerkung|begrundung|commentaire|comentario|toelichting|feedback",
    "grade": "grade|result|score|mark|final grade|note|endnote|bewertung|ergebnis|nota|calificacion|cijfer",
    "license_number": "license number|licence number|license no|licence no|license|licence|license id|licence id|"
    "lizenznummer|numero de licence|numero de licencia|licentienummer",
    "role": "role|position|rolle|funktion|fonction|rol|funcion",
    "term": "term|semester|academic term|trimester|semestre|periode|periodo|semestr",
    "credits": "credits|credits earned|credit|credit points|credit hours|ects|ects credits|ects points|leistungspunkte|"
    "kreditpunkte|creditos|studiepunten|credits obtenus",
    "activity_start": "activity start|activity start date|activity started on|start date|started on|startdatum|beginn|"
    "date de debut|fecha de inicio|begindatum",
    "activity_end": "activity end|activity end date|activity ended on|end date|ended on|enddatum|date de fin|"
    "fecha de fin|einddatum",
    "locale": "locale|language|sprache|langue|idioma|taal|lang",
}
# Each becomes a signed result of its own; a table of everything somebody ever stored is not what was meant.
_MOST_CUSTOM = 30
_KNOWN = {word: field for field, words in _SYNONYMS.items() for word in words.split("|")}
_LEFT = set(_IGNORED.split("|"))


def plain(heading: str) -> str:
    """A heading without case, accents, marks and doubled spaces: `E-Mail-Adresse` is `e mail adresse`."""
    letters = unicodedata.normalize("NFKD", heading.casefold().replace("ß", "ss"))
    bare = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w.#]+|_", " ", bare).split())


def suggest(columns: Sequence[Column]) -> dict[int, str]:
    """Field of each column; '' is ignored. The first of two columns for one field wins; unknown ones become custom."""
    taken: set[str] = set()
    found: dict[int, str] = {}
    for column in columns:
        field = known(column.heading)
        if field is None:
            word = plain(column.heading)
            field = "" if not word or word in _LEFT else custom(column.heading)
        if field in taken or (field.startswith("custom.") and _custom_count(taken) >= _MOST_CUSTOM):
            field = ""
        found[column.index] = field
        taken.add(field)
    return found


def known(heading: str) -> str | None:
    """The field that everybody calls so, if there is one."""
    word = plain(heading)
    return _KNOWN.get(word) or _KNOWN.get(re.sub(r" (optional|required)$|\*$", "", word).strip(" *"))


def _custom_count(taken: set[str]) -> int:
    return sum(field.startswith("custom.") for field in taken)


def custom(heading: str) -> str:
    """Field of a column that only this institution has."""
    slug = re.sub(r"[^\w]+", "_", plain(heading.removeprefix("custom."))).strip("_")
    return f"custom.{slug[:40] or 'column'}"
