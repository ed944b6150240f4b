"""Words for what only the desk finds: links, papers without their credential, issuers that nothing proves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, tuple[Any, Any, Any]] = {
    "link_not_had": (
        _("Nothing was read at this link"),
        _("{host} was asked, and gave nothing that could be checked"),
        _("Try again later, or ask the holder for the file itself."),
    ),
    "not_reached": (
        _("Not looked at"),
        _("The files before it took all the time that there was"),
        _("Hand it in again, by itself or with fewer others."),
    ),
    "too_slow": (
        _("Not read to its end"),
        _("It took longer than any credential does, so reading was stopped"),
        _("Honest software makes none like it. Ask for the original file, or for the link."),
    ),
    "too_big": (
        _("Not read to its end"),
        _("It unpacks to more than any credential is"),
        _("Ask for the original file, or for the link."),
    ),
    "crashed": (
        _("Not read to its end"),
        _("It is damaged, or made to break readers"),
        _("Ask for the original file, or for the link."),
    ),
    "busy": (
        _("Not looked at"),
        _("Many people were checking something just then"),
        _("Hand it in again in a minute."),
    ),
    "photo_empty": (
        _("No credential inside, and no QR code"),
        _("This is a picture, and no QR code could be read in it"),
        _(
            "Take the photo again, closer and straight, with the whole code sharp. "
            "The original file, or the link itself, says more than any picture."
        ),
    ),
    "code_followed": (
        _("Found by the QR code in the picture"),
        _("It leads to {link}"),
        _("What stands there was checked, and not the picture: compare the name and the words yourself."),
    ),
    "code_nothing": (
        _("Nothing to see where the QR code leads"),
        _("No credential stands at {link}"),
        _("Either the person keeps it to themselves, or there never was one. Ask the holder for a link."),
    ),
    "code_elsewhere": (
        _("The QR code leads to another site"),
        _("It leads to {host}, and was not opened"),
        _("If that is where you expected it to lead, paste the link: {link}"),
    ),
    "code_without_link": (
        _("The QR code holds no link"),
        _("It was read, and says nothing that leads to a credential"),
        _("Ask the holder for the original file or the link."),
    ),
    "issuer_unproved": (
        _("Not proved who issued it"),
        _("It names “{name}”, and nothing shows that this is true"),
        _(
            "Anybody can write a name into a document. Only a signature that fits, by a key of the issuer’s own, shows it."
        ),
    ),
    "pdf_detached": (
        _("The credential is no longer in this PDF"),
        _("It was printed or saved again, and lost what was attached"),
        _("Only what is printed could be compared. Ask for the original file, or open the link on the paper."),
    ),
    "pdf_empty": (
        _("No credential inside"),
        _("This PDF has no credential attached"),
        _("A PDF that was printed or saved again loses it. Ask for the original file or the link."),
    ),
    "pdf_twice": (
        _("More than one credential inside"),
        _("Several files are attached to this PDF"),
        _(
            "Each reader might pick another of them, so that none of them counts. Ask for the original file or the link."
        ),
    ),
    "pdf_none": (_("Not a PDF"), _("It only has the name of one"), _("Hand in the original file.")),
    "pdf_damaged": (
        _("This PDF cannot be read"),
        _("It is damaged or was cut off"),
        _("Download it again, or hand in the link or the JSON file."),
    ),
    "pdf_encrypted": (
        _("This PDF is locked"),
        _("It is encrypted with a password"),
        _("Certificates are never locked. Ask for the original file."),
    ),
    "pdf_too_long": (
        _("This PDF is too long"),
        _("Certificates have a page or two"),
        _("Hand in the certificate alone."),
    ),
    "pdf_too_dense": (
        _("This PDF is too large inside"),
        _("It unpacks to more than a certificate needs"),
        _("It was not opened any further. Ask for the original file."),
    ),
    "pdf_active": (
        _("This PDF does something by itself"),
        _("It holds programs, forms, other files or actions"),
        _("Certificates only show something; this one was not opened any further. Ask for the original file."),
    ),
    "paper_unproved": (
        _("Paper not compared"),
        _("There is nothing signed to compare it with"),
        _("The credential inside did not pass, so it cannot vouch for what is printed."),
    ),
    "paper_values": (
        _("Paper not compared with the original"),
        _("Signed values were looked for on it"),
        _("The issued paper is not here, and other things may be printed too: read it beside the signed values."),
    ),
    "paper_covered": (
        _("The paper looks different"),
        _("Its words are the issued ones, but something covers or changes a part of it"),
        _("Look at the marked places: what counts is what was signed."),
    ),
    "paper_made_anew": (
        _("The paper was made anew"),
        _("Its words are the issued ones; its look could not be compared"),
        _("It was printed or saved again. Pictures laid over it would not be seen: ask for the original file."),
    ),
}
