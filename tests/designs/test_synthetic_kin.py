"""Augmented control, matrix completion, predictors, elastic net, and every inference of them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.designs.donor_panels import factors, prop99, published
from tests.panels import claim_on, panel_of

from innoeval.designs import TwoWayFixedEffects
from innoeval.designs.synthetic import (
    AugmentedSyntheticControl,
    ElasticNetControl,
    MatrixCompletion,
    SyntheticControl,
    SyntheticDiD,
)
from innoeval.designs.synthetic.base import DonorDesign
from innoeval.errors import DesignError
from innoeval.inference import (
    Conformal,
    DonorChoice,
    JackknifePlus,
    PredictionInterval,
    UnitJackknife,
)
from innoeval.records import Claim, Panel

EVERY = pytest.mark.parametrize(
    "design",
    [AugmentedSyntheticControl(), ElasticNetControl(), MatrixCompletion(), SyntheticControl(lags=("2003", "2009"))],
    ids=lambda design: type(design).__name__,
)  # fmt: skip


def turnout(folder: Path) -> tuple[Panel, Claim]:
    frame = pd.read_csv(folder / "turnout_edr.csv")
    frame["election"] = ((frame["year"].astype(int) - 1920) // 4).astype(str)
    began = frame[frame["policy_edr"] > 0].groupby("abb")["election"].agg(lambda s: min(s, key=int))
    panel = Panel(
        frame=frame, unit="abb", period="election", freq="integer", outcomes=("turnout",),
        covariates=("policy_mail_in", "policy_motor"),
    )  # fmt: skip
    claim = Claim(
        id="c", innovation="Election-day registration", outcome="turnout", better="higher",
        treated=began.to_dict(), size=5.0, scale="absolute",
    )  # fmt: skip
    return panel, claim


def test_kansas_augmented_as_published(shared_data: Path) -> None:
    # Ben-Michael, Feller & Rothstein's own example: −0.0401 with the ridge chosen by one standard
    # error of the cross-validated one.
    panel, claim = published(
        shared_data / "kansas_taxcut.csv", "state", "year_qtr", "lngdpcapita", "Kansas", "2012-Q2",
        "quarter",
    )  # fmt: skip
    found = AugmentedSyntheticControl().fit(panel, claim)
    assert found.effect == pytest.approx(-0.0401, abs=5e-5)
    assert sum(
        c.estimate for c in found.components if c.term.startswith("weight")
    ) == pytest.approx(1.0, abs=0.05)


def test_turnout_by_interactive_effects_as_published(shared_data: Path) -> None:
    # Xu (2017), table 2: 4.90 with covariates (5.13 without), by two factors, where two-way fixed
    # effects find .78 (3.18), next to nothing; so does rank 0, which weighs cohorts otherwise.
    panel, claim = turnout(shared_data)
    plain = TwoWayFixedEffects(covariates=("policy_mail_in", "policy_motor")).fit(panel, claim)
    assert plain.effect == pytest.approx(0.778, abs=5e-4)
    assert plain.std_error == pytest.approx(3.18, abs=5e-3)
    both = MatrixCompletion(covariates=("policy_mail_in", "policy_motor")).fit(panel, claim)
    assert both.effect == pytest.approx(4.90, abs=0.01)
    assert MatrixCompletion().fit(panel, claim).effect == pytest.approx(5.13, abs=0.01)
    assert MatrixCompletion(rank=0).fit(panel, claim).effect == pytest.approx(1.26, abs=0.01)
    assert both.conf_int.low > 0


def test_california_by_the_predictors_of_its_authors_ranks_first(shared_data: Path) -> None:
    # Abadie, Diamond & Hainmueller (2010) match sales in 1975, 1980 and 1988 (and covariates that
    # are not in this file): no donor's ratio of misfits is as large, so p = 1/39. Matched on every
    # year two donors with a tiny misfit before rank above it.
    panel, claim = prop99(shared_data)
    matched = SyntheticControl(lags=("1975", "1980", "1988"), importance="cross_validation")
    ranks = {}
    for name, design in {"lags": matched, "path": SyntheticControl()}.items():
        parts = design.fit(panel, claim).components
        ranks[name] = next(c.p_value for c in parts if c.term == "misfit after over before")
    assert ranks == {"lags": pytest.approx(1 / 39), "path": pytest.approx(3 / 39)}


@EVERY
def test_an_effect_is_found_and_scales(design: DonorDesign) -> None:
    outcomes = factors(21)
    outcomes[0, 12:] -= 3.0
    found = design.fit(panel_of(outcomes), claim_on([0], 12))
    assert found.effect == pytest.approx(-3.0, abs=1.0)
    assert found.conf_int.low < -3.0 < found.conf_int.high < 0
    twice = design.fit(panel_of(outcomes * 2), claim_on([0], 12))
    assert twice.effect == pytest.approx(2 * found.effect, rel=1e-3)
    assert np.nanmean(found.path.effect) == pytest.approx(found.effect)
    assert design.stressed(panel_of(outcomes), claim_on([0], 12))


def test_rank_zero_is_difference_in_differences() -> None:
    from innoeval.designs import DifferenceInDifferences

    panel, claim = panel_of(factors(22)), claim_on([0, 1], 12)
    assert MatrixCompletion(rank=0).fit(panel, claim).effect == pytest.approx(
        DifferenceInDifferences().fit(panel, claim).effect
    )


@pytest.mark.parametrize("importance", ["equal", "regression", "cross_validation"])
def test_predictors_that_drive_the_outcome_are_matched(importance: str) -> None:
    rng = np.random.default_rng(1)
    size, noise = rng.normal(size=30), rng.normal(size=30)
    size[0], noise[0] = 0.3, 0.1
    outcomes = size[:, None] * np.arange(16) + rng.normal(size=(30, 16)) * 0.1
    outcomes[0, 10:] -= 4.0
    frame = panel_of(outcomes).frame
    unit = frame["unit"].str[1:].astype(int).to_numpy()
    frame["size"], frame["noise"] = size[unit], noise[unit]
    panel = Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
        covariates=("size", "noise"),
    )  # fmt: skip
    design = SyntheticControl(predictors=("size", "noise"), importance=importance)
    assert design.fit(panel, claim_on([0], 10)).effect == pytest.approx(-4.0, abs=0.5)


@pytest.mark.parametrize(
    ("design", "said"),
    [
        (lambda: SyntheticControl(lags=("2003",), intercept=True), "leave them out"),
        (lambda: AugmentedSyntheticControl(ridge=0.0), "must be above zero"),
        (lambda: MatrixCompletion(rank=-1), "must be 0 or more"),
        (lambda: ElasticNetControl(mix=2.0), "between 0 and 1"),
    ],
)
def test_choices_that_contradict_themselves_are_refused(design: object, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        design()


def test_predictors_and_covariates_that_are_not_there_are_named() -> None:
    outcomes = factors(23)
    frame = panel_of(outcomes).frame.assign(size=1.0)
    frame.loc[frame["unit"] == "u03", "size"] = np.nan
    panel = Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",), covariates=("size",)
    )
    claim = claim_on([0], 12)
    with pytest.raises(DesignError, match="'size' has no value before the start for u03"):
        SyntheticControl(predictors=("size",)).fit(panel, claim)
    with pytest.raises(DesignError, match="covariates size have missing values"):
        MatrixCompletion(covariates=("size",)).fit(panel, claim)
    with pytest.raises(DesignError, match="lags 2015 are not periods before"):
        SyntheticControl(lags=("2015",)).fit(panel, claim)


@pytest.mark.parametrize("choice", [Conformal(), JackknifePlus(), PredictionInterval()])
@pytest.mark.parametrize("seed", range(3))
def test_intervals_over_time_hold_a_clear_effect(choice: DonorChoice, seed: int) -> None:
    outcomes = factors(30 + seed, periods=40)
    outcomes[0] = outcomes[1:5].mean(axis=0) + np.random.default_rng(seed).normal(size=40) * 0.5
    outcomes[0, 32:] -= 4.0
    found = SyntheticControl().fit(panel_of(outcomes), claim_on([0], 32), inference=choice)
    assert found.conf_int.low < found.effect < found.conf_int.high < 0
    assert found.effect == pytest.approx(-4.0, abs=1.0)
    each = [c for c in found.components if c.event_time is not None]
    assert all(c.conf_low < c.estimate < c.conf_high for c in each)


def test_the_conformal_interval_is_where_the_test_does_not_reject() -> None:
    outcomes = factors(40, periods=24)
    outcomes[0] = outcomes[1:4].mean(axis=0) + np.random.default_rng(3).normal(size=24) * 0.3
    panel, claim = panel_of(outcomes), claim_on([0], 20)
    found = SyntheticControl().fit(panel, claim, inference=Conformal())

    def p_value(effect: float) -> float:
        moved = outcomes.copy()
        moved[0, 20:] -= effect
        return SyntheticControl().fit(panel_of(moved), claim, inference=Conformal()).p_value

    low, high = found.conf_int
    width = high - low
    assert p_value(low + 0.01 * width) > 0.05 >= p_value(low - 0.01 * width)
    assert p_value(high - 0.01 * width) > 0.05 >= p_value(high + 0.01 * width)


def test_the_jackknife_over_units_equals_diff_diff() -> None:
    outcomes = factors(3)
    panel, claim = panel_of(outcomes), claim_on(range(3), 12)
    found = SyntheticDiD().fit(panel, claim, inference=UnitJackknife())
    frame = panel.frame.assign(year=lambda d: d["year"].dt.year)
    frame["ours"] = (frame["unit"].str[1:].astype(int) < 3).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import SyntheticDiD as Peer

        peer = Peer(variance_method="jackknife").fit(
            frame, outcome="y", treatment="ours", unit="unit", time="year",
            post_periods=list(range(2012, 2020)),
        )  # fmt: skip
    assert found.std_error == pytest.approx(peer.se, rel=2e-3)


@pytest.mark.parametrize(
    ("design", "choice", "said"),
    [
        (SyntheticDiD(), Conformal(), "choose PlaceboInSpace"),
        (SyntheticDiD(), PredictionInterval(), "for synthetic control by outcomes"),
        (SyntheticControl(), UnitJackknife(), "at least two treated units"),
        (MatrixCompletion(), UnitJackknife(), "weights of donors and periods"),
    ],
)
def test_inference_that_does_not_fit_is_refused(
    design: DonorDesign, choice: DonorChoice, said: str
) -> None:
    with pytest.raises(DesignError, match=said):
        design.fit(panel_of(factors(24)), claim_on([0], 12), inference=choice)


def test_too_few_periods_for_jackknife_plus_is_no_false_promise() -> None:
    found = SyntheticControl().fit(
        panel_of(factors(25)), claim_on([0], 12), inference=JackknifePlus()
    )
    assert found.conf_int == (-np.inf, np.inf)
