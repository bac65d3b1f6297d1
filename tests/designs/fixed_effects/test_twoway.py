"""Two-way fixed effects and event study: published numbers, pyfixest, and what is refused."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.designs.staggered.test_callaway_santanna import posed, staggered
from tests.panels import claim_on, panel_of

from innoeval.designs import DifferenceInDifferences, EventStudy, TwoWayFixedEffects
from innoeval.errors import DesignError
from innoeval.inference import CR2, HC, IID, Clustered
from innoeval.records import Claim, Panel, Policy


def from_post(frame: pd.DataFrame, unit: str, period: str, outcome: str, post: pd.Series,
              covariates: tuple[str, ...] = ()) -> tuple[Panel, Claim]:  # fmt: skip
    """Panel and claim of a published file: units start where `post` first holds.

    Units treated from the first period on never change, so that they compare as the others do.
    """
    frame = frame.assign(**{unit: frame[unit].astype(str), period: frame[period].astype(int)})
    panel = Panel(frame=frame, unit=unit, period=period, freq="year", outcomes=(outcome,),
                  covariates=covariates)  # fmt: skip
    starts = frame[post].groupby(unit)[period].min()
    starts = starts[starts > frame[period].min()]
    claim = Claim(id="c", innovation="i", outcome=outcome, better="lower", size=1.0,
                  scale="absolute", treated={u: str(y) for u, y in starts.items()})  # fmt: skip
    return panel, claim


def test_castle_doctrine(shared_data: Path) -> None:
    # Cheng & Hoekstra (2013), table 5: .0801 (.0342), weighted by population.
    frame = pd.read_csv(shared_data / "castle_doctrine.csv")
    panel, claim = from_post(
        frame, "state", "year", "l_homicide", frame["cdl"] > 0, ("cdl", "popwt")
    )
    weighted = TwoWayFixedEffects(exposure="cdl", weights="popwt").fit(panel, claim)
    assert weighted.effect == pytest.approx(0.0801, abs=5e-5)
    assert weighted.std_error == pytest.approx(0.0342, abs=5e-5)
    plain = TwoWayFixedEffects(exposure="cdl").fit(panel, claim)
    assert (plain.effect, plain.std_error) == pytest.approx((0.0877, 0.0638), abs=6e-5)
    panel, claim = from_post(frame, "state", "year", "l_homicide", frame["post"] > 0)
    post = TwoWayFixedEffects().fit(panel, claim)
    assert (post.effect, post.std_error) == pytest.approx((0.0818, 0.0589), abs=6e-5)
    assert any("count negatively" in warning for warning in post.warnings)


def test_divorce_turns_on_the_named_error(shared_data: Path) -> None:
    # Goodman-Bacon (2021): −3.08; significant only where states are taken as if they were cells.
    frame = pd.read_csv(shared_data / "divorce_suicide.csv")
    panel, claim = from_post(frame, "stfips", "year", "asmrs", frame["post"] > 0)
    for choice, published, said in (
        (IID(), 1.11, "alike"), (HC(kind="HC1"), 1.27, "HC1"), (None, 2.46, "clustered by unit"),
    ):  # fmt: skip
        found = TwoWayFixedEffects().fit(panel, claim, inference=choice)
        assert found.effect == pytest.approx(-3.0799, abs=5e-5)
        assert found.std_error == pytest.approx(published, abs=5e-3)
        assert said in found.inference


def test_math_reform(shared_data: Path) -> None:
    frame = pd.read_csv(shared_data / "math_reform.csv")
    panel, claim = from_post(frame, "state", "cohort", "incearn_ln", frame["reform_math"] > 0)
    # The error as a regression on demeaned data gives it, which counts no effect as a coefficient.
    found = TwoWayFixedEffects().fit(panel, claim, inference=Clustered(small_sample="slopes"))
    assert found.effect == pytest.approx(0.00246, abs=5e-6)
    assert found.std_error == pytest.approx(0.0137, abs=5e-5)


@pytest.mark.parametrize("covariates", [(), ("z",)])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_equals_pyfixest(missing: float, weighted: bool, covariates: tuple[str, ...]) -> None:
    frame = staggered(5, missing=missing)
    rng = np.random.default_rng(5)
    frame["z"], frame["w"] = rng.normal(size=len(frame)), rng.uniform(0.5, 2, len(frame))
    frame["d"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(int)
    frame["e"] = np.where(frame["first"] > 0, frame["year"] - frame["first"], -1)
    panel, claim = posed(frame)
    panel = Panel(frame=panel.frame.assign(year=panel.frame["year"].astype(str)), unit="unit",
                  period="year", freq="year", outcomes=("y",), covariates=("w", "z"))  # fmt: skip
    more = {"covariates": covariates, "weights": "w" if weighted else None}
    right = "".join(f" + {name}" for name in covariates) + " | unit + year"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        how = {"data": frame, "vcov": {"CRV1": "unit"}, "weights": "w" if weighted else None,
               "fixef_tol": 1e-12}  # fmt: skip
        peer, events = pf.feols("y ~ d" + right, **how), pf.feols("y ~ i(e, ref=-1)" + right, **how)
    ours = TwoWayFixedEffects(**more).fit(panel, claim)
    assert ours.effect == pytest.approx(peer.coef()["d"], abs=1e-8)
    assert ours.std_error == pytest.approx(peer.se()["d"], abs=1e-6)
    assert ours.p_value == pytest.approx(peer.pvalue()["d"], abs=1e-6)
    for name, choice in (("HC1", HC(kind="HC1")), ("iid", IID())):
        named = TwoWayFixedEffects(**more).fit(panel, claim, inference=choice)
        assert named.std_error == pytest.approx(peer.vcov(name).se()["d"], abs=1e-6)
    study = EventStudy(**more).fit(panel, claim)
    theirs = {int(str(k).split("::")[-1].strip("]").split("T.")[-1]): (v, events.se()[k])
              for k, v in events.coef().items() if k != "z"}  # fmt: skip
    assert {c.event_time for c in study.components} == set(theirs)
    for part in study.components:
        assert part.estimate == pytest.approx(theirs[part.event_time][0], abs=1e-8)
        assert part.std_error == pytest.approx(theirs[part.event_time][1], abs=1e-6)


@pytest.mark.parametrize(("name", "factor"), [
    ("none", 1.0), ("groups", 60 / 59), ("pyfixest", 60 / 59 * 479 / (480 - 9)),
    ("sandwich", 60 / 59 * 479 / (480 - 68)), ("slopes", 60 / 59 * 479 / 479),
])  # fmt: skip
def test_small_sample_factors_by_name(name: str, factor: float) -> None:
    panel, claim = posed(staggered(6))
    bare, found = (
        TwoWayFixedEffects().fit(panel, claim, inference=Clustered(small_sample=rule))
        for rule in ("none", name)
    )
    assert (found.std_error / bare.std_error) ** 2 == pytest.approx(factor, rel=1e-9)
    assert name in found.inference


def test_one_start_and_no_missing_cell_is_difference_in_differences() -> None:
    rng = np.random.default_rng(7)
    outcomes = rng.normal(size=(20, 9))
    panel, claim = panel_of(outcomes), claim_on(range(8), 5)
    one, other = TwoWayFixedEffects().fit(panel, claim), DifferenceInDifferences().fit(panel, claim)
    assert one.effect == pytest.approx(other.effect, abs=1e-12)
    study = EventStudy().fit(panel, claim)
    base = outcomes[:, 4]
    for part in study.components:
        change = outcomes[:, 5 + part.event_time] - base
        assert part.estimate == pytest.approx(change[:8].mean() - change[8:].mean(), abs=1e-12)
    later = [c.estimate for c in study.components if c.event_time >= 0]
    assert study.effect == pytest.approx(np.mean(later), abs=1e-12)


def test_few_treated_units_get_randomisation_and_clustered_errors_are_refused() -> None:
    outcomes = np.random.default_rng(8).normal(size=(15, 10))
    panel, claim = panel_of(outcomes), claim_on([0, 1], 6)
    found = TwoWayFixedEffects().fit(panel, claim)
    same = DifferenceInDifferences().fit(panel, claim)
    assert "randomisation" in found.inference
    assert found.p_value == pytest.approx(same.p_value)
    np.testing.assert_allclose(found.conf_int, same.conf_int, atol=1e-9)
    for choice in (Clustered(), HC(kind="HC1"), IID()):
        with pytest.raises(DesignError, match="rejects a true null"):
            TwoWayFixedEffects().fit(panel, claim, inference=choice)
    with pytest.raises(DesignError, match="not offered"):
        TwoWayFixedEffects().fit(panel, claim, inference=CR2())
    outcomes[4, 4] = np.nan
    with pytest.raises(DesignError, match="DifferenceInDifferences"):
        TwoWayFixedEffects().fit(panel_of(outcomes), claim)
    study = EventStudy().fit(panel, claim)
    assert all(np.isfinite(c.std_error) for c in study.components)


def test_staggered_starts_are_an_objection_and_a_warning() -> None:
    panel, claim = posed(staggered(9))
    assert "already started" in TwoWayFixedEffects().objections(panel, claim, Policy())[0]
    assert any(
        "count negatively" in said for said in TwoWayFixedEffects().fit(panel, claim).warnings
    )
    assert any("mix in" in said for said in EventStudy().fit(panel, claim).warnings)


def test_what_the_effects_explain_is_named() -> None:
    frame = staggered(10)
    panel, claim = posed(frame)
    found = TwoWayFixedEffects(covariates=("x",)).fit(panel, claim)
    assert any("'x' is left out" in said for said in found.warnings)
    treated = frame[frame["first"] > 0]
    with pytest.raises(DesignError, match="never treated"):
        EventStudy().fit(*posed(treated))
    everybody = claim_on(range(12), 3)
    with pytest.raises(DesignError, match="explain the treatment"):
        TwoWayFixedEffects().fit(panel_of(np.random.default_rng(1).normal(size=(12, 6))), everybody)
    with pytest.raises(DesignError, match="trends"):
        TwoWayFixedEffects(trends="state")


def test_clusters_above_units() -> None:
    frame = staggered(11)
    frame["region"] = "r" + (frame["unit"].str[1:].astype(int) // 4).astype(str)
    panel, claim = posed(frame)
    panel = Panel(frame=frame.assign(year=frame["year"].astype(str)), unit="unit", period="year",
                  freq="year", outcomes=("y",), covariates=("region",))  # fmt: skip
    frame["d"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        peer = pf.feols("y ~ d | unit + year", data=frame, vcov={"CRV1": "region"}, fixef_tol=1e-12)
    found = TwoWayFixedEffects().fit(panel, claim, inference=Clustered(by="region"))
    assert found.n_clusters == 15
    assert found.std_error == pytest.approx(peer.se()["d"], abs=1e-6)
    with pytest.raises(DesignError, match="county"):
        TwoWayFixedEffects().fit(panel, claim, inference=Clustered(by="county"))


def test_trends_of_units_take_up_a_drift() -> None:
    rng = np.random.default_rng(12)
    outcomes = rng.normal(size=(20, 12)) * 0.1 + np.arange(12) * rng.normal(size=(20, 1))
    outcomes[:8, 6:] += 2
    panel, claim = panel_of(outcomes), claim_on(range(8), 6)
    found = TwoWayFixedEffects(trends="unit").fit(panel, claim)
    assert found.effect == pytest.approx(2, abs=0.15)
    outcomes[12, 3] = np.nan
    again = TwoWayFixedEffects(trends="unit").fit(panel_of(outcomes), claim)
    assert again.effect == pytest.approx(found.effect, abs=0.05)
