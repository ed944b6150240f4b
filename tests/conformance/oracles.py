"""Two implementations that are not ours, as a program of its own: run with `python -I`, it can import none of our code.

    python -I oracles.py openvc|openbadgeslib
    < {"site": "http://localhost:<port>", "asked": [{"form": "json", "body": "<base64>"}, …]}      one line each
    > [{"valid": bool, "why": str}, …]                                                            one line each

It loads once, and answers each line in a process of its own, so that nothing of one answer is kept for the next. Forms: json, jwt, png, svg, pdf, hosted. Each implementation unpacks what it can by itself, Pillow, ElementTree and pikepdf the
rest. Everything else (DID document, status list, hosted badges) is fetched from the given site by public HTTP; any other
host is refused. Contexts come from openbadgeslib, the JSON-LD processor from pyld.
"""

import base64
import io
import json
import os
import sys
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET

SITE = ""
OURS = ("django", "issuers", "badges", "recipients", "verification")
KEYWORD = b"openbadgecredential"


def fetch(url):
    """Both libraries ask by https, as did:web says; a site on localhost speaks http."""
    plain = url.replace("https://localhost", "http://localhost", 1)
    if not plain.startswith(f"{SITE}/"):
        raise OSError(f"{url} is not of this site")
    with urllib.request.urlopen(plain, timeout=10) as answer:  # noqa: S310
        return answer.read(1_000_000)


def attached(pdf):
    """The one credential attached to a certificate."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (file,) = opened.attachments.values()
        return file.get_file().read_bytes().decode()


# openvc-core


def unpacked_for_openvc(form, body):
    """It reads no pictures: Pillow and ElementTree do."""
    if form == "png":
        from PIL import Image

        picture = Image.open(io.BytesIO(body))
        picture.load()
        return picture.text[KEYWORD.decode()]
    if form == "svg":
        (element,) = ET.fromstring(body).iter("{https://purl.imsglobal.org/ob/v3p0}credential")  # noqa: S314
        return element.text
    return attached(body) if form == "pdf" else body.decode()


def by_openvc(form, body):
    """openvc-core: proof or token, dates, issuer's key by did:web, status list with its own proof."""
    from openbadgeslib.ob3.contexts import bundled_contexts
    from openvc.did.did_web import DidWebResolver
    from openvc.resolvers import default_status_list_resolver
    from openvc.verify import VerificationPolicy, verify_credential

    if form == "hosted":
        raise ValueError("openvc-core knows no Open Badges 2.0")
    text = unpacked_for_openvc(form, body)
    resolver = DidWebResolver(lambda url: json.loads(fetch(url)))
    contexts = bundled_contexts()
    lists = default_status_list_resolver(
        resolver=resolver, extra_contexts=contexts, fetch=lambda url: fetch(url).decode()
    )
    if form == "jwt":
        return token_by_openvc(text.strip(), resolver, lists)
    policy = VerificationPolicy(require_status_issuer_binding=True)
    options = {"policy": policy, "resolver": resolver, "resolve_status_list": lists, "extra_contexts": contexts}
    return verify_credential(json.loads(text), **options).issuer


def token_by_openvc(token, resolver, lists):
    """It knows tokens of VC 1.1 alone: of the newer form its parts are used, signature, key, dates and status."""
    from openvc.proof._jws import parse_compact, verify_compact
    from openvc.status import check_credential_status

    header, claims, *_ = parse_compact(token)
    did = resolver.resolve(claims["iss"])
    method = did.key_by_kid(header["kid"])
    assert method is not None and method.id in did.relationships["assertionMethod"], "not a key of this issuer"
    verify_compact(token, public_key_jwk=method.public_key_jwk, allowed_algs=frozenset({"ES256"}))
    assert claims["iss"] == claims["issuer"]["id"], "another issuer"
    assert claims["nbf"] <= time.time() < claims.get("exp", 2**60), "outside its dates"
    found = check_credential_status(claims, resolve_status_list=lists)
    assert not found.revoked, "revoked"
    assert not found.suspended, "suspended"
    return claims["iss"]


# openbadgeslib


def unpacked_for_openbadgeslib(form, body):
    from openbadgeslib import baking

    if form == "png":
        found = baking.extract_png(body, keyword=KEYWORD)
        return found.decode() if isinstance(found, bytes) else found
    if form == "svg":
        return baking.extract_svg(body, element="openbadges:credential", text_fallback=True)
    return attached(body) if form == "pdf" else body.decode()


def by_openbadgeslib(form, body):
    """openbadgeslib: proof (or token), model, dates, issuer's key by did:web, status list with its own proof."""
    from openbadgeslib.ob2.verifier import OB2Verifier
    from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

    text = unpacked_for_openbadgeslib(form, body)
    if form == "hosted":
        return OB2Verifier(download=fetch).verify_hosted(text).id
    # Its own check of a list's signature wants a token; `checked` checks the embedded proof with its own building blocks.
    options = {"check_status": True, "download": checked, "verify_status_list": False}
    if form != "jwt":
        return OB3LdpVerifier().verify(text, **options).issuer.id
    claims = text.strip().split(".")[1]
    issuer = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iss"]
    return OB3Verifier.for_issuer_did(issuer, download=fetch).verify(text.strip(), **options).issuer.id


def checked(url):
    """What stands at an address; a status list only if the proof in it holds under a key of the issuer it names."""
    from openbadgeslib.ob3 import resolve_verification_method, verify_data_integrity_proof

    raw = fetch(url)
    document = json.loads(raw)
    if "BitstringStatusListCredential" in document.get("type", []):
        method = document["proof"]["verificationMethod"]
        assert method.partition("#")[0] == document["issuer"], "another's list"
        verify_data_integrity_proof(document, resolve_verification_method(method, download=fetch))
    return raw


def answer(oracle, asked):
    try:
        return {"valid": True, "why": str(oracle(asked["form"], base64.b64decode(asked["body"])))}
    except Exception as error:
        return {"valid": False, "why": f"{type(error).__name__}: {error}"}


def loaded(name):
    """The implementation, with whatever it loads only when it is first used."""
    oracle = {"openvc": by_openvc, "openbadgeslib": by_openbadgeslib}[name]
    for form in ("json", "jwt", "png", "svg", "pdf", "hosted"):
        answer(oracle, {"form": form, "body": base64.b64encode(b"{}").decode()})
    return oracle


def answer_line(oracle, line):
    global SITE  # noqa: PLW0603
    told = json.loads(line)
    SITE = told["site"]
    answers = [answer(oracle, asked) for asked in told["asked"]]
    ours = {module.partition(".")[0] for module in sys.modules} & set(OURS)
    assert not ours, ours
    print(json.dumps(answers), flush=True)


def main():
    oracle = loaded(sys.argv[1])
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            answer_line(oracle, line)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            print("null", flush=True)


if __name__ == "__main__":
    main()
