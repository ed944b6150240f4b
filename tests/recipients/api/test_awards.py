"""Awards by the API: all or nothing, every fault by its place, once whatever happens, nobody twice."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from issuers.tenancy import across_issuers
from recipients import issuing, receiving
from recipients.models import AchievementCredential, Award, Evidence, KeptAnswer, OutgoingEmail, Recipient
from tests.factories import AchievementFactory, AchievementVersionFactory, ApiTokenFactory, IssuerFactory
from tests.published import publish
from tests.recipients.api.calling import Program

pytestmark = pytest.mark.django_db
ANA = {"email": "ana@example.org", "name": "Ana Li"}
BEN = {"email": "ben@example.org", "name": "Ben Okafor"}


def asking(achievement, *people, **more):
    return {"achievement": achievement.public_id, "recipients": list(people or (ANA,)), **more}


def counted():
    with across_issuers("a test looks"):
        models = (Award, AchievementCredential, Recipient, OutgoingEmail, KeptAnswer)
        return tuple(model.objects.count() for model in models)


def places(answer):
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


# What is made.


def test_award_of_one_names_its_credential(program, achievement, every_issuer):
    answer = program.award(asking(achievement))

    said = answer.json()
    credential = AchievementCredential.objects.get()
    assert answer.status_code == 201, said
    assert (said["created"], said["already_awarded"]) == (1, [])
    assert said["credential"] == {"id": credential.public_id, "url": credential.url, "state": "queued"}
    assert answer["Location"].endswith(f"/api/v1/awards/{said['award']['id']}")
    assert said["award"]["credentials_url"].endswith(f"/api/v1/credentials?award={said['award']['id']}")
    award = Award.objects.get()
    assert (award.source, award.made_by, award.public_id) == ("api", None, said["award"]["id"])
    assert award.release_at > timezone.now() + timedelta(minutes=5)


def test_award_keeps_what_is_said_of_each_person(program, achievement, every_issuer):
    told = {
        **ANA,
        "student_id": "4711",
        "issued_on": "2026-01-02",
        "expires_on": "2031-01-02",
        "grade": "with distinction",
        "narrative": "Wrote it twice.\nBetter each time.",
        "credits": "2,50",
        "activity_start": "2025-12-01",
        "activity_end": "2025-12-31",
        "evidence": {"url": "https://example.org/work", "name": "The work", "genre": "report"},
        "custom": {"Thesis": "=On badges"},
    }
    assert program.award(asking(achievement, told, send_at_once=True)).status_code == 201

    row = AchievementCredential.objects.select_related("recipient", "award").get()
    assert (row.recipient.student_id, str(row.awarded_on), str(row.expires_at.date())) == (
        "4711",
        "2026-01-02",
        "2031-01-02",
    )
    assert row.values["custom"] == {"Thesis": "=On badges"}
    assert (row.values["credits"], row.values["activity_end"]) == ("2.5", "2025-12-31")
    assert (Evidence.objects.get().url, Evidence.objects.get().genre) == ("https://example.org/work", "report")
    assert row.award.release_at == row.award.created_at


def test_who_has_it_already_is_named_and_left_out(program, achievement):
    program.award(asking(achievement))
    first = counted()

    both = program.award(asking(achievement, BEN, {**ANA, "email": "ANA@Example.org"})).json()
    again = program.award(asking(achievement))

    assert (both["created"], both["award"]["total"], both["award"]["already"]) == (1, 1, 1)
    assert [one["pointer"] for one in both["already_awarded"]] == ["/recipients/1"]
    assert (again.status_code, again.json()["award"], again.json()["created"]) == (200, None, 0)
    assert again.json()["credential"] == both["already_awarded"][0]["credential"]
    assert counted()[0] == first[0] + 1


def test_thousand_people_are_one_award_with_a_small_answer(program, achievement, every_issuer):
    people = [{"email": f"p{number}@example.org", "name": f"Person {number}"} for number in range(1_000)]

    answer = program.award(asking(achievement, *people))

    assert (answer.status_code, answer.json()["created"]) == (201, 1_000)
    assert len(answer.content) < 1_000
    assert AchievementCredential.objects.count() == 1_000


# What is refused, by its place.


def test_every_faulty_row_is_named_at_once_and_nothing_is_written(program, achievement):
    before = counted()
    people = [
        ANA,
        {"email": "no at", "name": "Ben"},
        {"email": "c@example.org"},
        {"email": "d@example.org", "name": "D", "grade": 1},
        {"email": "e@example.org", "name": "E", "issued_on": "2199-01-01"},
        {"email": "f@example.org", "name": "F", "issued_on": "2026-02-30"},
        {"email": "g@example.org", "name": "G", "issued_on": "03/04/26"},
        {"email": "Ana@example.org", "name": "Ana again"},
        {"email": "h@example.org", "name": "H\u0000"},
        {"email": "i@example.org", "name": "I", "evidence": {"url": "http://127.0.0.1/"}},
        {"email": "j@example.org", "name": "J", "custom": {" untidy": "x"}},
        {"email": "k@example.org", "name": "K", "tenant": 2},
        {"email": "l@example.org", "name": "L", "custom": {"a/b": "x\ny"}},
        "nobody",
    ]

    found = places(program.award(asking(achievement, *people)))

    assert found == [
        ("/recipients/1/email", "invalid_email"),
        ("/recipients/2/name", "required"),
        ("/recipients/3/grade", "json_text"),
        ("/recipients/4/issued_on", "date_in_future"),
        ("/recipients/5/issued_on", "invalid_date"),
        ("/recipients/6/issued_on", "invalid_date"),
        ("/recipients/7/email", "duplicate"),
        ("/recipients/8/name", "control_character"),
        ("/recipients/9/evidence/url", "invalid_url"),
        ("/recipients/10/custom/ untidy", "label_untidy"),
        ("/recipients/11/tenant", "unknown_field"),
        ("/recipients/12/custom/a~1b", "control_character"),
        ("/recipients/13", "json_object"),
    ]
    assert counted() == before


def test_who_could_not_be_printed_is_named_before_anything_is_promised(program, issuer):
    achievement = publish(issuer).achievement
    before = counted()
    tibetan = {"email": "t@example.org", "name": "བསྟན་འཛིན"}

    answer = program.award(asking(achievement, ANA, tibetan))

    assert answer.status_code == 422
    assert places(answer) == [("/recipients/1/name", "no_letter")]
    assert counted() == before
    assert program.award(asking(achievement, ANA)).status_code == 201


def test_faults_say_how_to_mend_them(program, achievement):
    answer = program.award(asking(achievement, ANA, {"email": "ana@example.org", "name": "Ana"}))

    said = answer.json()
    assert said["type"].endswith("/api/v1/docs#faulty")
    assert (said["status"], said["title"]) == (422, "Something in it is wrong")
    assert said["detail"].startswith("1 thing is wrong. Nothing was written")
    assert said["errors"][0]["detail"] == "The same address stands at /recipients/0/email. Each person is awarded once."


def test_achievements_that_cannot_be_awarded_are_named(program, issuer, achievement):
    draft = AchievementFactory(issuer=issuer)
    other = IssuerFactory()
    foreign = AchievementVersionFactory(issuer=other, achievement=AchievementFactory(issuer=other)).achievement
    archived = AchievementVersionFactory(
        issuer=issuer, achievement=AchievementFactory(issuer=issuer, archived_at=timezone.now())
    ).achievement

    codes = [
        places(program.award({**asking(achievement), "achievement": name}))
        for name in (draft.public_id, foreign.public_id, archived.public_id, "1" * 22, "short")
    ]

    assert codes == [
        [("/achievement", "not_published")],
        [("/achievement", "unknown_achievement")],
        [("/achievement", "archived")],
        [("/achievement", "unknown_achievement")],
        [("/achievement", "unknown_id")],
    ]


def test_labels_of_ones_own_are_bounded_over_all_rows(program, achievement):
    people = [
        {"email": f"p{row}@example.org", "name": "P", "custom": {f"L{row}-{n}": "x" for n in range(20)}}
        for row in range(2)
    ]

    found = places(program.award(asking(achievement, *people)))

    assert {code for _place, code in found} == {"too_many_labels"} and len(found) == 10


# Once.


def test_same_key_and_body_get_the_same_answer_byte_for_byte(program, achievement):
    body, turned = asking(achievement, ANA, BEN), json.dumps(asking(achievement, ANA, BEN), indent=3, sort_keys=True)
    first = program.award(body, key="k-1")
    before = counted()

    again = program.award(body, key="k-1")
    other_blanks = program.award(turned.encode(), key='"k-1"')

    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert other_blanks.content == first.content
    assert (again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
    assert counted() == before


def test_same_request_gets_its_answer_when_its_days_are_over(program, achievement):
    """A machine stopped before midnight and asks again after it: the award was made, and is not to be mended."""
    ends = (timezone.now() + timedelta(days=1)).date().isoformat()
    body = asking(achievement, {**ANA, "expires_on": ends})
    first = program.award(body, key="k")
    before = counted()

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        again = program.award(body, key="k")
        anew = program.award(body, key="k2")
        other = program.award({**body, "send_at_once": True}, key="k")

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert places(anew) == [("/recipients/0/expires_on", "expires_before_issue")]
    assert other.json()["code"] == "key_used"
    assert counted() == before


def test_missing_key_is_told_before_faults_of_the_body(program):
    answer = program.post("/awards", {"recipients": "x"})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


def test_same_key_with_another_body_is_refused(program, achievement):
    program.award(asking(achievement), key="k-1")
    before = counted()

    answer = program.award(asking(achievement, BEN), key="k-1")

    assert (answer.status_code, answer.json()["code"]) == (422, "key_used")
    assert counted() == before


def test_key_belongs_to_its_token_alone(program, issuer, achievement):
    program.award(asking(achievement), key="1")
    other = Program(ApiTokenFactory(issuer=issuer))

    answer = other.award(asking(achievement, BEN), key="1")

    assert (answer.status_code, "Idempotency-Replayed" in answer) == (201, False)


def test_refused_award_leaves_its_key_free(program, achievement):
    assert program.award(asking(achievement, {"email": "x", "name": "X"}), key="k").status_code == 422

    assert program.award(asking(achievement), key="k").status_code == 201


def test_answer_and_award_are_one_transaction(program, achievement, monkeypatch):
    """The process ends between the award and its answer: neither is there, and the same request makes both."""
    monkeypatch.setattr(KeptAnswer, "save", lambda *args, **kwargs: 1 / 0)
    before = counted()
    with pytest.raises(ZeroDivisionError):
        program.award(asking(achievement), key="k")
    assert counted() == before
    monkeypatch.undo()

    answer = program.award(asking(achievement), key="k")

    assert (answer.status_code, "Idempotency-Replayed" in answer) == (201, False)


def test_forgotten_answers_still_award_nobody_twice(program, achievement, every_issuer):
    program.award(asking(achievement), key="k")
    assert receiving.forget() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert receiving.forget() == 0
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert receiving.forget() == 1

    again = program.award(asking(achievement), key="k")
    other = program.award(asking(achievement, BEN), key="k2")

    assert (again.status_code, again.json()["created"]) == (200, 0)
    assert other.status_code == 201
    assert AchievementCredential.objects.count() == 2


def test_kept_answers_name_nobody(program, achievement, every_issuer):
    program.award(asking(achievement, ANA, BEN))
    program.award(asking(achievement, ANA))

    kept = "".join(KeptAnswer.objects.values_list("body", flat=True))

    assert "@" not in kept and "Ana" not in kept


@pytest.mark.parametrize("key", [None, "", "x" * 256, "🦊", "two words", "a\tb"])
def test_key_has_to_be_there_and_plain(program, achievement, key):
    headers = {} if key is None else {"idempotency-key": key}

    answer = program.post("/awards", asking(achievement), **headers)

    assert answer.status_code == 400
    assert answer.json()["code"] == ("idempotency_key_missing" if key is None else "idempotency_key_invalid")
    assert counted() == (0, 0, 0, 0, 0)


# Following it.


def test_status_counts_steps_states_and_what_went_wrong(program, achievement, every_issuer):
    made = program.award(asking(achievement, ANA, BEN, {"email": "c@example.org", "name": "C"})).json()["award"]
    rows = AchievementCredential.objects.order_by("id")
    rows.filter(pk=rows[0].pk).update(failed_at=timezone.now(), failure="The picture is missing.")
    OutgoingEmail.objects.filter(credential=rows[1]).update(refused_at=timezone.now(), response="550 no such user")

    said = program.get(f"/awards/{made['id']}").json()

    assert {key: said[key] for key in made} == made
    assert said["progress"] == {
        "written": 3, "signed": 0, "printed": 0, "mailed": 0, "claimed": 0, "cancelled": 0, "failed": 1,
    }  # fmt: skip
    assert {state: number for state, number in said["states"].items() if number} == {
        "failed": 1,
        "not_delivered": 1,
        "queued": 1,
    }
    assert {(one["state"], one["reason"], one["people"]) for one in said["troubles"]} == {
        ("failed", "The picture is missing.", 1),
        ("not_delivered", "The mail server of their mailbox says that nobody has this address.", 1),
    }


def test_troubles_name_nobody_and_are_counted_by_their_cause(program, achievement, issuer, every_issuer):
    people = [{"email": f"p{number}@example.org", "name": f"Person {number}"} for number in range(5)]
    made = program.award(asking(achievement, *people)).json()["award"]
    for number, mail in enumerate(OutgoingEmail.objects.order_by("id")):
        said = f"550 5.1.1 <{mail.to}>: nobody here" if number < 4 else f"999 <{mail.to}>"
        OutgoingEmail.objects.filter(pk=mail.pk).update(refused_at=timezone.now(), response=said)
    reader = Program(ApiTokenFactory(issuer=issuer, scopes=["awards:read"]))

    answer = reader.get(f"/awards/{made['id']}")

    assert [one["people"] for one in answer.json()["troubles"]] == [4, 1]
    assert "@" not in answer.content.decode()
    word_for_word = {one["trouble"] for one in program.get("/credentials").json()["items"]}
    assert "550 5.1.1 <p0@example.org>: nobody here" in word_for_word


def test_release_and_cancellation_can_be_sent_again(program, achievement, every_issuer):
    made = program.award(asking(achievement)).json()["award"]["id"]

    released = [program.post(f"/awards/{made}/release").json()["release_at"] for _again in range(2)]
    cancelled = [program.post(f"/awards/{made}/cancellation") for _again in range(2)]
    too_late = program.post(f"/awards/{made}/release")

    assert released[0] == released[1] <= timezone.now().isoformat()
    assert [answer.json()["progress"]["cancelled"] for answer in cancelled] == [1, 1]
    assert cancelled[0].json()["cancelled_at"] == cancelled[1].json()["cancelled_at"]
    assert (too_late.status_code, too_late.json()["code"]) == (409, "cancelled")


def test_award_that_the_api_made_is_issued_like_any_other(program, achievement, every_issuer):
    program.award(asking(achievement))

    assert issuing.forecast(achievement, []).new == ()
    assert AchievementCredential.objects.unsigned().count() == 1
