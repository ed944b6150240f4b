"""The world that the URL walk visits: two institutions, people of every role, one object of every model, and canaries.

Every address of the product is found in the resolver; what it needs to be visited is said here, by name. An address that
nobody has listed fails the walk.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from issuers import keys
from issuers.models import Role
from issuers.tenancy import scope
from tests import factories

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ROLES_TABLE = Path(__file__).with_name("roles.yaml")
# Rows that a look may write: sessions, limits, and counts that identify nobody.
LOOKS_WRITE = {"django_session", "verification_publicview", "verification_publishedstatuslist"}


@dataclass(frozen=True)
class Address:
    """One named address: `name`, its `route` text and the names of its arguments."""

    name: str
    route: str
    arguments: tuple[str, ...]


def _walk(patterns, route=""):
    for entry in patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, here)
        elif isinstance(entry, URLPattern):
            yield Address(entry.name or here, here, tuple(entry.pattern.regex.groupindex))


def addresses() -> list[Address]:
    """Every address of the product, allauth's too."""
    return list(_walk(get_resolver().url_patterns))


def canary() -> str:
    """A word that stands in exactly one row."""
    return "Canary" + secrets.token_hex(6)


@dataclass
class Tenant:
    """One institution with one of everything, and a client for each role."""

    issuer: object
    canaries: list[str] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)
    rows: dict[str, object] = field(default_factory=dict)

    def word(self) -> str:
        self.canaries.append(canary())
        return self.canaries[-1]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _key(issuer):
    """Real ones: public pages sign status lists with them."""
    with scope(issuer):
        return keys.create(issuer, None)[0]


def build(name: str) -> Tenant:
    """An institution whose every text is a canary."""
    issuer = factories.IssuerFactory(slug=name)
    tenant = Tenant(issuer)
    for role in Role.values:
        membership = factories.MembershipFactory(issuer=issuer, role=role, user__name=tenant.word())
        tenant.clients[role] = signed_in(membership.user)
        tenant.rows[f"membership_{role}"] = membership
    achievement = factories.AchievementFactory(issuer=issuer, name=tenant.word(), description=tenant.word())
    version = factories.AchievementVersionFactory(issuer=issuer, achievement=achievement)
    recipient = factories.RecipientFactory(
        issuer=issuer, name=tenant.word(), address=f"{tenant.word().lower()}@example.org"
    )
    # Not a canary: the holder reads the own name on every page.
    holder = factories.UserFactory(name="Holda Holder")
    award = factories.AwardFactory(issuer=issuer, version=version, file_name=tenant.word())
    credential = factories.CredentialFactory(issuer=issuer, award=award, recipient=recipient)
    tenant.rows |= {
        "achievement": achievement,
        "version": version,
        "recipient": recipient,
        "award": award,
        "credential": credential,
        "holder": holder,
        "badge": factories.BadgeDesignFactory(issuer=issuer, achievement=achievement, alt=tenant.word()),
        "invitation": factories.InvitationFactory(issuer=issuer, email=f"{tenant.word().lower()}@example.org"),
        "list": factories.RecipientListFactory(issuer=issuer, achievement=achievement, file_name=tenant.word()),
        "key": _key(issuer),
        "alignment": factories.AlignmentFactory(issuer=issuer, achievement=achievement, target_name=tenant.word()),
        "preview": factories.CertificatePreviewFactory(issuer=issuer, achievement=achievement),
        "signatory": factories.SignatoryFactory(issuer=issuer, name=tenant.word(), title=tenant.word()),
        "picture": factories.PictureFactory(issuer=issuer, name=tenant.word(), alt=tenant.word()),
        "kit": factories.BrandKitFactory(issuer=issuer, lead=tenant.word()),
        "evidence": factories.EvidenceFactory(issuer=issuer, credential=credential, name=tenant.word()),
        "email": factories.OutgoingEmailFactory(issuer=issuer, credential=credential),
        "audit": factories.AuditEventFactory(issuer=issuer, subject_id=str(issuer.pk)),
        "notice": factories.NoticeFactory(issuer=issuer, credential=credential, user=holder),
        **_criteria(tenant, achievement, recipient),
        **_dry_run(issuer, achievement, recipient),
        **_activities(tenant),
        **_systems(tenant),
        **_programs(tenant),
        **_webhooks(tenant, credential),
        **_applications(tenant, achievement),
        **_assessed(tenant, holder),
        **_check_in(tenant, recipient),
        **_student(tenant, achievement, holder),
        "misprint": factories.MisprintFactory(issuer=issuer, version=version, why=tenant.word()),
        **_found(tenant, recipient),
        "receipt": factories.VerificationItemFactory(given=credential.public_id).receipt,
    }
    return tenant


def _criteria(tenant: Tenant, achievement, recipient) -> dict[str, object]:
    """What people did, and the rule that looks at it."""
    issuer = tenant.issuer
    rule = factories.RuleFactory(issuer=issuer, achievement=achievement)
    version = factories.RuleVersionFactory(issuer=issuer, rule=rule)
    group = factories.GroupFactory(issuer=issuer, name=tenant.word())
    return {
        "rule": rule,
        "rule_version": version,
        "kind": factories.ActivityKindFactory(issuer=issuer, name=tenant.word()),
        "opportunity": factories.OpportunityFactory(issuer=issuer, title=tenant.word()),
        "activity": factories.ActivityFactory(issuer=issuer, recipient=recipient, key=tenant.word()),
        "group": group,
        "group_member": factories.GroupMemberFactory(issuer=issuer, group=group, recipient=recipient),
        "earning": factories.EarningFactory(issuer=issuer, rule_version=version, recipient=recipient),
    }


def _dry_run(issuer, achievement, recipient) -> dict[str, object]:
    """What the achievement's rule would do, and where its one person stands."""
    with scope(issuer):
        rule = achievement.rule
    run = factories.DryRunFactory(issuer=issuer, rule=rule, finished_at=timezone.now(), counts={"far": 1})
    return {
        "dry_run": run,
        "dry_run_outcome": factories.DryRunOutcomeFactory(issuer=issuer, dry_run=run, recipient=recipient),
    }


def _activities(tenant: Tenant) -> dict[str, object]:
    """Files of what people did."""
    return {"activity_file": factories.ActivityFileFactory(issuer=tenant.issuer, file_name=tenant.word())}


def _systems(tenant: Tenant) -> dict[str, object]:
    """A key of another system, and what came with it."""
    issuer = tenant.issuer
    key = factories.EventKeyFactory(issuer=issuer, name=tenant.word())
    return {
        "event_key": key,
        "event_message": factories.EventMessageFactory(issuer=issuer, key=key),
        "event_call": factories.EventCallFactory(issuer=issuer, key=key, message_id=tenant.word()),
    }


def _programs(tenant: Tenant) -> dict[str, object]:
    """A token of the API, and an answer that is kept."""
    token = factories.ApiTokenFactory(issuer=tenant.issuer, name=tenant.word())
    kept = factories.KeptAnswerFactory(issuer=tenant.issuer, token=token, body=tenant.word())
    return {"api_token": token, "kept_answer": kept}


def _webhooks(tenant: Tenant, credential) -> dict[str, object]:
    """A system that is told, and what it was told."""
    issuer = tenant.issuer
    endpoint = factories.WebhookEndpointFactory(
        issuer=issuer, name=tenant.word(), url=f"https://{tenant.word().lower()}.example.org/", with_address=True
    )
    message = factories.WebhookMessageFactory(
        issuer=issuer, subject=credential.public_id, payload=tenant.word(), named=tenant.word()
    )
    return {
        "webhook": endpoint,
        "webhook_secret": factories.WebhookSecretFactory(issuer=issuer, endpoint=endpoint),
        "webhook_message": message,
        "webhook_delivery": factories.WebhookDeliveryFactory(
            issuer=issuer, endpoint=endpoint, message=message, excerpt=tenant.word(), attempts=1, problem="status",
            status=500, tried_at=timezone.now(),
        ),
    }  # fmt: skip


def _applications(tenant: Tenant, achievement) -> dict[str, object]:
    """A form that is open, and what somebody sent. Its intro is no canary: the public page shows it to everybody."""
    form = factories.ApplicationFormFactory(issuer=tenant.issuer, achievement=achievement)
    address = f"{tenant.word().lower()}@example.org"
    return {
        "application_form": form,
        "question": factories.QuestionFactory(issuer=tenant.issuer, form=form),
        "application": factories.ApplicationFactory(
            issuer=tenant.issuer, form=form, name=tenant.word(), address=address
        ),
    }


def _assessed(tenant: Tenant, holder) -> dict[str, object]:
    """Work that waits for its assessor, with a piece of evidence and somebody outside."""
    issuer = tenant.issuer
    work = factories.SubmissionFactory(issuer=issuer, user=holder, recipient__name=tenant.word())
    return {
        "assessment": factories.AssessmentFactory(issuer=issuer, competency=tenant.word()),
        "submission": work,
        "artefact": factories.ArtefactFactory(issuer=issuer, submission=work, name=tenant.word()),
        "reviewer_invite": factories.ReviewerInviteFactory(
            issuer=issuer, submission=work, address=f"{tenant.word()}@example.org"
        ),
        "marking": factories.MarkingFactory(issuer=issuer, submission=work, feedback=tenant.word()),
    }


def _student(tenant: Tenant, achievement, holder) -> dict[str, object]:
    """A goal of a group, and of one person; a leaderboard, on which nobody stands but one who does not ask."""
    issuer = tenant.issuer
    group = factories.GroupFactory(issuer=issuer, name=tenant.word())
    return {
        "goal": factories.GoalFactory(
            issuer=issuer, achievement=achievement, recipient=None, group=group, note=tenant.word()
        ),
        "own_goal": factories.GoalFactory(issuer=issuer, note=tenant.word()),
        "entry": factories.LeaderboardEntryFactory(issuer=issuer, pseudonym=tenant.word()),
        "digest": factories.DigestFactory(user=holder),
    }


def _check_in(tenant: Tenant, recipient) -> dict[str, object]:
    """An open door, and what somebody told of themselves."""
    session = factories.OpportunityFactory(issuer=tenant.issuer, title=tenant.word(), place=tenant.word())
    told = factories.ActivityFactory(
        issuer=tenant.issuer, recipient=recipient, key=tenant.word(), source="log", confirmed_at=None
    )
    return {"door": factories.CheckInFactory(issuer=tenant.issuer, opportunity=session), "told": told}


def _found(tenant: Tenant, recipient) -> dict[str, object]:
    """A word that somebody is found by, and how many of an achievement there are on a day."""
    return {
        "search_word": factories.SearchWordFactory(
            issuer=tenant.issuer, recipient=recipient, word=tenant.word().lower()
        ),
        "tally": factories.TallyFactory(issuer=tenant.issuer, achievement__name=tenant.word(), looks=3),
    }


# What an argument is filled with; a name that stands for different things in different places is told apart by address.
ARGUMENTS = {
    "slug": lambda t: t.issuer.slug,
    "membership": lambda t: t.rows["membership_viewer"].pk,
    "invitation": lambda t: t.rows["invitation"].pk,
    "key": lambda t: "public/00/" + "0" * 40 + ".png",
    "signing_key": lambda t: t.rows["key"].pk,
    "token": lambda t: "x" * 43,
    "purpose": lambda t: "revocation",
    "number": lambda t: 1,
    "n": lambda t: 1,
    "network": lambda t: "linkedin",
    "form": lambda t: "pdf",
    "suffix": lambda t: "json",
    "fingerprint": lambda t: t.rows["preview"].fingerprint,
    "preview": lambda t: t.rows["preview"].pk,
    "signatory": lambda t: t.rows["signatory"].pk,
    "picture": lambda t: t.rows["picture"].pk,
    "achievement": lambda t: t.rows["achievement"].slug,
    "recipient": lambda t: t.rows["recipient"].pk,
    "group": lambda t: t.rows["group"].key,
    "kind": lambda t: t.rows["kind"].pk,
    "artefact": lambda t: t.rows["artefact"].public_id,
    "invite": lambda t: t.rows["reviewer_invite"].pk,
    "name": lambda t: "0" * 19 + "-1.eml",
    "article": lambda t: "lost-mail",
    "shape": lambda t: "square",
    "event_key": lambda t: t.rows["event_key"].key_id,
    "typeface": lambda t: "inter-400",
    "provider": lambda t: "mailgun",
    "code": lambda t: "7K2M-9PQR-ABCD-EFGH",
    "api_achievement": lambda t: t.rows["achievement"].public_id,
    "award": lambda t: t.rows["award"].public_id,
    "credential": lambda t: t.rows["credential"].public_id,
    "rest": lambda t: "nowhere",
    "webhook": lambda t: t.rows["webhook"].public_id,
    "delivery": lambda t: t.rows["webhook_delivery"].pk,
}


def _public_id(address: Address, tenant: Tenant) -> str:
    if "api-tokens/" in address.route:
        return tenant.rows["api_token"].public_id
    if "opportunities/" in address.route:
        return tenant.rows["door"].opportunity.public_id
    if "wallet/log/" in address.route:
        return tenant.rows["told"].public_id
    if address.route.startswith(("application/", "manage/<slug:slug>/applications/")):
        return tenant.rows["application"].public_id
    places = {"wallet/goals/": "own_goal", "goals/": "goal", "catalogue/": "achievement"}
    places |= {"achievements/": "achievement", "awards/": "award", "lists/": "list", "receipts/": "receipt"}
    places |= {"activities/files/": "activity_file", "activities/": "activity", "opportunities/": "opportunity"}
    places |= {"submissions/": "submission", "wallet/work/": "submission"}
    for part, row in places.items():
        if part in address.route:
            return tenant.rows[row].public_id
    return tenant.rows["credential"].public_id


def fill(address: Address, tenant: Tenant) -> str:
    """The path of an address with this tenant's objects; KeyError where nobody has said what to fill in."""
    values = {}
    for name in address.arguments:
        asked = "article" if address.name == "help-article" else name
        if address.name == "api-achievement":
            asked = "api_achievement"
        values[name] = _public_id(address, tenant) if name == "public_id" else ARGUMENTS[asked](tenant)
    return reverse(address.name, kwargs=values)


def written() -> dict[str, int]:
    """Rows written so far in this transaction, by table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {name: count for name, count in cursor.fetchall() if name not in LOOKS_WRITE}
