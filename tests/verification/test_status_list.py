"""Bits of status lists, against another implementation and against lists that were made to harm."""

import base64
import gzip
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openvc.status.bitstring import decode_bitstring, get_status_bit

from verification import status_list

indexes = st.sets(st.integers(0, status_list.SMALLEST - 1), max_size=50)


@given(chosen=indexes)
@settings(max_examples=40, deadline=None)
def test_every_bit_is_where_another_implementation_reads_it(chosen):
    encoded = status_list.encode(chosen)
    theirs = decode_bitstring(encoded)

    assert {place for place in {*chosen, 0, 1, 7, 8, 131_071} if get_status_bit(theirs, place)} == chosen & {
        *chosen,
        0,
        1,
        7,
        8,
        131_071,
    }
    assert all(status_list.bit(encoded, place) for place in chosen)
    assert sum(byte.bit_count() for byte in status_list.decode(encoded)) == len(chosen)


def test_first_index_is_the_leftmost_bit():
    assert status_list.decode(status_list.encode({0}))[0] == 0b1000_0000
    assert status_list.decode(status_list.encode({131_071}))[-1] == 0b0000_0001


def test_list_has_at_least_131072_entries_and_stable_bytes():
    encoded = status_list.encode({5, 9})

    assert len(status_list.decode(encoded)) * 8 == 131_072
    assert encoded == status_list.encode([9, 5])
    assert encoded.startswith("u") and "=" not in encoded


@pytest.mark.parametrize("index", [-1, 131_072, 10**9])
def test_index_outside_the_list_is_refused(index):
    with pytest.raises(ValueError):
        status_list.bit(status_list.encode([]), index)


def packed(data):
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "u",
        "H4sI",
        "zH4sI",
        "u!!!!",
        "uü",
        packed(b"not gzip"),
        packed(gzip.compress(bytes(16))),
        packed(gzip.compress(bytes(16_384))[:-9]),
        packed(gzip.compress(bytes(9 * 1024 * 1024))),
        status_list.encode([])[:-8],
    ],
    ids=["empty", "mark", "unmarked", "base58", "marks", "letters", "no_gzip", "short", "cut", "bomb", "truncated"],
)
def test_list_is_refused(encoded):
    with pytest.raises(ValueError):
        status_list.decode(encoded)


def test_bomb_is_not_unpacked():
    bomb = packed(gzip.compress(bytes(200 * 1024 * 1024), compresslevel=1))
    began = time.thread_time()

    with pytest.raises(ValueError):
        status_list.decode(bomb)

    assert time.thread_time() - began < 1


@given(st.text(max_size=60))
def test_no_text_makes_anything_but_a_refusal(text):
    with pytest.raises(ValueError):
        status_list.decode(f"u{text}")
