"""Words for what is found in credentials of any origin: title, one line, and what stands behind it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

Words = dict[str, tuple[Any, Any, Any]]

FORM: Words = {
    "badge_well_formed": (
        _("Written correctly"),
        _("Open Badges 3.0, all required fields"),
        _("The document follows the official Open Badges 3.0 schema."),
    ),
    "badge_malformed": (
        _("Not written correctly"),
        _("It breaks the Open Badges 3.0 rules at {pointer}"),
        _("{pointer}: {why}. Ask the issuer for a corrected badge."),
    ),
    "credential_well_formed": (
        _("Written correctly"),
        _("A Verifiable Credential; it is not a badge"),
        _("The document follows the Verifiable Credentials data model."),
    ),
    "credential_malformed": (
        _("Not written correctly"),
        _("It breaks the rules of Verifiable Credentials at {pointer}"),
        "{pointer}: {why}.",
    ),
    "wrapped": (
        _("A credential in a wrapper"),
        _("This is a presentation, which wraps one or more credentials"),
        _("Unpack it, and hand in the credential inside: the object under “verifiableCredential”."),
    ),
    "no_credential": (
        _("No credential"),
        _("This is neither a credential nor a badge"),
        _("Hand in the file that the issuer gave out: JSON, a token, a PNG, an SVG or a PDF."),
    ),
    "other_encoding": (
        _("Not readable"),
        _("It is not text in UTF-8"),
        _("Credentials are written in UTF-8. Download the file again, without opening it in an editor."),
    ),
    "too_long": (_("Too large"), _("Files of up to {most} MB are checked"), ""),
    "text_too_long": (
        _("Too large"),
        _("The credential inside has more than {most} KB"),
        _("An ordinary credential has about 5 KB. Large pictures belong at an address of their own."),
    ),
    "link_inside": (
        _("Only a link inside"),
        _("The picture holds an address instead of a credential"),
        _("It was not opened. If you trust it, paste it here: {link}"),
    ),
    "picture_kind": (
        _("{kind} pictures hold no badge"),
        _("Only PNG and SVG can carry a credential"),
        _(
            "Saving or sending a picture often turns it into {kind} and loses what was inside. Ask for the original file."
        ),
    ),
    "picture_empty": (
        _("No credential inside"),
        _("This is a picture, and nothing more"),
        _("Screenshots and pictures that were saved again lose the credential. Ask for the original file or the link."),
    ),
    "picture_twice": (
        _("More than one credential inside"),
        _("A picture may carry exactly one"),
        _("Nobody could say which of them counts, so neither was read."),
    ),
    "picture_broken": (_("The picture cannot be read"), _("It is damaged or was cut off"), "{why}."),
    "chunk_compressed": (
        _("The credential inside is compressed"),
        _("Open Badges does not allow that"),
        _("Ask the issuer for a picture in which it is stored plainly (iTXt, uncompressed)."),
    ),
    "chunk_kind": (
        _("The credential is in the wrong place"),
        _("It stands in a {kind} chunk instead of iTXt"),
        _("Open Badges 2.0 and 3.0 ask for iTXt; older badges used {kind} for a link."),
    ),
    "pdf_empty": (
        _("No credential inside"),
        _("This PDF has no credential attached"),
        _("{why}. A PDF that was printed or saved again loses it; ask for the original file or the link."),
    ),
    "pdf_unread": (_("PDFs cannot be read here"), _("Hand in the JSON file or the link instead"), ""),
    "token_malformed": (_("Not a proper token"), _("It breaks the rules of VC-JWT"), "{why}."),
    "token_unsupported": (
        _("A token of another kind"),
        _("It is signed in a way that is not accepted here"),
        _("Accepted are RS256, ES256, ES384 and EdDSA. This is {why}."),
    ),
    "claims_disagree": (
        _("It contradicts itself"),
        _("The token and the credential inside it disagree"),
        "{why}.",
    ),
    "badge_1": (
        _("An older kind of badge"),
        _("Open Badges 1 is not checked here any more"),
        _("That says nothing about its worth. Ask the issuer for the badge in Open Badges 2.0 or 3.0."),
    ),
    "assertion_well_formed": (
        _("Written correctly"),
        _("Open Badges 2.0, all required fields"),
        _("The assertion, its badge class and the issuer’s profile have what Open Badges 2.0 asks for."),
    ),
    "assertion_malformed": (
        _("Not written correctly"),
        _("It breaks the Open Badges 2.0 rules at “{field}”"),
        _("“{field}” is missing or cannot be read."),
    ),
}

SHOWN: Words = {
    "all_signed": (
        _("Every field is signed"),
        _("Nothing was added beside what was signed"),
        _("Each field shown here is covered by the signature, and means what its standard says."),
    ),
    "all_hosted": (
        _("Every field comes from the issuer’s site"),
        _("Read there now"),
        _("Older badges are not signed: they are true because the issuer’s own site says the same."),
    ),
    "term_unsigned": (
        _("It holds something that nobody signed"),
        _("A field was added that the signature does not cover"),
        _("{why}. Nothing of it is shown, as anybody could have added it."),
    ),
    "context_unknown": (
        _("Its words are not known"),
        _("It brings a vocabulary that is not accepted here"),
        _("{why}. A vocabulary can change what a signed field means, so only the standards’ own are read."),
    ),
    "not_linked": (_("It cannot be read as signed"), _("Its fields do not fit together"), "{why}."),
    "too_tangled": (
        _("Too tangled to check"),
        _("It is built so that checking it would take very long"),
        "{why}.",
    ),
    "nothing_signed": (_("Nothing in it is signed"), _("Anybody could have written this"), ""),
    "shown_unknown": (
        _("Not known which fields are signed"),
        _("The signature could not be read, so nothing is shown"),
        "",
    ),
}

SIGNATURE: Words = {
    "signature_fits": (
        _("Unchanged since it was signed"),
        _("The signature fits"),
        _("Changing one letter would break it. {suite}, key {method}."),
    ),
    "signature_broken": (
        _("Changed after it was signed"),
        _("The signature does not fit"),
        _("Something in it was changed, or another key signed it. {suite}, key {method}."),
    ),
    "signature_of_less": (
        _("Signature not checked"),
        _("It covers less than what is written here"),
        _("{suite}, key {method}."),
    ),
    "signature_not_tried": (_("Signature not checked"), _("Something above failed first"), ""),
    "signature_without_key": (
        _("Signature not checked"),
        _("The key that signed could not be had"),
        _("{suite}, key {method}."),
    ),
    "proof_malformed": (_("Its signature is not written correctly"), _("It cannot hold as it stands"), "{why}."),
    "proof_unsupported": (
        _("Signed in a way that is not known here"),
        _("Its signature could be neither confirmed nor refuted"),
        _("Known are eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019, ecdsa-jcs-2019 and VC-JWT. This is {why}."),
    ),
    "proof_lapsed": (
        _("Its signature has run out"),
        _("The proof says of itself that it is over"),
        _("{suite}, key {method}."),
    ),
    "not_signed": (_("Not signed"), _("There is no signature in it"), _("Anybody could have written this.")),
}

STATUS: Words = {
    "no_status": (
        _("Not revoked"),
        _("The issuer publishes no list of revoked ones"),
        _("Such a credential cannot be revoked, except by telling people so."),
    ),
    "not_listed": (_("Not revoked"), _("The issuer’s list was read now"), _("It does not stand in {list}.")),
    "revoked_listed": (_("Revoked by the issuer"), _("The issuer’s list was read now"), _("It stands in {list}.")),
    "list_untrusted": (_("Status not known"), _("The status list could not be trusted"), "{why}."),
    "status_unreachable": (
        _("Status not known"),
        _("The status list could not be read: {problem}"),
        _("Without {list} nobody can say whether it was revoked. Try again later."),
    ),
    "status_unreadable": (_("Status not known"), _("It does not say properly where its status stands"), "{why}."),
    "status_kind_unknown": (
        _("Status not known"),
        _("Its status is kept in a way that is not known here"),
        _("Known are BitstringStatusListEntry, StatusList2021Entry and 1EdTechRevocationList. This is {kind}."),
    ),
    "status_not_looked_up": (
        _("Status not looked up"),
        _("Something above failed first"),
        _("Nothing is fetched for a document that is refused anyway."),
    ),
}

DATES: Words = {
    "until_end": (_("Within its dates"), _("Until {ends}"), _("Until {ends}.")),
    "ended": (_("Past its end date"), _("Valid until {ends}"), _("Valid until {ends}.")),
    "no_dates": (_("Within its dates"), _("It names no dates"), _("It neither begins nor ends on a certain day.")),
}

WORDS: Words = {**FORM, **SHOWN, **SIGNATURE, **STATUS, **DATES}
