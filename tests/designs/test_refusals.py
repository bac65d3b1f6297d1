"""What designs say where claim, panel or choice do not fit, and what they leave out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.designs.fixed_effects.test_triple import asked, two_kinds
from tests.designs.test_ordinal import RUNGS, answers, survey
from tests.designs.test_rates import service
from tests.panels import claim_on, panel_of
from tests.staggered_panels import drawn, posed

from innoeval.designs import (
    CallawaySantAnna,
    DifferenceInDifferences,
    Dose,
    ElasticNetControl,
    EventStudy,
    OrdinalScores,
    SegmentedRegression,
    StructuralTimeSeries,
    SyntheticControl,
    SyntheticDiD,
    TripleDifference,
    TwoWayFixedEffects,
    placebos_in_space,
    placebos_in_time,
)
from innoeval.designs.base import arrange
from innoeval.errors import DesignError
from innoeval.inference import HC, IID, Clustered
from innoeval.records import Claim, Panel, Policy

RNG = np.random.default_rng(7)
Y = 20 + RNG.normal(size=(20, 12))
CLAIM = claim_on(range(8), 6)
LATER = {f"u{i:02d}": str(2006 + 2 * (i >= 4)) for i in range(8)}
STAGGERED = claim_on([], 0, treated=LATER, start=None)


def test_several_starts_are_no_one_start() -> None:
    case = arrange(panel_of(Y), STAGGERED)
    with pytest.raises(DesignError, match="start at different times"):
        _ = case.launch


def test_one_treated_unit_has_no_cluster_error_where_few_are_not_randomised() -> None:
    policy = Policy(few_treated=0)
    (said,) = DifferenceInDifferences().objections(panel_of(Y), claim_on([0], 6), policy)
    assert said == "one treated unit has no cluster-robust error; raise few_treated"
    assert not DifferenceInDifferences().objections(panel_of(Y), claim_on([0, 1], 6), policy)


def test_all_exposed_at_once_leave_nobody_to_compare_with() -> None:
    frame = drawn(n=20)
    frame["dose"] = np.where(frame["year"] >= 2004, 1.0, 0.0)
    panel, claim = posed(frame)
    (said,) = Dose(exposure="dose").objections(panel, claim, Policy())
    assert said == "no unit is without exposure while another one is exposed"


def test_one_unit_that_is_never_treated_and_a_column_with_holes() -> None:
    frame = two_kinds(places=12, starts=(3, 4))
    panel, claim = asked(frame)
    design = TripleDifference(within="old", place="place")
    # Places that start later are compared with until then: nothing is against that.
    assert design.objections(panel, claim, Policy()) == ()
    one = frame.assign(first=frame["first"].where(frame["place"] != "p00", 0))
    (said,) = design.objections(*asked(one), Policy())
    assert said == "one unit that is never treated is too few to tell chance from effect"
    same = two_kinds(places=12, starts=(3,))
    (said,) = design.objections(*asked(same), Policy())
    assert said == "every place starts at the same date: there is no place to compare with"
    holes = frame.assign(place=frame["place"].where(frame["place"] != "p00"))
    with pytest.raises(DesignError, match="'place' is empty in some rows"):
        design.fit(*asked(holes))


def test_effects_of_a_triple_difference_that_cannot_be_told_are_named() -> None:
    frame = two_kinds(places=15)
    # In the last year no unit of a place that was never treated is seen, and the later cohort
    # is compared with nobody there.
    gone = (frame["year"] == 2005) & (frame["first"] == 0)
    found = TripleDifference(within="old", place="place").fit(*asked(frame[~gone]))
    said = " ".join(found.warnings)
    assert "cannot be told from the cells that are there" in said
    assert not [part for part in found.components if part.period == "2005"]


class TestEventTimes:
    def test_bins_at_the_ends_hold_the_rest(self) -> None:
        panel = panel_of(Y)
        found = EventStudy(window=(-3, 2)).fit(panel, STAGGERED)
        assert [part.event_time for part in found.components] == [-3, -2, 0, 1, 2]

    @pytest.mark.parametrize("window", [(0, 3), (-4, -2), (-3, -1)])
    def test_bins_must_hold_the_reference_and_reach_the_start(self, window: tuple) -> None:
        with pytest.raises(DesignError, match="must hold the reference -1 and reach the start"):
            EventStudy(window=window).fit(panel_of(Y), STAGGERED)

    def test_a_reference_that_nobody_has(self) -> None:
        with pytest.raises(DesignError, match="no treated unit is seen at event time -20"):
            EventStudy(reference=-20).fit(panel_of(Y), STAGGERED)


def with_column(name: str, values: np.ndarray) -> Panel:
    panel = panel_of(Y)
    frame = panel.frame.assign(year=panel.frame["year"].astype(str), **{name: values.ravel()})
    return Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                 covariates=(name,))  # fmt: skip


def test_weights_below_zero_and_cells_without_a_covariate() -> None:
    minus = np.ones(Y.shape)
    minus[3, 2] = -1
    with pytest.raises(DesignError, match="the weights 'w' hold negative numbers; give 0 or more"):
        TwoWayFixedEffects(weights="w").fit(with_column("w", minus), CLAIM)
    x = RNG.normal(size=Y.shape)
    x[3, :2] = np.nan
    found = TwoWayFixedEffects(covariates=("x",)).fit(with_column("x", x), CLAIM)
    assert "2 cells are left out for lack of a value of x" in found.warnings


def test_a_dose_that_falls_again_is_told() -> None:
    dose = np.zeros(Y.shape)
    dose[:8, 6:] = 1.0
    dose[:3, 9:] = 0.0
    found = TwoWayFixedEffects(exposure="dose").fit(with_column("dose", dose), CLAIM)
    assert any("'dose' falls again in 3 units" in said for said in found.warnings)


def test_a_reference_that_takes_the_only_period_after_the_start() -> None:
    with pytest.raises(DesignError, match="no treated cell lies after the start; choose another"):
        EventStudy(reference=0).fit(panel_of(Y[:, :7]), CLAIM)


@pytest.mark.parametrize("choice", [HC(kind="HC1"), IID()])
def test_no_cell_is_left_for_the_errors(choice: HC | IID) -> None:
    # 24 cells for 12 levels, a further period, the effect and ten covariates.
    panel = panel_of(Y[:12, :2])
    frame = panel.frame.assign(year=panel.frame["year"].astype(str))
    names = tuple(f"x{k}" for k in range(10))
    for name in names:
        frame[name] = RNG.normal(size=len(frame))
    full = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                 covariates=names)  # fmt: skip
    design = TwoWayFixedEffects(covariates=names)
    with pytest.raises(DesignError, match="no more cells than coefficients; leave out covariates"):
        design.fit(full, claim_on(range(6), 1), inference=choice)


def test_two_regions_are_too_few_clusters_for_a_regression() -> None:
    panel = panel_of(Y)
    frame = panel.frame.assign(year=panel.frame["year"].astype(str))
    frame["region"] = np.where(frame["unit"].str[1:].astype(int) < 8, "North", "South")
    regions = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                    covariates=("region",))  # fmt: skip
    with pytest.raises(DesignError, match=r"needs at least .* treated and .* comparison clusters"):
        TwoWayFixedEffects().fit(regions, CLAIM, inference=Clustered(by="region"))


class TestPlacebos:
    def test_too_few_comparison_units_with_values_to_take_for_treated(self) -> None:
        values = Y.copy()
        values[9:, 6:] = np.nan
        with pytest.raises(DesignError, match="too many values of y are missing to take other"):
            placebos_in_space(DifferenceInDifferences(), panel_of(values), claim_on(range(4), 6))

    def test_more_treated_units_than_donors(self) -> None:
        values = np.vstack([Y, Y + RNG.normal(size=Y.shape)])
        with pytest.raises(DesignError, match="too few donors to take some of them for treated"):
            placebos_in_space(SyntheticControl(), panel_of(values), claim_on(range(20), 6))

    def test_of_a_long_past_sixty_starts_are_pretended(self) -> None:
        values = RNG.normal(size=(8, 150))
        found = placebos_in_time(
            DifferenceInDifferences(), panel_of(values, first_year=1800),
            claim_on(range(4), 140, first_year=1800),
        )  # fmt: skip
        assert len(found.labels) == 60
        # From half of the past on; an effect is that of the ten periods after a pretended start.
        assert (found.labels[0], found.labels[-1]) == ("1870", "1930")

    def test_a_past_without_values_has_no_pretended_starts(self) -> None:
        values = Y.copy()
        values[:8, 1:6] = np.nan
        with pytest.raises(DesignError, match="too many values of y are missing to pretend an ear"):
            placebos_in_time(DifferenceInDifferences(), panel_of(values), CLAIM)


class TestDonors:
    def test_several_starts_have_no_stressed_estimates_and_no_windows(self) -> None:
        panel, design = panel_of(np.vstack([Y, Y + 1])), SyntheticDiD()
        assert design.stressed(panel, STAGGERED) == {}
        with pytest.raises(DesignError, match="start at different times; windows need one start"):
            design.kernel(panel, STAGGERED)

    def test_four_earlier_periods_hold_no_spell_to_set_aside(self) -> None:
        values = 20 + RNG.normal(size=(24, 8))
        found = SyntheticControl().stressed(panel_of(values), claim_on([0], 4))
        assert {assumption.value for assumption in found} == {"donor_fit"}

    def test_with_a_penalty_that_no_donor_is_worth_the_effect_is_the_change(self) -> None:
        values = 20 + RNG.normal(size=(24, 12))
        found = ElasticNetControl(strength=1e9).fit(panel_of(values), claim_on([0], 9))
        assert found.effect == pytest.approx(values[0, 9:].mean() - values[0, :9].mean())

    def test_empty_windows_have_no_effect_and_no_bound(self) -> None:
        kernel = SyntheticControl().kernel(panel_of(20 + RNG.normal(size=(24, 12))),
                                           claim_on([0], 9))  # fmt: skip
        time = np.arange(12)
        before, after = np.stack([time < 9, time < 0, time < 9]), np.stack(
            [time >= 9, time >= 9, time < 0])  # fmt: skip
        found = kernel.effects(before, after)
        assert np.isfinite(found.effect).tolist() == [True, False, True]
        assert np.isinf(found.low).tolist()[1]
        assert found.p_value[1] == 1


def test_a_covariate_with_gaps_and_a_series_that_is_refused() -> None:
    y = 50 + RNG.normal(size=(1, 40))
    short = StructuralTimeSeries().objections(panel_of(y[:, :6]), claim_on([0], 4), Policy())
    assert short
    assert short == SegmentedRegression().objections(panel_of(y[:, :6]), claim_on([0], 4), Policy())
    panel = panel_of(y)
    frame = panel.frame.assign(year=panel.frame["year"].astype(str), x=np.arange(40.0) % 7)
    frame.loc[3, "x"] = np.nan
    gaps = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                 covariates=("x",))  # fmt: skip
    with pytest.raises(DesignError, match="a covariate has missing values; supply them"):
        StructuralTimeSeries(covariates=("x",)).fit(gaps, claim_on([0], 28))


def test_covariates_that_leave_no_comparison_units_to_spare() -> None:
    frame = drawn(n=9, seed=2, starts=(3, 0))
    for name in ("x1", "x2", "x3", "x4", "x5"):
        frame[name] = RNG.normal(size=len(frame))
    panel, claim = posed(frame)
    names = ("x", "x1", "x2", "x3", "x4", "x5")
    with pytest.raises(DesignError, match="too few for 6 covariates; leave some out"):
        CallawaySantAnna(covariates=names).fit(panel, claim)


class TestCohorts:
    def test_without_a_second_earlier_period_no_trend_goes_on(self) -> None:
        panel, claim = posed(drawn(n=40, periods=5, starts=(1, 0)))
        assert CallawaySantAnna().stressed(panel, claim) == {}

    def test_where_nobody_is_compared_after_the_start_it_is_said(self) -> None:
        frame = drawn(n=40, periods=6, starts=(3, 0))
        frame.loc[(frame["first"] == 0) & (frame["year"] >= 2003), "y"] = np.nan
        with pytest.raises(DesignError, match=r"no treated period can be compared; 22\.5 % of the"):
            CallawaySantAnna().fit(*posed(frame))

    def test_a_cohort_without_weight_is_left_out_of_every_window(self) -> None:
        frame = drawn(n=60, periods=6, starts=(3, 4, 0))
        rest = frame[frame["first"] != 2004]
        frame.loc[frame["first"] == 2004, "w"] = 0.0
        design = CallawaySantAnna(weights="w")
        found = design.fit(*posed(frame))
        assert found.effect == pytest.approx(design.fit(*posed(rest)).effect)
        assert any(said.startswith("left out for a weight of 0") for said in found.warnings)

    def test_with_every_earlier_period_set_aside_there_is_no_series(self) -> None:
        panel, claim = posed(drawn(n=40, periods=6, starts=(3, 4, 0)))
        assert np.isnan(CallawaySantAnna(anticipation=6).kernel(panel, claim).series).all()

    def test_comparison_units_that_are_as_good_as_treated_are_left_out_and_told(self) -> None:
        frame = drawn(n=200, periods=5, starts=(3, 0))
        rng = np.random.default_rng(0)
        first = frame.groupby("unit")["first"].first()
        x = {unit: (2.5 if start > 0 else 0.0) + rng.normal() for unit, start in first.items()}
        x[next(unit for unit, start in first.items() if start == 0)] = 7.0
        frame["x"] = frame["unit"].map(x)
        found = CallawaySantAnna(covariates=("x",), method="ipw").fit(*posed(frame))
        assert any("up to 1 comparison units are left out" in said for said in found.warnings)


class TestSeries:
    def test_no_period_is_left_to_act_in(self) -> None:
        panel, claim = panel_of(RNG.normal(size=(1, 20))), claim_on([0], 15)
        (said,) = SegmentedRegression(transition=5).objections(panel, claim, Policy())
        assert said.startswith("no period is left in which the innovation can act; shorten")

    def test_a_declared_form_that_a_shorter_past_cannot_bear_has_no_spell_set_aside(self) -> None:
        panel, claim = panel_of(RNG.normal(size=(1, 8))), claim_on([0], 5)
        found = SegmentedRegression(trend=True, slope=True).stressed(panel, claim)
        assert {assumption.value for assumption in found} == {"trend_form"}

    @pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
    def test_counts_without_any_error_bound_only_what_counts_are(self, family: str) -> None:
        # From ten cases to five: without an error nothing bounds the effect, but none can have
        # saved all cases there were, so that it ends at the five that were counted.
        y = np.r_[np.full(12, 10.0), np.full(12, 5.0)]
        design = SegmentedRegression(family=family, trend=False, slope=False, seasonal=1)
        found = design.fit(*service({"y": y}, 12))
        assert found.effect == pytest.approx(-5)
        assert found.conf_int == (-np.inf, pytest.approx(5))
        assert (found.std_error, found.p_value) == (None, None)

    def test_on_and_off_without_any_error_are_not_held_against_each_other(self) -> None:
        y = np.r_[np.full(10, 10.0), np.full(10, 7.0), np.full(10, 10.0)]
        design = SegmentedRegression(until="2020", trend=False, slope=False, seasonal=1)
        found = design.fit(panel_of([y]), claim_on([0], 10))
        assert [part.term for part in found.components] == ["level change"]
        assert found.effect == pytest.approx(-3)


class TestAnswers:
    def test_no_answers_of_a_treated_office(self) -> None:
        counts = answers(0.5)
        panel, claim = survey(counts)
        empty = panel.frame.assign(**dict.fromkeys(RUNGS, 0.0))
        bare = Panel(frame=empty, unit="office", period="month", freq="month", outcomes=("score",),
                     covariates=RUNGS)  # fmt: skip
        design = OrdinalScores(categories=RUNGS)
        assert design.objections(bare, claim, Policy()) == ("there is no answer of a treated unit",)

    def test_a_short_series_is_refused_as_any_other(self) -> None:
        panel, claim = survey(answers(0.5)[:26])
        (said,) = OrdinalScores(categories=RUNGS).objections(panel, claim, Policy())
        assert "there are only 2 periods from the launch" in said

    def test_of_several_offices_the_mean_is_not_held_against_the_answers(self) -> None:
        counts = answers(0.5)
        one, _ = survey(counts)
        frames = [one.frame.assign(office=name, month=one.frame["month"].astype(str))
                  for name in ("North", "East")]  # fmt: skip
        frame = pd.concat(frames)
        frame["score"] = frame["score"] + 3.0 * (frame["office"] == "East")
        panel = Panel(frame=frame, unit="office", period="month", freq="month",
                      outcomes=("score",), covariates=RUNGS)  # fmt: skip
        both = Claim(id="c", innovation="i", outcome="score", better="higher", size=0.1,
                     scale="absolute", treated=["North", "East"], start="2020-01")  # fmt: skip
        design = OrdinalScores(categories=RUNGS)
        assert design.objections(panel, both, Policy()) == ()
