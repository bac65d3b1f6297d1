"""What checks answer on simulated claims of every kind stays as it is, words and numbers.

Whether it is right is for the tests of each check; this one tells that nothing moved unseen.
"""

from __future__ import annotations

import pytest
from tests.checks.kept import CLAIMS, answers, kept

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
