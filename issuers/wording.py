"""What a refusal says to a person: one sentence a code, with the remedy."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

SENTENCES: dict[str, Any] = {
    "required": _("This is needed. Fill it in."),
    "too_long": _("%(length)s characters are too many; up to %(most)s fit. Shorten it."),
    "control_character": _("There is a line break or a hidden control character in it. Write it on one line."),
    "broken_character": _("Half of a character is in it: letters were lost before the text reached us. Type it again."),
    "unassigned_character": _("The character %(character)s has no meaning that others could read. Remove it."),
    "too_many_marks": _("More than %(most)s accents stand on one letter. Remove the extra ones."),
    "bidi_control_removed": _("A hidden character that turns the direction of reading was removed."),
    "invalid_url": _(
        "This is not a web address. It begins with https:// and has a host, such as https://example.org/page."
    ),
    "invalid_colour": _("A colour is written as # and six of 0–9 and a–f, such as #1f5c45."),
    "invalid_email": _("This is not an email address. It looks like name@example.org."),
    "invalid_email.no_at": _("There is no @ in this address. It looks like name@example.org."),
    "invalid_email.two_ats": _("There is more than one @ in this address."),
    "invalid_email.several": _("There is more than one address here. Give one row to each person."),
    "invalid_email.no_ending": _("The part after @ has no ending, such as .edu or .org."),
    "invalid_email.domain": _("The part after @ is not a domain that mail can be sent to."),
    "invalid_email.local": _("The part before @ has characters that mail systems do not take, or is longer than 64."),
    "invalid_email.characters": _("There is a space or a hidden character inside this address."),
    "invalid_date": _("%(value)s is no date of the calendar. Write it as 2026-11-20."),
    "ambiguous_date": _(
        "%(value)s could be two dates. Say below whether day or month comes first, or write 2026-11-20."
    ),
    "date_in_future": _("%(value)s lies in the future. Something can only have been earned up to today."),
    "date_out_of_range": _("%(value)s is outside the years 1900 to 2199."),
    "excel_serial": _(
        "%(value)s is a spreadsheet’s own number for a date. Format the column as a date and save again."
    ),
    "expires_before_issue": _("It would expire on or before the day it is issued. Check both dates."),
    "ends_before_start": _("It would have ended before it began. Check both dates."),
    "evidence_unnamed": _(
        "It says what kind of evidence this is, and not which: add its address, title or description."
    ),
    "invalid_credits": _("%(value)s is no number of credits. Write a number with at most two decimals, such as 2.5."),
    # What people did.
    "unknown_kind": _("“%(value)s” is no kind of activity here. Choose one of the list, or add it to your own kinds."),
    "too_many_tags": _("More than %(most)s tags. Keep those that rules ask for."),
    "invalid_number": _("%(value)s is no number. Write digits with at most four decimals, such as 72.5."),
    "number_out_of_range": _("%(value)s is outside 0 to %(most)s."),
    "moment_in_future": _("%(value)s lies in the future. Only what has been done can be recorded."),
    "moment_without_zone": _("%(value)s does not say its time zone. Write it as 2026-11-20T14:30:00Z."),
    "name_missing": _("%(address)s is not known here yet, so that a name is needed."),
    "expires_in_past": _("It would have expired already. Check the date."),
    "duplicate_of_line": _("The same address stands in line %(other_line)s. Each person is awarded once."),
    "wrong_cell_count": _(
        "This row has %(found)s cells, the header has %(expected)s. A comma or a quote may be missing."
    ),
    "cell_too_long": _("One cell holds more than %(most)s characters."),
    "formula": _("This cell is a formula without a result. Open the file in a spreadsheet, save it and try again."),
    # Files as a whole.
    "empty": _("The file is empty."),
    "no_rows": _("The file has a header and no rows below it."),
    "no_header": _("The first row should name the columns, such as: name, email, issued on, expires on, evidence URL."),
    "no_email_column": _("No column was recognised as the email address. Choose it below."),
    "duplicate_column": _("Two columns are called “%(column)s”. Rename one of them."),
    "wrong_type": _("This is neither a CSV nor an XLSX file: its content says %(found)s."),
    "too_large": _("The file is larger than %(most)s MB. Split it."),
    "too_many_rows": _("The file has more than %(most)s rows. Split it."),
    "too_many_columns": _("The file has more than %(most)s columns. Remove those that are not needed."),
    "unclosed_quote": _("The quote opened in line %(line)s is never closed. Close it, or remove it."),
    "nul": _("There is a NUL character in line %(line)s. Save the file again as CSV (UTF-8)."),
    "not_text": _("The file could not be read as text: byte %(byte)s in line %(line)s. Save it as CSV (UTF-8)."),
    "broken_xlsx": _("The workbook cannot be opened. Save it again as XLSX, or as CSV (UTF-8)."),
    "not_checked": _("The check of this file stopped three times. Save it again as CSV (UTF-8), or split it."),
    "encrypted_xlsx": _("The workbook has a password. Save a copy without one."),
    # Pictures.
    "not_a_picture": _("This is not a PNG, JPEG or WebP picture."),
    "letters_invalid": _("No screen shows these letters now. They change every half minute: type those it shows now."),
    "code_invalid": _("That code does not fit, or it has expired. Ask for a new one."),
}


def sentence(code: str, **params: Any) -> str:
    """The sentence of a code; for addresses the reason chooses a more exact one."""
    exact = SENTENCES.get(f"{code}.{params.get('reason', '')}") or SENTENCES.get(code)
    if exact is None:
        return str(_("This could not be read (%(code)s).")) % {"code": code}
    return str(exact) % params


def people(count: int) -> str:
    """`1 person`, `24 people`."""
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": f"{count:,}"}
