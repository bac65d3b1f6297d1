"""Per cent and percentage points."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, noise, panel_with, step
from tests.panels import claim_on

from innoeval.records import Claim, Panel

#: From 60 % to 65 %: five points, and 8.3 per cent.
PANEL = panel_with(60 + noise(sd=1e-4) + step(5.0))


def claim(size: float, scale: str, **more: object) -> Claim:
    return claim_on(range(10), LAUNCH, size=size, scale=scale, better="higher", **more)


def told(made: Claim, panel: Panel = PANEL) -> tuple[str, str]:
    found = finding("percent_points", made, panel)
    assert found.severity == "note"
    return found.status, found.says


def test_per_cent_taken_for_points() -> None:
    found = finding("percent_points", claim(8.3, "percentage_points"), PANEL)
    assert found.status == "problem"
    assert "the record shows 5 percentage points, which are 8.3" in found.says
    # 8.3 points were said, 5 are there.
    assert found.bias == pytest.approx(3.3, abs=0.1)
    assert found.share_explained == pytest.approx(0.4, abs=0.02)


def test_points_told_as_points_and_far_too_many_points_are_clear() -> None:
    assert told(claim(5, "percentage_points"))[0] == "clear"
    assert told(claim(20, "percentage_points"))[0] == "clear"


def test_a_share_from_nought_to_one_told_in_per_cent() -> None:
    panel = panel_with(np.clip(0.6 + noise(sd=1e-6) + step(0.05), 0, 1))
    assert told(claim(0.083, "relative"), panel)[0] == "clear"
    status, says = told(claim(0.05, "relative"), panel)
    assert status == "problem"
    assert "5 percentage points" in says


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("up by 5 percentage points", "clear"),
        ("up by 5 points, from 60 %", "clear"),
        ("up by 5 %", "problem"),
        ("up by 5 per cent", "problem"),
        ("5,0 % more", "problem"),
        ("5 % more, that is 5 percentage points", "clear"),
        ("95 % of 5 sites", "clear"),
        ("up by 5.02 %", "problem"),
        ("up by 5.1 %, rounded", "clear"),
        ("9 % more sites", "clear"),
    ],
)
def test_the_wording_is_held_against_the_scale(statement: str, status: str) -> None:
    assert told(claim(5, "percentage_points", statement=statement))[0] == status


def test_what_is_no_share_is_not_asked() -> None:
    assert told(claim(0.2, "relative"))[0] == "not_applicable"
    assert told(claim(5, "absolute"))[0] == "not_applicable"
    assert told(claim_on(range(10), LAUNCH, size=None, smallest_effect=1))[0] == "not_applicable"
