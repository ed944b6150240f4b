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
    "no_letter": _(
        "No font of the certificate has %(letters)s, so that it could not be printed. Write it in other letters."
    ),
    "no_room": _("These %(length)s characters do not fit on the certificate, however small. Shorten them."),
    # What people did.
    "unknown_kind": _("“%(value)s” is no kind of activity here. Choose one of the list, or add it to your own kinds."),
    "too_many_tags": _("More than %(most)s tags. Keep those that rules ask for."),
    "invalid_number": _("%(value)s is no number. Write digits with at most four decimals, such as 72.5."),
    "number_out_of_range": _("%(value)s is outside 0 to %(most)s."),
    "moment_in_future": _("%(value)s lies in the future. Only what has been done can be recorded."),
    "moment_without_zone": _("%(value)s does not say its time zone. Write it as 2026-11-20T14:30:00Z."),
    "kind_exists": _("There is a kind called “%(value)s” already."),
    "group_exists": _("There is a group called “%(value)s” already, perhaps among the archived ones."),
    "too_many_of_one_name": _("There are %(most)s of this name already. Call it something else."),
    "read_as_windows_1252": _("The file was read as Windows-1252. Look whether accents are right."),
    "address_missing": _(
        "There is no email address in this row, so nobody knows whose it is. Add it, or the number of a student known here."
    ),
    "person_twice": _("The same person stands in line %(other_line)s. Keep the row that counts."),
    "joined_again": _("Joined again; the times were added up."),
    "left_before_joined": _("This lies before the time of joining. Check both, and the order of day and month."),
    "time_without_day": _("%(value)s is a time without a day. Say above when it was."),
    "invalid_time": _("%(value)s is no time of day. Write it as 14:30, or 2:30 PM."),
    "invalid_length": _("%(value)s is no length of time. Write minutes, or 1h 12m 3s."),
    "name_missing": _("%(address)s is not known here yet, so that a name is needed."),
    "name_missing.somebody": _("Somebody is not known here yet, so that a name is needed."),
    # What other systems send: signatures, events and xAPI statements.
    "key_missing": _("It does not say which key it comes with."),
    "key_unknown": _("There is no such key, it was withdrawn, or its secret does not fit."),
    "key_not_for": _("This key was made for another way of sending. Make one for this."),
    "message_id_missing": _("The header webhook-id is missing, longer than 200 characters, or has spaces in it."),
    "timestamp_missing": _("The header webhook-timestamp is missing, or is no whole number of seconds since 1970."),
    "signature_missing": _("The header webhook-signature has no entry that begins with v1,."),
    "signature_wrong": _(
        "The signature does not fit. Sign id, timestamp and the body byte for byte, joined by dots, with this key’s secret."
    ),
    "timestamp_old": _("It was signed more than five minutes ago. Sign again for each try, and check the clock."),
    "timestamp_future": _("It is signed for more than five minutes from now. Check the clock."),
    "message_id_used": _("This webhook-id came before with another body. Give each message an id of its own."),
    "wrong_method": _("This address takes no such request. The header Allow says which."),
    "away": _("A part of this site is not there for the moment. Nothing was recorded; send it again in a few seconds."),
    "not_json": _("The body is no JSON that can be read: %(detail)s."),
    "not_recorded": _("Nothing was recorded."),
    "too_large_body": _("The body has more than %(most)s bytes. Send it in parts."),
    "wrong_media_type": _("The body has to be application/json, in UTF-8 and not compressed."),
    "too_often": _("That was too much in a short time. Wait as long as Retry-After says, and send it again."),
    "json_object_or_list": _("The body has to be one object, or a list of objects."),
    "json_object": _("This has to be an object, such as {…}."),
    "json_list": _("This has to be a list, such as […]."),
    "json_text": _("This has to be text in quotes. Leave it out where there is none."),
    "json_texts": _("This has to be a list of texts."),
    "json_number": _("This has to be a number without quotes."),
    "json_bool": _("This has to be true or false."),
    "json_null": _("This is null. Leave it out where there is nothing to say."),
    "json_iri": _("“%(value)s” is no absolute address, such as https://example.org/quiz/2."),
    "nothing_sent": _("The list is empty."),
    "too_many_events": _("%(found)s are too many at once; up to %(most)s fit. Send them in parts."),
    "unknown_field": _("“%(value)s” is no field of it. Leave it out, or check how it is spelt."),
    "one_of_two": _("Say either kind or type, not both."),
    "moment_invalid": _("%(value)s is no moment. Write it as 2026-11-20T14:30:00Z."),
    "peer_is_self": _("The peer is the person themselves. Name who was helped, or leave it out."),
    "id_twice": _("“%(value)s” stands at several places in this request. Give each its own id."),
    "id_used": _(
        "“%(value)s” came before and said something else. What is recorded stays; give this an id of its own."
    ),
    "xapi_version": _("X-Experience-API-Version has to be 1.0.3, or another 1.0.x; it is “%(value)s”."),
    "unknown_parameter": _("“%(value)s” is no parameter here."),
    "statement_id": _("“%(value)s” is no UUID."),
    "statement_id_differs": _("The id of the statement is not the statementId of the address."),
    "statement_ref": _("What is voided is named by an object with objectType StatementRef."),
    "one_identifier": _("Name the person by exactly one of mbox and account."),
    "mailbox": _("An mbox begins with mailto:."),
    "person_unknown": _(
        "Who this is cannot be told. Send the email address (mbox), or an account with a student number known here."
    ),
    "scaled_range": _("A scaled score lies between -1 and 1."),
    "score_range": _("The score does not lie between its min and max."),
    "duration_invalid": _("%(value)s is no duration. Write it as PT1H30M."),
    "expires_in_past": _("It would have expired already. Check the date."),
    "duplicate_of_line": _("The same address stands in line %(other_line)s. Each person is awarded once."),
    # What the API is sent (recipients/api).
    "duplicate": _("The same address stands at %(other)s. Each person is awarded once."),
    "too_many_labels": _("More than %(most)s labels of your own. Keep those that should be signed."),
    "label_untidy": _("A label has no spaces around it, or twice inside, and no hidden characters. Write it without."),
    "unknown_id": _("“%(value)s” is no id: 22 characters, as the API gives them."),
    "unknown_achievement": _("Your institution has no achievement with this id. GET /api/v1/achievements lists them."),
    "nothing_to_correct": _("Nothing is to be corrected. Say the name or the email as it should have been."),
    "too_many": _("%(length)s are too many; up to %(most)s fit."),
    "invalid_value": _("This value is not one that fits here."),
    "wrong_cell_count": _(
        "This row has %(found)s cells, the header has %(expected)s. A comma or a quote may be missing."
    ),
    "cell_too_long": _("One cell holds more than %(most)s characters."),
    "formula": _("This cell is a formula without a result. Open the file in a spreadsheet, save it and try again."),
    # Answers of an application.
    "not_offered": _("“%(value)s” is not one of the answers. Choose one of those shown."),
    "agreement_needed": _("It takes your agreement. Tick the box, or leave the form."),
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
    # Evidence that learners hand in.
    "evidence_empty": _("The file is empty. Choose another one."),
    "evidence_too_large": _("The file is larger than %(most)s MB. Save it smaller, or put it online and add the link."),
    "evidence_type": _("By its content this file is %(found)s, whatever it is called. Save it as one of %(kinds)s."),
    "evidence_type.?": _("This is none of the files we take, by its content. Save it as one of %(kinds)s."),
    "evidence_busy": _("Many files are looked at just now. Choose it again in a minute."),
    "evidence_damaged": _("The file is damaged, cut off, or two files in one. Save it again from your program."),
    "evidence_locked": _("The file has a password. Save a copy without one."),
    "evidence_program": _(
        "There is a program (a macro) in this document, or it fetches one. Save it without, as DOCX, XLSX or PPTX."
    ),
    "evidence_bomb": _("The file unpacks to far more than its pages need. Save it again from your program, or as PDF."),
    "evidence_picture": _(
        "The picture cannot be read (%(reason)s). Save it again as PNG or JPEG, up to 16 megapixels."
    ),
    "evidence_many": _("There are %(most)s files already. Remove one first, or put several into one."),
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
