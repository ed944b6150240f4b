"""Every address of the API × method × token: another institution's, one without the scope, none."""

import pytest
import yaml

from tests.architecture import walk
from tests.factories import ApiTokenFactory
from tests.recipients.api.calling import Program, contents

pytestmark = pytest.mark.django_db
TABLE = yaml.safe_load(walk.ROLES_TABLE.read_text())["api"]
BODIES = {
    "api-credential-revocation": {"reason": "x"},
    "api-credential-suspension": {"reason": "x"},
    "api-credential-correction": {"name": "Somebody Else"},
}
METHODS = {"read": "GET", "write": "POST"}


@pytest.fixture
def tenants():
    return walk.build("north"), walk.build("south")


def _operations(tenant):
    """Each operation of the table: its name, method, path, scope and a body that fits."""
    found = {address.name: address for address in walk.addresses() if address.name in TABLE}
    body = {
        "achievement": tenant.rows["achievement"].public_id,
        "recipients": [{"email": "a@example.org", "name": "A"}],
    }
    for name, scopes in TABLE.items():
        for scope in scopes:
            method = METHODS[scope.partition(":")[2]]
            fitting = body if (name, method) == ("api-awards", "POST") else BODIES.get(name)
            yield name, method, walk.fill(found[name], tenant), scope, fitting


def _call(program, method, path, body):
    return program.call(method, path, body, **{"idempotency-key": "walk"} if body else {})


def test_table_and_document_name_the_same_operations(client, tenants):
    said = client.get("/api/v1/openapi.json").json()
    documented = {
        (method.upper(), operation["x-scope"])
        for methods in said["paths"].values()
        for method, operation in methods.items()
    }

    listed = list(_operations(tenants[0]))
    assert documented == {(method, scope) for _name, method, _path, scope, _body in listed}
    assert len(listed) == sum(len(methods) for methods in said["paths"].values())


def test_another_institutions_token_finds_and_changes_nothing(tenants):
    north, south = tenants
    stranger = Program(ApiTokenFactory(issuer=south.issuer))
    before = contents()

    wrong = []
    for name, method, path, _scope, body in _operations(north):
        answer = _call(stranger, method, path, body)
        expected = 404 if "/api/v1/" in path and path.count("/") > 3 else 422 if method == "POST" else 200
        if answer.status_code != expected:
            wrong.append((name, method, answer.status_code))
        wrong += [(name, method, word) for word in north.canaries if word in answer.content.decode()]

    assert wrong == []
    assert contents() == before


def test_token_without_the_scope_is_refused_and_with_it_alone_let_in(tenants):
    north, _south = tenants
    every = {scope for scopes in TABLE.values() for scope in scopes}
    without = {scope: Program(ApiTokenFactory(issuer=north.issuer, scopes=sorted(every - {scope}))) for scope in every}
    alone = {scope: Program(ApiTokenFactory(issuer=north.issuer, scopes=[scope])) for scope in every}

    wrong = []
    for name, method, path, scope, body in _operations(north):
        refused = _call(without[scope], method, path, body)
        if (refused.status_code, refused.json().get("code")) != (403, "scope_missing"):
            wrong.append((name, method, refused.status_code))
        let_in = _call(alone[scope], method, path, body)
        # What the walk's credential does not allow is a 409: the door was open.
        if let_in.status_code not in {200, 201, 409}:
            wrong.append((name, method, let_in.status_code, let_in.content))

    assert wrong == []


@pytest.mark.parametrize("actor", ["nobody", "owner", "holder"])
def test_without_a_token_nobody_is_let_in_whoever_is_signed_in(tenants, actor):
    north, _south = tenants
    clients = {"nobody": walk.Client(), "owner": north.clients["owner"], "holder": walk.signed_in(north.rows["holder"])}

    wrong = []
    for name, method, path, _scope, _body in _operations(north):
        answer = clients[actor].generic(method, path)
        if answer.status_code != 401 or not answer["WWW-Authenticate"].startswith("Bearer"):
            wrong.append((name, method, answer.status_code))
        wrong += [(name, word) for word in north.canaries if word in answer.content.decode()]

    assert wrong == []
