"""Places in a status list: each once, and none to be guessed from another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.models import StatusList
from issuers.status_indexes import index_at
from issuers.tenancy import scope
from tests.factories import IssuerFactory, StatusListFactory

SEED = bytes(range(32))


def test_every_position_of_a_whole_list_has_its_own_index():
    assert {index_at(place, SEED) for place in range(131_072)} == set(range(131_072))


@given(seed=st.binary(min_size=1, max_size=64), size=st.integers(1, 300))
@settings(max_examples=50)
def test_every_position_has_its_own_index_for_any_size(seed, size):
    assert {index_at(place, seed, size) for place in range(size)} == set(range(size))


def test_neighbours_are_not_neighbours():
    first = [index_at(place, SEED) for place in range(1000)]

    assert sum(abs(a - b) < 100 for a, b in zip(first, first[1:], strict=False)) < 20
    assert first != [index_at(place, b"another") for place in range(1000)]


@pytest.mark.parametrize("position", [-1, 131_072])
def test_position_outside_the_list_is_refused(position):
    with pytest.raises(ValueError):
        index_at(position, SEED)


@pytest.mark.django_db
def test_places_are_taken_once_and_a_half_full_list_is_followed_by_another():
    issuer = IssuerFactory()
    full = StatusListFactory(issuer=issuer, number=1, taken=StatusList.FULL - 2)
    with scope(issuer):
        places = StatusList.objects.take(issuer, "revocation", 5)
        more = StatusList.objects.take(issuer, "revocation", 3)

        assert [listed.number for listed, _ in places] == [1, 1, 2, 2, 2]
        assert [listed.number for listed, _ in more] == [2, 2, 2]
        assert len({(listed.number, index) for listed, index in [*places, *more]}) == 8
        full.refresh_from_db()
        assert full.taken == StatusList.FULL
        assert StatusList.objects.get(number=2).taken == 6


@pytest.mark.django_db
def test_lists_of_one_purpose_are_not_those_of_another():
    issuer = IssuerFactory()
    with scope(issuer):
        (revocation, _), (suspension, _) = (
            StatusList.objects.take(issuer, purpose, 1)[0] for purpose in ("revocation", "suspension")
        )

    assert revocation.pk != suspension.pk
    assert bytes(revocation.seed) != bytes(suspension.seed)
