"""The OpenAPI document and the page that is written from it: whole, true, readable, for everybody."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from ninja.openapi.schema import OpenAPISchema

from recipients.api import document, gate, guide, problems, samples, shapes, told
from tests.verification.public import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(client):
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    return answer.json()


def operations(said):
    return {one["operationId"]: one for methods in said["paths"].values() for one in methods.values()}


def test_document_is_openapi_3_1_and_every_reference_leads_somewhere(said):
    assert said["openapi"] == "3.1.0"
    assert said["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(said)))
    assert names <= set(said["components"]["schemas"])
    assert said["servers"] == [{"url": "http://localhost:8000/api/v1"}]


def test_every_operation_says_its_scope_its_problems_and_a_sample(said):
    for name, one in operations(said).items():
        assert one["security"] == [{"token": [one["x-scope"]]}], name
        assert {"400", "401", "403", "429", "503"} <= set(one["responses"]), name
        assert one["summary"] and one["description"] and one["tags"], name
        good = next(answer for status, answer in one["responses"].items() if status.startswith("2"))
        assert good["content"]["application/json"]["example"], name
        for status, answer in one["responses"].items():
            if status[0] in "45":
                (kind,) = answer["content"]
                assert kind == "application/problem+json"
                for example in answer["content"][kind]["examples"].values():
                    told.ProblemOut.model_validate(example["value"])
        if "requestBody" in one:
            assert one["requestBody"]["content"]["application/json"]["example"], name
            assert {"411", "413", "415", "422"} <= set(one["responses"]), name


def test_samples_have_the_shapes_that_they_are_samples_of():
    answers = {
        "listAchievements": told.Achievements,
        "getAchievement": told.AchievementOut,
        "makeAward": told.AwardMade,
        "listAwards": told.Awards,
        "getAward": told.AwardStatus,
        "listCredentials": told.Credentials,
        "getCredential": told.CredentialWhole,
        "listRecipients": told.Recipients,
    }
    for name, shape in answers.items():
        shape.model_validate(samples.answers()[name])
    shapes.AwardIn.model_validate(samples.bodies()["makeAward"])
    shapes.ReasonIn.model_validate(samples.bodies()["revokeCredential"])
    shapes.CorrectionIn.model_validate(samples.bodies()["correctCredential"])


def test_real_answers_have_their_shapes(program, achievement):
    body = {"achievement": achievement.public_id, "recipients": [{"email": "a@example.org", "name": "A"}]}
    made = program.award(body).json()

    told.AwardMade.model_validate(made)
    told.AwardStatus.model_validate(program.get(f"/awards/{made['award']['id']}").json())
    told.CredentialWhole.model_validate(program.get(f"/credentials/{made['credential']['id']}").json())
    told.Achievements.model_validate(program.get("/achievements").json())
    told.Recipients.model_validate(program.get("/recipients").json())
    told.ProblemOut.model_validate(program.get("/nowhere").json())


def test_page_shows_every_operation_every_problem_and_both_programs(client, said):
    page = client.get(reverse("api-docs"))

    words, body = text(page), page.content.decode()
    for name, one in operations(said).items():
        assert one["summary"] in words and f'id="{name}"' in body, name
    for anchor, _code, kind in problems.words():
        assert f'id="{anchor}"' in body and str(kind.title) in words, anchor
    for path in said["paths"]:
        assert path in words.replace(" ", ""), path
    assert "urllib.request" in body and "curl" in body
    assert "600" in words and "Idempotency-Key" in words


def test_types_of_problems_lead_to_the_page(client, program):
    address = program.get("/nowhere").json()["type"]

    path, _hash, anchor = address.removeprefix("http://localhost:8000").partition("#")
    assert f'id="{anchor}"' in client.get(path).content.decode()


def test_root_leads_to_the_page(client):
    assert client.get("/api/v1/")["Location"] == reverse("api-docs")


def test_document_is_made_from_what_ninja_bound():
    assert isinstance(OpenAPISchema(gate.api, "/"), dict)
    assert {one for one in document._needs()} == set(samples.answers())


def test_programs_of_the_manual_are_those_of_the_page():
    manual = Path(django_settings.ROOT / "docs" / "api.md").read_text()

    for program in guide.samples("https://your.site/api/v1").values():
        assert f"\n{program}\n```" in manual


def test_manual_lists_every_operation(said):
    manual = Path(django_settings.ROOT / "docs" / "api.md").read_text()

    for path in said["paths"]:
        end = path.rsplit("/", 1)[-1]
        assert end in manual or end.startswith("{"), path
