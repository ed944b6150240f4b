"""Rows by COPY are the rows that the ORM writes: same columns, same walls, same refusals."""

import secrets
import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.db.models.expressions import DatabaseDefault
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from recipients import copying
from recipients.models import AchievementCredential, Evidence, OutgoingEmail, Recipient
from tests.factories import AwardFactory, IssuerFactory, RecipientFactory
from tests.published import FULL, intend, people, publish

pytestmark = pytest.mark.django_db(databases=["default", "migrator"])
# What COPY's text format writes in another way, and what JSON escapes.
ODD = "tab\tline\nreturn\rback\\slash \\N \\. 'quote' \"double\" \u2028 ${x} %s 名前 🎓"
NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
# Drawn at random, or counted.
OWN = {
    "id",
    "public_id",
    "subject_id",
    "salt",
    "message_id",
    "credential_id",
    "recipient_id",
    "status_index",
    "document",
}


@pytest.fixture
def issuer():
    return IssuerFactory()


def _columns(row):
    fields = [field.attname for field in row._meta.concrete_fields if field.attname not in OWN]
    fresh = type(row)._base_manager.get(pk=row.pk)
    return {name: getattr(fresh, name) for name in fields}


def _recipients(issuer, *names):
    return [
        Recipient(
            issuer=issuer, name=name, address=f"p{n}@example.org", address_key=f"p{n}@example.org", student_id=name[:60]
        )
        for n, name in enumerate(names)
    ]


def test_batch_by_copy_is_the_batch_that_the_orm_writes(issuer, monkeypatch):
    version = publish(issuer)
    who = [FULL, *people(60)]
    slow = publish(IssuerFactory(time_zone=issuer.time_zone))
    copied = intend(version, *who)
    monkeypatch.setattr(copying, "MANY", 1_000_000)
    saved = intend(slow, *who)

    with across_issuers("a test compares"):
        for model in (AchievementCredential, Evidence, OutgoingEmail):
            of = {"award": "award"} if model is AchievementCredential else {"award": "credential__award"}
            ours = [_columns(row) for row in model.objects.filter(**{of["award"]: copied}).order_by("id")]
            theirs = [_columns(row) for row in model.objects.filter(**{of["award"]: saved}).order_by("id")]
            differs = {"issuer_id", "achievement_id", "version_id", "award_id", "status_list_id"}
            moments = {"created_at", "valid_from", "not_before", "offer_expires_at"}
            plain = [
                [{k: v for k, v in row.items() if k not in differs | moments} for row in side]
                for side in (ours, theirs)
            ]
            assert len(ours) == len(theirs) > 0 and plain[0] == plain[1]
            assert all(isinstance(row[name], datetime) for row in ours for name in moments & row.keys())


def test_every_odd_character_and_kind_of_value_arrives(issuer):
    award = AwardFactory(issuer=issuer)
    with scope(issuer):
        person = RecipientFactory(issuer=issuer)
        values = {"custom": {ODD: ODD}, "levels": [1, 2], "nothing": None, "grade": "ä"}
        rows = [
            AchievementCredential(
                issuer=issuer, achievement=award.achievement, version=award.version, award=award, recipient=person,
                award_key=f"k{n}", name=ODD, values=values, subject_id=uuid.uuid4(), salt=secrets.token_urlsafe(12),
                awarded_on=date(2026, 2, 28), valid_from=NOW, document=ODD * 50, status_list=_places(award)[n][0],
                status_index=_places(award)[n][1], created_at=NOW, offer_expires_at=NOW,
            )
            for n in range(2)
        ]  # fmt: skip
        copying.copy_in(rows)
        for row in rows:
            fresh = AchievementCredential.objects.get(pk=row.pk)
            assert (fresh.name, fresh.values, fresh.document) == (ODD, values, ODD * 50)
            assert (fresh.valid_from, fresh.awarded_on, fresh.subject_id) == (NOW, date(2026, 2, 28), row.subject_id)
            assert (fresh.expires_at, fresh.signed_with, fresh.visibility) == (None, None, "link")


_TAKEN = {}


def _places(award):
    from issuers.models import StatusList

    if award.pk not in _TAKEN:
        _TAKEN[award.pk] = StatusList.objects.take(award.issuer, "revocation", 2)
    return _TAKEN[award.pk]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60), min_size=1, max_size=5
    )
)
@example(["\\N", "\\.", "a\tb", "\\"])
def test_any_text_arrives_as_it_was(issuer, texts):
    with scope(issuer), transaction.atomic():
        rows = _recipients(issuer, *texts)
        copying.copy_in(rows)
        assert [Recipient.objects.get(pk=row.pk).name for row in rows] == texts
        transaction.set_rollback(True)


def test_columns_that_the_database_fills_are_left_to_it(issuer):
    with scope(issuer):
        (row,) = rows = _recipients(issuer, "Ana")
        assert isinstance(row.created_at, DatabaseDefault)
        copying.copy_in(rows)
        assert Recipient.objects.get(pk=row.pk).created_at is not None


def test_who_is_known_keeps_id_and_number_and_gets_the_newest_name(issuer):
    with scope(issuer):
        before, other = _recipients(issuer, "Old name", "Other")
        copying.copy_in([before])
        rows = _recipients(issuer, "New name", "Other")
        copying.copy_over(rows, unique=["issuer", "address_key"], update=["name", "address"])
        assert rows[0].pk == before.pk and rows[1].pk != before.pk
        assert list(Recipient.objects.order_by("address_key").values_list("name", "student_id")) == [
            ("New name", "Old name"),
            ("Other", "Other"),
        ]


def test_row_of_another_institution_is_refused_and_none_is_written(issuer):
    foreign = IssuerFactory()
    with pytest.raises(ProgrammingError, match="row-level security"), scope(issuer):
        copying.copy_in([*_recipients(issuer, "Ours"), *_recipients(foreign, "Theirs")])
    with across_issuers("a test counts"):
        assert Recipient.objects.count() == 0


def test_broken_constraint_leaves_nothing(issuer):
    with pytest.raises(IntegrityError), scope(issuer):
        copying.copy_in([*_recipients(issuer, "Twice"), *_recipients(issuer, "Twice")])
    with scope(issuer):
        assert Recipient.objects.count() == 0


def test_ids_are_the_sequence_s_so_that_the_orm_goes_on_after_them(issuer):
    with scope(issuer):
        rows = _recipients(issuer, *(f"Person {n}" for n in range(50)))
        copying.write(rows)
        following = RecipientFactory(issuer=issuer, address_key="later@example.org")
        assert len({row.pk for row in rows}) == 50
        assert following.pk > max(row.pk for row in rows)


def test_nothing_stays_behind_in_the_session(issuer):
    with scope(issuer), connection.cursor() as cursor:
        copying.copy_in(_recipients(issuer, "Ana"))
        copying.copy_in(_recipients(issuer, "Ana", "Bo")[1:])
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        assert cursor.fetchone() == (0,)


def test_what_copy_cannot_do_is_refused(issuer):
    with pytest.raises(TypeError, match="set while it is saved"):
        copying._reader(models.DateTimeField("at", auto_now=True))
    some, other = _recipients(issuer, "Ana", "Bo")
    other.created_at = NOW
    with pytest.raises(ValueError, match="some rows leave it"), scope(issuer):
        copying.copy_in([some, other])


def test_no_rows_are_no_work(issuer, django_assert_num_queries):
    with scope(issuer), django_assert_num_queries(0):
        copying.write([])
        copying.write_over([], unique=["issuer"], update=["name"])
    assert Issuer.objects.filter(pk=issuer.pk).exists()
