"""What every staggered design keeps, on any pattern of starts and missing cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.staggered_panels import drawn, posed

from innoeval.designs import (
    CallawaySantAnna,
    Dose,
    ExtendedTWFE,
    Imputation,
    StackedDiD,
    SunAbraham,
    SwitchingDiD,
)

LINEAR = (
    Imputation(), SunAbraham(), ExtendedTWFE(), StackedDiD(before=2, after=1),
    SwitchingDiD(exposure="on"), Dose(exposure="on"), Dose(exposure="on", method="two_way"),
)  # fmt: skip
some = settings(max_examples=6, deadline=None)
seeds = st.integers(0, 10_000)


def case(seed: int, missing: float, starts: tuple[int, ...] = (3, 5, 6, 0)) -> pd.DataFrame:
    frame = drawn(seed=seed, n=48, missing=missing, starts=starts)
    frame["on"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(float)
    return frame


@pytest.mark.parametrize("design", LINEAR, ids=lambda d: type(d).__name__)
@given(seed=seeds, missing=st.sampled_from([0.0, 0.1]))
@some
def test_levels_shocks_scale_and_order_leave_the_answer(design, seed: int, missing: float) -> None:
    frame = case(seed, missing)
    plain = design.fit(*posed(frame))
    level = frame["unit"].str[1:].astype(int) % 7
    moved = frame.assign(y=-3.0 * (frame["y"] + level + 5 * np.sin(frame["year"])))
    other = design.fit(*posed(moved.sample(frac=1, random_state=seed)))
    assert other.effect == pytest.approx(-3 * plain.effect, abs=1e-8)
    assert other.std_error == pytest.approx(3 * plain.std_error, rel=1e-6)
    assert np.sqrt((plain.influence**2).sum()) / plain.n_units == pytest.approx(plain.std_error)
    renamed = frame.assign(unit="z" + frame["unit"].str[::-1])
    assert design.fit(*posed(renamed)).effect == pytest.approx(plain.effect, abs=1e-9)


@given(seed=seeds)
@some
def test_one_cohort_and_complete_data_make_them_one(seed: int) -> None:
    frame = case(seed, 0.0, starts=(4, 0))
    panel, claim = posed(frame)
    wide = frame.pivot_table(index="unit", columns="year", values="y").to_numpy()
    treated = frame.groupby("unit")["first"].first().to_numpy() > 0
    change = wide[:, 4:].mean(axis=1) - wide[:, :4].mean(axis=1)
    plain = change[treated].mean() - change[~treated].mean()
    for design in (
        Imputation(),
        ExtendedTWFE(),
        Dose(exposure="on"),
        Dose(exposure="on", method="two_way"),
    ):
        assert design.fit(panel, claim).effect == pytest.approx(plain, abs=1e-9)
    last = wide[:, 4:].mean(axis=1) - wide[:, 3]
    from_last = last[treated].mean() - last[~treated].mean()
    for design in (SunAbraham(), StackedDiD(), SwitchingDiD(exposure="on")):
        assert design.fit(panel, claim).effect == pytest.approx(from_last, abs=1e-9)


@given(seed=seeds)
@some
def test_sun_abraham_is_callaway_santanna_with_never_treated(seed: int) -> None:
    panel, claim = posed(case(seed, 0.0))
    ours = SunAbraham().fit(panel, claim)
    theirs = CallawaySantAnna(comparison="never_treated", base="universal").fit(panel, claim)
    assert ours.effect == pytest.approx(theirs.effect, abs=1e-10)
    for kind in ("event", "group", "calendar"):
        mine, others = ours.aggregate(kind), theirs.aggregate(kind)
        assert mine.effect == pytest.approx(others.effect, abs=1e-10)
        for one, other in zip(mine.components, others.components, strict=True):
            assert one.estimate == pytest.approx(other.estimate, abs=1e-10)
