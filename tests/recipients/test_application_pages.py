"""Staff's pages of applications: the form with its rows of questions, opened and closed; the queue and its file."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients.models import Application, ApplicationForm, Award
from recipients.questions import Answered, Asked, Kind
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer(db):
    return factories.IssuerFactory(slug="north", name="North College", undo_minutes=10)


@pytest.fixture
def achievement(issuer):
    return publish(issuer, name="Library Guide").achievement


def at(name, issuer, *more):
    return reverse(f"manage-{name}", args=[issuer.slug, *more])


def page_of(achievement, name=""):
    return at(f"achievement-application{name}", achievement.issuer, achievement.public_id)


def row(place, **said):
    said = {"kind": "short", "label": "", "needed": "on", **said}
    return {f"row_{place}_{name}": value for name, value in said.items()}


def sent(*rows, **said):
    whole = {"edits": "0", "answered": "staff", "most": "1", "intro": "", "rows": str(len(rows))} | said
    for place, one in enumerate(rows):
        whole |= row(place, **one)
    return whole


def stored():
    with across_issuers("a test looks"):
        form = ApplicationForm.objects.select_related("issuer", "achievement").get()
        return form, form.asked()


def test_questions_are_stored_in_order_and_keep_their_keys(staff, achievement):
    asked = [
        {"label": "Where?"},
        {"kind": "one", "label": "Which?", "options": "red\n green \nred", "accepted": "green"},
    ]
    answer = staff.post(page_of(achievement, "-questions"), sent(*asked, {}, intro="Hello **you**"))

    form, questions = stored()
    assert answer.url == page_of(achievement)
    assert [(one.label, one.kind) for one in questions] == [("Where?", Kind.SHORT), ("Which?", Kind.ONE)]
    assert (questions[1].options, questions[1].accepted) == (("red", "green"), ("green",))
    page = staff.get(page_of(achievement)).content.decode()
    assert f'value="{questions[0].key}"' in page
    keyed = [{**asked[1], "key": questions[1].key}, {**asked[0], "key": questions[0].key}]
    staff.post(page_of(achievement, "-questions"), sent(*keyed, edits="1", intro="Hello **you**"))
    assert [one.key for one in stored()[1]] == [questions[1].key, questions[0].key]
    assert "Hello <strong>you</strong>" in staff.get(page_of(achievement, "-preview")).content.decode()
    assert form.edits == 1


def test_whoever_may_not_award_makes_no_open_form_award_by_itself(issuer, achievement):
    designer = signed_in(factories.MembershipFactory(issuer=issuer, role=Role.DESIGNER).user)
    asked = {"kind": "yes_no", "label": "Did you?", "accepted": "yes"}
    drafted = designer.post(page_of(achievement, "-questions"), sent(asked, answered="answers"))
    with scope(issuer):
        ApplicationForm.objects.update(opened_at=timezone.now())

    loosened = {**asked, "key": stored()[1][0].key, "accepted": "no"}
    answer = designer.post(page_of(achievement, "-questions"), sent(loosened, answered="answers", edits="1"))

    assert drafted.status_code == 302
    assert answer.status_code == 422
    assert "awards by itself" in str(answer.context["form"].errors["answered"])
    assert stored()[1][0].accepted == ("yes",)


def test_rows_are_added_moved_and_taken_away_without_script_and_without_saving(staff, achievement):
    rows = [{"label": "First"}, {"label": "Second"}, {"label": "Third"}]

    def labels(**press):
        answer = staff.post(page_of(achievement, "-questions"), sent(*rows, intro="Kept", **press))
        assert answer.status_code == 200
        assert "not saved yet" in answer.content.decode()
        assert "Kept" in answer.content.decode()
        form = answer.context["form"]
        return [shown["label"].value() for shown in form.shown_rows()]

    assert labels(more="1") == ["First", "Second", "Third", None]
    assert labels(up="2") == ["First", "Third", "Second"]
    assert labels(down="0") == ["Second", "First", "Third"]
    assert labels(away="1") == ["First", "Third"]
    assert labels(up="0") == labels(down="2") == labels(away="99") == ["First", "Second", "Third"]
    with across_issuers("a test looks"):
        assert not ApplicationForm.objects.exists()


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"kind": "one", "label": "Which?", "options": "red"}, "options", "at least two"),
        ({"kind": "one", "label": "Which?", "options": "a\nb", "accepted": "c"}, "accepted", "exactly as they stand"),
        ({"label": "Where?", "options": "a\nb"}, "options", "Only choices"),
        ({"kind": "long", "label": "Why?", "accepted": "because"}, "accepted", "Nobody can say beforehand"),
        ({"kind": "yes_no", "label": "Did you?", "accepted": "perhaps"}, "accepted", "yes or no"),
        ({"kind": "number", "label": "How many?", "at_least": "lots"}, "at_least", "no number"),
        ({"kind": "several", "label": "Which?", "options": "a\nb", "at_least": "3"}, "at_least", "1 to 2"),
        ({"label": "Where?", "at_least": "2"}, "at_least", "Only a number"),
        ({"label": "", "hint": "In town"}, "label", "Say what is asked"),
        ({"kind": "hologram", "label": "What?"}, "kind", "valid choice"),
    ],
)
def test_row_that_does_not_fit_together_says_how_to_mend_it(staff, achievement, said, field, words):
    answer = staff.post(page_of(achievement, "-questions"), sent(said))

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[f"row_0_{field}"])


@pytest.mark.parametrize(
    ("answered", "words"), [("rule", "no rule yet"), ("answers", "Name for at least one question")]
)
def test_form_that_nothing_could_answer_is_not_saved(staff, achievement, answered, words):
    answer = staff.post(page_of(achievement, "-questions"), sent({"label": "Where?"}, answered=answered))

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_second_of_two_people_overwrites_nothing_unseen(staff, achievement):
    staff.post(page_of(achievement, "-questions"), sent({"label": "Mine"}))
    late = staff.post(page_of(achievement, "-questions"), sent({"label": "Theirs"}, edits="0"))

    assert late.status_code == 409
    assert "saved this form while you wrote" in late.content.decode()
    assert stored()[1][0].label == "Mine"
    again = sent({"label": "Theirs"}, edits=late.context["form"]["edits"].value())
    assert staff.post(page_of(achievement, "-questions"), again).status_code == 302
    assert stored()[1][0].label == "Theirs"


def test_form_is_opened_and_closed(staff, issuer, achievement):
    assert "There is no form yet" in staff.get(page_of(achievement)).content.decode()
    staff.post(page_of(achievement, "-opening"))
    staff.post(page_of(achievement, "-questions"), sent({"label": "Where?"}))
    late = staff.post(page_of(achievement, "-opening"), {"edits": "0"}, follow=True)
    assert "has changed the form since you read it" in late.content.decode()
    assert not stored()[0].is_open
    assert 'name="edits" value="1"' in late.content.decode()
    staff.post(page_of(achievement, "-opening"), {"edits": "1"})
    assert stored()[0].is_open
    page = staff.get(page_of(achievement)).content.decode()
    assert "/i/north/a/library-guide/apply/" in page
    assert 'class="qr"' in page

    staff.post(page_of(achievement, "-closing"))
    assert stored()[0].standing == "closed"
    with scope(issuer):
        told = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"application.opened", "application.closed"} <= told


def test_draft_cannot_be_applied_for(staff, issuer):
    draft = factories.AchievementFactory(issuer=issuer)
    staff.post(page_of(draft, "-questions"), sent({"label": "Where?"}))

    assert "Publish it first" in staff.post(page_of(draft, "-opening"), {"edits": "1"}, follow=True).content.decode()
    assert stored()[0].opened_at is None


# The queue


def _applied(issuer, form, name, **said):
    answers = [Answered(Asked("aaaaaaaa", Kind.SHORT, "Where?"), said.pop("where", "In town")).to_json()]
    return factories.ApplicationFactory(issuer=issuer, form=form, name=name, answers=answers, **said)


@pytest.fixture
def queue(issuer, achievement):
    form = factories.ApplicationFormFactory(issuer=issuer, achievement=achievement)
    old = timezone.now() - timedelta(days=8)
    return [
        _applied(issuer, form, "Ines New"),
        _applied(issuer, form, "Olaf Old", proved_at=old),
        _applied(issuer, form, "Dora Done", decision="declined", decided_at=timezone.now()),
        _applied(issuer, form, "Una Unproved", proved_at=None),
    ]


def names(staff, issuer, query=""):
    return [row.name for row in staff.get(at("applications", issuer) + query).context["rows"]]


def test_queue_is_found_by_state_age_achievement_and_words(staff, issuer, queue):
    assert names(staff, issuer) == ["Olaf Old", "Ines New"]
    assert names(staff, issuer, "?age=7") == ["Olaf Old"]
    assert names(staff, issuer, "?state=declined") == ["Dora Done"]
    assert names(staff, issuer, "?state=all") == ["Dora Done", "Olaf Old", "Ines New"]
    assert names(staff, issuer, "?q=ines+new") == ["Ines New"]
    assert names(staff, issuer, "?achievement=unknown") == []
    assert "waits for 1 week" in staff.get(at("applications", issuer)).content.decode().replace("\xa0", " ")
    assert staff.get(at("application", issuer, queue[3].public_id)).status_code == 404


def test_accepting_and_declining_one(staff, issuer, queue):
    first, second = queue[0].public_id, queue[1].public_id
    page = staff.get(at("application", issuer, first)).content.decode()
    assert "In town" in page

    assert "Accepted: 1" in staff.post(at("application-acceptance", issuer, first), follow=True).content.decode()
    refused = staff.post(at("application-decline", issuer, second), {"reason": ""})
    assert refused.status_code == 422
    staff.post(at("application-decline", issuer, second), {"reason": "Not on the list."})
    with scope(issuer):
        assert Award.objects.get().total == 1
        assert [row.state for row in Application.objects.order_by("pk")[:2]] == ["accepted", "declined"]
    late = staff.post(at("application-acceptance", issuer, second), follow=True)
    assert "answered or withdrawn before" in late.content.decode()
    taken_back = staff.post(at("application-reopening", issuer, second), follow=True)
    assert "waits for an answer again" in taken_back.content.decode()


def test_many_are_answered_after_a_look_at_the_number(staff, issuer, queue):
    ticked = {"application": [row.public_id for row in queue], "deed": "decline"}
    question = staff.post(at("applications-selection", issuer), ticked)
    assert "2 people" in question.content.decode()
    assert staff.post(at("applications-selection", issuer), {**ticked, "people": "2"}).status_code == 422

    staff.post(at("applications-selection", issuer), {**ticked, "people": "2", "reason": "The list is closed."})
    with scope(issuer):
        assert Application.objects.waiting().count() == 0
        assert set(Application.objects.filter(decided_by__isnull=False).values_list("reason", flat=True)) == {
            "The list is closed."
        }
    assert staff.post(at("applications-selection", issuer), {"deed": "accept"}).status_code == 302


def test_all_that_a_search_finds_are_accepted_as_one_batch(staff, issuer, queue):
    staff.post(at("applications-selection", issuer), {"deed": "accept", "all": "1", "people": "2"})

    with scope(issuer):
        assert Award.objects.get().total == 2


def test_file_of_the_queue_carries_no_formula_and_leaves_a_trace(staff, issuer, queue):
    with scope(issuer):
        form = ApplicationForm.objects.get()
    _applied(issuer, form, "=HYPERLINK(1)", where="+1+1")

    answer = staff.get(at("applications-export", issuer) + "?state=all")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (rows[0]["Name"], rows[0]["Where?"]) == ("'=HYPERLINK(1)", "'+1+1")
    assert len(rows) == 4
    with scope(issuer):
        assert AuditEvent.objects.get(action="application.exported").details == {"people": 4}
