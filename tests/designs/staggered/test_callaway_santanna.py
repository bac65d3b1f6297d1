"""Callaway-Sant'Anna by hand, against published numbers and against diff-diff."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panels import claim_on, panel_of

from innoeval.designs import CallawaySantAnna, DifferenceInDifferences
from innoeval.errors import ClaimError, DesignError
from innoeval.inference import CR2, Clustered, Multiplier, Randomization
from innoeval.records import Assumption, Claim, Estimate, Panel
from innoeval.records.saved import dump, load


def staggered(seed: int = 1, n: int = 60, T: int = 8, missing: float = 0.0) -> pd.DataFrame:
    """Long, unsorted frame with text units, growing effects and three start dates."""
    rng = np.random.default_rng(seed)
    start = rng.choice([3, 5, 6, 0], n)
    time = np.arange(T)
    y = rng.normal(size=(n, 1)) + rng.normal(size=(1, T)) + rng.normal(size=(n, T))
    y += (start[:, None] > 0) * np.maximum(time - start[:, None] + 1, 0) * 0.5
    frame = pd.DataFrame({
        "unit": np.repeat([f"u{i:03d}" for i in range(n)], T), "year": np.tile(time, n) + 2000,
        "y": y.ravel(), "first": np.repeat(np.where(start > 0, start + 2000, 0), T),
        "w": np.repeat(rng.uniform(0.5, 2, n), T), "x": np.repeat(rng.normal(size=n), T),
    })  # fmt: skip
    if missing:
        frame = frame[rng.random(len(frame)) > missing]
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def posed(frame: pd.DataFrame) -> tuple[Panel, Claim]:
    """Panel and claim of such a frame."""
    panel = Panel(frame=frame.assign(year=frame["year"].astype(str)), unit="unit", period="year",
                  freq="year", outcomes=("y",), covariates=("w", "x"))  # fmt: skip
    first = frame[frame["first"] > 0].groupby("unit")["first"].first()
    claim = Claim(id="c", innovation="i", outcome="y", better="higher", size=1, scale="absolute",
                  treated={unit: str(year) for unit, year in first.items()})  # fmt: skip
    return panel, claim


def by_cell(found: Estimate) -> dict[tuple[int, int], tuple[float, float]]:
    return {(int(c.cohort), int(c.period)): (c.estimate, c.std_error) for c in found.components}


@pytest.fixture(scope="module")
def mpdta(shared_data: Path) -> tuple[Panel, Claim]:
    frame = pd.read_csv(shared_data / "mpdta.csv")
    frame["county"] = frame["countyreal"].astype(int).astype(str)
    panel = Panel(frame=frame, unit="county", period="year", freq="year", outcomes=("lemp",),
                  covariates=("lpop",))  # fmt: skip
    first = frame[frame["first_treat"] > 0].groupby("county")["first_treat"].first()
    claim = Claim(id="wage", innovation="minimum wage", outcome="lemp", better="higher",
                  treated={county: str(int(year)) for county, year in first.items()},
                  size=0.01, scale="absolute")  # fmt: skip
    return panel, claim


def test_published_effects_of_the_minimum_wage(mpdta: tuple[Panel, Claim]) -> None:
    # Printed in the README of R's did (bootstrap errors there, analytic ones here).
    found = CallawaySantAnna(comparison="never_treated").fit(*mpdta)
    effect, error = by_cell(found)[2004, 2006]
    assert round(effect, 4) == -0.1373
    assert error == pytest.approx(0.0397, abs=0.005)
    events = found.aggregate("event")
    assert round(events.effect, 4) == -0.0772
    assert events.std_error == pytest.approx(0.0219, abs=0.005)
    later = [round(c.estimate, 4) for c in events.components if c.event_time >= 0]
    assert later == [-0.0199, -0.0510, -0.1373, -0.1008]
    groups = found.aggregate("group")
    assert round(groups.effect, 4) == -0.0310
    assert groups.std_error == pytest.approx(0.0126, abs=0.005)
    assert [round(c.estimate, 4) for c in groups.components] == [-0.0797, -0.0229, -0.0261]
    simple = found.aggregate("simple")
    assert (round(simple.effect, 5), round(simple.std_error, 4)) == (-0.03995, 0.0120)
    assert simple.effect == found.effect


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("base", ["universal", "varying"])
def test_equals_diff_diff(weighted: bool, missing: float, comparison: str, base: str) -> None:
    frame = staggered(missing=missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import CallawaySantAnna as Peer
        from diff_diff import SurveyDesign

        more = {"survey_design": SurveyDesign(weights="w")} if weighted else {}
        peer = Peer(control_group=comparison, base_period=base, estimation_method="reg").fit(
            frame,
            outcome="y",
            unit="unit",
            time="year",
            first_treat="first",
            aggregate="all",
            **more,
        )
    ours = CallawaySantAnna(
        comparison=comparison, base=base, weights="w" if weighted else None
    ).fit(*posed(frame))
    cells = by_cell(ours)
    theirs = {k: v for k, v in peer.group_time_effects.items() if k in cells}
    assert len(theirs) == len(cells) == 21
    for cell, values in theirs.items():
        assert cells[cell][0] == pytest.approx(values["effect"], abs=1e-8)
        assert cells[cell][1] == pytest.approx(values["se"], abs=1e-6)
    # With missing cells and no weights the peer weights each cell by the units seen in it, so that
    # the mix of cohorts differs from cell to cell; ours are the cohorts' shares throughout.
    if missing and not weighted:
        return
    assert ours.effect == pytest.approx(peer.overall_att, abs=1e-8)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=1e-6)
    for kind, values in (("event", peer.event_study_effects), ("group", peer.group_effects)):
        rows = {c.event_time if kind == "event" else int(c.cohort): c
                for c in ours.aggregate(kind).components}  # fmt: skip
        compared = [key for key in values if key in rows]
        assert len(compared) == len(rows)
        for key in compared:
            assert rows[key].estimate == pytest.approx(values[key]["effect"], abs=1e-8)
            assert rows[key].std_error == pytest.approx(values[key]["se"], abs=1e-6)


def test_anticipation_moves_the_base_and_equals_diff_diff_cell_by_cell() -> None:
    frame = staggered(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import CallawaySantAnna as Peer

        peer = Peer(control_group="not_yet_treated", anticipation=1, base_period="universal",
                    estimation_method="reg").fit(
            frame, outcome="y", unit="unit", time="year", first_treat="first", aggregate="all"
        )  # fmt: skip
    ours = CallawaySantAnna(comparison="not_yet_treated", anticipation=1).fit(*posed(frame))
    for cell, (effect, error) in by_cell(ours).items():
        assert effect == pytest.approx(peer.group_time_effects[cell]["effect"], abs=1e-8)
        assert error == pytest.approx(peer.group_time_effects[cell]["se"], abs=1e-6)
    # The average is over periods from the start, as in R's did; the peer's begins with the
    # anticipated ones.
    post = [c for c in ours.components if c.event_time >= 0]
    assert len(post) == 5 + 3 + 2
    assert ours.effect != pytest.approx(peer.overall_att, abs=1e-3)


def test_influence_gives_the_error_of_every_summary() -> None:
    found = CallawaySantAnna(weights="w").fit(*posed(staggered(3, missing=0.1)))
    for summary in (found, *(found.aggregate(k) for k in ("simple", "event", "group", "calendar"))):
        assert summary.influence.shape == (found.n_units,)
        error = np.sqrt((summary.influence**2).sum()) / found.n_units
        assert summary.std_error == pytest.approx(error, rel=1e-9)


def test_tidy_has_a_row_for_each_summary() -> None:
    events = CallawaySantAnna().fit(*posed(staggered())).aggregate("event", balance=1)
    table = events.tidy()
    assert {"term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high",
            "event_time"} <= set(table.columns)  # fmt: skip
    assert table["event_time"].max() == 1
    assert (table["band_high"] > table["conf_high"]).iloc[1:].all()
    assert events.covariance.shape == (len(table) - 1,) * 2
    np.testing.assert_allclose(np.sqrt(np.diag(events.covariance)), table["std_error"].iloc[1:])


def test_units_that_are_never_seen_and_periods_without_data_are_told() -> None:
    frame = staggered()
    never = frame.loc[frame["first"] == 0, "unit"].min()
    frame.loc[frame["unit"] == never, "y"] = np.nan
    frame.loc[frame["year"] == 2004, "y"] = np.nan
    found = CallawaySantAnna().fit(*posed(frame))
    assert found.n_units == 59
    assert any(never in warning for warning in found.warnings)
    # The base of the cohort of 2005 is then 2003, the last period with data.
    assert {c.period for c in found.components if c.cohort == "2005"} == {
        "2000", "2001", "2002", "2005", "2006", "2007",
    }  # fmt: skip


def test_without_never_treated_units_the_last_cohort_is_compared_with_nobody() -> None:
    frame = staggered()
    panel, claim = posed(frame[frame["first"] > 0])
    with pytest.raises(DesignError, match="not_yet_treated"):
        CallawaySantAnna(comparison="never_treated").fit(panel, claim)
    found = CallawaySantAnna(comparison="not_yet_treated").fit(panel, claim)
    assert {c.cohort for c in found.components if c.event_time >= 0} == {"2003", "2005"}
    assert any("2006" in warning and "no comparison" in warning for warning in found.warnings)


def test_names_that_are_not_known_are_refused() -> None:
    for wrong in ({"comparison": "all"}, {"base": "first"}, {"anticipation": -1}):
        with pytest.raises(DesignError):
            CallawaySantAnna(**wrong)
    found = CallawaySantAnna().fit(*posed(staggered()))
    for kind, balance in (("events", None), ("group", 1), ("event", (-9, 9))):
        with pytest.raises(DesignError):
            found.aggregate(kind, balance)


REFERENCE = pd.read_csv(Path(__file__).parents[2] / "reference" / "staggered_covariates.csv")


@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("method", ["dr", "ipw", "reg"])
def test_covariates_equal_csdid(mpdta: tuple[Panel, Claim], method: str, comparison: str) -> None:
    # R's did prints −0.0145, −0.0764, −0.1404, −0.1069 for the cohort of 2004 ("dr", never treated).
    found = CallawaySantAnna(comparison=comparison, covariates=("lpop",), method=method).fit(*mpdta)
    rows = REFERENCE[(REFERENCE["method"] == method) & (REFERENCE["comparison"] == comparison)]
    cells = by_cell(found)
    assert len(rows) == len(cells) == 12
    for row in rows.itertuples():
        effect, error = cells[row.cohort, row.period]
        assert effect == pytest.approx(row.estimate, abs=1e-8)
        assert error == pytest.approx(row.std_error, abs=1e-6)
    for kind in ("simple", "event", "group"):
        summary = found.aggregate(kind)
        error = np.sqrt((summary.influence**2).sum()) / summary.n_units
        assert summary.std_error == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("method", ["reg", "ipw"])
def test_covariates_equal_diff_diff(
    method: str, comparison: str, missing: float, weighted: bool
) -> None:
    # Its "dr" divides the comparison's part by the treated units' weights, R's and ours by its own.
    frame = staggered(4, n=240, missing=missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import CallawaySantAnna as Peer
        from diff_diff import SurveyDesign

        more = {"survey_design": SurveyDesign(weights="w")} if weighted else {}
        peer = Peer(control_group=comparison, base_period="universal", estimation_method=method,
                    pscore_trim=1e-6).fit(
            frame, outcome="y", unit="unit", time="year", first_treat="first", covariates=["x"],
            **more,
        )  # fmt: skip
    ours = CallawaySantAnna(comparison=comparison, covariates=("x",), method=method,
                            weights="w" if weighted else None).fit(*posed(frame))  # fmt: skip
    cells = by_cell(ours)
    for cell, (effect, error) in cells.items():
        assert effect == pytest.approx(peer.group_time_effects[cell]["effect"], abs=1e-8)
        assert error == pytest.approx(peer.group_time_effects[cell]["se"], abs=1e-6)


def few(seed: int = 20, n: int = 20, T: int = 16) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) * 3 + rng.normal(size=(1, T)) + rng.normal(size=(n, T))


@pytest.mark.parametrize("n_treated", [2, 8])
@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
def test_one_start_and_an_average_base_is_difference_in_differences(
    n_treated: int, comparison: str
) -> None:
    panel, claim = panel_of(few()), claim_on(range(n_treated), 8)
    ours, plain = CallawaySantAnna(base="average", comparison=comparison), DifferenceInDifferences()
    one, other = ours.fit(panel, claim), plain.fit(panel, claim)
    assert one.effect == pytest.approx(other.effect, abs=1e-12)
    assert one.p_value == pytest.approx(other.p_value, abs=1e-12)
    np.testing.assert_allclose(one.conf_int, other.conf_int, atol=1e-9)
    for name, relaxed in plain.stressed(panel, claim).items():
        mine = ours.stressed(panel, claim)[name]
        assert mine.effect == pytest.approx(relaxed.effect, abs=1e-10)
        np.testing.assert_allclose(mine.conf_int, relaxed.conf_int, atol=1e-9)
    mine, theirs = ours.kernel(panel, claim), plain.kernel(panel, claim)
    np.testing.assert_allclose(mine.trend().low, theirs.trend().low, atol=1e-9)
    shifted = theirs.series - theirs.series[:8].mean()
    np.testing.assert_allclose(mine.series, shifted, atol=1e-12)


def two_starts() -> Claim:
    return Claim(id="c", innovation="i", outcome="y", better="lower", size=1, scale="absolute",
                 treated={"u00": "2008", "u01": "2011"})  # fmt: skip


def test_few_treated_units_are_compared_with_other_units_on_their_dates() -> None:
    outcomes = few()
    found = CallawaySantAnna(base="average").fit(panel_of(outcomes), two_starts())
    # By hand: every ordered pair of the 20 units gets the two dates, 380 in all.
    changes = np.stack([
        [row[t] - row[:start].mean() for start in (8, 11) for t in range(start, 16)]
        for row in outcomes
    ])  # fmt: skip
    first, second = changes[:, :8].sum(axis=1), changes[:, 8:].sum(axis=1)
    effects = []
    for i, j in np.ndindex(20, 20):
        if i != j:
            rest = np.delete(changes, [i, j], axis=0).mean(axis=0).sum()
            effects.append((first[i] + second[j] - rest) / 13)
    assert found.effect == pytest.approx(effects[0], abs=1e-12)
    plain = CallawaySantAnna(base="average").fit(
        panel_of(outcomes), two_starts(), inference=Randomization(statistic="coefficient")
    )
    counted = np.mean(np.abs(effects) >= abs(effects[0]) - 1e-12)
    assert plain.p_value == pytest.approx(counted, abs=1e-12)
    assert "380" in found.inference
    assert "own noise" in found.inference


def test_the_inverted_interval_holds_what_is_not_rejected() -> None:
    panel, claim = panel_of(few(21)), two_starts()
    design = CallawaySantAnna(base="average")
    found = design.fit(panel, claim)
    for end, outside in ((found.conf_int.low, -0.01), (found.conf_int.high, 0.01)):
        for theta, rejected in ((end - outside, False), (end + outside, True)):
            moved = few(21)
            moved[0, 8:] -= theta
            moved[1, 11:] -= theta
            p_value = design.fit(panel_of(moved), claim).p_value
            assert (p_value <= 0.05 + 1e-12) == rejected


def test_windows_may_overlap_with_few_treated_units() -> None:
    """The mean of all periods since the start less that of the last ones, and the other way round."""
    ready = CallawaySantAnna(base="average").kernel(panel_of(few(23)), two_starts())
    time = np.arange(len(ready.series))
    since, last = time >= ready.launch, time >= len(time) - 2
    found = ready.effects(np.stack([last, since]), np.stack([since, last]))
    assert np.isfinite([found.low, found.high]).all()
    assert (found.low < found.effect).all()
    assert (found.effect < found.high).all()
    with_effect = few(23)
    for row, start in ((0, 8), (1, 11)):
        with_effect[row, start:] += 50 * ~np.isin(
            np.arange(start, 16) - start, np.flatnonzero(last) - ready.launch
        )
    moved = CallawaySantAnna(base="average").kernel(panel_of(with_effect), two_starts())
    again = moved.effects(np.stack([last, since]), np.stack([since, last]))
    assert again.low[0] > 0
    assert again.high[1] < 0


def test_the_kernel_knows_the_base_estimate_and_counts_event_time() -> None:
    panel, claim = posed(staggered(22))
    design = CallawaySantAnna(comparison="not_yet_treated", base="average")
    ready = design.kernel(panel, claim)
    time = np.arange(len(ready.series))
    again = ready.effects((time < ready.launch)[None], (time >= ready.launch)[None])
    found = design.fit(panel, claim)
    assert again.effect[0] == pytest.approx(found.effect, abs=1e-12)
    assert again.low[0] == pytest.approx(found.conf_int.low, abs=1e-12)
    assert ready.launch == 6
    nothing = ready.effects(time[None] < 0, time[None] < 0)
    assert np.isnan(nothing.effect[0])


def test_the_stressed_analysis_takes_a_drift_off_cohort_by_cohort() -> None:
    panel, claim = posed(staggered(23, n=200))
    drifting = panel.frame.copy()
    ours = drifting["unit"].isin(claim.treated)
    drifting["y"] += ours * (drifting["year"].dt.year - 2000) * 1.0
    design = CallawaySantAnna(comparison="not_yet_treated", base="average")
    truth = design.fit(panel, claim).effect
    moved = Panel(frame=drifting.assign(year=drifting["year"].astype(str)), unit="unit",
                  period="year", freq="year", outcomes=("y",), covariates=("w", "x"))  # fmt: skip
    assert design.fit(moved, claim).effect > truth + 2
    relaxed = design.stressed(moved, claim)[Assumption.parallel_trends]
    straight = design.stressed(panel, claim)[Assumption.parallel_trends]
    assert relaxed.effect == pytest.approx(straight.effect, abs=1e-9)


def test_inference_is_honoured_or_refused() -> None:
    frame = staggered(24)
    frame["region"] = "r" + (frame["unit"].str[1:].astype(int) // 3).astype(str)
    panel, claim = posed(frame)
    panel = Panel(frame=frame.assign(year=frame["year"].astype(str)), unit="unit", period="year",
                  freq="year", outcomes=("y",), covariates=("region",))  # fmt: skip
    design = CallawaySantAnna()
    plain = design.fit(panel, claim)
    bare = design.fit(panel, claim, inference=Clustered(by="unit", small_sample="none"))
    assert bare.std_error == plain.std_error
    grouped = design.fit(panel, claim, inference=Clustered(by="region", small_sample="none"))
    sums = grouped.influence.reshape(-1, 3).sum(axis=1)
    assert grouped.std_error == pytest.approx(np.sqrt((sums**2).sum()) / 60, rel=1e-9)
    assert grouped.n_clusters == 20
    for part, summary in zip(grouped.components, plain.components, strict=True):
        assert part.estimate == pytest.approx(summary.estimate)
        assert part.std_error != summary.std_error
    drawn = design.fit(panel, claim, inference=Multiplier(draws=499, seed=1)).aggregate("event")
    assert drawn.std_error == plain.aggregate("event").std_error
    chance = design.fit(panel, claim, inference=Randomization(draws=199))
    assert "randomisation" in chance.inference
    with pytest.raises(DesignError, match="not offered"):
        design.fit(panel, claim, inference=CR2())
    with pytest.raises(DesignError, match="at least 6 treated"):
        design.fit(panel_of(few()), two_starts(), inference=Clustered(by="unit"))


def test_saved_estimates_can_be_summed_up_again() -> None:
    panel, claim = posed(staggered(25))
    found = CallawaySantAnna().fit(panel, claim)
    again = load(Estimate, dump(found))
    assert again == found
    one, other = found.aggregate("event", balance=1), again.aggregate("event", balance=1)
    assert (one.effect, one.conf_int) == (other.effect, other.conf_int)
    assert other.influence is None
    drawn = CallawaySantAnna().fit(panel_of(few()), two_starts())
    saved = load(Estimate, dump(drawn)).aggregate("event")
    assert saved.effect == drawn.aggregate("event").effect
    assert any("taken as normal" in said for said in saved.warnings)


def test_covariates_that_cannot_be_used_are_named() -> None:
    frame = staggered(26, n=120)
    frame["one"], frame["twice"] = 1.0, 2 * frame["x"]
    frame["tells"] = np.where(frame["first"] == 2003, 5.0, 0.0) + frame["x"]
    panel, claim = posed(frame)
    panel = Panel(frame=frame.assign(year=frame["year"].astype(str)), unit="unit", period="year",
                  freq="year", outcomes=("y",), covariates=("x", "one", "twice", "tells"))  # fmt: skip
    found = CallawaySantAnna(covariates=("x", "one", "twice")).fit(panel, claim)
    plain = CallawaySantAnna(covariates=("x",)).fit(panel, claim)
    assert found.effect == pytest.approx(plain.effect, abs=1e-10)
    assert any("one, twice" in said for said in found.warnings)
    with pytest.raises(DesignError, match="without error"):
        CallawaySantAnna(covariates=("tells",)).fit(panel, claim)
    few_treated = {unit: claim.treated[unit] for unit in list(claim.treated)[:3]}
    small = Claim(id="c", innovation="i", outcome="y", better="higher", size=1, scale="absolute",
                  treated=few_treated)  # fmt: skip
    with pytest.raises(DesignError, match="no covariates or weights"):
        CallawaySantAnna(covariates=("x",)).fit(panel, small)
    with pytest.raises(DesignError, match="method"):
        CallawaySantAnna(method="matching")


def test_singleton_cohorts_and_first_periods_are_told() -> None:
    outcomes = few(27, n=20)
    starts = {f"u{i:02d}": str(2006 + i % 4) for i in range(6)} | {"u07": "2012"}
    claim = Claim(id="c", innovation="i", outcome="y", better="lower", treated=starts, size=1,
                  scale="absolute")  # fmt: skip
    found = CallawaySantAnna().fit(panel_of(outcomes), claim)
    assert any("single unit" in said for said in found.warnings)
    with pytest.raises(ClaimError, match="begins in 2000"):
        CallawaySantAnna().fit(panel_of(outcomes), claim_on([0, 1, 2], 0))
    late = CallawaySantAnna(anticipation=3).fit(panel_of(outcomes), Claim(
        id="c", innovation="i", outcome="y", better="lower", size=1, scale="absolute",
        treated=starts | {"u08": "2002"},
    ))  # fmt: skip
    assert any("no base period" in said for said in late.warnings)


def test_units_that_start_alone_cannot_be_compared_at_all() -> None:
    claim = Claim(id="c", innovation="i", outcome="y", better="lower", size=1, scale="absolute",
                  treated={f"u{i:02d}": "2003" for i in range(12)})  # fmt: skip
    with pytest.raises(DesignError, match="nobody to compare with"):
        CallawaySantAnna(comparison="not_yet_treated").fit(panel_of(few(n=12)), claim)


def test_weights_that_make_no_sense_are_refused() -> None:
    frame = staggered(28)
    frame.loc[frame["unit"] == "u003", "w"] = -1.0
    with pytest.raises(DesignError, match="u003"):
        CallawaySantAnna(weights="w").fit(*posed(frame))
    frame.loc[frame["unit"] == "u003", "w"] = 0.0
    found = CallawaySantAnna(weights="w").fit(*posed(frame))
    assert found.n_units == 59
    assert any("u003" in said for said in found.warnings)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_shifts_shocks_and_scales(seed: int, shift: float, scale: float) -> None:
    frame = staggered(seed, n=40)
    design = CallawaySantAnna(comparison="not_yet_treated", base="average")
    plain = design.fit(*posed(frame))
    rng = np.random.default_rng(seed)
    by_unit = pd.Series(rng.normal(size=frame["unit"].nunique()), index=frame["unit"].unique())
    by_year = pd.Series(rng.normal(size=8), index=range(2000, 2008))
    moved = frame.assign(
        y=frame["y"] + shift * (frame["unit"].map(by_unit) + frame["year"].map(by_year))
    )
    assert design.fit(*posed(moved)).effect == pytest.approx(plain.effect, abs=1e-8)
    scaled = design.fit(*posed(frame.assign(y=frame["y"] * scale)))
    assert scaled.effect == pytest.approx(plain.effect * scale, rel=1e-9, abs=1e-12)
    assert scaled.p_value == pytest.approx(plain.p_value, abs=1e-9)
