"""What every design owes, whatever the numbers: nothing hangs on names, order, units or levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from tests.properties.posed import DESIGNS, Drawn, Of, asked, frame_of, names, seeds, tried

from innoeval.records import Estimate
from innoeval.records.saved import dump, load

#: Iterative fits stop within these.
CLOSE = {"StructuralTimeSeries": 1e-4, "MatrixCompletion": 1e-4, "ElasticNetControl": 1e-4,
         "SyntheticControl": 1e-6, "AugmentedSyntheticControl": 1e-6, "PoissonDiD": 1e-6,
         "FractionalDiD": 1e-6, "SyntheticDiD": 1e-6}  # fmt: skip
few = tried(2)


def those(**wanted: bool) -> object:
    chosen = [n for n, of in DESIGNS.items() if all(getattr(of, k) == v for k, v in wanted.items())]
    return pytest.mark.parametrize("name", chosen)


def same(name: str, one: Estimate, other: Estimate, times: float = 1.0, more: float = 0.0) -> None:
    """`other` is `one` times a factor plus an amount, to what the design's fit allows."""
    close = CLOSE.get(name, 1e-7)
    scale = abs(times) * max(abs(one.effect), one.std_error or 0.0, 1e-3)
    assert other.effect == pytest.approx(
        times * one.effect + more, abs=close * scale + close * abs(more)
    )
    if one.std_error is not None and not DESIGNS[name].by_chance:
        assert other.std_error == pytest.approx(
            abs(times) * one.std_error, rel=max(close * 10, 1e-6)
        )


def case(name: str, seed: int) -> tuple[Of, Drawn, Estimate]:
    of = DESIGNS[name]
    drawn = of.drawn(seed)
    return of, drawn, of.fit(drawn)


@those()
@given(seed=seeds)
@few
def test_the_order_of_rows_changes_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    shuffled = frame_of(drawn).sample(frac=1, random_state=seed % 1000)
    other = of.design.fit(*asked(drawn, shuffled))
    assert dump(other) == dump(plain)


@those()
@given(seed=seeds)
@few
def test_other_names_of_units_change_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    called = [f"z{i:02d}" for i in np.random.default_rng(seed).permutation(len(drawn.starts))]
    same(name, plain, of.fit(drawn, called=called))


@those()
@given(seed=seeds)
@few
def test_other_years_change_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    same(name, plain, of.fit(drawn, first=1907))


@those(scales=True)
@given(seed=seeds)
@few
def test_rescaling_rescales(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    for factor in (2.0, 60.0) if name == "PoissonDiD" else (1e-3, 60.0):  # counts stay whole
        same(name, plain, of.fit(drawn.but(drawn.values * factor)), times=factor)


@those(linear=True)
@given(seed=seeds)
@few
def test_turned_outcomes_turn_the_effect(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    turned = of.fit(drawn.but(-drawn.values), better="higher")
    same(name, plain, turned, times=-1.0)
    assert turned.improvement == pytest.approx(plain.improvement, abs=1e-3 * (plain.std_error or 1))


@those(linear=True)
@given(seed=seeds)
@few
def test_a_level_for_all_changes_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    same(name, plain, of.fit(drawn.but(drawn.values + 7.5)))


@those(additive=True)
@given(seed=seeds)
@few
def test_unit_shifts_and_common_shocks_change_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    rng = np.random.default_rng(seed + 1)
    n, T = drawn.values.shape
    shift, shock = rng.normal(size=(n, 1)) * 10, rng.normal(size=T) * 10
    # The published penalty of SyntheticDiD grows with the spread of all changes, shocks included.
    shock = 0.0 if name == "SyntheticDiD" else shock
    same(name, plain, of.fit(drawn.but(drawn.values + shift + shock)))


@those(linear=True)
@given(seed=seeds)
@few
def test_an_effect_that_is_added_is_found(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    same(name, plain, of.fit(drawn.but(drawn.values - 2.0 * drawn.on)), more=-2.0)


@those(equal=True)
@given(seed=seeds)
@few
def test_an_average_never_treated_unit_changes_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    average = drawn.values[drawn.starts == 0].mean(axis=0)
    more = Drawn(np.vstack([drawn.values, average]), np.append(drawn.starts, 0))
    assert of.fit(more).effect == pytest.approx(plain.effect, abs=1e-8)


@those(additive=True, by_chance=False)
@given(seed=seeds)
@few
def test_every_unit_twice_changes_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    if name == "ControlledITS":
        return  # two treated units are one average, which is what the next line says of one
    twice = Drawn(
        np.vstack([drawn.values] * 2), np.tile(drawn.starts, 2),
        {k: np.append(v, v + (v.max() + 1 if k == "place" else 0)) for k, v in drawn.extra.items()},
    )  # fmt: skip
    again = of.fit(twice)
    assert again.effect == pytest.approx(plain.effect, abs=1e-8)
    assert again.std_error < plain.std_error


@those()
@given(seed=seeds)
@few
def test_the_same_question_gets_the_same_answer(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    assert dump(of.fit(drawn)) == dump(plain)


@those()
@given(seed=seeds)
@few
def test_an_estimate_survives_json(name: str, seed: int) -> None:
    *_, plain = case(name, seed)
    text = dump(plain)
    assert dump(load(Estimate, text)) == text


@those()
@given(seed=seeds)
@few
def test_a_further_metric_changes_nothing(name: str, seed: int) -> None:
    of, drawn, plain = case(name, seed)
    frame = frame_of(drawn)
    frame["beside"] = np.random.default_rng(seed).normal(size=len(frame))
    other = of.design.fit(*asked(drawn, frame, outcomes=("y", "beside")))
    assert dump(other) == dump(plain)


@those()
@given(seed=seeds)
@few
def test_interval_and_p_value_agree(name: str, seed: int) -> None:
    *_, plain = case(name, seed)
    if plain.p_value is None or plain.conf_int is None or abs(plain.p_value - 0.05) < 0.01:
        return
    low, high = plain.conf_int
    assert low <= plain.effect <= high
    assert (low > 0 or high < 0) == (plain.p_value < 0.05)


@those(additive=True, by_chance=False)
@given(seed=seeds)
@few
def test_missing_cells_change_no_invariance(name: str, seed: int) -> None:
    of = DESIGNS[name]
    drawn = of.drawn(seed)
    rng = np.random.default_rng(seed + 2)
    if len(drawn.starts) < 6:
        return
    holes = drawn.but(np.where(rng.random(drawn.values.shape) < 0.05, np.nan, drawn.values))
    n, T = drawn.values.shape
    plain = of.fit(holes)
    moved = holes.values + rng.normal(size=(n, 1)) * 10 + rng.normal(size=T) * 10
    # A plain comparison of averages is not free of levels where cells are missing.
    if name != "DifferenceInDifferences":
        same(name, plain, of.fit(holes.but(moved)))
    shuffled = frame_of(holes).sample(frac=1, random_state=seed % 1000)
    assert dump(of.design.fit(*asked(holes, shuffled))) == dump(plain)


@given(seed=seeds)
@few
def test_numbers_as_text_of_any_kind_of_column_are_the_same_panel(seed: int) -> None:
    drawn = DESIGNS["Imputation"].drawn(seed)
    frame = frame_of(drawn)
    kinds = [frame, frame.astype({"unit": "category"}), frame.astype({"year": str}),
             frame.assign(year=pd.to_datetime(frame["year"].astype(str) + "-01-01").dt.to_period("Y"))]  # fmt: skip
    prints = {asked(drawn, kind)[0].fingerprint for kind in kinds}
    assert len(prints) == 1
    assert asked(drawn)[0].units == tuple(sorted(names(14)))
