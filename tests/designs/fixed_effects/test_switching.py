"""Treatment that switches on and off: by hand, against diff-diff, and on bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from tests.staggered_panels import drawn, posed

from innoeval.designs import CallawaySantAnna, SwitchingDiD
from innoeval.errors import DesignError
from innoeval.records import Claim, Panel, Policy


def switched(
    seed: int = 1, n: int = 80, T: int = 8, *, back: float = 0.0, effect: float = 2.0
) -> pd.DataFrame:
    """Units that begin on or off; most switch once, a share `back` returns two periods later."""
    rng = np.random.default_rng(seed)
    on = np.tile((rng.random(n) < 0.4)[:, None], (1, T)).astype(float)
    for row, at in zip(on, rng.choice([3, 5, T], n), strict=True):
        row[at:] = 1 - row[0]
        if rng.random() < back:
            row[at + 2 :] = row[0]
    y = rng.normal(size=(n, 1)) + rng.normal(size=(1, T)) + rng.normal(size=(n, T)) + effect * on
    return pd.DataFrame({
        "unit": np.repeat([f"u{i:03d}" for i in range(n)], T), "year": np.tile(np.arange(T), n) + 2000,
        "y": y.ravel(), "on": on.ravel(), "w": np.repeat(rng.uniform(0.5, 2, n), T),
    }).sample(frac=1, random_state=seed)  # fmt: skip


def asked(frame: pd.DataFrame) -> tuple[Panel, Claim]:
    """Panel and claim: a unit is treated from the first period after 2000 in which it is on."""
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  covariates=tuple(c for c in frame if c not in {"unit", "year", "y"}))  # fmt: skip
    first = frame[(frame["on"] > 0) & (frame["year"] > 2000)].groupby("unit")["year"].min()
    claim = Claim(id="c", innovation="i", outcome="y", better="higher", size=1.0, scale="absolute",
                  treated={unit: str(year) for unit, year in first.items()})  # fmt: skip
    return panel, claim


def peer(frame: pd.DataFrame, **more: object):
    from diff_diff import ChaisemartinDHaultfoeuille

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = ChaisemartinDHaultfoeuille(drop_larger_lower=False)
        return made.fit(frame.assign(on=frame["on"].astype(int)), outcome="y", unit="unit",
                        time="year", treatment="on", **more)  # fmt: skip


def test_lasting_effects_equal_diff_diff() -> None:
    frame = switched()
    theirs = peer(frame, L_max=3)
    ours = SwitchingDiD(exposure="on", horizon=3, small_sample=False).fit(*asked(frame))
    parts = {part.term: part for part in ours.components}
    for since in range(3):
        other, mine = theirs.event_study_effects[since + 1], parts[f"event time {since}"]
        assert mine.estimate == pytest.approx(other["effect"], abs=1e-8)
        assert mine.std_error == pytest.approx(other["se"], abs=1e-6)
        placebo, before = theirs.placebo_event_study[-1 - since], parts[f"event time {-2 - since}"]
        assert before.estimate == pytest.approx(placebo["effect"], abs=1e-8)
        assert before.std_error == pytest.approx(placebo["se"], abs=1e-6)
    assert ours.effect == pytest.approx(theirs.overall_att, abs=1e-8)
    # Their error of the total takes the horizons as independent of each other; ours does not.
    assert ours.std_error > theirs.overall_se


@pytest.mark.parametrize("back", [0.0, 0.5])
def test_instant_effects_equal_diff_diff(back: float) -> None:
    frame = switched(seed=2, back=back)
    theirs = peer(frame)
    ours = SwitchingDiD(exposure="on", lasting=False, small_sample=False).fit(*asked(frame))
    parts = {part.term: part.estimate for part in ours.components}
    assert ours.effect == pytest.approx(theirs.overall_att, abs=1e-8)
    assert parts["switching on"] == pytest.approx(theirs.joiners_att, abs=1e-8)
    assert parts["switching off"] == pytest.approx(theirs.leavers_att, abs=1e-8)
    # Theirs is centred by first exposure and switch; where units switch twice that is far too long.
    if back:
        assert ours.std_error < theirs.overall_se
    else:
        assert ours.std_error == pytest.approx(theirs.overall_se, rel=0.02)


def test_errors_match_the_spread_over_draws() -> None:
    frame = switched(seed=2, back=0.5).sort_values(["unit", "year"])
    rng = np.random.default_rng(5)
    for lasting in (True, False):
        found = []
        for _ in range(60):
            noise = rng.normal(size=len(frame)) + 2 * frame["on"]
            ours = SwitchingDiD(exposure="on", lasting=lasting).fit(*asked(frame.assign(y=noise)))
            found.append((ours.effect, ours.std_error))
        effects, errors = np.array(found).T
        assert errors.mean() == pytest.approx(effects.std(), rel=0.3)
        assert effects.mean() == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_treatment_that_stays_on_equals_callaway_santanna(missing: float) -> None:
    frame = drawn(seed=3, missing=missing)
    frame["on"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(float)
    ours = SwitchingDiD(exposure="on").fit(*posed(frame))
    theirs = CallawaySantAnna(comparison="not_yet_treated", base="universal").fit(*posed(frame))
    if missing:
        return  # theirs weights cells by cohort shares
    others = {part.event_time: part for part in theirs.aggregate("event").components}
    mine = {part.event_time: part for part in ours.components if part.event_time is not None}
    for since in range(5):
        assert mine[since].estimate == pytest.approx(others[since].estimate, abs=1e-12)


def test_a_dose_is_measured_in_units_of_exposure() -> None:
    frame = switched(seed=4, effect=3.0)
    frame = frame.assign(on=frame["on"] / 2)
    half = SwitchingDiD(exposure="on").fit(*asked(frame))
    full = SwitchingDiD(exposure="on").fit(*asked(frame.assign(on=frame["on"] * 2)))
    assert half.effect == pytest.approx(2 * full.effect, abs=1e-12)


def test_reversal_back_to_the_start_counts_no_exposure() -> None:
    frame = switched(seed=5, back=1.0)
    ours = SwitchingDiD(exposure="on").fit(*asked(frame))
    assert abs(ours.effect - 2.0) < 3 * ours.std_error
    assert np.sqrt((ours.influence**2).sum()) / ours.n_units == pytest.approx(ours.std_error)


def test_on_and_off_that_contradict_each_other_are_told() -> None:
    frame = switched(seed=6, n=200)
    odd = frame.assign(y=frame["y"] + 3.0 * (frame["on"] == 0)
                       * (frame.sort_values("year").groupby("unit")["on"].transform("first") == 1))  # fmt: skip
    said = SwitchingDiD(exposure="on").fit(*asked(odd)).warnings
    assert any("they should agree" in text for text in said)
    assert not any("they should agree" in text
                   for text in SwitchingDiD(exposure="on").fit(*asked(frame)).warnings)  # fmt: skip


def test_weights_count_units_as_often() -> None:
    frame = switched(seed=7, n=40)
    twice = frame["unit"].isin(["u001", "u002", "u003"])
    frame["w"] = np.where(twice, 2.0, 1.0)
    copied = pd.concat([frame, frame[twice].assign(unit=lambda f: f["unit"] + "b")])
    weighted = SwitchingDiD(exposure="on", weights="w").fit(*asked(frame))
    assert weighted.effect == pytest.approx(SwitchingDiD(exposure="on").fit(*asked(copied)).effect)


def test_bad_input_is_named() -> None:
    frame = switched(seed=8, n=30)
    panel, claim = asked(frame)
    with pytest.raises(DesignError, match="'w' never changes in any unit"):
        SwitchingDiD(exposure="w").fit(panel, claim)
    alone = frame[frame["unit"].isin(["u000", "u001"])].assign(
        on=lambda f: np.where((f["unit"] == "u000") & (f["year"] >= 2003), 1.0, 0.5)
    )
    few = Claim(id="c", innovation="i", outcome="y", better="higher", size=1.0, scale="absolute",
                treated={"u000": "2003"})  # fmt: skip
    made = Panel(frame=alone.assign(on=np.where(alone["unit"] == "u001", 0.2, alone["on"])),
                 unit="unit", period="year", freq="year", outcomes=("y",), covariates=("on",))  # fmt: skip
    with pytest.raises(DesignError, match="has another one beside it"):
        SwitchingDiD(exposure="on").fit(made, few)
    with pytest.raises(DesignError, match="missing for u000"):
        SwitchingDiD(exposure="on").fit(*asked(
            frame.assign(on=frame["on"].where((frame["unit"] != "u000") | (frame["year"] != 2004)))
        ))  # fmt: skip
    with pytest.raises(DesignError, match="is negative"):
        SwitchingDiD(exposure="less").fit(asked(frame.assign(less=frame["on"] - 2))[0], claim)
    with pytest.raises(DesignError, match="write 1 or more"):
        SwitchingDiD(exposure="on", horizon=0)
    with pytest.raises(DesignError, match="leave horizon= out"):
        SwitchingDiD(exposure="on", lasting=False, horizon=2)


def test_gaps_and_contradictions_with_the_claim_are_told() -> None:
    frame = switched(seed=9, n=60)
    panel, claim = asked(frame)
    first = {u: s for u, s in claim.treated.items() if s == "2003"}
    unit = next(iter(first))
    gap = frame[~((frame["unit"] == unit) & frame["year"].between(2002, 2004))]
    said = SwitchingDiD(exposure="on").fit(asked(gap)[0], claim).warnings
    assert any(f"changes over a gap in the data: {unit}" in text for text in said)
    others = Claim(id="c", innovation="i", outcome="y", better="higher", size=1.0,
                   scale="absolute", treated={unit: "2006"})  # fmt: skip
    said = SwitchingDiD(exposure="on").fit(panel, others).warnings
    assert any("first exposed in another period" in text for text in said)
    assert any("exposed but not treated in the claim" in text for text in said)


def test_few_switchers_are_an_objection() -> None:
    frame = switched(seed=10, n=30)
    panel, claim = asked(frame)
    assert SwitchingDiD(exposure="on").objections(panel, claim, Policy()) == ()
    against = SwitchingDiD(exposure="on").objections(panel, claim, Policy(few_treated=25))
    assert "too few" in against[0]
