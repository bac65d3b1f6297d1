"""A step of the comparison units at the start."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding
from tests.panels import claim_on, panel_of

from innoeval.checks.comparison_jump import ComparisonJump
from innoeval.stats.breaks import Step

CLAIM = claim_on(range(6), 24, size=1.0)
NOISE = np.random.default_rng(9).normal(size=(20, 40)) * 0.3 + 10


def test_a_step_of_everybody_is_a_note_with_its_size() -> None:
    values = NOISE.copy()
    values[:, 24:] -= 1.5
    found = finding("comparison_jump", CLAIM, panel_of(values))
    assert (found.status, found.severity) == ("problem", "note")
    assert found.bias == pytest.approx(1.5, abs=0.15)
    assert "improved by" in found.says


def test_a_trend_is_no_step() -> None:
    values = NOISE - 0.05 * np.arange(40)
    values[:6, 24:] -= 1.0
    assert finding("comparison_jump", CLAIM, panel_of(values)).status == "clear"


def test_too_few_periods_or_units() -> None:
    short = finding("comparison_jump", claim_on(range(6), 4), panel_of(NOISE[:, :12]))
    assert short.status == "not_applicable"
    one = finding("comparison_jump", CLAIM, panel_of(np.where(np.arange(40) == 5, np.nan, NOISE)))
    assert one.status == "not_applicable"


def test_reasons_and_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    def says(values: np.ndarray, n_treated: int, launch: int, **more: object) -> str:
        found = ComparisonJump().measure(by_hand(values, n_treated, launch, **more))
        assert (found.status, found.severity) == ("not_applicable", "note")
        return found.says

    few = "There are fewer than two comparison units, or periods without any value of them."
    assert says(NOISE[:4], 3, 24) == few
    assert says(NOISE[:4, :30], 2, 25) == "Fewer than 6 periods lie on one side of the start."
    starts = {"u00": "2020", "u01": "2022"}
    several = says(NOISE[:5], 2, 20, claim={"treated": starts, "start": None})
    assert several == "The innovation has several starts."
    monkeypatch.setattr("innoeval.checks.comparison_jump.shared_step", lambda *_: None)
    assert says(NOISE[:4], 2, 24) == (
        "The comparison units' average leaves no chance variation to hold a step against."
    )
    # Two comparison units and six periods on a side are enough; the interval is one of 90 %.
    step = Step(0.5, 0.2, 1e9)
    monkeypatch.setattr("innoeval.checks.comparison_jump.shared_step", lambda *_: step)
    case = by_hand(NOISE[:4, :30], 2, 24, margin=0.5 + 1.65 * 0.2)
    found = ComparisonJump().measure(case)
    assert found.status == "clear"
    assert found.p_value == pytest.approx(0.01242, abs=1e-5)
    assert found.says == (
        "At the start the comparison units changed by 0.5, give or take 0.392: nothing else of weight happened then."
    )
    assert "units improved by 0.5 at the start" in found.says_problem
    case = by_hand(NOISE[:4, :30], 2, 24, margin=0.5 + 1.64 * 0.2, claim={"better": "lower"})
    worse = ComparisonJump().measure(case)
    assert worse.status == "cannot_tell"
    assert worse.bias.value == -0.5
    assert worse.says.endswith("give or take 0.392, which may be chance.")
    assert "units got worse by 0.5 at the start" in worse.says_problem
