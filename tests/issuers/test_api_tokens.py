"""Tokens of the API, as owners and operators use them: making, seeing, withdrawing."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from issuers import entrusting
from issuers.models import ApiToken, AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from issuers.views.api_tokens import DEEDS
from tests.factories import ApiTokenFactory, IssuerFactory, MembershipFactory
from tests.recipients.api.calling import Program
from tests.verification.public import text

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture
def to(issuer):
    return lambda name, *rest: reverse(f"manage-api-token{name}", args=[issuer.slug, *rest])


@pytest.fixture
def proved(staff):
    """The owner has just typed the password again."""
    assert staff.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return staff


def _make(client, to, **values):
    data = {"name": "Exam portal", "scopes": ["awards:write", "awards:read"], "lasts": "365", "request_key": "a" * 22}
    return client.post(to("-new"), data | values, follow=True)


def _tokens(issuer):
    with scope(issuer):
        return list(ApiToken.objects.order_by("id"))


def _shown(answer):
    return set(re.findall(r"laurel_[1-9A-Za-z]{32,}", answer.content.decode()))


def test_owner_makes_a_token_that_is_shown_once_and_kept_as_its_hash(issuer, proved, owner, to):
    answer = _make(proved, to)

    (token,), (told,) = _tokens(issuer), _shown(answer)
    program = Program(token)
    token.told = told
    assert "no-store" in answer["Cache-Control"]
    assert (token.token_hash, token.prefix) == (entrusting.digest(told), told[:13])
    assert told not in str(token.__dict__ | {"told": ""})
    assert token.scopes == ["awards:read", "awards:write"]
    assert timedelta(days=364) < token.expires_at - timezone.now() <= timedelta(days=365)
    assert program.get("/awards").status_code == 200
    page = proved.get(to("s"))
    assert told not in page.content.decode() and told[:13] in page.content.decode()
    assert "Award, release and cancel" in text(page)
    with across_issuers("a test looks"):
        made = AuditEvent.objects.get(action="api_token.made")
    assert (made.actor, made.details) == (owner, {"scopes": ["awards:read", "awards:write"]})
    assert "made a token for the API" in text(proved.get(reverse("manage-audit", args=[issuer.slug])))


def test_tokens_have_256_random_bits_and_a_beginning_that_scanners_find():
    made = {entrusting.new_token() for _again in range(1_000)}

    assert len(made) == 1_000
    assert all(re.fullmatch(r"laurel_[1-9A-HJ-NP-Za-km-z]{32,44}", one) for one in made)


def test_pressing_twice_makes_one(issuer, proved, to):
    first, second = _make(proved, to), _make(proved, to)

    assert (len(_tokens(issuer)), len(_shown(first)), len(_shown(second))) == (1, 1, 0)
    assert "made before" in text(second)


@pytest.mark.parametrize(
    "values",
    [{"scopes": []}, {"scopes": ["everything"]}, {"lasts": ""}, {"lasts": "0"}, {"name": ""}, {"name": "a\x07"}],
)
def test_form_that_says_too_little_makes_none(issuer, proved, to, values):
    answer = _make(proved, to, **values)

    assert (answer.status_code, _tokens(issuer)) == (422, [])


def test_who_it_is_is_asked_again(issuer, staff, to, client):
    first = staff.post(to("-new"), {"name": "x", "scopes": ["awards:read"], "lasts": "30", "request_key": "b" * 22})
    token = ApiTokenFactory(issuer=issuer)
    second = staff.post(to("-withdrawal", token.public_id))

    assert [answer.status_code for answer in (first, second)] == [302, 302]
    assert "reauthenticate" in first["Location"] and "reauthenticate" in second["Location"]
    assert [one.withdrawn_at for one in _tokens(issuer)] == [None]


def test_withdrawal_ends_it_at_once(issuer, proved, to, owner):
    program = Program(ApiTokenFactory(issuer=issuer))
    assert program.get("/awards").status_code == 200

    page = proved.post(to("-withdrawal", program.token.public_id), follow=True)
    again = proved.post(to("-withdrawal", program.token.public_id), follow=True)

    assert program.get("/awards").json()["code"] == "token_withdrawn"
    assert "opens nothing any more" in text(page) and "was withdrawn before" in text(again)
    assert _tokens(issuer)[0].withdrawn_by == owner
    assert "Ended tokens" in text(page)


def test_another_institutions_token_is_not_found(proved, to):
    other = ApiTokenFactory(issuer=IssuerFactory())

    assert proved.post(to("-withdrawal", other.public_id)).status_code == 404
    assert _tokens(other.issuer)[0].withdrawn_at is None


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.AWARDER, Role.REVIEWER, Role.VIEWER])
def test_other_roles_see_none(client, issuer, to, role):
    client.force_login(MembershipFactory(issuer=issuer, role=role).user)

    assert client.get(to("s")).status_code == 403


def test_number_of_tokens_in_use_is_bounded(issuer, proved, to, monkeypatch):
    monkeypatch.setattr(entrusting, "MOST_IN_USE", 1)
    ApiTokenFactory(issuer=issuer, expires_at=timezone.now())
    _make(proved, to)

    assert "Withdraw one" in text(_make(proved, to, request_key="c" * 22))
    assert len(_tokens(issuer)) == 2


def test_many_in_one_day_are_refused(issuer, proved, to):
    DEEDS.add(str(issuer.pk), DEEDS.most)

    assert "tomorrow" in text(_make(proved, to))
    assert _tokens(issuer) == []


def test_database_keeps_no_token_that_may_nothing(issuer):
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiTokenFactory(issuer=issuer, scopes=[])


def test_expired_tokens_stand_among_the_ended(issuer, staff, to):
    ApiTokenFactory(issuer=issuer, expires_at=timezone.now() - timedelta(days=1))

    assert "Its time was over" in text(staff.get(to("s")))


# The operator.


def _withdraw(*arguments):
    out = StringIO()
    call_command("api_tokens_withdraw", *arguments, stdout=out)
    return out.getvalue()


def test_operator_withdraws_a_leaked_token_by_what_was_found(issuer):
    leaked, kept = ApiTokenFactory(issuer=issuer), ApiTokenFactory(issuer=issuer)

    said = _withdraw("--issuer", issuer.slug, leaked.told)

    assert leaked.told not in said and leaked.prefix in said
    assert [Program(one).get("/awards").status_code for one in (leaked, kept)] == [401, 200]


def test_operator_withdraws_every_token_of_everybody():
    one, other = ApiTokenFactory(), ApiTokenFactory()

    said = _withdraw("--every")

    assert said.count("is withdrawn") == 2
    assert [Program(token).get("/awards").status_code for token in (one, other)] == [401, 401]


@pytest.mark.parametrize("arguments", [[], ["laurel_abcdef"], ["--issuer", "nobody", "--every"]])
def test_operator_has_to_say_which(arguments):
    with pytest.raises(CommandError):
        _withdraw(*arguments)


def test_operator_who_names_an_unknown_token_changes_nothing(issuer):
    token = ApiTokenFactory(issuer=issuer)

    with pytest.raises(CommandError, match="Nothing was changed"):
        _withdraw("--issuer", issuer.slug, token.prefix, "laurel_nobody")
    assert _tokens(issuer)[0].withdrawn_at is None
