"""A slice of the differential tests: a few panels of each question; R only where it is installed."""

from __future__ import annotations

import shutil

import pytest
from tests.differential.page import page, unexplained
from tests.differential.run import QUESTIONS, ask

#: From here on every question has an answer in the slice (a panel may be refused by one of the two).
FIRST = 500_100


def test_a_slice_agrees_with_other_libraries() -> None:
    found = ask(len(QUESTIONS), FIRST, with_r=False)
    assert unexplained(found).to_dict("records") == []
    assert set(found["question"]) == set(QUESTIONS)
    assert "0 are not explained" in page(found, 14, FIRST, "today")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_two_thousand_panels_agree_with_other_libraries() -> None:
    found = ask(2000, 100_000)
    assert unexplained(found).to_dict("records") == []
