"""One of everything. Factories write as the application's role, across issuers; issued credentials come from the real stages."""

import secrets
from datetime import timedelta

import factory
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from badges.models import (
    Achievement,
    AchievementVersion,
    Alignment,
    BadgeDesign,
    BrandKit,
    CertificateDesign,
    CertificatePreview,
    Picture,
    Signatory,
)
from issuers.models import AddressProof, AuditEvent, Invitation, Membership, Role, SigningKey, StatusList
from issuers.signing import multikey
from recipients.models import (
    AchievementCredential,
    AutoAccept,
    Award,
    ClaimLink,
    CredentialRevision,
    Evidence,
    MailStop,
    Notice,
    OutgoingEmail,
    Recipient,
    RecipientList,
    Share,
)
from tests.making import Factory, IssuerFactory, TenantFactory, UserFactory, of  # noqa: F401 -- every factory is found here
from verification.models import PublicView, PublishedStatusList, VerificationItem, VerificationReceipt


class MembershipFactory(TenantFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.OWNER


class InvitationFactory(TenantFactory):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    address_key = factory.SelfAttribute("email")
    role = Role.AWARDER
    token_hash = factory.LazyFunction(lambda: secrets.token_hex(32))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class SigningKeyFactory(TenantFactory):
    class Meta:
        model = SigningKey

    kind = SigningKey.Kind.ED25519
    multibase = factory.LazyFunction(lambda: multikey.encode(Ed25519PrivateKey.generate().public_key()))
    secret = b"sealed"
    kek = "test"


class StatusListFactory(TenantFactory):
    class Meta:
        model = StatusList

    purpose = StatusList.Purpose.REVOCATION
    number = factory.Sequence(lambda n: n + 1)
    seed = factory.LazyFunction(lambda: secrets.token_bytes(32))


class AuditEventFactory(TenantFactory):
    class Meta:
        model = AuditEvent

    action = "issuer.edited"
    subject_kind = "issuer"
    subject_id = "1"


class AddressProofFactory(Factory):
    class Meta:
        model = AddressProof

    user = factory.SubFactory(UserFactory)
    address = "second@example.org"
    address_key = "second@example.org"
    code_hash = "0" * 64
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=15))


class AchievementFactory(TenantFactory):
    class Meta:
        model = Achievement

    name = factory.Sequence(lambda n: f"Community Mentor {n}")
    slug = factory.Sequence(lambda n: f"community-mentor-{n}")
    achievement_type = "Certificate"
    description = "Guided five new students through their first year."
    criteria = "Meet **five** new students every week for one term."


class AlignmentFactory(TenantFactory):
    class Meta:
        model = Alignment

    achievement = of(AchievementFactory)
    target_name = "Mentoring"
    target_url = "https://example.org/skills/mentoring"


class BadgeDesignFactory(TenantFactory):
    class Meta:
        model = BadgeDesign

    achievement = of(AchievementFactory)
    alt = "A shield"


class CertificateDesignFactory(TenantFactory):
    class Meta:
        model = CertificateDesign

    achievement = of(AchievementFactory)
    starter = "minimal"
    layout = factory.LazyFunction(dict)


class CertificatePreviewFactory(TenantFactory):
    class Meta:
        model = CertificatePreview

    achievement = of(AchievementFactory)
    fingerprint = factory.LazyFunction(lambda: secrets.token_hex(32))
    request = factory.LazyFunction(dict)


class PictureFactory(TenantFactory):
    """A row alone: no file lies under its key."""

    class Meta:
        model = Picture

    kind = Picture.Kind.IMAGE
    key = factory.LazyFunction(lambda: f"picture/00/{secrets.token_hex(20)}.png")
    name = "The old library"
    alt = "A reading room with green lamps"
    width = 800
    height = 600


class SignatoryFactory(TenantFactory):
    class Meta:
        model = Signatory

    name = "Ingrid Þórsdóttir"
    title = "Registrar"
    picture = factory.SubFactory(
        PictureFactory, issuer=factory.SelfAttribute("..issuer"), kind=Picture.Kind.SIGNATURE, alt=""
    )


class BrandKitFactory(TenantFactory):
    class Meta:
        model = BrandKit

    accent = "#b8893b"
    lead = "The Senate certifies that"


class AchievementVersionFactory(TenantFactory):
    """A version with plain words; `published()` in conftest makes one with the real stages."""

    class Meta:
        model = AchievementVersion

    achievement = of(AchievementFactory)
    number = 1
    status_purpose = StatusList.Purpose.REVOCATION
    badge_picture = ""
    badge_small = ""
    content = factory.LazyAttribute(
        lambda o: {
            "words": {
                "name": o.achievement.name,
                "achievement_type": "Certificate",
                "description": o.achievement.description,
                "criteria": o.achievement.criteria,
                "tags": [],
                "language": "en",
                "human_code": "",
                "field_of_study": "",
                "credits": None,
                "hours": None,
                "valid_months": None,
            },
            "alignments": [],
            "badge": {"starter": "shield", "spec": None, "alt": "A shield"},
            "certificate": {"starter": "minimal", "layout": {}},
        }
    )


class RecipientFactory(TenantFactory):
    class Meta:
        model = Recipient

    name = factory.Sequence(lambda n: f"Amal Student {n}")
    address = factory.Sequence(lambda n: f"amal{n}@example.org")
    address_key = factory.SelfAttribute("address")


class RecipientListFactory(TenantFactory):
    class Meta:
        model = RecipientList

    achievement = of(AchievementFactory)
    source = RecipientList.Source.FILE
    file_name = "people.csv"
    content = b"name,email\nAna Li,ana.li@example.org\n"


class AwardFactory(TenantFactory):
    class Meta:
        model = Award

    version = of(AchievementVersionFactory)
    achievement = factory.SelfAttribute("version.achievement")
    source = Award.Source.FORM
    request_key = factory.LazyFunction(lambda: secrets.token_hex(16))
    created_at = factory.LazyFunction(timezone.now)
    release_at = factory.LazyFunction(timezone.now)


class CredentialFactory(TenantFactory):
    class Meta:
        model = AchievementCredential

    award = of(AwardFactory)
    version = factory.SelfAttribute("award.version")
    achievement = factory.SelfAttribute("award.achievement")
    recipient = of(RecipientFactory)
    award_key = "once"
    name = factory.SelfAttribute("recipient.name")
    salt = "0123456789abcdef"
    awarded_on = factory.LazyFunction(lambda: timezone.now().date())
    valid_from = factory.LazyFunction(timezone.now)
    created_at = factory.LazyFunction(timezone.now)
    offer_expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=180))
    document = "{}"
    status_list = of(StatusListFactory)
    status_index = factory.Sequence(lambda n: n)


class CredentialRevisionFactory(TenantFactory):
    class Meta:
        model = CredentialRevision

    credential = of(CredentialFactory)
    number = 1
    name = "Amal Studnet"
    document = "{}"
    status_list = factory.SelfAttribute("credential.status_list")
    status_index = factory.Sequence(lambda n: 100_000 + n)
    replaced_at = factory.LazyFunction(timezone.now)


class EvidenceFactory(TenantFactory):
    class Meta:
        model = Evidence

    credential = of(CredentialFactory)
    url = "https://example.org/poster"
    name = "Poster"


class OutgoingEmailFactory(TenantFactory):
    class Meta:
        model = OutgoingEmail

    credential = of(CredentialFactory)
    kind = OutgoingEmail.Kind.OFFER
    to = factory.SelfAttribute("credential.recipient.address")
    address_key = factory.SelfAttribute("to")
    message_id = factory.LazyFunction(lambda: f"<{secrets.token_hex(16)}@example.org>")
    not_before = factory.LazyFunction(timezone.now)


class MailStopFactory(Factory):
    class Meta:
        model = MailStop

    address_key = "amal@example.org"


class ClaimLinkFactory(TenantFactory):
    class Meta:
        model = ClaimLink

    credential = of(CredentialFactory)
    token_hash = factory.LazyFunction(lambda: secrets.token_hex(32))
    address_key = "amal@example.org"


class AutoAcceptFactory(TenantFactory):
    class Meta:
        model = AutoAccept

    user = factory.SubFactory(UserFactory)


class NoticeFactory(TenantFactory):
    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    credential = of(CredentialFactory)
    kind = Notice.Kind.OFFERED


class ShareFactory(TenantFactory):
    class Meta:
        model = Share

    credential = of(CredentialFactory)
    network = "linkedin"


class PublishedStatusListFactory(TenantFactory):
    class Meta:
        model = PublishedStatusList

    status_list = of(StatusListFactory)
    encoded = "uH4s"
    signed = "{}"
    made_at = factory.LazyFunction(timezone.now)
    valid_until = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


class PublicViewFactory(TenantFactory):
    class Meta:
        model = PublicView

    credential = of(CredentialFactory)
    day = factory.LazyFunction(lambda: timezone.now().date())


class VerificationReceiptFactory(Factory):
    class Meta:
        model = VerificationReceipt

    created_at = factory.LazyFunction(timezone.now)
    total = 1


class VerificationItemFactory(Factory):
    class Meta:
        model = VerificationItem

    receipt = factory.SubFactory(VerificationReceiptFactory)
    position = 1
    lines = factory.LazyFunction(lambda: [1])
    given = "https://badges.example.org/a/1"


# Each part makes its own; imported last, because they build on those above.
from tests.making_activities import *  # noqa: E402, F403 -- every factory is found here
from tests.making_api import *  # noqa: E402, F403 -- every factory is found here
from tests.making_applications import *  # noqa: E402, F403 -- every factory is found here
from tests.making_assessment import *  # noqa: E402, F403 -- every factory is found here
from tests.making_check_in import *  # noqa: E402, F403 -- every factory is found here
from tests.making_criteria import *  # noqa: E402, F403 -- every factory is found here
from tests.making_dry_runs import *  # noqa: E402, F403 -- every factory is found here
from tests.making_events import *  # noqa: E402, F403 -- every factory is found here
from tests.making_growth import *  # noqa: E402, F403 -- every factory is found here
from tests.making_mail import *  # noqa: E402, F403 -- every factory is found here
from tests.making_splicing import *  # noqa: E402, F403 -- every factory is found here
from tests.making_student import *  # noqa: E402, F403 -- every factory is found here
from tests.making_webhooks import *  # noqa: E402, F403 -- every factory is found here
