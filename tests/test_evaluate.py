"""The whole way from claim and panel to a verdict: what it refuses, and what it does not keep."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from tests.staggered_panels import drawn, posed

import innoeval as ie
from innoeval import designs
from innoeval.designs import base
from innoeval.errors import DesignError

CASE = ie.simulate.draw(seed=1, n_units=12, n_treated=6, size=2.0)


def test_designs_are_auto_or_listed() -> None:
    with pytest.raises(DesignError, match="designs='did' is not known; write 'auto', or a list"):
        ie.evaluate(CASE.claim, CASE.panel, designs="did")


def test_arrays_too_large_for_a_saved_record_are_left_out_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel, claim = posed(drawn(n=40, periods=8, starts=(4, 6, 0)))
    whole = ie.evaluate(claim, panel, designs=[designs.CallawaySantAnna()])
    assert whole.estimate is not None
    assert whole.estimate.influence is not None
    assert whole.estimate.group_times is not None
    monkeypatch.setattr(sys.modules["innoeval.evaluate"], "_LARGEST", 5)
    lean = ie.evaluate(claim, panel, designs=[designs.CallawaySantAnna()])
    assert lean.estimate is not None
    assert (lean.estimate.influence, lean.estimate.group_times) == (None, None)
    assert lean.verdict == whole.verdict
    assert len(lean.to_json()) < len(whole.to_json())


def test_arrays_of_a_large_panel_are_not_kept_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_arranged", ())
    assert base.arrange(CASE.panel, CASE.claim) is base.arrange(CASE.panel, CASE.claim)
    monkeypatch.setattr(base, "_arranged", ())
    monkeypatch.setattr(base, "LARGEST_KEPT", 10)
    once, again = (base.arrange(CASE.panel, CASE.claim) for _ in range(2))
    assert once is not again
    assert np.array_equal(once.outcomes, again.outcomes)
