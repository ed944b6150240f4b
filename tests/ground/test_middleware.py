"""What a person reads who opens the address behind a button."""

import pytest
from django.urls import reverse

from tests.architecture.walk import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BUTTON = "/wallet/addresses/removal/"


def test_address_of_a_button_says_so_when_a_browser_opens_it():
    answer = signed_in(UserFactory()).get(BUTTON, headers={"accept": "text/html,*/*"})

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This wants a press of a button" in answer.content.decode()
    assert reverse("after-sign-in") in answer.content.decode()


def test_address_of_a_button_stays_bare_when_a_machine_opens_it():
    answer = signed_in(UserFactory()).get(BUTTON, headers={"accept": "application/json"})

    assert (answer.status_code, answer["Allow"], answer.content) == (405, "POST", b"")
