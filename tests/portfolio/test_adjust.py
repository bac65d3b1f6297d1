"""Two lists at their own rates, families, tallies and the ranking."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.portfolio import MIXES, discoveries
from tests.portfolio.portfolios import made

from innoeval.errors import RunError
from innoeval.portfolio import rank, tally, two_lists
from innoeval.stats.false_discovery import benjamini_hochberg, benjamini_yekutieli, widening
from innoeval.stats.shrinkage import shrink_normal

SUPPORTED = {"status": "supported", "mark": "holds up"}
REFUTED = {"status": "refuted", "mark": "does not hold up"}


def test_each_list_is_corrected_by_itself() -> None:
    rows = [{**SUPPORTED, "p_holds_up": p} for p in (0.001, 0.02, 0.024)]
    rows += [{**REFUTED, "p_falls_short": p} for p in (0.0001, 0.02)]
    rows += [{}] * 5
    lists = two_lists(made(rows))
    # Ten tests: 10 × .001 / 1 ≤ .05, and 10 × .024 / 3 = .08 > .05.
    assert lists.holds_up["id"].tolist() == ["c00"]
    # 10 × .0001 ≤ .05 and 10 × .02 / 2 = .1 > .05.
    assert lists.does_not_hold_up["id"].tolist() == ["c03"]
    assert lists.method.startswith("bh")


def test_a_claim_is_never_listed_against_its_own_verdict() -> None:
    rows = [{"status": "partly_supported", "p_holds_up": 0.0001}, {**SUPPORTED, "p_holds_up": 0.02}]
    assert two_lists(made(rows)).holds_up["id"].tolist() == ["c01"]


def test_shared_panels_call_for_yekutieli() -> None:
    rows = [{**SUPPORTED, "p_holds_up": 0.02, "panel": "same"} for _ in range(4)]
    shared, own = two_lists(made(rows)), two_lists(made(rows), method="bh")
    assert shared.method.startswith("by")
    assert shared.holds_up["q_value"].iloc[0] == pytest.approx(0.02 * (1 + 1 / 2 + 1 / 3 + 1 / 4))
    assert own.holds_up["q_value"].iloc[0] == pytest.approx(0.02)


def test_the_denominator_is_told() -> None:
    rows = [
        {**SUPPORTED, "p_holds_up": 0.001},
        {"status": "not_evaluable", "p_holds_up": None, "p_falls_short": None},
        {"status": None, "mark": None, "error": "no", "p_holds_up": None, "p_falls_short": None},
    ]
    lists = two_lists(made(rows), announced=["c00", "c01", "c02", "gone"])
    assert dict(lists.denominator) == {
        "announced": 4, "dropped": 1, "failed": 1, "not_evaluable": 1, "tested": 1, "holds_up": 1,
        "does_not_hold_up": 0,
    }  # fmt: skip


def test_listed_intervals_are_widened() -> None:
    rows = [{**SUPPORTED, "p_holds_up": 0.001, "found_low": 1.0, "found_high": 3.0}]
    listed = two_lists(made([*rows, *[{}] * 9])).holds_up.loc[0]
    factor = widening(1, 10, 0.05, 0.95, [np.nan])[0]
    assert (listed["low"], listed["high"]) == (2 - factor, 2 + factor)


def test_relative_intervals_are_widened_in_outcome_units() -> None:
    """From 100 to 80 (70 to 90): 20 % lower (12.5 to 25 … of what would have been)."""
    relative = {"scale": "relative", "better": "lower", "found_low": 0.10, "found_high": 0.30}
    listed = two_lists(
        made([{**SUPPORTED, **relative, "p_holds_up": 0.001}, {}, {}, {}])
    ).holds_up.loc[0]
    ends = np.array([-0.30 / 0.70, -0.10 / 0.90])
    middle, half = ends.mean(), (ends[1] - ends[0]) / 2
    factor = widening(1, 4, 0.05, 0.95, [np.nan])[0]
    low, high = middle - factor * half, middle + factor * half
    assert (listed["low"], listed["high"]) == pytest.approx((-high / (1 - high), -low / (1 - low)))


def test_unbounded_ends_stay_so() -> None:
    rows = [{**SUPPORTED, "p_holds_up": 0.001, "found_low": 1.0, "found_high": np.inf}]
    listed = two_lists(made(rows)).holds_up.loc[0]
    assert listed["high"] == np.inf


def test_families_all_of_and_any_of() -> None:
    rows = [
        {**SUPPORTED, "family": "permits", "p_holds_up": 0.001},
        {**SUPPORTED, "family": "permits", "p_holds_up": 0.02},
        {"family": "parks", "p_holds_up": 0.4},
        {**SUPPORTED, "family": "parks", "p_holds_up": 0.004},
    ]
    every = two_lists(made(rows), families="all").holds_up
    assert every["id"].tolist() == ["permits"]
    assert every["p_value"].tolist() == [0.02]
    some = two_lists(made(rows), families="any").holds_up
    assert some["id"].tolist() == ["permits", "parks"]
    assert some["p_value"].tolist() == [0.002, 0.008]


def test_a_family_with_an_outcome_that_cannot_be_tested_is_not_all_of() -> None:
    rows = [
        {**SUPPORTED, "family": "permits", "p_holds_up": 0.001},
        {"status": "not_evaluable", "family": "permits", "p_holds_up": None},
    ]
    assert two_lists(made(rows), families="all").holds_up.empty
    lost = {"status": None, "mark": None, "error": "no", "p_holds_up": None, "p_falls_short": None}
    rows[1] = {**lost, "family": "permits"}
    assert two_lists(made(rows), families="all").holds_up.empty
    lists = two_lists(made([*rows, lost]), families="any")
    assert lists.holds_up["id"].tolist() == ["permits"]
    assert lists.denominator["tested"] == 1


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(RunError, match=r"write 0\.05"):
        two_lists(made([{}]), q=5)


def test_tallies_by_column_unit_and_organisation() -> None:
    portfolio = made([{**SUPPORTED}, {**REFUTED, "units": "East"}, {"mark": None, "error": "no"}])
    assert tally(portfolio).loc["desk"].to_dict() == {
        "holds up": 1, "holds up in part": 0, "not substantiated": 0, "does not hold up": 1,
        "failed": 1,
    }  # fmt: skip
    assert tally(portfolio, "unit").loc["North", "does not hold up"] == 0
    assert tally(portfolio, "unit").loc["East", "does not hold up"] == 1
    by_city = tally(portfolio, {"c00": "A", "c01": "A"}, share=True)
    assert by_city.loc["A", "holds up"] == 0.5
    assert by_city.loc["not named", "failed"] == 1
    by_design = tally(made([{"design": "D"}, {"mark": None, "error": "no"}]), "design")
    assert by_design.loc["not known", "failed"] == 1
    with pytest.raises(RunError, match="no column 'city'"):
        tally(portfolio, "city")


def test_the_best_of_many_is_shrunk_and_the_noisy_one_most() -> None:
    rng = np.random.default_rng(3)
    truth, error = rng.normal(0, 0.3, 200), rng.choice([0.1, 1.0], 200)
    seen = truth + error * rng.standard_normal(200)
    ranked = rank(made([{"estimate": e, "std_error": s} for e, s in zip(seen, error, strict=True)]))
    best = ranked.nsmallest(10, "raw_rank")
    at = best["id"].str[1:].astype(int)
    assert best["estimate"].mean() > 3 * truth[at].mean()
    assert abs(best["shrunken"].mean() - truth[at].mean()) < 0.2
    assert ranked["rank"].is_monotonic_increasing
    assert "to be expected again" in ranked.attrs["winners_curse"]["absolute, days"]


def test_a_ranking_needs_three_on_one_scale() -> None:
    with pytest.raises(RunError, match="no three claims on one scale"):
        rank(made([{}, {"scale": "relative"}, {"outcome": "cost"}]))


def test_shrinkage_covers() -> None:
    rng = np.random.default_rng(4)
    hits = []
    for _ in range(50):
        truth = rng.normal(0.5, 0.5, 40)
        error = rng.uniform(0.2, 1.0, 40)
        found = shrink_normal(truth + error * rng.standard_normal(40), error)
        hits.append(np.abs(truth - found.mean) <= 1.96 * found.sd)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


def test_adjusted_p_values_agree_with_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(5).uniform(size=40) ** 2
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert benjamini_yekutieli(p) == pytest.approx(multipletests(p, method="fdr_by")[1])


def test_a_portfolio_of_claims_without_effect_has_few_false_discoveries() -> None:
    """A slice of docs/calibration/portfolio.md on another seed; small panels keep it quick."""
    sizes = {"n_units": 12, "n_treated": 6, "n_before": 12, "n_after": 6, "size": 3.0}
    found = discoveries(MIXES["70 % without effect, 30 % true"], 60, seed=77, **sizes)
    assert found.fails > 10
    assert found.false_holds <= 0.05
    assert found.false_fails <= 0.05
