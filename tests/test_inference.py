"""Choices of inference: honoured as their libraries do it, or refused with what to use instead."""

from __future__ import annotations

import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panels import claim_on, panel_of

import innoeval as ie
from innoeval.designs import DifferenceInDifferences
from innoeval.errors import DesignError
from innoeval.inference import (
    CR2,
    CR3,
    HC,
    Choice,
    Clustered,
    Conley,
    ConleyTaber,
    DonaldLang,
    DriscollKraay,
    FermanPinto,
    Jackknife,
    Multiplier,
    Randomization,
    WildClusterBootstrap,
    choose_inference,
)
from innoeval.inference.cells import Cells, compare_cells
from innoeval.inference.groups import Groups, by_student, compare_groups
from innoeval.inference.refusals import caution
from innoeval.inference.serial import BlockConformal
from innoeval.inference.serial_fits import Rows, fit_serial
from innoeval.records import Claim, Estimate, Panel
from innoeval.stats.covariance import Counts

REFERENCE = Path(__file__).parent / "reference"
ANSWERS = pd.read_csv(REFERENCE / "covariance.csv").query("data == 'panel'").set_index("call")
ROWS = pd.read_csv(REFERENCE / "covariance_panel.csv")
DID = DifferenceInDifferences()
ALL = (
    HC(), Clustered(), CR2(), CR3(), Jackknife(), WildClusterBootstrap(draws=199), Multiplier(),
    DriscollKraay(), Conley(coordinates=("x", "z"), cutoff=1.0, distance="straight"),
    Randomization(draws=199), Randomization(statistic="t", draws=199),
    Randomization(statistic="coefficient", draws=199), ConleyTaber(draws=199),
    FermanPinto(draws=199), DonaldLang(),
)  # fmt: skip


@pytest.fixture(scope="module")
def panel() -> Panel:
    frame = ROWS.assign(
        unit=ROWS["unit"].map("u{:02d}".format), year=(2000 + ROWS["time"]).astype(str),
        region=ROWS["region"].map("r{:02d}".format), x=ROWS["unit"] % 10, z=ROWS["unit"] // 10,
        people=1000 + 10 * ROWS["unit"],
    )[["unit", "year", "y", "region", "x", "z", "people"]]  # fmt: skip
    return Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
        covariates=("region", "x", "z", "people"),
    )  # fmt: skip


def claim_of(n_treated: int) -> Claim:
    units = [f"u{i:02d}" for i in range(1, n_treated + 1)]
    return Claim(
        id="c", innovation="i", outcome="y", better="higher", treated=units, start="2008",
        size=0.3, scale="absolute",
    )  # fmt: skip


def fit(panel: Panel, choice: Choice | None, n_treated: int = 20) -> Estimate:
    return DID.fit(panel, claim_of(n_treated), inference=choice)


@pytest.mark.parametrize(
    ("choice", "call"),
    [
        (Clustered(small_sample="none"), "sandwich vcovCL HC0 without cadjust"),
        (Clustered(small_sample="groups"), "sandwich vcovCL HC0"),
        (Clustered(small_sample="sandwich"), "sandwich vcovCL HC1"),
        (Clustered(by=("unit", "period"), small_sample="sandwich"), "sandwich vcovCL HC1 two-way"),
        (HC(kind="HC0"), "sandwich vcovHC HC0"),
        (HC(kind="HC1"), "sandwich vcovHC HC1"),
        (HC(kind="HC2"), "sandwich vcovHC HC2"),
        (HC(kind="HC3"), "sandwich vcovHC HC3"),
        (Clustered(small_sample="plm"), "plm vcovHC HC0"),
        (Clustered(small_sample="slopes"), "plm vcovHC sss"),
        (Clustered(small_sample="observations"), "plm vcovHC HC1"),
        (Clustered(by=("unit", "period"), small_sample="plm"), "plm vcovDC HC0"),
        (DriscollKraay(), "plm vcovSCC HC0"),
        (DriscollKraay(lags=3), "plm vcovSCC HC0 maxlag 3"),
        (Clustered(small_sample="clubSandwich"), "clubSandwich CR1"),
        (CR2(), "clubSandwich CR2"),
        (CR2(by="region"), "clubSandwich CR2 by region"),
    ],
)
def test_errors_equal_r(panel: Panel, choice: Choice, call: str) -> None:
    found = fit(panel, choice)
    assert found.effect == pytest.approx(ANSWERS.loc["estimate", "std_error"], rel=1e-9)
    assert found.std_error == pytest.approx(ANSWERS.loc[call, "std_error"], rel=1e-9)
    if isinstance(choice, CR2):
        assert found.df == pytest.approx(ANSWERS.loc[call, "df"], rel=1e-7)


def test_four_libraries_give_four_errors_for_one_model_and_ours_gives_each(panel: Panel) -> None:
    import pyfixest as pf
    from diff_diff import TwoWayFixedEffects
    from statsmodels.regression.linear_model import OLS

    dummies = pd.get_dummies(ROWS[["unit", "time"]].astype(str), drop_first=True).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fixest = pf.feols("y ~ d | unit + time", ROWS, vcov={"CRV1": "unit"})
        peer = TwoWayFixedEffects(cluster="unit").fit(
            ROWS, outcome="y", treatment="treated", time="post", unit="unit"
        )
        by_dummies = OLS(ROWS["y"], dummies.assign(one=1.0, d=ROWS["d"])).fit(
            cov_type="cluster", cov_kwds={"groups": ROWS["unit"]}
        )
    theirs = {
        "pyfixest": fixest.se()["d"], "diff-diff": peer.se, "statsmodels": by_dummies.bse["d"],
        "plm": ANSWERS.loc["plm vcovHC HC0", "std_error"],
    }  # fmt: skip
    ours = {name: fit(panel, Clustered(small_sample=name)) for name in theirs}
    for name, found in ours.items():
        assert found.std_error == pytest.approx(theirs[name], rel=1e-8), name
        assert f"as in {name}" in found.inference
    assert len({round(found.std_error, 4) for found in ours.values()}) == 4
    # pyfixest's t(G − 1) as well.
    assert ours["pyfixest"].p_value == pytest.approx(fixest.pvalue()["d"], abs=1e-9)
    low, high = fixest.confint().loc["d"]
    assert ours["pyfixest"].conf_int == pytest.approx((low, high), abs=1e-8)


def test_two_way_and_jackknife_equal_pyfixest(panel: Panel) -> None:
    import pyfixest as pf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        two = pf.feols("y ~ d | unit + time", ROWS, vcov={"CRV1": "unit+time"})
        periods = pf.feols("y ~ d | unit + time", ROWS, vcov={"CRV1": "time"})
        plain = pf.ssc(k_adj=False, G_adj=False)
        crv3 = pf.feols("y ~ d | unit + time", ROWS, vcov={"CRV3": "unit"}, ssc=plain)
    found = fit(panel, Clustered(by=("unit", "period"), small_sample="pyfixest"))
    assert found.std_error == pytest.approx(two.se()["d"], rel=1e-8)
    found = fit(panel, Clustered(by="period", small_sample="pyfixest"))
    assert found.std_error == pytest.approx(periods.se()["d"], rel=1e-8)
    assert found.n_clusters == 12
    assert fit(panel, CR3()).std_error == pytest.approx(crv3.se()["d"], rel=1e-8)
    factor = np.sqrt(59 / 60)
    assert fit(panel, Jackknife()).std_error == pytest.approx(crv3.se()["d"] * factor, rel=1e-8)


@pytest.mark.parametrize("choice", ALL, ids=lambda c: type(c).__name__)
def test_every_choice_is_honoured_and_named(panel: Panel, choice: Choice) -> None:
    plain = fit(panel, None)
    found = fit(panel, choice)
    assert found.effect == pytest.approx(plain.effect, abs=1e-12)
    assert found.conf_int.low < found.effect < found.conf_int.high
    assert 0.1 < found.std_error < 0.4
    assert 0 < found.p_value <= 1
    assert found.inference.endswith("; as asked for")
    assert [c.estimate for c in found.components] == pytest.approx(
        [c.estimate for c in plain.components]
    )
    for part in found.components:
        assert part.conf_low < part.estimate < part.conf_high
    # By distance a variance may come out negative; such a part has no bound.
    bounded = [np.isfinite(part.conf_low) for part in found.components]
    assert all(bounded) or isinstance(choice, Conley)
    assert hash(choice) == hash(choice)


def test_multipliers_give_a_band_that_is_wider_than_the_intervals(panel: Panel) -> None:
    for part in fit(panel, Multiplier()).components:
        assert part.band_low < part.conf_low < part.conf_high < part.band_high
    assert fit(panel, None).components[0].band_low is None


def test_conley_between_clustering_by_unit_and_by_neighbourhood(panel: Panel) -> None:
    alone = fit(panel, Conley(coordinates=("x", "z"), cutoff=0.5, distance="straight"))
    cluster = fit(panel, Clustered(small_sample="none"))
    assert alone.std_error == pytest.approx(cluster.std_error, rel=1e-12)
    # Units of a region as neighbours of each other: clustering by region.
    regions: dict[str, list[str]] = {}
    for unit, region in zip(panel.frame["unit"], panel.frame["region"], strict=True):
        regions.setdefault(region, []).append(unit)
    pairs = tuple((a, b) for units in regions.values() for a in set(units) for b in set(units))
    found = fit(panel, Conley(neighbours=pairs))
    expected = ANSWERS.loc["clubSandwich CR0 by region", "std_error"]
    assert found.std_error == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("n_treated", range(1, 6))
def test_plain_cluster_errors_are_refused_with_fewer_than_six_treated(
    panel: Panel, n_treated: int
) -> None:
    for choice in (Clustered(), HC(), CR3(), Jackknife(), Multiplier(), DriscollKraay()):
        with pytest.raises(
            DesignError, match=r"needs at least 6 treated .*; use Randomization\(\)"
        ):
            fit(panel, choice, n_treated)
    assert "own noise" in fit(panel, None, n_treated).inference


def test_the_other_side_may_not_be_small_either() -> None:
    outcomes = np.random.default_rng(1).normal(size=(12, 8))
    with pytest.raises(DesignError, match=r"there are 9 and 3: .*use CR2\(\) or DonaldLang\(\)"):
        DID.fit(panel_of(outcomes), claim_on(range(9), 4), inference=Clustered())
    assert DID.fit(panel_of(outcomes), claim_on(range(9), 4), inference=CR2()).df < 9


def test_clusters_are_counted_and_not_units(panel: Panel) -> None:
    # 20 treated units lie in 4 regions.
    with pytest.raises(DesignError, match="there are 4 and 8"):
        fit(panel, Clustered(by="region"))
    found = fit(panel, CR2(by="region"))
    assert found.n_clusters == 12


def test_what_a_choice_cannot_have_is_said(panel: Panel) -> None:
    for choice, said in (
        (CR2(by="county"), "reads the column 'county', which the panel does not have"),
        (Conley(coordinates=("x", "y"), cutoff=1), "'y' has no single usable value"),
        (FermanPinto(sizes="nobody"), "covariates="),
    ):
        with pytest.raises(DesignError, match=said):
            fit(panel, choice)
    for wrong in (
        lambda: Clustered(small_sample="stata"), lambda: Clustered(by=("unit", "unit")),
        Conley, lambda: Conley(coordinates=("x", "z")), lambda: CR2(by="r", df="welch"),
    ):  # fmt: skip
        with pytest.raises(DesignError):
            wrong()
    with pytest.raises(DesignError, match="not for comparisons of units"):
        fit(panel, ie.Policy())


def test_cells_that_are_missing_rule_out_errors_by_cell(panel: Panel) -> None:
    holes = panel.frame.drop(index=[5, 77])
    broken = Panel(frame=holes, unit="unit", period="year", freq="year", outcomes=("y",))
    with pytest.raises(DesignError, match="needs every cell"):
        fit(broken, DriscollKraay())
    assert fit(broken, Clustered()).std_error > 0


def test_warnings_tell_where_a_granted_choice_is_too_sure(panel: Panel) -> None:
    assert "too small" in " ".join(fit(panel, HC()).warnings)
    rng = np.random.default_rng(3)
    outcomes = rng.normal(size=(30, 20))
    outcomes[0] *= 4
    for choice in (DonaldLang(), ConleyTaber(), Randomization(statistic="coefficient")):
        found = DID.fit(panel_of(outcomes), claim_on([0], 12), inference=choice)
        assert "as noisy as the others" in found.warnings[-1]
    for choice in (None, FermanPinto()):
        assert DID.fit(panel_of(outcomes), claim_on([0], 12), inference=choice).warnings == ()


def test_the_rule_says_what_it_went_by() -> None:
    few, short, many = (
        choose_inference(3, 30, 2.04), choose_inference(3, 30, float("nan")),
        choose_inference(30, 3, 1.0),
    )  # fmt: skip
    assert few.choice == Randomization()
    assert (
        few.why == "3 treated units, before the start 2 times as noisy as a typical comparison unit"
    )
    assert short.choice == Randomization(statistic="coefficient")
    assert "too short" in short.warnings[0]
    assert many.choice == CR2(df="welch")
    assert choose_inference(6, 30, 1.0, few_treated=8).choice == Randomization()


def test_two_periods_before_are_too_few_to_know_noise() -> None:
    outcomes = np.random.default_rng(4).normal(size=(25, 6))
    found = DID.fit(panel_of(outcomes), claim_on([0], 2))
    assert "own noise" not in found.inference
    assert "nothing shows whether the treated units" in found.warnings[-1]
    found = DID.fit(panel_of(outcomes), claim_on([0], 3))
    assert "own noise" in found.inference
    assert found.warnings == ()


def test_the_room_is_loaded_when_asked_for() -> None:
    assert ie.inference.Clustered(by="unit") == Clustered()
    assert "inference" in ie.__all__


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 100), st.sampled_from(range(len(ALL))))
def test_scale_and_order_change_no_choice(seed: int, scale: float, which: int) -> None:
    choice = ALL[which]
    if isinstance(choice, Conley):
        return
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(size=(16, 10))
    plain = DID.fit(panel_of(outcomes), claim_on(range(7), 5), inference=choice)
    scaled = DID.fit(panel_of(outcomes * scale), claim_on(range(7), 5), inference=choice)
    assert scaled.p_value == pytest.approx(plain.p_value, abs=1e-9)
    assert scaled.std_error == pytest.approx(plain.std_error * scale, rel=1e-7)
    np.testing.assert_allclose(scaled.conf_int, np.array(plain.conf_int) * scale, rtol=1e-5)
    frame = panel_of(outcomes).frame.sample(frac=1, random_state=seed % 1000)
    shuffled = Panel(
        frame=frame.reset_index(drop=True), unit="unit", period="year", freq="year", outcomes=("y",)
    )
    assert DID.fit(shuffled, claim_on(range(7), 5), inference=choice) == plain


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(range(len(ALL))))
def test_a_larger_effect_never_has_a_larger_p_value(seed: int, which: int) -> None:
    choice = ALL[which]
    if isinstance(choice, Conley) or choice == Randomization(statistic="t", draws=199):
        return
    outcomes = np.random.default_rng(seed).normal(size=(16, 10))
    first = DID.fit(panel_of(outcomes), claim_on(range(7), 5), inference=choice)
    away = np.sign(first.effect)
    p_values = [first.p_value]
    for _ in range(4):
        outcomes[:7, 5:] += away * 0.4
        p_values.append(
            DID.fit(panel_of(outcomes), claim_on(range(7), 5), inference=choice).p_value
        )
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(p_values))


def test_errors_by_cell_are_not_made_of_one_number_per_unit_nor_the_other_way_round() -> None:
    groups = Groups(contrasts=np.array([[2.0], [4.0], [0.0], [2.0]]), noise=np.ones(4),
                    treated=np.array([True, True, False, False]),
                    counts=Counts(n=8, slopes=1, nested=4, other=2))  # fmt: skip
    with pytest.raises(DesignError, match="HC needs cells, and was given one number per unit"):
        compare_groups(HC(), groups, 0.95)
    cells = Cells(outcomes=np.arange(8.0).reshape(4, 2) ** 2, treated=groups.treated, columns={})
    time = np.arange(2)
    with pytest.raises(TypeError, match="does not need cells"):
        compare_cells(DonaldLang(), cells, (time < 1)[None], (time >= 1)[None], 0.95)


def test_two_groupings_of_which_none_is_the_unit(panel: Panel) -> None:
    # Each pair holds one unit, so that the errors are those of units and periods.
    frame = panel.frame.assign(year=panel.frame["year"].astype(str))
    frame["pair"] = frame["unit"]
    same = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                 covariates=("pair",))  # fmt: skip
    by_pair = fit(same, Clustered(by=("pair", "period")))
    assert by_pair.std_error == pytest.approx(
        fit(panel, Clustered(by=("unit", "period"))).std_error
    )


def test_variances_that_are_all_negative_are_refused() -> None:
    with pytest.raises(DesignError, match="negative variance here; choose CR2"):
        by_student(np.array([1.0, 2.0]), np.array([-1.0, -0.1]), 9.0, 0.95)
    found = by_student(np.array([1.0, 2.0]), np.array([-1.0, 0.25]), 9.0, 0.95)
    assert (found.low[0], found.p_value[0]) == (-np.inf, 1.0)
    assert found.p_value[1] < 0.01


def test_sizes_that_are_alike_leave_placebos_as_they_are(panel: Panel) -> None:
    frame = panel.frame.assign(year=panel.frame["year"].astype(str), cases=100.0)
    same = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                 covariates=("cases",))  # fmt: skip
    sized = fit(same, FermanPinto(sizes="cases", draws=199), n_treated=2)
    plain = fit(panel, ConleyTaber(draws=199), n_treated=2)
    assert sized.p_value == pytest.approx(plain.p_value)
    assert sized.conf_int == pytest.approx(plain.conf_int)
    empty = Panel(frame=frame.assign(cases=0.0), unit="unit", period="year", freq="year",
                  outcomes=("y",), covariates=("cases",))  # fmt: skip
    with pytest.raises(DesignError, match="'cases' has no single usable value"):
        fit(empty, FermanPinto(sizes="cases"), n_treated=2)


def test_neighbours_that_are_not_in_the_panel_make_nobody_alike(panel: Panel) -> None:
    pairs = (("u01", "u02"), ("u03", "u30"))
    one, other = (
        fit(panel, Conley(neighbours=given_)) for given_ in (pairs, (*pairs, ("u01", "elsewhere")))
    )
    assert one.std_error == other.std_error
    assert one.std_error != fit(panel, Conley(neighbours=pairs[:1])).std_error


def test_kilometres_on_the_equator_are_degrees(panel: Panel) -> None:
    # One degree is 111.19 km there: units half a degree apart along it.
    unit = panel.frame["unit"].str[1:].astype(int)
    frame = panel.frame.assign(year=panel.frame["year"].astype(str), up=0.0, along=unit / 2)
    placed = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                   covariates=("up", "along"))  # fmt: skip
    straight, around = (
        fit(placed, Conley(coordinates=("up", "along"), cutoff=cutoff, distance=distance))
        for cutoff, distance in ((1.2, "straight"), (1.2 * 111.19, "great_circle"))
    )
    assert straight.std_error == pytest.approx(around.std_error)


def test_the_wild_bootstrap_of_few_clusters_is_granted_with_a_caution() -> None:
    assert "rejects too seldom" in (caution(WildClusterBootstrap(), 5, 1.0) or "")
    assert caution(WildClusterBootstrap(), 6, 1.0) is None


def test_block_conformal_inference_estimates_no_coefficients() -> None:
    time = np.arange(12.0)
    X = np.column_stack([np.ones(12), time >= 6])
    rows = Rows(y=time % 5, X=X, time=np.arange(12), plain=X, contrasts=np.eye(2)[1:])
    with pytest.raises(TypeError, match="block-conformal inference estimates no coefficients"):
        fit_serial(BlockConformal(), rows, level=0.95, seed=1)
