"""Transitions, delays, further interruptions, reversal and dose: by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.designs.test_its import noise
from tests.panels import claim_on, panel_of

from innoeval.designs import SegmentedRegression
from innoeval.errors import DesignError
from innoeval.evaluate import evaluate
from innoeval.records import Panel, Policy

LEVEL = {"trend": False, "slope": False}


def objections(y: np.ndarray, launch: int, **settings: object) -> tuple[str, ...]:
    return SegmentedRegression(**settings).objections(
        panel_of([y]), claim_on([0], launch), Policy()
    )


def test_a_transition_is_set_aside() -> None:
    y = noise(30)
    y[15:] -= 3
    spoilt = y.copy()
    spoilt[15:18] += 100
    design = SegmentedRegression(transition=3, **LEVEL)
    for values in (y, spoilt):
        found = design.fit(panel_of([values]), claim_on([0], 15))
        assert found.effect == pytest.approx(y[18:].mean() - y[:15].mean(), abs=0.3)
    clean, moved = (design.fit(panel_of([v]), claim_on([0], 15)) for v in (y, spoilt))
    assert moved.effect == pytest.approx(clean.effect)
    assert moved.conf_int == pytest.approx(clean.conf_int)
    assert "3 periods of transition, set aside." in " ".join(moved.choices)
    assert "12 periods from 2018 to 2029" in moved.choices[1]
    kernel = design.kernel(panel_of([y]), claim_on([0], 15))
    assert np.isnan(kernel.series[15:18]).all()


def test_a_delay_counts_as_before() -> None:
    y = noise(30)
    y[17:] -= 3
    delayed = SegmentedRegression(delay=2, **LEVEL).fit(panel_of([y]), claim_on([0], 15))
    later = SegmentedRegression(**LEVEL).fit(panel_of([y]), claim_on([0], 17))
    assert delayed.effect == pytest.approx(later.effect)
    assert SegmentedRegression(delay=2).kernel(panel_of([y]), claim_on([0], 15)).launch == 17
    assert "2 periods of delay" in " ".join(delayed.choices)


def test_another_interruption_has_its_own_change() -> None:
    rng = np.random.default_rng(2)
    y = rng.standard_normal(60)
    y[20:] += 50
    y[40:] -= 3
    plain = SegmentedRegression(slope=False).fit(panel_of([y]), claim_on([0], 40))
    apart = SegmentedRegression(slope=False, interruptions=("2020",)).fit(
        panel_of([y]), claim_on([0], 40)
    )
    assert apart.effect == pytest.approx(-3, abs=1.5)
    assert apart.std_error < plain.std_error / 3
    assert "other interruptions in 2020" in " ".join(apart.choices)


def test_on_and_off_again_by_hand() -> None:
    # Before 10, on 7, off again 10: both contrasts say −3.
    noise_ = np.tile([0.1, -0.1, 0.0, 0.2, -0.2], 6)
    y = np.r_[np.full(10, 10.0), np.full(10, 7.0), np.full(10, 10.0)] + noise_
    found = SegmentedRegression(until="2020", **LEVEL).fit(panel_of([y]), claim_on([0], 10))
    assert found.effect == pytest.approx(-3, abs=0.05)
    parts = {part.term: part.estimate for part in found.components}
    assert parts["switched on"] == pytest.approx(-3, abs=0.05)
    assert parts["switched off"] == pytest.approx(-3, abs=0.05)
    assert parts["on less off"] == pytest.approx(0, abs=0.05)
    assert not [w for w in found.warnings if "do not agree" in w]
    assert "10 periods from 2010 to 2019" in found.choices[1]
    # What stays gone after it was taken away was something else.
    y[20:] -= 3
    found = SegmentedRegression(until="2020", **LEVEL).fit(panel_of([y]), claim_on([0], 10))
    assert any("do not agree" in warning for warning in found.warnings)


def test_what_was_taken_away_again_is_judged_by_the_time_between() -> None:
    y = 40 + np.random.default_rng(4).standard_normal(60)
    y[31:45] -= 6
    panel, claim = panel_of([y]), claim_on([0], 30, size=5, scale="absolute", smallest_effect=1)
    design = SegmentedRegression(until="2045", delay=1, transition=2)
    assert np.isnan(design.kernel(panel, claim).series[45:]).all()
    # Another start may be known so much better that the ends of its interval pass each other.
    judged = evaluate(claim, panel, designs=[design])
    assert judged.verdict.status == "supported"
    assert judged.flips


def test_error_models_that_do_not_fit_are_objections_and_no_error() -> None:
    y = noise(30)
    assert "needs every period, and 2005" in objections(
        np.where(np.arange(30) == 5, np.nan, y), 15, errors="newey_west"
    )[0]  # fmt: skip
    assert "no bound beside a linear trend" in objections(y, 15, errors="conformal")[0]
    judged = evaluate(
        claim_on([0], 15), panel_of([y]), designs=[SegmentedRegression(errors="conformal")]
    )
    assert judged.verdict.status == "not_evaluable"
    with pytest.raises(DesignError, match=r"interruptions is '2020'; give a tuple .* \('2020',\)"):
        SegmentedRegression(interruptions="2020")


def test_phased_in_units_are_a_dose() -> None:
    rng = np.random.default_rng(1)
    effect, starts = -4.0, (20, 26, 32, 38)
    y = 50 + rng.standard_normal((4, 60))
    for i, start in enumerate(starts):
        y[i, start:] += effect
    claim = claim_on(
        range(4), 20, start=None, treated={f"u{i:02d}": str(2000 + s) for i, s in enumerate(starts)}
    )
    assert "start in different periods" in SegmentedRegression().objections(
        panel_of(y), claim, Policy()
    )[0]  # fmt: skip
    found = SegmentedRegression(dose="share").fit(panel_of(y), claim)
    full = found.components[0]
    assert full.term == "effect of full exposure"
    assert full.estimate == pytest.approx(effect, abs=0.8)
    share = np.mean([(np.arange(60) >= s) for s in starts], axis=0)
    assert found.effect == pytest.approx(full.estimate * share[20:].mean())
    assert "in proportion to the exposure" in " ".join(found.choices)


def test_a_column_can_be_the_dose() -> None:
    n, y = 40, noise(40, seed=4)
    dose = np.r_[np.zeros(20), np.linspace(0.1, 1, 20)]
    frame = pd.DataFrame({
        "unit": "u00", "year": [str(2000 + t) for t in range(n)], "y": y - 5 * dose, "dose": dose,
    })  # fmt: skip

    def panel(values: np.ndarray) -> Panel:
        return Panel(
            frame=frame.assign(dose=values), unit="unit", period="year", freq="year",
            outcomes=("y",), covariates=("dose",),
        )  # fmt: skip

    design, claim = SegmentedRegression(dose="dose", trend=False), claim_on([0], 20)
    assert design.fit(panel(dose), claim).components[0].estimate == pytest.approx(-5, abs=1.5)
    assert "0 to 3" in design.objections(panel(dose * 3), claim, Policy())[0]
    assert "exposure in 2003" in design.objections(
        panel(dose + 0.01 * (np.arange(n) == 3)), claim, Policy()
    )[0]  # fmt: skip
    assert "no exposure from the start" in design.objections(panel(0 * dose), claim, Policy())[0]
    none = SegmentedRegression(dose="nowhere").objections(panel(dose), claim, Policy())
    assert "dose='nowhere' is not there" in none[0]


def test_dates_that_cannot_be_are_named() -> None:
    y = noise(30)
    assert "1990 lies outside the series (2000 to 2029)" in objections(
        y, 15, interruptions=("1990",)
    )[0]  # fmt: skip
    assert "two interruptions fall on 2015" in objections(y, 15, interruptions=("2015",))[0]
    assert "two interruptions fall on 2008" in objections(y, 15, interruptions=("2008", "2008"))[0]
    assert "'soon' is not a year" in objections(y, 15, interruptions=("soon",))[0]
    assert "ends in 2010, not after its start" in objections(y, 15, until="2010")[0]
    assert "only 2 periods from 2013" in objections(y, 15, interruptions=("2013",))[0]
    assert "EPOC" in objections(y, 15, transition=13)[0]
    assert objections(y, 15, transition=3, interruptions=("2007",)) == ()
    with pytest.raises(DesignError, match="30 periods cannot bear 27 terms"):
        SegmentedRegression(
            seasonal=12, harmonics=6, slope=True,
            interruptions=("2003", "2006", "2009", "2012", "2015", "2018"),
        ).fit(panel_of([noise(30)]), claim_on([0], 26))  # fmt: skip
