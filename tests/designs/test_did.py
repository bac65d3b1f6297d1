"""Difference-in-differences by hand, by properties, and against independent implementations."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panels import claim_on, panel_of

from innoeval.designs import DifferenceInDifferences, did
from innoeval.errors import ClaimError, DesignError
from innoeval.records import Assumption, Claim, Panel, Policy
from innoeval.stats.randomization import assignments, randomise

DID = DifferenceInDifferences()


def random_outcomes(seed: int, n: int = 12, t: int = 10) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) * 3 + rng.normal(size=(1, t)) * 2 + rng.normal(size=(n, t))


def test_two_by_two_by_hand() -> None:
    # Treated: 10, 12 → 7, 5; (7+5)/2 − (10+12)/2 = −5. Comparison: 8, 8 → 7, 9 (0) and
    # 4, 6 → 4, 2 (−2); their mean is −1. So −5 − (−1) = −4.
    outcomes = [[10, 12, 7, 5], [8, 8, 7, 9], [4, 6, 4, 2]]
    found = DID.fit(panel_of(outcomes), claim_on([0], 2))
    assert found.effect == pytest.approx(-4)
    assert found.observed == pytest.approx(6)
    assert found.baseline == pytest.approx(10)
    assert found.improvement == pytest.approx(4)
    # Three ways to choose one unit, and the real one gives the largest difference: p = 1/3.
    assert found.p_value == pytest.approx(1 / 3)
    assert found.conf_int == (-np.inf, np.inf)


def test_path_averages_to_the_effect_and_starts_from_a_common_past() -> None:
    found = DID.fit(panel_of(random_outcomes(1)), claim_on([0, 1, 2], 6))
    path = found.path
    assert path is not None
    assert np.mean(path.effect[6:]) == pytest.approx(found.effect)
    assert np.isnan(path.effect[:6]).all()
    assert np.mean((path.observed - path.counterfactual)[:6]) == pytest.approx(0, abs=1e-12)
    assert len(found.components) == 4


def test_clustered_error_equals_cr2_of_statsmodels() -> None:
    from statsmodels.regression.linear_model import OLS

    outcomes = random_outcomes(2, n=20)
    found = DID.fit(panel_of(outcomes), claim_on(range(8), 6))
    change = outcomes[:, 6:].mean(axis=1) - outcomes[:, :6].mean(axis=1)
    design = np.column_stack([np.ones(20), np.arange(20) < 8])
    # With one change per unit CR2 is HC2, by a leverage that statsmodels computes on its own.
    fitted = OLS(change, design).fit(cov_type="HC2")
    assert found.effect == pytest.approx(fitted.params[1], abs=1e-10)
    assert found.std_error == pytest.approx(fitted.bse[1], abs=1e-10)


@pytest.mark.parametrize("n_treated", [6, 10])
def test_effect_equals_pyfixest_and_diff_diff(n_treated: int) -> None:
    outcomes = random_outcomes(3, n=24, t=9)
    found = DID.fit(panel_of(outcomes), claim_on(range(n_treated), 5))
    frame = panel_of(outcomes).frame.assign(year=lambda d: d["year"].dt.year)
    frame["ours"] = frame["unit"].str[1:].astype(int) < n_treated
    frame["after"] = frame["year"] >= 2005
    frame["d"] = (frame["ours"] & frame["after"]).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf
        from diff_diff import TwoWayFixedEffects

        theirs = pf.feols("y ~ d | unit + year", data=frame, vcov={"CRV1": "unit"})
        frame["treated"], frame["post"] = frame["ours"].astype(int), frame["after"].astype(int)
        peer = TwoWayFixedEffects(cluster="unit").fit(
            frame, outcome="y", treatment="treated", time="post", unit="unit"
        )
    assert found.effect == pytest.approx(theirs.coef()["d"], abs=1e-8)
    assert found.effect == pytest.approx(peer.att, abs=1e-8)


def test_missing_cells_do_not_flatter_a_unit_that_misses_a_bad_period() -> None:
    # Everybody is worse by 10 in the third year; the treated unit has no record of it, and its
    # true effect is nil: a plain average of what is there would show an improvement of 5.
    outcomes = np.zeros((8, 4))
    outcomes[:, 2] = 10.0
    outcomes += np.arange(8)[:, None]
    outcomes[0, 2] = np.nan
    found = DID.fit(panel_of(outcomes), claim_on([0], 2))
    assert found.effect == pytest.approx(0, abs=1e-9)
    assert "missing" in " ".join(found.warnings)


def test_units_without_a_side_are_left_out_and_named() -> None:
    outcomes = random_outcomes(4)
    outcomes[5, 6:] = np.nan
    found = DID.fit(panel_of(outcomes), claim_on([0], 6))
    assert found.n_units == 11
    assert any("u05" in warning for warning in found.warnings)
    kept = np.delete(outcomes, 5, axis=0)
    assert found.effect == pytest.approx(DID.fit(panel_of(kept), claim_on([0], 6)).effect, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(-1e3, 1e3), st.floats(0.01, 100), st.integers(1, 8))
def test_shifts_shocks_and_scales(seed: int, shift: float, scale: float, n_treated: int) -> None:
    outcomes = random_outcomes(seed)
    rng = np.random.default_rng(seed)
    claim = claim_on(range(n_treated), 6)
    plain = DID.fit(panel_of(outcomes), claim)
    moved = outcomes + shift * rng.normal(size=(12, 1)) + shift * rng.normal(size=(1, 10))
    assert DID.fit(panel_of(moved), claim).effect == pytest.approx(plain.effect, abs=1e-8)
    scaled = DID.fit(panel_of(outcomes * scale), claim)
    assert scaled.effect == pytest.approx(plain.effect * scale, rel=1e-9, abs=1e-12)
    assert scaled.p_value == pytest.approx(plain.p_value, abs=1e-9)
    np.testing.assert_allclose(
        scaled.conf_int, np.array(plain.conf_int) * scale, rtol=1e-7, atol=1e-9
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8))
def test_row_order_changes_nothing(seed: int, n_treated: int) -> None:
    panel = panel_of(random_outcomes(seed))
    claim = claim_on(range(n_treated), 6)
    shuffled = panel.frame.sample(frac=1, random_state=seed % 1000).reset_index(drop=True)
    other = Panel(frame=shuffled, unit="unit", period="year", freq="year", outcomes=("y",))
    assert DID.fit(other, claim) == DID.fit(panel, claim)


def test_the_influence_function_gives_the_variance() -> None:
    found = DID.fit(panel_of(random_outcomes(6, n=40)), claim_on(range(15), 6))
    assert found.influence is not None
    assert found.influence.sum() == pytest.approx(0, abs=1e-9)
    error = np.sqrt((found.influence**2).sum()) / 40
    assert error == pytest.approx(found.std_error, rel=0.06)


def test_an_offset_of_a_billion_keeps_the_digits() -> None:
    # Steps of 1/1024 are exact beside 1e9, so that any loss is ours.
    outcomes = np.round(random_outcomes(7) * 1024) / 1024
    for n_treated in (1, 6):
        claim = claim_on(range(n_treated), 6)
        near, far = (DID.fit(panel_of(outcomes + add), claim) for add in (0.0, 1e9))
        assert far.effect == pytest.approx(near.effect, abs=1e-6)
        assert far.std_error == pytest.approx(near.std_error, rel=1e-6)
        assert far.p_value == pytest.approx(near.p_value, abs=1e-6)


def test_never_plain_cluster_errors_with_few_treated() -> None:
    outcomes = random_outcomes(8, n=30)
    few = DID.fit(panel_of(outcomes), claim_on(range(5), 6))
    many = DID.fit(panel_of(outcomes), claim_on(range(6), 6))
    assert "randomisation" in few.inference
    assert "CR2" in many.inference


def test_stressed_takes_off_a_difference_in_trends() -> None:
    rng = np.random.default_rng(9)
    outcomes = rng.normal(size=(40, 20)) * 0.1
    outcomes[:10] -= 0.5 * np.arange(20)
    panel, claim = panel_of(outcomes), claim_on(range(10), 14)
    assert DID.fit(panel, claim).effect < -4
    stressed = DID.stressed(panel, claim)[Assumption.parallel_trends]
    assert stressed.effect == pytest.approx(0, abs=0.3)
    assert DID.stressed(panel_of(outcomes[:, 13:]), claim_on(range(10), 1)) == {}


def test_a_bad_spell_does_not_bend_the_trend_that_is_carried_on() -> None:
    rng = np.random.default_rng(12)
    outcomes = rng.normal(size=(40, 20)) * 0.3
    outcomes[:10, 11:14] += 2.0
    panel, claim = panel_of(outcomes), claim_on(range(10), 14)
    found = DID.stressed(panel, claim)
    assert found[Assumption.parallel_trends].effect == pytest.approx(0, abs=0.4)
    assert found[Assumption.no_mean_reversion].effect == pytest.approx(0, abs=0.2)
    assert "left out" in found[Assumption.parallel_trends].warnings[-1]


@pytest.mark.parametrize(
    ("treated", "starts", "said"),
    [
        (range(12), None, "no unit to compare with"),
        (range(11), None, "at least two are needed"),
        ([0, 1], ["2004", "2006"], "2 different dates"),
    ],
)
def test_objections_say_why(treated: range, starts: list[str] | None, said: str) -> None:
    claim = claim_on(treated, 6)
    if starts:
        pairs = {f"u{i:02d}": start for i, start in zip(treated, starts, strict=True)}
        claim = claim_on(treated, 6, treated=pairs, start=None)
    panel = panel_of(random_outcomes(10))
    assert any(said in reason for reason in DID.objections(panel, claim, Policy()))
    with pytest.raises(DesignError, match="does not fit"):
        DID.fit(panel, claim)


def test_a_claim_on_another_panel_is_refused_with_every_reason() -> None:
    with pytest.raises(ClaimError) as caught:
        DID.fit(panel_of(random_outcomes(11)), claim_on([0, 99], 60, outcome="days"))
    assert len(caught.value.faults) == 3


def test_california_prop99(shared_data: Path) -> None:
    # Arkhangelsky et al. (2021), table 1: −27.3. One treated state of 39: the state-clustered
    # error is 2.80 and must not be used. Among 39 choices of a state, each held against the other
    # 38, California's change is the fifth largest. Placebo states held against 37 states, with
    # California left out, have the standard deviation 17.52 and give 4/39. But the larger changes
    # are those of states whose consumption jumped about before 1989, too; in units of its own noise
    # California's change is the largest, as in Abadie, Diamond & Hainmueller (2010): p = 1/39.
    frame = pd.read_csv(shared_data / "california_prop99.csv")
    panel = Panel(frame=frame, unit="state", period="year", freq="year", outcomes=("packs",))
    claim = Claim(
        id="p99", innovation="Proposition 99", outcome="packs", better="lower",
        treated=["California"], start="1989", size=15.0, scale="absolute",
    )  # fmt: skip
    found = DID.fit(panel, claim)
    assert found.effect == pytest.approx(-27.349, abs=5e-4)
    assert found.p_value == pytest.approx(1 / 39)
    wide = panel.matrix("packs")
    change = wide[:, 19:].mean(axis=1) - wide[:, :19].mean(axis=1)
    chosen = assignments(panel.rows(claim.units), 99, seed=1)
    plain = randomise(change[:, None], chosen, 0.95)
    assert plain.p_value == pytest.approx(5 / 39)
    assert plain.high > 0
    others = np.delete(change, panel.units.index("California"))
    placebo = (others - others.mean()) * 38 / 37
    assert placebo.std(ddof=0) == pytest.approx(17.52, abs=0.3)
    assert (np.abs(placebo) >= abs(found.effect)).sum() + 1 == 4


def test_card_krueger(shared_data: Path) -> None:
    # Card & Krueger (1994): means 20.44 → 21.03 in New Jersey, 23.33 → 21.17 in Pennsylvania.
    # 2.754 takes each wave's mean over the stores seen in it; ours needs a store on both sides,
    # which is their balanced sample: 2.750, with HC1 error 1.338.
    frame = pd.read_csv(shared_data / "card_krueger.csv")
    long = pd.concat([
        frame[["store", "nj"]].assign(wave=wave, fte=frame[column])
        for wave, column in ((0, "fte_before"), (1, "fte_after"))
    ]).dropna(subset=["fte"])  # fmt: skip
    panel = Panel(
        frame=long,
        unit="store",
        period="wave",
        freq="integer",
        outcomes=("fte",),
        covariates=("nj",),
    )
    jersey = frame.loc[frame["nj"] == 1, "store"].astype(str)
    known = [s for s in jersey if s in panel.units]
    claim = Claim(
        id="ck", innovation="minimum wage", outcome="fte", better="higher", treated=known,
        start="1", smallest_effect=1.0, scale="absolute",
    )  # fmt: skip
    both = panel.drop_units([u for u in panel.units if (panel.frame["store"] == u).sum() < 2])
    kept = [u for u in known if u in both.units]
    found = DID.fit(both, Claim(
        id="ck", innovation="minimum wage", outcome="fte", better="higher", treated=kept,
        start="1", smallest_effect=1.0, scale="absolute",
    ))  # fmt: skip
    assert found.effect == pytest.approx(2.750, abs=5e-4)
    assert found.std_error == pytest.approx(1.338, abs=0.02)
    before, after = (
        panel.frame.loc[(panel.frame["wave"] == w)].groupby("nj")["fte"].mean() for w in (0, 1)
    )
    assert (after - before)[1] - (after - before)[0] == pytest.approx(2.754, abs=5e-4)
    assert DID.fit(panel, claim).effect == pytest.approx(2.75, abs=0.01)


def test_a_design_made_ready_by_another_thread_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine, others = panel_of(random_outcomes(1)), panel_of(random_outcomes(2))
    ours, theirs = claim_on([0, 1, 2], 6), claim_on([3, 4, 5], 6)
    DID.kernel(others, theirs)
    other = did._ready
    made = DID.kernel(mine, ours)
    assert did._ready is not None

    class Replaced(tuple):  # type: ignore[type-arg]
        """What is kept, replaced as soon as it is looked at."""

        __slots__ = ()

        def __getitem__(self, at: object) -> object:
            monkeypatch.setattr(did, "_ready", other)
            return super().__getitem__(at)  # type: ignore[index]

    monkeypatch.setattr(did, "_ready", Replaced(did._ready))
    assert DID.kernel(mine, ours) is made
