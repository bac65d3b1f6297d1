"""Faults of choosing: what they do to a panel and a claim, and that their columns give nothing away."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval import simulate
from innoeval.simulate.faults_sites import KINDS
from innoeval.stats.changes import unit_changes


def gains(scenario: simulate.Scenario, name: str = "outcome") -> tuple[np.ndarray, np.ndarray]:
    """Improvement of each unit from before to after, and the mask of the treated."""
    panel, claim = scenario.panel, scenario.claim
    treated = panel.rows(claim.units)
    starts = np.where(treated, 24, panel.calendar.n)
    return -unit_changes(panel.matrix(name), starts), treated


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_draws_a_claim_that_fits_its_panel(kind: str) -> None:
    scenario = simulate.draw(kind, seed=1)
    assert set(scenario.claim.units) <= set(scenario.panel.units)
    assert scenario.truth.effect == KINDS[kind].true_share


@pytest.mark.parametrize(("fault", "twin"), [
    ("best_of_metrics", "many_metrics"), ("displacement", "recorded"), ("easier_cases", "recorded"),
    ("harm_elsewhere", "recorded"), ("hidden_event", "recorded"),
])  # fmt: skip
def test_no_column_gives_a_fault_away(fault: str, twin: str) -> None:
    faulty, honest = simulate.draw(fault, seed=2).panel, simulate.draw(twin, seed=2).panel
    assert set(faulty.metrics) <= set(honest.metrics)
    for name in faulty.metrics[1:]:
        one, other = faulty.matrix(name), honest.matrix(name)
        # Levels and spreads are alike; only the change of the treated tells.
        # A mean of 40 levels and 24 shocks of its own has an error of 0.19; there are eleven metrics.
        assert one[:, :24].mean() == pytest.approx(np.nanmean(other[:, :24]), abs=0.9)
        assert one[:, :24].std() == pytest.approx(np.nanstd(other[:, :24]), rel=0.3, abs=0.01)


def test_the_sites_claimed_are_the_best_of_those_that_got_it() -> None:
    scenario = simulate.draw("best_sites", seed=3)
    change, treated = gains(scenario)
    everywhere = scenario.panel.rows(scenario.claim.adopters)
    assert everywhere.sum() == 2 * treated.sum()
    assert change[treated].min() > change[everywhere & ~treated].max()


def test_the_claimed_metric_is_the_one_that_moved_most() -> None:
    scenario = simulate.draw("best_of_metrics", seed=4)
    statistics = []
    for name in scenario.panel.outcomes:
        change, treated = gains(scenario, name)
        ours, theirs = change[treated], change[~treated]
        error = np.sqrt(ours.var() / len(ours) + theirs.var() / len(theirs))
        statistics.append((ours.mean() - theirs.mean()) / error)
    assert len(statistics) == 12
    assert statistics[0] == pytest.approx(np.abs(statistics).max(), rel=0.02)


def test_easier_cases_make_all_of_the_difference() -> None:
    scenario = simulate.draw("easier_cases", seed=5)
    change, treated = gains(scenario, "hard_share")
    # One day less at six days between kinds: a sixth fewer hard cases.
    assert change[treated].mean() - change[~treated].mean() == pytest.approx(1 / 6, abs=0.02)
    parts = [
        scenario.panel.matrix(n) for n in ("easy_days", "easy_share", "hard_days", "hard_share")
    ]
    np.testing.assert_allclose(parts[0] * parts[1] + parts[2] * parts[3],
                               scenario.panel.matrix("outcome"))  # fmt: skip


def test_the_worst_drop_out_soon_after_the_start() -> None:
    scenario = simulate.draw("attrition", seed=6)
    lost = ~np.isfinite(scenario.panel.matrix("outcome"))
    treated = scenario.panel.rows(scenario.claim.units)
    assert not lost[~treated].any()
    assert not lost[:, :24].any()
    assert lost[:, 26:].all(axis=1).sum() == 4


def test_neighbours_lose_or_gain_and_nobody_else() -> None:
    for kind, sign in (("spillover", 1), ("displacement", -1)):
        scenario = simulate.draw(kind, seed=7)
        change, treated = gains(scenario)
        near = (scenario.panel.matrix("next_to") > 0).any(axis=1)
        far = ~near & ~treated
        assert change[near].mean() - change[far].mean() == pytest.approx(sign, abs=0.5)
