"""Two implementations that are not ours, as a program of its own: run with `python -I`, it can import none of our code.

    python -I oracles.py openvc|openbadgeslib http://localhost:<port> < document

Everything else (DID document, status list) is fetched from the given site by public HTTP; any other host is refused.
Prints {"valid": bool, "why": str}. Contexts come from openbadgeslib, the JSON-LD processor from pyld.
"""

import base64
import json
import sys
import urllib.request

SITE = ""


def fetch(url):
    """Both libraries ask by https, as did:web says; a site on localhost speaks http."""
    plain = url.replace("https://localhost", "http://localhost", 1)
    if not plain.startswith(f"{SITE}/"):
        raise OSError(f"{url} is not of this site")
    with urllib.request.urlopen(plain, timeout=10) as answer:  # noqa: S310
        return answer.read(1_000_000)


def by_openvc(text):
    """openvc-core: proof, dates, schema of the proof, issuer's key by did:web, status list with its own proof."""
    from openbadgeslib.ob3.contexts import bundled_contexts
    from openvc.did.did_web import DidWebResolver
    from openvc.resolvers import default_status_list_resolver
    from openvc.verify import VerificationPolicy, verify_credential

    resolver = DidWebResolver(lambda url: json.loads(fetch(url)))
    contexts = bundled_contexts()
    result = verify_credential(
        json.loads(text),
        policy=VerificationPolicy(require_status_issuer_binding=True),
        resolver=resolver,
        resolve_status_list=default_status_list_resolver(
            resolver=resolver, extra_contexts=contexts, fetch=lambda url: fetch(url).decode()
        ),
        extra_contexts=contexts,
    )
    return result.issuer


def by_openbadgeslib(text):
    """openbadgeslib: proof (or token), model, dates, issuer's key by did:web, status list with its own proof."""
    from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

    # Its own check of a list's signature wants a token; `checked` checks the embedded proof with its own building blocks.
    options = {"check_status": True, "download": checked, "verify_status_list": False}
    if text.lstrip().startswith("{"):
        return OB3LdpVerifier().verify(text, **options).issuer.id
    body = text.strip().split(".")[1]
    issuer = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["iss"]
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


def main():
    global SITE  # noqa: PLW0603
    name, SITE = sys.argv[1], sys.argv[2]
    ours = [
        module
        for module in sys.modules
        if module.partition(".")[0] in {"issuers", "badges", "recipients", "verification"}
    ]
    assert not ours, ours
    try:
        answer = {
            "valid": True,
            "why": {"openvc": by_openvc, "openbadgeslib": by_openbadgeslib}[name](sys.stdin.read()),
        }
    except Exception as error:
        answer = {"valid": False, "why": f"{type(error).__name__}: {error}"}
    assert "django" not in sys.modules
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
