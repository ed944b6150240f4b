import pytest

from badges.rendering.bidi import Run, is_rtl, visual_runs


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Amal", [Run("Amal", False)]),
        ("أمل", [Run("أمل", True)]),
        ("Amal أمل", [Run("Amal ", False), Run("أمل", True)]),
        ("أمل Amal", [Run("Amal", False), Run("أمل ", True)]),
        ("Dr. أمل خالد PhD", [Run("Dr. ", False), Run("أمل خالد", True), Run(" PhD", False)]),
        ("أمل 2026", [Run("2026", False), Run("أمل ", True)]),
        ("أمل 1,250 م", [Run(" م", True), Run("1,250", False), Run("أمل ", True)]),
        ("in 2026, 40%", [Run("in 2026, 40%", False)]),
        ("נעמה (Naama) לוי", [Run(") לוי", True), Run("Naama", False), Run("נעמה (", True)]),
        ("2026", [Run("2026", False)]),
        ("", []),
    ],
)
def test_visual_runs_stand_as_the_bidirectional_algorithm_puts_them(text, runs):
    assert visual_runs(text) == runs


def test_line_direction_decides_where_the_first_run_stands():
    assert visual_runs("Amal أمل", rtl=True) == [Run(" أمل", True), Run("Amal", False)]


def test_direction_is_that_of_the_first_letter():
    assert is_rtl("«אב»")
    assert not is_rtl("2026: Amal أمل")
    assert not is_rtl("")
