"""Claimed sites against all that got the innovation."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval.evaluate import evaluate

NOISE = np.random.default_rng(2).normal(size=(20, 20)) * 0.3 + 10


def names(units: range) -> list[str]:
    return [f"u{unit:02d}" for unit in units]


def with_gains(claimed: float, left_out: float) -> np.ndarray:
    values = NOISE.copy()
    values[:4, 12:] -= claimed
    values[4:8, 12:] -= left_out
    return values


def test_sites_left_out_because_it_went_badly() -> None:
    claim = claim_on(range(4), 12, size=2.0, adopters=names(range(8)))
    # The claim: 2 against (4 × −2 + 12 × 0) / 16 = −.5, so 2.5. All sites: (2 − 2) / 2 = 0.
    panel = panel_of(with_gains(2.0, -2.0))
    found = finding("adopters", claim, panel)
    assert found.status == "problem"
    assert found.bias == pytest.approx(2.5, abs=0.3)
    assert found.left is not None
    assert found.left.low < 0 < found.left.high
    assert "4 of 8 sites" in found.says
    assert evaluate(claim, panel).verdict.status not in {"supported", "partly_supported"}


def test_sites_left_out_that_did_as_well() -> None:
    claim = claim_on(range(4), 12, size=2.0, adopters=names(range(8)))
    found = finding("adopters", claim, panel_of(with_gains(2.0, 2.0)))
    assert found.status != "problem"
    # The claim: 2 − 4 × 2 / 16 = 1.5; all sites: 2.
    assert found.bias == pytest.approx(-0.5, abs=0.2)


def test_a_later_start_of_a_site_left_out_counts_from_then() -> None:
    values = with_gains(2.0, 0.0)
    values[4:8, 16:] += 2.0
    adopters = {
        **dict.fromkeys(names(range(4)), "2012"),
        **dict.fromkeys(names(range(4, 8)), "2016"),
    }
    claim = claim_on(range(4), 12, size=2.0, adopters=adopters)
    found = finding("adopters", claim, panel_of(values))
    assert found.status == "problem"
    assert found.left is not None
    # (4 × 2 − 4 × 2) / 8.
    assert (found.left.low + found.left.high) / 2 == pytest.approx(0.0, abs=0.3)


def test_sites_without_data_are_named() -> None:
    claim = claim_on(range(4), 12, size=2.0, adopters=[*names(range(4)), "Hull", "Leeds"])
    found = finding("adopters", claim, panel_of(with_gains(2.0, 0.0)))
    assert found.status == "problem"
    assert "Hull, Leeds" in found.says


def test_sites_without_data_do_not_hide_what_the_others_show() -> None:
    gone = ["Hull", "Leeds", "Wells", "Ripon", "York", "Ely"]
    claim = claim_on(range(4), 12, size=2.0, adopters=[*names(range(8)), *gone])
    found = finding("adopters", claim, panel_of(with_gains(2.0, -2.0)))
    assert found.status == "problem"
    assert found.says.startswith(
        "10 of 14 sites that got it are not in the claim, and there are no data of "
        "Hull, Leeds, Wells, Ripon, York and more; they did worse by "
    )
    assert found.bias == pytest.approx(2.5, abs=0.3)
    five = claim_on(range(4), 12, size=2.0, adopters=[*names(range(8)), *gone[:5]])
    found = finding("adopters", five, panel_of(with_gains(2.0, 2.0)))
    # With data of some it is not clear, however alike those are.
    assert found.status == "cannot_tell"
    assert "no data of Hull, Leeds, Wells, Ripon, York; where it went in" in found.says


def test_no_record_and_a_complete_claim() -> None:
    panel = panel_of(with_gains(2.0, 0.0))
    assert finding("adopters", claim_on(range(4), 12), panel).status == "not_applicable"
    whole = claim_on(range(4), 12, adopters=names(range(4)))
    assert finding("adopters", whole, panel).status == "clear"
