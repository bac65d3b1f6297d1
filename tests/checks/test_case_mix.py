"""What easier cases make of an average."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding, panel_with
from tests.panels import claim_on, panel_of

from innoeval.checks.case_mix import CaseMix, _kitagawa, _mix_part
from innoeval.evaluate import evaluate
from innoeval.records import Panel

CLAIM = claim_on(range(8), 12, size=2.0)
RNG = np.random.default_rng(5)
BASE = RNG.normal(size=(24, 20)) * 0.2 + 10
HARD = np.full((24, 20), 0.5) + RNG.normal(size=(24, 20)) * 0.01


def panel(fewer_hard: float, faster: float = 0.0) -> Panel:
    """Hard cases take 8 days more; the treated get fewer of them, or work faster."""
    hard, easy = HARD.copy(), BASE.copy()
    hard[:8, 12:] -= fewer_hard
    easy[:8, 12:] -= faster
    y = easy * (1 - hard) + (easy + 8) * hard
    columns = {"easy": easy, "hard": easy + 8, "n_easy": 100 * (1 - hard), "n_hard": 100 * hard}
    return panel_with(y, columns, case_mix={"easy": "n_easy", "hard": "n_hard"})


def test_easier_cases_are_split_off_exactly() -> None:
    # A quarter fewer hard cases: .25 × 8 = 2 days, and nothing else.
    found = finding("case_mix", CLAIM, panel(0.25))
    assert found.status == "problem"
    assert found.bias == pytest.approx(2.0, abs=0.05)
    assert found.share_explained == pytest.approx(1.0, abs=0.03)
    assert found.left is not None
    assert found.left.low < 0 < found.left.high
    assert "easier cases" in found.says
    assert evaluate(CLAIM, panel(0.25)).verdict.status not in {"supported", "partly_supported"}


def test_a_gain_under_harder_cases_is_larger_than_it_looks() -> None:
    found = finding("case_mix", CLAIM, panel(-0.125, faster=3.0))
    assert found.bias == pytest.approx(-1.0, abs=0.05)
    assert found.left is not None
    assert (found.left.low + found.left.high) / 2 == pytest.approx(3.0, abs=0.1)


def test_a_steady_mix_is_clear_and_an_unknown_one_not_applicable() -> None:
    assert finding("case_mix", CLAIM, panel(0.0, faster=2.0)).status == "clear"
    assert finding("case_mix", CLAIM, panel_of(BASE)).status == "not_applicable"


def test_kinds_that_come_and_go_keep_their_outcome() -> None:
    from innoeval.checks.case_mix import _kitagawa

    # Before: only easy cases at 2 days. After: 1 of 4 is hard at 10. (.25 × 10 − .25 × 2) = 2.
    values = np.array([[[2.0, 2.0]], [[0.0, 10.0]]])
    cases = np.array([[[4.0, 3.0]], [[0.0, 1.0]]])
    assert _kitagawa(values, cases, np.array([True, False])).tolist() == [2.0]


def test_the_part_of_the_mix_by_hand() -> None:
    # Two kinds, with outcomes 10 and 2 before, 12 and 2 after; shares from 1/2 to 1/4.
    values = np.array([[[10.0, 12.0]], [[2.0, 2.0]]])
    cases = np.array([[[5.0, 1.0]], [[5.0, 3.0]]])
    before = np.array([True, False])
    assert _kitagawa(values, cases, before).tolist() == [pytest.approx(-0.25 * 11 + 0.25 * 2)]
    # A kind that is gone afterwards keeps its outcome: (0 − 1/2) × 10 + 1/2 × 2.
    cases[0, 0, 1] = 0.0
    assert _kitagawa(values, cases, before).tolist() == [pytest.approx(-4.0)]
    # Nor was there one before: then its later outcome counts.
    cases[0, 0] = [0.0, 3.0]
    assert _kitagawa(values, cases, before).tolist() == [pytest.approx(0.5 * 12 - 0.5 * 2)]
    # One that there never was adds nothing.
    cases[0, 0] = 0.0
    assert _kitagawa(values, cases, before).tolist() == [0.0]


def test_a_kind_without_an_average_counts_with_no_cases() -> None:
    values = np.array([[1.0, 2, 3, 5], [2, 1, 2, 1], [3, 2, 1, 2]])
    easy = np.array([[2.0, 2, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2]])
    hard = np.full((3, 4), 8.0)
    hard[0, 3] = np.nan
    counts = np.full((3, 4), 5.0)
    columns = {"easy": easy, "hard": hard, "n_easy": counts, "n_hard": counts}
    roles = {"case_mix": {"easy": "n_easy", "hard": "n_hard"}}
    part = _mix_part(by_hand(values, 1, 2, columns, roles=roles))
    # Half of ten are hard, then five of fifteen.
    assert part == pytest.approx([(2 / 3 - 1 / 2) * 2 + (1 / 3 - 1 / 2) * 8, 0, 0])
    alone = CaseMix().measure(by_hand(values, 3, 2, columns, roles=roles))
    assert alone.status == "not_applicable"
    assert alone.says == "There are no comparison units to hold the mix of cases against."
    few = CaseMix().measure(
        by_hand(values[:2], 1, 2, {k: v[:2] for k, v in columns.items()}, roles=roles)
    )
    told = "Too few units say which kinds of cases there were."
    assert (few.status, few.says) == ("cannot_tell", told)
