"""Green only on what was checked: every finding, alone and beside others."""

from itertools import product

import pytest

from verification.report import Check, Report, Result
from verification.standing import Standing, standing
from verification.verdicts import verdict

P, F, U = Result.PASSED, Result.FAILED, Result.UNKNOWN
DECIDING = ("form", "shown", "signature", "key", "status", "dates")


def report(**found):
    """All passed and the issuer known, except what is said: key=(result, finding)."""
    checks = {key: Check(key, P, "fine") for key in (*DECIDING, "issuer")}
    checks |= {key: Check(key, result, finding) for key, (result, finding) in found.items()}
    return Report(tuple(checks.values()), {})


def test_standing_is_valid_when_everything_passed_and_the_issuer_is_known():
    assert standing(report()) is Standing.VALID


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"signature": (F, "altered")}, "failed"),
        ({"form": (F, "malformed")}, "failed"),
        ({"shown": (F, "unsigned_term")}, "failed"),
        ({"key": (F, "other_controller")}, "failed"),
        ({"issuer": (F, "other_issuer")}, "failed"),
        ({"dates": (F, "dates_unreadable")}, "failed"),
        ({"paper": (F, "altered_values")}, "failed"),
        ({"status": (F, "revoked")}, "revoked"),
        ({"status": (F, "suspended")}, "suspended"),
        ({"dates": (F, "expired")}, "expired"),
        ({"dates": (F, "ended")}, "expired"),
        ({"dates": (F, "not_yet")}, "not_yet"),
        ({"status": (F, "revoked_listed")}, "revoked"),
        ({"form": (F, "picture_empty")}, "nothing"),
        ({"form": (F, "no_credential")}, "nothing"),
        ({"form": (F, "picture_twice")}, "failed"),
        ({"issuer": (U, "not_known_here")}, "unknown_issuer"),
        ({"status": (U, "unreachable")}, "unsure"),
        ({"paper": (U, "not_ours")}, "unsure"),
        ({"recipient": (F, "other_address")}, "other_person"),
        ({"recipient": (U, "no_identity")}, "unsure"),
        ({"recipient": (P, "fits")}, "valid"),
        ({"picture": (F, "other_picture")}, "valid"),
        ({"picture": (U, "unread")}, "valid"),
        # The worse one is said.
        ({"signature": (F, "altered"), "status": (F, "revoked")}, "failed"),
        ({"status": (F, "revoked"), "dates": (F, "expired")}, "revoked"),
        ({"status": (F, "revoked"), "issuer": (U, "not_known_here")}, "revoked"),
        ({"status": (U, "unreachable"), "dates": (F, "expired")}, "unsure"),
        ({"dates": (F, "expired"), "issuer": (U, "not_known_here")}, "expired"),
        ({"issuer": (U, "not_known_here"), "recipient": (F, "other_address")}, "other_person"),
        ({"issuer": (U, "not_known_here"), "status": (U, "unreachable")}, "unsure"),
    ],
)
def test_standing_names_the_worst_finding(found, expected):
    assert standing(report(**found)) == expected


def test_standing_is_never_green_when_anything_was_not_checked():
    keys = (*DECIDING, "issuer", "recipient", "paper")
    for results in product((P, U), repeat=len(keys)):
        found = {key: (result, "x") for key, result in zip(keys, results, strict=True)}
        assert (standing(report(**found)) is Standing.VALID) == (set(results) == {P})


def test_standing_is_never_green_when_anything_failed():
    for key in (*DECIDING, "issuer", "recipient", "paper"):
        for finding in ("revoked", "expired", "anything"):
            assert standing(report(**{key: (F, finding)})) is not Standing.VALID


def test_nothing_was_checked_is_not_green():
    assert standing(Report((), None)) is Standing.UNSURE
    assert standing(None) is Standing.NOTHING


def test_verdict_never_calls_a_strangers_credential_genuine():
    for found in ({"dates": (F, "expired")}, {"dates": (F, "not_yet")}, {"recipient": (F, "other_address")}):
        made = report(**found, issuer=(U, "not_known_here"))
        said = verdict(standing(made), made)
        assert "genuine" not in str(said.said)
        assert "do not know this issuer" in str(said.said)


def test_verdict_has_words_for_every_standing():
    for one in Standing:
        assert str(verdict(one, report(signature=(F, "altered"))).title)
