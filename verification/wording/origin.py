"""Words for where a credential comes from and whom it is for: keys, issuers, sites, pictures, addresses and paper."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from verification.wording.foreign import Words

KEY: Words = {
    "key_of_issuer": (
        _("The key is the issuer’s"),
        _("The issuer publishes it at {host}"),
        _("{method} is listed for assertions in the document of {did}."),
    ),
    "key_is_issuer": (
        _("The key is the issuer’s"),
        _("The issuer’s identifier is the key itself"),
        _("{did} names no site: whoever has the key is the issuer, and nothing else is known about them."),
    ),
    "key_on_site": (
        _("The key is the issuer’s"),
        _("It stands on the issuer’s own site, {host}"),
        "{method}",
    ),
    "key_of_another": (
        _("Signed by somebody else"),
        _("The key does not belong to the issuer that it names"),
        _("The credential says that {did} issued it, but {method} is not that issuer’s key."),
    ),
    "key_not_listed": (
        _("Signed with a key that is not published"),
        _("The issuer’s document does not list it"),
        _("{method} does not stand in the document of {did}."),
    ),
    "key_not_for_this": (
        _("Signed with a key that is not for this"),
        _("The issuer does not list it for assertions"),
        _("{method} stands in the document of {did}, but not under assertionMethod."),
    ),
    "key_revoked": (
        _("Signed with a key that counts no more"),
        _("The issuer has revoked it, or it ran out"),
        "{method}",
    ),
    "key_unusable": (
        _("Signed with a key that cannot be used"),
        _("It is too weak, or cannot be read"),
        "{method}: {why}.",
    ),
    "key_kind_unknown": (
        _("Key not looked up"),
        _("Identifiers of the kind {kind} are not known here"),
        _("Known are did:web, did:key, did:jwk and https. This is {method}."),
    ),
    "key_unreachable": (
        _("Key not found"),
        _("{host} could not be asked: {problem}"),
        _("Without the issuer’s document nobody can say whose key {method} is. Try again later."),
    ),
    "key_document_unreadable": (
        _("Key not found"),
        _("What stands at {host} cannot be read"),
        "{method}: {why}.",
    ),
    "key_in_hand": (
        _("Not known whose key it is"),
        _("The key travels with the credential"),
        _("Nothing shows that it belongs to {did}: anybody can enclose a key of their own."),
    ),
    "key_not_looked_up": (
        _("Key not looked up"),
        _("There is no signature that a key could be looked up for"),
        "",
    ),
}

HOSTED: Words = {
    "hosted_same": (
        _("The issuer’s site says the same"),
        _("Compared with {host} now"),
        _("Every field handed in stands there too."),
    ),
    "hosted_differs": (
        _("The issuer’s site says something else"),
        _("“{field}” is different at {host}"),
        _("What counts is what stands there, not the copy."),
    ),
    "hosted_unreachable": (
        _("Not compared"),
        _("{host} could not be asked: {problem}"),
        _("Older badges can be checked only while their issuer’s site answers. Try again later."),
    ),
    "hosted_unreadable": (_("Not compared"), _("What stands at {host} cannot be read"), "{why}."),
    "hosted_elsewhere": (
        _("It does not belong where it stands"),
        _("What stands at {host} says that it has another address"),
        "",
    ),
    "hosted_by_issuer": (
        _("It stands on the issuer’s own site"),
        _("All of it comes from {host}"),
        _("Badge class and profile stand on one site with the issuer, {did}."),
    ),
    "hosted_by_another": (
        _("It stands on somebody else’s site"),
        _("Part of it comes from {other}, the issuer is at {host}"),
        _("Anybody can host a badge that names {did}. It counts only on that issuer’s own site."),
    ),
    "hosted_in_clear": (
        _("Read without encryption"),
        _("{host} has no https, so the answer could be anybody’s"),
        "{did}",
    ),
    "not_revoked_hosted": (
        _("Not revoked"),
        _("Read at {host} now"),
        _("The assertion there is not marked as revoked."),
    ),
    "revoked_hosted": (
        _("Revoked by the issuer"),
        _("Read at {host} now"),
        _("The assertion there is marked as revoked."),
    ),
    "revoked_gone": (
        _("Revoked by the issuer"),
        _("{host} says that it is gone for good"),
        _("That is how issuers of older badges take one back (410 Gone)."),
    ),
}

AROUND: Words = {
    "issuer_known": (
        _("We know this issuer"),
        _("{name}, registered here"),
        _("{did} is an institution of this site."),
    ),
    "issuer_unknown": (
        _("We do not know this issuer"),
        _("It calls itself “{name}”; what vouches for it is {host}"),
        _("The signature fits, but that is not proof of who is behind {did}. Ask the holder."),
    ),
    "picture_same": (
        _("The picture belongs to it"),
        _("It is the one that the credential names"),
        _("Compared with the picture at {host}."),
    ),
    "other_picture": (
        _("Another picture"),
        _("It is not the one that the credential names"),
        _("Pictures are not signed: look at the words, not at the picture. The credential’s own is at {host}."),
    ),
    "picture_untold": (_("Picture not compared"), _("Pictures are not signed"), "{why}."),
    "picture_unnamed": (
        _("Picture not compared"),
        _("The credential names no picture"),
        _("Pictures are not signed: anybody can put a credential into another one."),
    ),
    "recipient_fits": (
        _("Made out to this address"),
        _("The address that you typed is the one inside"),
        _("The credential holds the address, or a fingerprint of it that only this address has."),
    ),
    "recipient_other": (
        _("Made out to another address"),
        _("The address that you typed is not the one inside"),
        _("People have several addresses: ask which one they were using then."),
    ),
    "recipient_unnamed": (
        _("Not known whom it is for"),
        _("There is no mail address inside to compare with"),
        _("The address that you typed can be neither confirmed nor refuted."),
    ),
    "paper_same": (
        _("The paper says what was signed"),
        _("Every printed value is the signed one"),
        "",
    ),
    "paper_altered": (
        _("The paper was changed"),
        _("It does not say what was signed"),
        _("Compare the values beside each other: what counts is what was signed."),
    ),
    "paper_unknown": (
        _("Paper not compared"),
        _("What is printed on it could not be read"),
        _("Look at the values here: these are the signed ones."),
    ),
}

# What came of asking an address: the end of “… could not be asked:”.
PROBLEMS = {
    "refused": _("it is no public address"),
    "unreachable": _("it does not answer"),
    "timeout": _("it took too long"),
    "too_large": _("the answer was too large"),
    "not_found": _("there is nothing there"),
    "gone": _("it is gone for good"),
}

WORDS: Words = {**KEY, **HOSTED, **AROUND}
