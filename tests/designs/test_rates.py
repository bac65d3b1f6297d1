"""Counts, rates and shares: published numbers, by hand, and every input that is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innoeval as ie
from innoeval.designs import SegmentedRegression
from innoeval.errors import ClaimError, DesignError
from innoeval.inference import CalibratedREML
from innoeval.records import Claim, Panel, Policy

ERRORS = ("calibrated", "reml", "arma", "newey_west", "prais_winsten", "ols")


def service(columns: dict[str, object], launch: int, **roles: object) -> tuple[Panel, Claim]:
    """A panel of one unit by month, or of several where a column has two dimensions."""
    first = np.atleast_2d(np.asarray(columns["y"], dtype=float))
    n = first.shape[1]
    periods = pd.period_range("2015-01", periods=n, freq="M").astype(str)
    frame = pd.DataFrame({
        "unit": np.repeat([f"u{i}" for i in range(len(first))], n),
        "month": np.tile(periods, len(first)),
        **{name: np.ravel(np.broadcast_to(values, first.shape)) for name, values in columns.items()},
    })  # fmt: skip
    given_ = {"unit": "unit", "period": "month", "freq": "month", "outcomes": ("y",)}
    claim = Claim(
        id="c", innovation="desk", outcome="y", better="lower", size=0.1,
        treated=[f"u{i}" for i in range(len(first))], start=periods[launch],
    )  # fmt: skip
    return Panel(frame=frame, **{**given_, **roles}), claim


def draw(n: int = 60, launch: int = 40, ratio: float = 0.7, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    size = np.round(900 + 5 * np.arange(n) + 30 * rng.standard_normal(n))
    rate = 0.05 * ratio ** (np.arange(n) >= launch)
    return {"y": rng.poisson(size * rate).astype(float), "visits": size}


def sicily(shared_data: Path) -> tuple[Panel, Claim]:
    frame = pd.read_csv(shared_data / "sicily_smoking.csv")
    frame["where"] = "Sicily"
    frame["month"] = frame["year"].astype(str) + "-" + frame["month"].astype(str).str.zfill(2)
    panel = ie.read_panel(
        frame, unit="where", period="month", outcomes=["aces"], denominator="stdpop"
    )
    claim = ie.Claim(
        id="ban", innovation="Smoking ban", outcome="aces", better="lower", treated=["Sicily"],
        start="2005-01", size=0.11, smallest_effect=0.02,
    )  # fmt: skip
    return panel, claim


@pytest.mark.parametrize(
    ("design", "published"),
    [
        (
            SegmentedRegression(
                family="poisson", errors="ols", dispersion="one", slope=False, seasonal=1
            ),
            (0.894, 0.865, 0.925),
        ),
        (
            SegmentedRegression(family="poisson", errors="ols", slope=False, harmonics=2),
            (0.885, 0.839, 0.933),
        ),
    ],
)
def test_sicily_as_published(
    shared_data: Path, design: SegmentedRegression, published: tuple[float, float, float]
) -> None:
    # Bernal, Cummins & Gasparrini (2017), IJE 46:348-355.
    panel, claim = sicily(shared_data)
    found = design.fit(panel, claim)
    ratio, level = found.components
    assert ratio.term == "rate ratio"
    for part in (ratio, level):
        values = (part.estimate, part.conf_low, part.conf_high)
        assert values == pytest.approx(published, abs=5e-4)
    gain, (low, high) = found.on_scale("relative")
    assert (1 - gain, 1 - high, 1 - low) == pytest.approx(published, abs=5e-4)
    assert found.effect == pytest.approx(found.observed * (1 - 1 / ratio.estimate))
    assert "aces over stdpop, as counts (Poisson, log link)" in " ".join(found.choices)


def test_sicily_with_autocorrelation_is_near(shared_data: Path) -> None:
    panel, claim = sicily(shared_data)
    for family in ("poisson", "negative_binomial"):
        found = SegmentedRegression(family=family, slope=False).fit(panel, claim)
        assert found.components[0].estimate == pytest.approx(0.885, abs=0.005)
        assert "simulated critical value" in found.inference
    gaussian = SegmentedRegression(slope=False).fit(panel, claim)
    assert gaussian.on_scale("relative")[0] == pytest.approx(0.11, abs=0.01)


def test_a_rate_ratio_by_hand() -> None:
    # 30 cases per 300 visits before, 12 per 200 after: .1 and .06, a ratio of .6. Of the 2 cases a
    # month after it, 2 / .6 = 3.33 would have been: an effect of −1.33.
    columns = {"y": [4, 6, 5, 5, 4, 6, 1, 3, 2, 2, 1, 3], "visits": [50.0] * 6 + [100 / 3] * 6}
    panel, claim = service(columns, 6, denominator="visits")
    design = SegmentedRegression(family="poisson", errors="ols", trend=False)
    found = design.fit(panel, claim)
    assert found.components[0].estimate == pytest.approx(0.6)
    assert (found.observed, found.baseline) == pytest.approx((2, 10 / 3))
    assert found.effect == pytest.approx(-4 / 3)
    np.testing.assert_allclose(found.path.counterfactual[6:], 10 / 3)


def test_an_odds_ratio_by_hand() -> None:
    # 75 % before, odds 3; 25 % after, odds 1/3: an odds ratio of 1/9 and −50 points.
    shares = [70, 80, 75, 75, 70, 80, 20, 30, 25, 25, 20, 30]
    panel, claim = service({"y": shares, "n": 40.0}, 6, denominator="n")
    design = SegmentedRegression(family="binomial", errors="ols", trend=False)
    found = design.fit(panel, claim)
    assert found.components[0].term == "odds ratio"
    assert found.components[0].estimate == pytest.approx(1 / 9)
    assert found.effect == pytest.approx(-50)
    assert found.whole == 100
    assert found.on_scale("percentage_points")[0] == pytest.approx(50)
    # Without a number of cases behind it, and as numerator over denominator, it is the same.
    fraction, _ = service({"y": np.array(shares) / 100}, 6)
    assert design.fit(fraction, claim).effect == pytest.approx(-0.5)
    columns = {"y": shares, "n": 40.0, "good": np.array(shares) * 0.4}
    counted, _ = service(columns, 6, denominator="n", numerator="good")
    assert design.fit(counted, claim).effect == pytest.approx(-50)


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("family", ["poisson", "negative_binomial", "binomial"])
def test_every_family_with_every_error_model(family: str, errors: str) -> None:
    columns, roles = draw(), {"denominator": "visits"}
    if family == "binomial":
        columns["y"] = columns["y"] / columns["visits"]
    panel, claim = service(columns, 40, **roles)
    found = SegmentedRegression(family=family, errors=errors).fit(panel, claim)
    ratio = found.components[0]
    assert ratio.conf_low < 0.7 < ratio.conf_high < 1
    assert found.conf_int.low < found.effect < found.conf_int.high < 0
    assert found.p_value < 0.05
    gain, (low, high) = found.on_scale("relative")
    assert low < gain < high
    assert low > 0
    assert (found.path.low[40:] < found.path.high[40:]).all()
    assert (found.path.low[40:] >= 0).all()
    assert found.effect == pytest.approx(
        (found.path.observed - found.path.counterfactual)[40:].mean(), rel=0.08
    )
    again = ie.Evaluation.from_json(ie.evaluate(claim, panel).to_json())
    assert again.claim == claim


def test_several_units_are_added_up() -> None:
    rng = np.random.default_rng(3)
    size = np.stack([np.full(40, 100.0), np.full(40, 900.0)])
    y = rng.poisson(size * 0.1)
    panel, claim = service({"y": y, "visits": size}, 25, denominator="visits")
    design = SegmentedRegression(family="poisson", errors="ols", trend=False, slope=False)
    found = design.fit(panel, claim)
    together, one = service({"y": y.sum(axis=0), "visits": 1000.0}, 25, denominator="visits")
    pooled = design.fit(together, one)
    assert found.components[0].estimate == pytest.approx(pooled.components[0].estimate)
    assert found.effect == pytest.approx(pooled.effect / 2)
    rate, _ = service(
        {"y": 1000 * y / size, "cases": y, "visits": size}, 25,
        denominator="visits", numerator="cases",
    )  # fmt: skip
    per = design.fit(rate, claim)
    assert per.components[0].estimate == pytest.approx(pooled.components[0].estimate)
    assert per.observed == pytest.approx(pooled.observed)
    assert "all units together" in " ".join(per.choices)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**20), st.sampled_from([0.01, 3.0, 1000.0]))
def test_another_unit_of_the_denominator_changes_nothing(seed: int, factor: float) -> None:
    columns = draw(seed=seed)
    panel, claim = service(columns, 40, denominator="visits")
    other, _ = service({**columns, "visits": columns["visits"] * factor}, 40, denominator="visits")
    design = SegmentedRegression(family="poisson", errors="newey_west")
    one, two = design.fit(panel, claim), design.fit(other, claim)
    assert two.effect == pytest.approx(one.effect, rel=1e-6)
    assert two.conf_int == pytest.approx(one.conf_int, rel=1e-6)


def replace_scale(claim: Claim) -> Claim:
    """The claim in outcome units: a relative one is refused sooner where values are negative."""
    return Claim(
        id="c", innovation="desk", outcome="y", better="lower", treated=claim.treated, size=1,
        scale="absolute",
    )  # fmt: skip


def refused(columns: dict[str, object], family: str, launch: int = 10, **roles: object) -> str:
    panel, claim = service(columns, launch, **roles)
    claim = replace_scale(claim)
    design = SegmentedRegression(family=family)
    objections = design.objections(panel, claim, Policy())
    assert objections
    with pytest.raises(DesignError):
        design.fit(panel, claim)
    return "; ".join(objections)


def test_what_is_no_count_or_share_is_refused() -> None:
    y = np.random.default_rng(0).poisson(9, 20).astype(float)
    assert "negative value -1" in refused({"y": np.r_[-1, y[1:]]}, "poisson")
    assert "no whole numbers" in refused({"y": y + 0.5}, "poisson")
    assert "no case from the launch" in refused({"y": np.r_[y[:10], np.zeros(10)]}, "poisson")
    assert "no case before the launch" in refused({"y": np.r_[np.zeros(10), y[10:]]}, "poisson")
    assert "takes the value 140" in refused({"y": np.r_[140, y[1:]]}, "binomial")
    mixed = np.r_[y[:10] / 20, 5 * y[10:]]
    assert "mixes shares from 0 to 1 (10 values) and from 0 to 100" in refused(
        {"y": mixed}, "binomial"
    )
    full = np.r_[np.full(10, 1.0), y[10:] / 20]
    assert "the share is full in every period before" in refused({"y": full}, "binomial")


def test_ratios_that_are_rounded_and_cells_without_cases_are_no_fault() -> None:
    y = np.random.default_rng(0).poisson(9, 20).astype(float)
    size = np.full(20, 5000.0)
    size[4] = 0
    rate = np.where(size > 0, np.round(1000 * y / 5000, 1), np.nan)
    panel, claim = service({"y": rate, "k": y, "n": size}, 10, numerator="k", denominator="n")
    assert SegmentedRegression().objections(panel, claim, Policy()) == ()


def test_rare_events_are_counts_though_none_exceeds_one() -> None:
    y = np.r_[np.tile([1.0, 0, 0, 1, 0], 8), np.tile([0.0, 0, 1, 0, 0], 4)]
    panel, claim = service({"y": y, "n": 5000.0}, 40, denominator="n")
    found = SegmentedRegression(
        family="poisson", errors="ols", trend=False, slope=False, seasonal=1
    )
    assert found.fit(panel, claim).components[0].estimate == pytest.approx(0.2 / 0.4, rel=1e-6)
    alone, claim = service({"y": y}, 40)
    assert found.objections(alone, claim, Policy()) == ()


def test_a_negative_number_among_whole_ones_is_named() -> None:
    y = np.random.default_rng(0).poisson(9, 20).astype(float)
    panel, claim = service({"y": np.r_[y[:4], -3, y[5:]]}, 10)
    claim = replace_scale(claim)
    assert "is negative in 2015-05; if it counts" in "".join(
        SegmentedRegression().fit(panel, claim).warnings
    )


def test_denominators_that_cannot_be_are_refused() -> None:
    y = np.random.default_rng(0).poisson(9, 20).astype(float)
    size = np.full(20, 5000.0)
    zero = size.copy()
    zero[[3, 7]] = 0
    assert "is zero in 2015-04, 2015-08" in refused({"y": y, "n": zero}, "poisson", denominator="n")
    assert "is negative in 2015-01" in refused(
        {"y": y, "n": np.r_[-1, size[1:]]}, "poisson", denominator="n"
    )
    unit = np.r_[size[:12], size[12:] / 100]
    assert "more than 8-fold from one period to the next (2016-01), as if its unit" in refused(
        {"y": y, "n": unit}, "poisson", denominator="n"
    )
    # An outcome that is taken as it is recorded is held against them, too.
    rate = {"y": y / size, "k": y, "n": size}
    of = {"denominator": "n", "numerator": "k"}
    assert "is zero in 2015-04, 2015-08; correct it, or leave the outcome empty" in refused(
        rate | {"n": zero}, "gaussian", **of
    )
    assert "the numerator 'k' is negative" in refused(
        rate | {"k": np.r_[-1, y[1:]]}, "gaussian", **of
    )
    for changed in ({"n": unit}, {"y": np.r_[y[:12], 100 * y[12:]] / size}):
        assert "(per 1), but not in 2016-01, 2016-02, 2016-03" in refused(
            rate | changed, "gaussian", **of
        )
    assert "exceeds its denominator" in refused(
        {"y": y, "n": 5.0}, "binomial", denominator="n", numerator="y"
    )
    assert "has no denominator" in refused({"y": y, "k": y}, "poisson", numerator="k")
    wrong = {"y": y / size, "n": size, "k": y[::-1]}
    assert "is not 'k' over 'n'" in refused(wrong, "poisson", denominator="n", numerator="k")


def test_a_missing_denominator_is_a_gap() -> None:
    columns = draw()
    columns["visits"][[5, 6]] = np.nan
    panel, claim = service(columns, 40, denominator="visits")
    found = SegmentedRegression(family="poisson").fit(panel, claim)
    assert found.n_obs == 58
    assert "2015-06, 2015-07" in found.warnings[0]
    assert SegmentedRegression().fit(panel, claim).n_obs == 60


def test_settings_that_do_not_go_together_are_refused() -> None:
    panel, claim = service(draw(), 40, denominator="visits")
    for family, errors in (("negative_binomial", "ols"), ("gaussian", "ols")):
        design = SegmentedRegression(family=family, errors=errors, dispersion="one")
        with pytest.raises(DesignError, match="dispersion='one' is for counts and shares"):
            design.fit(panel, claim)
    with pytest.raises(DesignError, match="is for family='gaussian'"):
        SegmentedRegression(
            family="poisson", errors="conformal", trend=False, slope=False
        ).fit(panel, claim)  # fmt: skip


def test_all_zeros_cannot_show_a_change() -> None:
    panel, claim = service({"y": np.zeros(20)}, 10)
    with pytest.raises(ClaimError, match="every value of the outcome is 0"):
        ie.evaluate(claim, panel)
    with pytest.raises(ClaimError, match="every value of the outcome is 0"):
        SegmentedRegression(family="poisson").fit(panel, claim)


def test_counts_carry_the_noise_of_counting() -> None:
    panel, claim = service(draw(), 40, denominator="visits")
    found = SegmentedRegression(family="poisson").fit(panel, claim)
    assert "shapes of AR(1) and noise" in found.inference
    assert found.choices[-1] == "Error model CalibratedREML (AR(1) and noise), the default."
    first = SegmentedRegression(family="poisson").fit(panel, claim, inference=CalibratedREML())
    assert first.choices[-1] == "Error model CalibratedREML (AR(1))."
    assert first.effect == pytest.approx(found.effect, rel=0.1)


def test_a_very_long_series_of_counts_has_first_order_errors() -> None:
    n = 450
    days = pd.date_range("2022-01-01", periods=n).strftime("%Y-%m-%d")
    y = np.random.default_rng(0).poisson(12.0 - 3 * (np.arange(n) >= 300))
    frame = pd.DataFrame({"unit": "u0", "day": days, "y": y.astype(float)})
    panel = Panel(frame=frame, unit="unit", period="day", freq="day", outcomes=("y",))
    claim = Claim(id="c", innovation="desk", outcome="y", better="lower", treated=["u0"], size=0.1,
                  start=days[300])  # fmt: skip
    found = SegmentedRegression(family="poisson", seasonal=1, slope=False).fit(panel, claim)
    assert "(AR(1))" in found.choices[-1]
    with pytest.raises(DesignError, match="up to 400 periods"):
        SegmentedRegression(family="poisson", errors="calibrated_noise").fit(panel, claim)


def test_a_fit_that_runs_off_is_refused() -> None:
    # Few cases that drift: with AR(1) errors alone the early level runs off to nothing.
    y = [4, 1, 0, 1, 4, 3, 0, 0, 0, 1, 1, 2, 4, 6, 6, 6, 4, 5, 4, 3, 3, 5, 6, 6]
    panel, claim = service({"y": y}, 16)
    design = SegmentedRegression(family="poisson", seasonal=1)
    with pytest.raises(DesignError, match=r"does not settle.*\(nearly\) no cases"):
        design.fit(panel, claim, inference=CalibratedREML())
    assert design.fit(panel, claim).conf_int.low < 0


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_a_season_without_any_case_does_not_settle(family: str) -> None:
    y = np.random.default_rng(1).poisson(20, 40).astype(float)
    y[3::4] = 0
    panel, claim = service({"y": y}, 24)
    with pytest.raises(DesignError, match=f"the {family.replace('_', ' ')} regression does not se"):
        SegmentedRegression(family=family, seasonal=4).fit(panel, claim)
