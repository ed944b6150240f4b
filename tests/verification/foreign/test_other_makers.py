"""What two implementations that are not ours make is judged here as it should be; and what ours makes, as signed by the product."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadgeslib.ob2 import signer as ob2
from openbadgeslib.ob3 import credential as ob3
from openbadgeslib.ob3.ldp import OB3LdpSigner
from openbadgeslib.ob3.signer import OB3Signer
from openvc.keys import Ed25519SigningKey, P256SigningKey, P384SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite
from openvc.proof.vc_jwt import VcJwtProofSuite

from badges.openbadges import validate
from issuers.signing import jwt
from tests.openbadges_samples import DID
from tests.verification.foreign import world
from tests.verification.foreign.test_baked import PLAIN, SVG
from tests.verification.foreign.world import KEY, METHOD, P256, P384, RSA, SITE, examine, findings, green
from verification.foreign import contexts

PEM = {key: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for key in (KEY, P256, RSA)}
DID_KEY = world.did_key(KEY)


def credential(issuer=DID):
    return ob3.OpenBadgeCredential(
        issuer=ob3.Issuer(id=issuer, name="Northmoor University", url="https://badges.example.org/"),
        recipient_id="urn:uuid:6f9c2a3e-1111-4222-8333-000000000001",
        achievement=ob3.Achievement(id="https://badges.example.org/a/1", name="Mentor", description="Guided others.", criteria_narrative="Guide others."),
        id="urn:uuid:6f9c2a3e-1111-4222-8333-00000000000a",
        issuance_date=datetime(2026, 11, 1, tzinfo=UTC),
        expiration_date=datetime(2030, 11, 1, tzinfo=UTC),
        identifiers=[ob3.IdentityObject.create("amal@example.org", "salt")],
    )  # fmt: skip


SIGNERS = {
    "openbadgeslib, did:web": lambda: OB3LdpSigner(PEM[KEY], METHOD).sign_to_json(credential()),
    "openbadgeslib, did:key": lambda: OB3LdpSigner(PEM[KEY]).sign_to_json(credential(DID_KEY)),
    "openbadgeslib, RS256": lambda: OB3Signer(PEM[RSA], "RS256").sign(credential()),
    "openbadgeslib, ES256": lambda: OB3Signer(PEM[P256], "ES256").sign(credential()),
    "openbadgeslib, EdDSA": lambda: OB3Signer(PEM[KEY], "EdDSA").sign(credential()),
    "openbadgeslib, PNG": lambda: OB3LdpSigner(PEM[KEY], METHOD).sign_into_png(credential(), PLAIN),
    "openbadgeslib, SVG": lambda: OB3LdpSigner(PEM[KEY], METHOD).sign_into_svg(credential(), SVG.encode()),
    "openbadgeslib, token in a PNG": lambda: OB3Signer(PEM[RSA], "RS256").sign_into_png(credential(), PLAIN),
    "openbadgeslib, token in an SVG": lambda: OB3Signer(PEM[RSA], "RS256").sign_into_svg(credential(), SVG.encode()),
    "ours, JWT": lambda: jwt.encode(validate.prepare(world.badge()), P256, world.JWT_METHOD),
}


@pytest.mark.parametrize("name", SIGNERS)
def test_what_others_make_is_judged_right(name):
    content = SIGNERS[name]()
    outcome = examine(content, address="amal@example.org")

    assert green(outcome), [(check.finding, check.facts) for check in outcome.report.checks]
    assert findings(outcome)["recipient"] == ("passed", "recipient_fits")


def by_openvc(suite, key, method, document=None, **options):
    made = copy.deepcopy(document or world.badge())
    made.pop("credentialStatus", None)
    extra = {address: world.load(address) for address in contexts.PINNED}
    kwargs = {} if "Jcs" in suite.__name__ else {"extra_contexts": extra}
    return suite().add_proof(
        made,
        signing_key=key,
        verification_method=method,
        created=datetime(2026, 11, 1, tzinfo=UTC),
        **kwargs,
        **options,
    )


@pytest.mark.parametrize(
    ("suite", "key", "method"),
    [
        (DataIntegrityProofSuite, Ed25519SigningKey(KEY, METHOD), METHOD),
        (EddsaJcsProofSuite, Ed25519SigningKey(KEY, METHOD), METHOD),
        (EcdsaRdfcProofSuite, P256SigningKey(P256, world.JWT_METHOD), world.JWT_METHOD),
        (EcdsaJcsProofSuite, P256SigningKey(P256, world.JWT_METHOD), world.JWT_METHOD),
        (EcdsaRdfcProofSuite, P384SigningKey(P384, world.P384_METHOD), world.P384_METHOD),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_proofs_of_openvc_hold_and_altered_ones_do_not(suite, key, method):
    made = by_openvc(suite, key, method)

    assert green(examine(made)), findings(examine(made))
    for change in (lambda doc: doc.update(name="Doctor"), lambda doc: doc["issuer"].update(name="Harvard"), lambda doc: doc["proof"].update(created="2026-11-02T00:00:00Z")):  # fmt: skip
        assert findings(examine(world.changed(made, change)))["signature"] == ("failed", "signature_broken")


def test_token_of_openvc_is_vc_1_and_holds():
    """It dates every token by its own clock, and so leaves the dates to the claims."""
    made = world.changed(
        world.badge(), lambda made: (made.pop("credentialStatus"), made.pop("validFrom"), made.pop("validUntil"))
    )
    made["@context"] = [contexts.VC_1, *made["@context"][1:]]
    token = VcJwtProofSuite().sign(made, signing_key=Ed25519SigningKey(KEY, METHOD), expires_in_s=3600)
    outcome = examine(token, now=datetime.now(UTC))

    assert green(outcome), [(check.finding, check.facts) for check in outcome.report.checks]
    assert not green(examine(token, now=datetime.now(UTC) + timedelta(hours=2)))


def test_signed_assertion_of_openbadgeslib_holds():
    from openbadgeslib.ob2.models import Assertion

    from tests.verification.foreign import test_older_badges as older

    token = ob2.OB2Signer(PEM[RSA]).sign(Assertion.from_dict(older.SIGNED))

    assert green(examine(token, older.SIGNING)), findings(examine(token, older.SIGNING))


def test_presentation_of_what_others_make_says_what_to_hand_in():
    wrapped = {
        "@context": [contexts.VC_2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [json.loads(SIGNERS["openbadgeslib, did:web"]())],
    }

    assert findings(examine(wrapped, SITE))["form"] == ("failed", "wrapped")
