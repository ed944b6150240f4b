"""Every URL × method × actor (SECURITY 5). A URL that is not listed here or in roles.yaml fails."""

import pytest
import yaml
from django.db import transaction
from django.urls import resolve

from tests.architecture import walk

pytestmark = pytest.mark.django_db

TABLE = yaml.safe_load(walk.ROLES_TABLE.read_text())
STAFF, ROLES = TABLE["staff"], ["viewer", "reviewer", "awarder", "designer", "admin", "owner"]
PUBLIC, PERSON, ALLAUTH = set(TABLE["public"]), set(TABLE["person"]), set(TABLE["allauth"])
API = set(TABLE["api"])
UNGUARDED_POST = set(TABLE["post_without_token"]) | API


def _staff_addresses():
    return [a for a in walk.addresses() if a.name in STAFF]


def _call(client, method, path):
    return client.generic(method, path, secure=False)


@pytest.fixture
def tenants():
    return walk.build("north"), walk.build("south")


def test_every_url_is_listed():
    found = {address.name for address in walk.addresses()}

    assert found == set(STAFF) | PUBLIC | PERSON | ALLAUTH | API


def test_every_url_below_manage_belongs_to_staff():
    below = {a.name for a in walk.addresses() if a.route.startswith("manage/<slug:slug>/")}

    assert below == set(STAFF)


def test_every_staff_view_declares_its_permission():
    north = walk.build("north")
    undeclared = [a.name for a in _staff_addresses() if not hasattr(resolve(walk.fill(a, north)).func, "permission")]

    assert undeclared == []


@pytest.mark.parametrize("actor", ["anonymous", "holder", *[f"south {role}" for role in ROLES]])
def test_stranger_sees_and_changes_nothing(tenants, actor):
    north, south = tenants
    client = {"anonymous": walk.Client(), "holder": walk.signed_in(north.rows["holder"])}.get(actor)
    client = client or south.clients[actor.split()[1]]
    before = walk.written()
    # Every method as nobody, as somebody, and as who may most; the other roles of a stranger read and write.
    methods = walk.METHODS if actor in {"anonymous", "holder", "south owner"} else ["GET", "POST"]

    wrong = []
    for address in _staff_addresses():
        for method in methods:
            answer = _call(client, method, walk.fill(address, north))
            to_sign_in = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
            # 405 is said before anything is looked up: it is the same for every institution, known or not.
            refused = to_sign_in if actor == "anonymous" else answer.status_code == 404
            if not (refused or answer.status_code == 405):
                wrong.append((address.name, method, answer.status_code))
            body = answer.content.decode(errors="replace")
            wrong += [(address.name, method, word) for word in north.canaries if word in body]

    assert wrong == []
    assert walk.written() == before


@pytest.mark.parametrize("role", ROLES)
def test_role_may_exactly_what_the_table_says(tenants, role):
    north, _ = tenants

    wrong = []
    for address in _staff_addresses():
        for method in ("GET", "POST"):
            with transaction.atomic():
                answer = _call(north.clients[role], method, walk.fill(address, north))
                transaction.set_rollback(True)
            listed = STAFF[address.name]
            if role not in listed["roles"]:
                expected = answer.status_code == 403 or (answer.status_code == 405 and method not in listed["methods"])
            elif method in listed["methods"]:
                expected = answer.status_code in {200, 302, 303, 400, 409, 422} or (
                    answer.status_code == 404 and listed.get("may_be_absent", False)
                )
            else:
                expected = answer.status_code == 405
            if not expected:
                wrong.append((address.name, method, answer.status_code))

    assert wrong == [], wrong


def test_looking_changes_nothing(tenants):
    north, _ = tenants
    clients = [walk.Client(), north.clients["owner"], walk.signed_in(north.rows["holder"])]
    exempt = set(TABLE["get_writes"])

    wrong = []
    for address in walk.addresses():
        if address.name in exempt | ALLAUTH:
            continue
        for client in clients:
            before = walk.written()
            answer = client.get(walk.fill(address, north))
            if answer.status_code >= 500:
                wrong.append((address.name, answer.status_code))
            if walk.written() != before:
                wrong.append((address.name, "wrote rows on GET"))

    assert wrong == []


def test_post_without_token_is_refused(tenants):
    north, _ = tenants
    client = walk.Client(enforce_csrf_checks=True)
    client.force_login(north.rows["membership_owner"].user)

    answers = {}
    for address in walk.addresses():
        if address.name not in ALLAUTH:
            answers[address.name] = client.post(walk.fill(address, north)).status_code

    unguarded = {name for name, status in answers.items() if status not in {403, 405}}
    assert unguarded == UNGUARDED_POST


def test_person_pages_hide_other_peoples_credentials(tenants):
    north, south = tenants
    stranger = walk.signed_in(south.rows["holder"])

    wrong = []
    for address in walk.addresses():
        if address.name not in PERSON or "public_id" not in address.arguments:
            continue
        for method in ("GET", "POST"):
            answer = _call(stranger, method, walk.fill(address, north))
            if answer.status_code not in {404, 405}:
                wrong.append((address.name, method, answer.status_code))
            body = answer.content.decode(errors="replace")
            wrong += [(address.name, method, word) for word in north.canaries if word in body]

    assert wrong == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused_everywhere(tenants, method):
    north, _ = tenants

    wrong = []
    for address in walk.addresses():
        if address.name in ALLAUTH:
            continue
        answer = _call(north.clients["owner"], method, walk.fill(address, north))
        # Other programs may PUT statements: 401, or 400 for a body that is none, before anything is looked up.
        if answer.status_code not in {400, 401, 403, 404, 405, 302}:
            wrong.append((address.name, answer.status_code))

    assert wrong == []
