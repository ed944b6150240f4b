"""The code of a door: good for the half minute it is shown and the next one, at its own door, and nowhere else."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from issuers.public_ids import new_public_id
from recipients import codes

KEYS = st.binary(min_size=32, max_size=32)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
NAME = "2mPp3NQVxJ9vUv6R1kYt8z"


@given(KEYS, MOMENTS, st.integers(-7200, 7200))
def test_only_the_present_and_the_last_half_minute_open(key, now, seconds):
    made = codes.step_at(now)
    then = now + timedelta(seconds=seconds)
    passed = codes.step_at(then) - made

    assert codes.fits(codes.token(NAME, key, made), NAME, key, then) is (passed in {0, 1})
    if passed in {0, 1}:  # of 64 million, two may be alike
        assert codes.letters_fit(codes.letters(NAME, key, made).lower(), NAME, key, then)


@given(KEYS, KEYS, MOMENTS)
def test_neither_another_secret_nor_another_door_opens(key, other, now):
    step, elsewhere = codes.step_at(now), new_public_id()
    token = codes.token(NAME, key, step)

    assert codes.fits(token, NAME, other, now) is (key == other)
    assert not codes.fits(token, elsewhere, key, now)
    assert not codes.fits(token.replace(NAME, elsewhere), elsewhere, key, now)


@given(KEYS, MOMENTS, st.data())
def test_a_token_that_was_touched_opens_nothing(key, now, data):
    token = codes.token(NAME, key, codes.step_at(now))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters().filter(lambda one: one != token[place]))
    assert not codes.fits(token[:place] + letter + token[place + 1 :], NAME, key, now)


@given(st.text(max_size=80))
def test_anything_else_names_no_door(text):
    assert codes.name_in(text) in {"", text[:22]}


@given(KEYS, MOMENTS)
def test_token_names_its_door_and_fits_an_address(key, now):
    token = codes.token(NAME, key, codes.step_at(now))

    assert codes.name_in(token) == NAME
    assert len(token) < 60
    assert set(codes.letters(NAME, key, codes.step_at(now))) <= set(codes.ALPHABET)
    assert 1 <= codes.left_at(now) <= codes.SECONDS


def test_letters_are_read_as_people_type_them():
    assert codes.typed(" bcd – fgh ") == "BCDFGH"
    assert not codes.letters_fit("", NAME, b"k" * 32, datetime(2026, 11, 20, tzinfo=UTC))
    assert not codes.letters_fit("ÄÖÜ🦊", NAME, b"k" * 32, datetime(2026, 11, 20, tzinfo=UTC))
