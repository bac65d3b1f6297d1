"""What checks answer on simulated claims of every kind stays as it is, words and numbers.

Whether it is right is for the tests of each check; this one tells that nothing moved unseen.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf, nextafter
from typing import Self

import pytest
from tests.checks.kept import CLAIMS, answers, judgement, kept

from innoeval.checks import CHECKS, Case, Check

COMMAND = "python -m tests.checks.kept --write"
EXACT = ("check", "status", "severity", "words", "problem_words", "told")
CLOSE = ("p_value", "adjusted", "bias", "std_error", "power", "statistic", "low", "high")


@pytest.mark.parametrize("claim", CLAIMS)
def test_answers_are_those_that_were_kept(claim: str) -> None:
    found, before = list(answers(claim)), kept()[claim]
    assert [row["check"] for row in found] == [row["check"] for row in before]
    for row, was in zip(found, before, strict=True):
        for key in EXACT:
            assert row[key] == was[key], f"{row['check']}; if this is meant, run {COMMAND}"
        for key in CLOSE:
            told = f"{row['check']}: {key} was {was[key]}; if this is meant, run {COMMAND}"
            assert (row[key] is None) == (was[key] == ""), told
            if row[key] is not None:
                close = pytest.approx(float(was[key]), rel=1e-4, abs=1e-7, nan_ok=True)
                assert row[key] == close, told


class Watched(float):
    """A number that writes down what it is held against."""

    held: list[float]

    def __new__(cls, value: float, held: list[float]) -> Self:
        made = super().__new__(cls, value)
        made.held = held
        return made

    def _told(self, other: float) -> float:
        self.held.append(float(other))
        return float(self)

    def __lt__(self, other: float) -> bool:
        return self._told(other) < other

    def __le__(self, other: float) -> bool:
        return self._told(other) <= other

    def __gt__(self, other: float) -> bool:
        return self._told(other) > other

    def __ge__(self, other: float) -> bool:
        return self._told(other) >= other


def _around(check: Check, given: Case) -> list[tuple[tuple[str, str], ...]]:
    """Answers for a margin just below, at and just above each number at which the status changes."""
    held: list[float] = []
    check.measure(replace(given, margin=Watched(given.margin, held)))
    check.measure(replace(given, margin=Watched(1e9, held)))
    found = []
    for at in sorted(number for number in set(held) if 0 < number < inf):
        margins = nextafter(at, 0.0), at, nextafter(at, inf)
        answers = [check.measure(replace(given, margin=margin)) for margin in margins]
        if answers[0].status != answers[2].status:
            found.append(tuple((answer.status, answer.says) for answer in answers))
    return found


_CLEAN, _DONORS = "none 7 of 18", "none 1 of 20"
_MARGINS = {
    "pre_trend": _CLEAN, "anticipation": _CLEAN, "pre_fit": _DONORS, "leave_one_out": _DONORS,
    "placebo_in_time": _CLEAN, "mean_reversion": _CLEAN, "outliers": _CLEAN, "fade_out": _CLEAN,
    "comparator_drift": "pre_trend 1 of 20", "forbidden_comparisons": "growing_effects 7 of 18",
    "rate_decomposition": "rate 3 of 14", "provisional_data": "with_provisional 7 of 18",
    "spillover": "spillover 7 of 18", "displacement": "displacement 7 of 18",
    "attrition": "attrition 7 of 18", "adopters": "all_adopters 7 of 18", "carried_by_few": _CLEAN,
    "site_reversion": _CLEAN, "case_mix": "easier_cases 7 of 18",
    "negative_controls": "hidden_event 7 of 18", "comparison_jump": _CLEAN,
}  # fmt: skip


@pytest.mark.parametrize("check", [c for c in CHECKS if c.name in _MARGINS], ids=lambda c: c.name)
def test_a_bias_as_large_as_the_margin_is_not_ruled_out_and_one_just_smaller_is(
    check: Check,
) -> None:
    given = judgement(_MARGINS[check.name]).facts
    assert given is not None
    found = _around(check, given)
    assert found
    for below, at, above in found:
        assert above[0] == "clear"
        assert at == below


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.name)
def test_a_check_holds_nothing_but_its_question(check: Check) -> None:
    assert not hasattr(check, "__dict__")
    assert hash(check) == hash(type(check)())
