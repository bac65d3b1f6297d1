"""Published intervals, peers, estimates of designs, and what is refused."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import innoeval as ie
from innoeval.sensitivity import EventCoefficients
from innoeval.stats.honest import smooth
from innoeval.stats.pretest import pretest


@pytest.fixture(scope="module")
def medicaid(shared_data: Path) -> EventCoefficients:
    """The event study in HonestDiD's README: share insured, Medicaid expanded in 2014.

    With one start, a balanced panel and never-treated states, the two-way fixed effects
    coefficients are differences in mean changes from 2013. Errors are clustered by state with the
    factors of R's fixest: G/(G − 1) and (n − 1)/(n − k), k = 7 effects + 7 years + 1, the state
    effects being nested in the clusters.
    """
    frame = pd.read_csv(shared_data / "ehec_medicaid.csv")
    frame = frame[(frame["year"] < 2016) & (frame["yexp2"] != 2015)]
    wide = frame.pivot_table(index="stfips", columns="year", values="dins")
    treated = (frame.groupby("stfips")["yexp2"].first() == 2014)[wide.index].to_numpy()
    changes = wide.sub(wide[2013], axis=0).drop(columns=2013).to_numpy()
    coefficient = changes[treated].mean(axis=0) - changes[~treated].mean(axis=0)
    covariance = sum(np.cov(changes[g].T, ddof=0) / g.sum() for g in (treated, ~treated))
    clusters, n = len(treated), wide.size
    factor = clusters / (clusters - 1) * (n - 1) / (n - 15)
    return EventCoefficients(
        event_time=[-6, -5, -4, -3, -2, 0, 1], coefficient=coefficient,
        covariance=covariance * factor,
    )  # fmt: skip


def test_the_event_study_is_the_published_one(medicaid: EventCoefficients) -> None:
    assert medicaid.coefficient[5:].round(4).tolist() == [0.0464, 0.0692]
    assert np.sqrt(np.diag(medicaid.covariance))[5:].round(4).tolist() == [0.0092, 0.0104]
    assert (medicaid.reference, medicaid.n_pre) == (-1, 5)


def test_the_design_gives_the_same_intervals(
    medicaid: EventCoefficients, shared_data: Path
) -> None:
    frame = pd.read_csv(shared_data / "ehec_medicaid.csv")
    frame = frame[(frame["year"] < 2016) & (frame["yexp2"] != 2015)]
    panel = ie.Panel(
        frame=frame[["stfips", "year", "dins"]], unit="stfips", period="year", freq="year",
        outcomes=("dins",),
    )  # fmt: skip
    treated = frame.loc[frame["yexp2"] == 2014, "stfips"].unique().tolist()
    claim = ie.Claim(
        id="c", innovation="Medicaid", outcome="dins", better="higher", treated=treated,
        start="2014",
    )  # fmt: skip
    chosen = ie.inference.Clustered(by="unit", small_sample="fixest")
    est = ie.designs.EventStudy().fit(panel, claim, inference=chosen)
    for asked in (0, None):
        ours = ie.sensitivity.relative_magnitudes(est, event_time=asked)
        theirs = ie.sensitivity.relative_magnitudes(medicaid, event_time=asked)
        pd.testing.assert_frame_equal(ours, theirs)
        assert ours.attrs == pytest.approx(theirs.attrs)


def test_published_intervals_under_relative_magnitudes(medicaid: EventCoefficients) -> None:
    """HonestDiD's README. Its ends are points of a grid 0.00037 apart, and its critical values come
    from 1,000 draws; ours are exact. With other draws its lower end for 1.5 lies between 0.0079 and
    0.0093 (300 seeds): so no more than 0.0005 can be asked for.
    """
    found = ie.sensitivity.relative_magnitudes(medicaid, m=[0.5, 1, 1.5, 2], event_time=0)
    published = [[0.0241, 0.0673], [0.0171, 0.0720], [0.00859, 0.0796], [-0.00107, 0.0883]]
    assert found[["conf_low", "conf_high"]].to_numpy() == pytest.approx(
        np.array(published), abs=5e-4
    )
    assert found["m"].tolist() == [0.5, 1, 1.5, 2]
    assert found.attrs["breakdown"] == pytest.approx(2, abs=0.1)
    assert found.attrs["target"] == "effect at event time 0"


def test_published_intervals_under_smoothness(medicaid: EventCoefficients) -> None:
    """HonestDiD's README. Its quantiles come from 10⁶ draws, which moves its ends by up to 0.0001;
    the rest is how many places it prints.
    """
    found = ie.sensitivity.smoothness(medicaid, m=np.arange(6) / 100, event_time=0)
    low = [0.0259, 0.0132, 0.00286, -0.00714, -0.0171, -0.0271]
    high = [0.0607, 0.0787, 0.0907, 0.101, 0.111, 0.121]
    assert found["conf_low"].to_numpy() == pytest.approx(np.array(low), abs=1e-4)
    assert found["conf_high"].to_numpy() == pytest.approx(np.array(high), abs=5e-4)
    # The README reads "about 0.03" off its grid: the first m on it whose interval holds zero.
    assert 0.02 < found.attrs["breakdown"] < 0.03


def test_published_smoothness_intervals_to_every_digit(medicaid: EventCoefficients) -> None:
    """With the quantiles of R's million draws in the place of exact ones, nothing is left over."""
    drawn = pd.read_csv(Path(__file__).parent / "reference" / "folded_quantiles.csv")
    target = np.array([1.0, 0.0])
    frontier = smooth._frontier(medicaid.covariance, medicaid.n_pre, target)
    prices = np.linspace(0, frontier.price[-1], 20_001)
    sd, bias, weights = smooth._at(frontier, medicaid.covariance, prices)
    published = {0.00: (0.0259, 0.0607), 0.01: (0.0132, 0.0787), 0.02: (0.00286, 0.0907),
                 0.03: (-0.00714, 0.101)}  # fmt: skip
    for m, (low, high) in published.items():
        half = sd * np.interp(m * bias / sd, drawn["t"], drawn["q"])
        best = half.argmin()
        centre = float(weights[best] @ medicaid.coefficient)
        if m >= 0.02:  # where exact quantiles differ in the second digit
            assert round(centre - half[best], 5) == low
        assert centre - half[best] == pytest.approx(low, abs=1e-4)
        assert centre + half[best] == pytest.approx(high, abs=10.0 ** (1 - len(f"{high:g}"[1:])))


def test_exact_solvers_in_other_libraries(medicaid: EventCoefficients) -> None:
    """moderndid 0.2.0, which uses exact quantiles: recorded, as it takes a solver of its own."""
    found = ie.sensitivity.smoothness(medicaid, m=[0, 0.01, 0.02], event_time=0)
    theirs = [[0.025967, 0.060711], [0.013175, 0.078684], [0.002834, 0.090739]]
    assert found[["conf_low", "conf_high"]].to_numpy() == pytest.approx(
        np.array(theirs), abs=1.2e-5
    )
    average = ie.sensitivity.smoothness(medicaid, m=[0, 0.01, 0.02])
    theirs = [[0.037122, 0.074705], [0.011957, 0.102448], [-0.008795, 0.125467]]
    assert average[["conf_low", "conf_high"]].to_numpy() == pytest.approx(
        np.array(theirs), abs=1.2e-5
    )


def test_the_average_over_the_horizon_is_the_default(medicaid: EventCoefficients) -> None:
    found = ie.sensitivity.relative_magnitudes(medicaid)
    assert (
        found.attrs["target"] == "average of the effects at event times 0 to 1, each counted once"
    )
    asked = ie.sensitivity.relative_magnitudes(medicaid, event_time=[0, 1])
    pd.testing.assert_frame_equal(found, asked)
    assert found["m"].tolist() == [0.5, 1, 1.5, 2]
    alone = ie.sensitivity.relative_magnitudes(medicaid, method="conditional")
    assert alone.attrs["method"] != found.attrs["method"]
    assert alone[["conf_low", "conf_high"]].to_numpy() == pytest.approx(
        found[["conf_low", "conf_high"]].to_numpy(), abs=1e-3
    )


@pytest.fixture(scope="module")
def employment(shared_data: Path) -> ie.Estimate:
    """Callaway and Sant'Anna's county employment, with four starts."""
    frame = pd.read_csv(shared_data / "mpdta.csv")
    starts = frame.loc[frame["first_treat"] > 0].groupby("countyreal")["first_treat"].first()
    panel = ie.Panel(frame=frame, unit="countyreal", period="year", freq="year", outcomes=("lemp",))
    claim = ie.Claim(
        id="c", innovation="wage", outcome="lemp", better="higher",
        treated={str(unit): str(int(start)) for unit, start in starts.items()},
    )  # fmt: skip
    return ie.designs.CallawaySantAnna().fit(panel, claim)


def test_an_estimate_by_cohort_is_summed_up_by_event_time(employment: ie.Estimate) -> None:
    event = employment.aggregate("event")
    found = ie.sensitivity.relative_magnitudes(employment, m=[0, 1])
    pd.testing.assert_frame_equal(found, ie.sensitivity.relative_magnitudes(event, m=[0, 1]))
    assert found.attrs["level"] == event.level
    assert found.attrs["target"].startswith("average of the effects at event times 0 to 3")
    rows = [part for part in event.components if (part.event_time or 0) >= 0]
    assert np.mean([part.estimate for part in rows]) == pytest.approx(
        (found.loc[0, "conf_low"] + found.loc[0, "conf_high"]) / 2, abs=1e-4
    )
    assert 0 < found.attrs["breakdown"] < 1
    smooth = ie.sensitivity.smoothness(employment, m=[0, 0.01], event_time=1)
    assert smooth.attrs["target"] == "effect at event time 1"
    width = smooth["conf_high"] - smooth["conf_low"]
    assert width[1] > width[0] > 0


def test_smoothness_agrees_with_diff_diff() -> None:
    honest = pytest.importorskip("diff_diff.honest_did")
    rng = np.random.default_rng(3)
    root = rng.standard_normal((7, 14)) * 0.1
    study = EventCoefficients(
        event_time=[-5, -4, -3, -2, 0, 1, 2], coefficient=rng.standard_normal(7) * 0.2,
        covariance=root @ root.T / 14,
    )  # fmt: skip
    weights = np.full(3, 1 / 3)
    ours = ie.sensitivity.smoothness(study, m=[0.01])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        low, high = honest._compute_optimal_flci(
            study.coefficient[:4], study.coefficient[4:], study.covariance, weights, 4, 3, 0.01
        )[:2]
    assert ours.loc[0, "conf_low"] == pytest.approx(low, abs=2e-3 * (high - low))
    assert ours.loc[0, "conf_high"] == pytest.approx(high, abs=2e-3 * (high - low))


STUDY = {
    "event_time": [-3, -2, 0, 1],
    "coefficient": [0.1, 0.0, 1.0, 1.2],
    "covariance": np.eye(4) * 0.04,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"event_time": [-3, -2, -1, 0]}, "base='universal'"),
        ({"event_time": [-4, -2, 0, 1]}, "event times -3, -1 are missing"),
        ({"event_time": [-3, -2, -1, 1]}, "event times 0 are missing"),
        ({"event_time": [-2, -3, 0, 1]}, "must rise"),
        ({"event_time": [0, 1, 2, 3]}, "no coefficient before the reference"),
        ({"event_time": [-6, -5, -4, -3]}, "from the start"),
        ({"event_time": [-3, -2, 0]}, "3 event times need 3 coefficients"),
        ({"covariance": np.triu(np.ones((4, 4)))}, "not symmetric"),
        ({"covariance": np.diag([1, 0, 1, 1])}, "no variance"),
        ({"coefficient": [0.1, np.nan, 1.0, 1.2]}, "missing"),
        ({"event_time": [], "coefficient": [], "covariance": np.empty((0, 0))}, "no event times"),
    ],
)
def test_what_is_no_event_study_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ie.errors.DesignError, match=said):
        EventCoefficients(**{**STUDY, **change})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"event_time": 2}, "run from 0 to 1"),
        ({"event_time": -2}, "run from 0 to 1"),
        ({"event_time": []}, "not among"),
        ({"m": [-1.0]}, "0 or more"),
        ({"m": []}, "0 or more"),
        ({"m": [np.nan]}, "0 or more"),
        ({"method": "naive"}, "'hybrid' or 'conditional'"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, object], said: str) -> None:
    with pytest.raises(ie.errors.DesignError, match=said):
        ie.sensitivity.relative_magnitudes(EventCoefficients(**STUDY), **asked)


def test_an_average_without_variance_is_refused() -> None:
    covariance = np.eye(4)
    covariance[2:, 2:] = [[1, -1], [-1, 1]]
    with pytest.raises(ie.errors.DesignError, match="no variance"):
        ie.sensitivity.relative_magnitudes(EventCoefficients(**{**STUDY, "covariance": covariance}))


def test_effects_that_never_change_need_no_bound_of_their_own() -> None:
    """Two later effects that are one and the same: only the first change is uncertain."""
    covariance = np.eye(4) * 0.04
    covariance[2:, 2:] = 0.04
    study = EventCoefficients(
        event_time=[-3, -2, 0, 1], coefficient=[0.0, 0, 1, 1], covariance=covariance
    )
    found = ie.sensitivity.relative_magnitudes(study, m=[0, 1])
    assert found.loc[0, "conf_low"] == pytest.approx(1 - 1.96 * 0.2, abs=1e-3)
    assert found.loc[1, "conf_low"] < found.loc[0, "conf_low"]


def test_a_single_bound_may_be_a_number() -> None:
    study = EventCoefficients(**STUDY)
    assert ie.sensitivity.relative_magnitudes(study, m=1)["m"].tolist() == [1.0]
    assert ie.sensitivity.smoothness(study, m=0.1)["m"].tolist() == [0.1]


def test_a_covariance_without_full_rank_cannot_give_the_shortest_interval() -> None:
    root = np.random.default_rng(1).standard_normal((4, 3))
    study = EventCoefficients(**{**STUDY, "covariance": root @ root.T})
    with pytest.raises(ie.errors.DesignError, match="fewer units than event times"):
        ie.sensitivity.smoothness(study, m=[0.1])
    assert np.isfinite(ie.sensitivity.relative_magnitudes(study)["conf_low"]).all()


def test_estimates_that_are_no_event_study(employment: ie.Estimate) -> None:
    event = employment.aggregate("event")
    later = tuple(part for part in event.components if (part.event_time or 0) >= 0)
    with pytest.raises(ie.errors.DesignError, match="before the start"):
        ie.sensitivity.relative_magnitudes(replace(event, components=later, group_times=None))
    with pytest.raises(ie.errors.DesignError, match="keeps no covariance"):
        ie.sensitivity.relative_magnitudes(replace(event, covariance=None))


def test_effects_expected_before_the_start_are_not_earlier_trends() -> None:
    """With anticipation the reference lies earlier; what follows it is no evidence on trends."""
    study = EventCoefficients(**{**STUDY, "event_time": [-4, -3, -1, 0]})
    assert (study.reference, study.n_pre) == (-2, 2)
    assert (
        ie.sensitivity.relative_magnitudes(study, m=[1]).attrs["target"] == "effect at event time 0"
    )
    found = ie.sensitivity.relative_magnitudes(study, m=[1], event_time=[-1, 0])
    assert found.attrs["target"].startswith("average of the effects at event times -1 to 0")


def student_quantile(df: int) -> float:
    """97.5 % of Student's t."""
    from scipy.stats import t

    return float(t.ppf(0.975, df))


def test_estimated_covariances_widen_by_their_degrees_of_freedom() -> None:
    """By hand: Student's quantile of 18 degrees, and for weights chosen among 2 earlier changes."""
    known = EventCoefficients(**STUDY)
    few = EventCoefficients(**STUDY, df=18)
    many = EventCoefficients(**STUDY, df=1e9)
    for verb, chosen in (
        (ie.sensitivity.relative_magnitudes, 0),
        (ie.sensitivity.smoothness, few.n_pre - 1),
    ):
        plain = verb(known, [0.0])
        assert plain.attrs["errors"] == "normal"
        assert verb(few, [0.0]).equals(plain)
        told = verb(few, [0.0], errors="student")
        assert told.attrs["errors"] == "student"
        assert told.attrs["breakdown"] <= plain.attrs["breakdown"]
        left = 18 - chosen
        factor = np.sqrt(18 / left * (1 + chosen / (left - 1))) * student_quantile(left) / 1.959964
        half = [float((f["conf_high"] - f["conf_low"]).iloc[0]) for f in (plain, told)]
        assert half[1] / half[0] == pytest.approx(factor, rel=1e-4)
        assert verb(many, [0.0], errors="student").to_numpy() == pytest.approx(
            plain.to_numpy(), abs=1e-6
        )
        endless = EventCoefficients(**STUDY, df=np.inf)
        assert verb(endless, [0.0], errors="student").equals(plain)
    with pytest.raises(ie.errors.DesignError, match="degrees of freedom of the covariance"):
        ie.sensitivity.smoothness(known, [0.0], errors="student")
    with pytest.raises(ie.errors.DesignError, match="too few"):
        ie.sensitivity.smoothness(EventCoefficients(**STUDY, df=2), [0.0], errors="student")
    with pytest.raises(ie.errors.DesignError, match="errors='exact' is not known"):
        ie.sensitivity.smoothness(known, [0.0], errors="exact")


def test_the_estimate_knows_its_degrees_of_freedom(employment: ie.Estimate) -> None:
    told = ie.sensitivity.smoothness(employment, [0.0], errors="student")
    plain = ie.sensitivity.smoothness(employment, [0.0])
    assert (told["conf_high"] > plain["conf_high"]).all()


def test_earlier_trends_say_what_the_test_can_find(employment: ie.Estimate) -> None:
    """The columns are those of `innoeval.stats.pretest`, which is held against R's pretrends."""
    study = EventCoefficients(**STUDY)
    found = ie.sensitivity.earlier_trends(study)
    assert found["power"].tolist() == [0.5, 0.8]
    for row in found.itertuples():
        trend = row.slope * np.array([-2.0, -1.0, 1.0, 2.0])
        told = pretest(study.covariance, 2, trend)
        assert told.power == pytest.approx(row.power, abs=1e-4)
        assert row.bias == pytest.approx(1.5 * row.slope)
        # Errors that do not move together: passing the test says nothing of later periods.
        assert row.bias_if_passed == pytest.approx(row.bias, abs=1e-4)
    assert found.attrs["equivalent_average"] < found.attrs["equivalent_largest"]
    assert found.attrs["target"].startswith("average of the effects at event times 0 to 1")
    real = ie.sensitivity.earlier_trends(employment, event_time=0)
    assert (real["slope"] > 0).all()
    assert (real["bias_if_passed"] != real["bias"]).all()
    with pytest.raises(ie.errors.DesignError, match=r"power lies between 0\.05 and 1"):
        ie.sensitivity.earlier_trends(study, power=1.2)
