"""Ends of an axis that holds a claim and what was found."""

from __future__ import annotations

import pytest
from tests.evaluations import build

from innoeval.plots import scale
from innoeval.records.estimate import Interval


def test_an_axis_ends_near_the_claim_however_wide_the_interval_is() -> None:
    # Claim 0.15, smallest 0.05: the core is 0 to 0.15, and an end is drawn at most twice 0.15 beyond
    # it: −0.3 to 0.45, with a tenth of 0.75 on either side.
    ev = build("inconclusive")
    assert (ev.claim.size, ev.verdict.smallest) == (0.15, 0.05)
    wide = scale.limits(ev, scale.Found(value=0.1, interval=Interval(-9.0, 9.0)))
    assert wide == pytest.approx((-0.375, 0.525))
    # An interval inside the claim leaves the core, with a tenth of 0.15.
    near = scale.limits(ev, scale.Found(value=0.1, interval=Interval(0.08, 0.12)))
    assert near == pytest.approx((-0.015, 0.165))
