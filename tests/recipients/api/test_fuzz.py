"""The API called with whatever its own OpenAPI document allows, and with what it does not (schemathesis).

No 5xx; every answer is one that the document names, in its shape; what does not fit is refused; and whatever is not
answered with 2xx has written nothing: every tenant table is compared, row by row, around every single call.
LAUREL_FAULTS=full (`make faults`) takes 20 times as many examples. The seed is printed: LAUREL_FUZZ_SEED runs it again.
"""

import os
import random
import uuid

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from issuers.models import StatusList
from recipients.api import admission
from tests.factories import CredentialFactory, RecipientFactory
from tests.recipients.api.calling import contents

pytestmark = pytest.mark.django_db
FULL = os.environ.get("LAUREL_FAULTS") == "full"
EXAMPLES = 100 if FULL else 5
SEED = int(os.environ.get("LAUREL_FUZZ_SEED", random.SystemRandom().randrange(1_000_000)))
_CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@pytest.fixture
def ground(program, achievement, issuer, monkeypatch):
    """Something of everything, and no limit in the way."""
    monkeypatch.setattr(admission, "count", lambda *_args: None)
    recipient = RecipientFactory(issuer=issuer, address="ana@example.org")
    plain = CredentialFactory(issuer=issuer, recipient=recipient)
    CredentialFactory(issuer=issuer, award__version__status_purpose=StatusList.Purpose.SUSPENSION)
    ids = {"achievement": achievement.public_id, "award": plain.award.public_id, "credential": plain.public_id}
    return program, ids


def call(program, case):
    """The case through Django's own test client, as an answer that schemathesis judges."""
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {program.token.told}"}
    sent = requests.Session().prepare_request(requests.Request(**case.as_transport_kwargs("http://testserver/api/v1")))
    headers = {f"HTTP_{name.upper().replace('-', '_')}": _latin(value) for name, value in sent.headers.items()}
    kind = headers.pop("HTTP_CONTENT_TYPE", "")
    headers.pop("HTTP_CONTENT_LENGTH", None)
    headers.pop("HTTP_COOKIE", None)
    body = sent.body or b""
    body = body.encode() if isinstance(body, str) else body
    answer = program.client.generic(sent.method, sent.path_url, body, content_type=_latin(kind), **headers)
    told = {name.lower(): [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, told, answer.content, request=sent, elapsed=0.1, verify=False)


def _latin(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _operations(document):
    for one in schemathesis.openapi.from_dict(document).get_all_operations():
        yield one.ok()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_whatever_is_sent_is_answered_as_the_document_says_and_leaves_nothing_unsaid(ground, client, mode):
    program, ids = ground
    document = client.get("/api/v1/openapi.json").json()
    counted = {}
    print(f"LAUREL_FUZZ_SEED={SEED}")

    for operation in _operations(document):
        label = operation.definition.raw["operationId"]
        _try_out(program, operation, ids, mode, counted.setdefault(label, {}))

    print({name: dict(sorted(found.items())) for name, found in counted.items()})
    assert len(counted) == sum(len(methods) for methods in document["paths"].values())
    if mode is GenerationMode.POSITIVE:
        assert all(any(status < 300 for status in found) for name, found in counted.items() if "list" in name)


def _try_out(program, operation, ids, mode, counted):
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=_booleans())
    def examples(case, real):
        if real and mode is GenerationMode.POSITIVE:
            _make_real(case, ids)
        before = contents()
        answer = call(program, case)
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (case.as_curl_command(), answer.content)
        if not 200 <= answer.status_code < 300:
            assert contents() == before, (answer.status_code, case.as_curl_command())
        case.validate_response(answer, checks=_CHECKS)

    examples()


def _make_real(case, ids):
    """About something that is there, and without a tag that can only be wrong: so that deeds are done, too."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = ids[name]
    (case.headers or {}).pop("If-Match", None)
    if isinstance(case.body, dict) and "achievement" in case.body:
        people = [
            {"email": f"{uuid.uuid4().hex}@example.org", "name": person["name"]} for person in case.body["recipients"]
        ]
        case.body = {**case.body, "achievement": ids["achievement"], "recipients": people}


def _booleans():
    from hypothesis import strategies

    return strategies.booleans()
