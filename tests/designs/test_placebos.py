"""Placebos: against the estimate's own ranks, by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import claim_on, panel_of

from innoeval.designs import (
    BeforeAfter,
    DifferenceInDifferences,
    SyntheticControl,
    bacon,
    placebos_in_space,
    placebos_in_time,
)
from innoeval.errors import DesignError
from innoeval.stats.bacon import decompose


def noise(n: int, t: int, effect: float = 0.0, treated: int = 1, launch: int = 12) -> np.ndarray:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(n, t)) + rng.normal(size=(n, 1)) + rng.normal(size=t)
    values[:treated, launch:] += effect
    return values


def test_one_treated_unit_is_ranked_among_its_donors() -> None:
    panel, claim = panel_of(noise(15, 20, -9.0)), claim_on([0], 12)
    found = placebos_in_space(SyntheticControl(), panel, claim)
    assert found.name == "u00"
    assert found.labels == tuple(f"u{i:02d}" for i in range(1, 15))
    assert found.real == pytest.approx(SyntheticControl().fit(panel, claim).effect)
    assert found.rank == 1
    assert len(found.tidy()) == 15


def test_by_hand_with_one_treated_unit() -> None:
    """Changes of −4, 1, 0 and −1: −4 against 0; the placebos against the other two, shrunk."""
    values = [[9.0, 5], [5, 6], [5, 5], [5, 4]]
    found = placebos_in_space(DifferenceInDifferences(), panel_of(values), claim_on([0], 1))
    shrink = np.sqrt((1 + 1 / 3) / (1 + 1 / 2))
    assert found.real == -4
    assert found.effect == pytest.approx(np.array([1.5, 0, -1.5]) * shrink)
    assert found.rank == 1


def test_several_treated_units_are_held_against_random_groups() -> None:
    panel, claim = panel_of(noise(20, 20, -9.0, 4)), claim_on(range(4), 12)
    found = placebos_in_space(DifferenceInDifferences(), panel, claim)
    assert found.labels == ()
    assert found.name == "4 treated units"
    assert len(found.effect) == 999
    again = placebos_in_space(DifferenceInDifferences(), panel, claim)
    assert found == again


def test_in_time_the_real_start_stands_out() -> None:
    panel, claim = panel_of(noise(20, 20, -9.0, 8)), claim_on(range(8), 12)
    found = placebos_in_time(DifferenceInDifferences(), panel, claim)
    assert found.name == "2012"
    assert found.labels[0] == "2006"
    assert found.rank == 1
    assert (found.low < found.effect).all()
    assert found.real_low < found.real < found.real_high


def test_pretended_starts_use_no_period_after_the_real_one() -> None:
    values = noise(20, 20, 0.0, 8)
    shaken = values.copy()
    shaken[:8, 12:] += 50
    one, other = (
        placebos_in_time(DifferenceInDifferences(), panel_of(v), claim_on(range(8), 12))
        for v in (values, shaken)
    )
    assert one.effect == pytest.approx(other.effect)


def test_what_cannot_be_pretended_is_refused() -> None:
    with pytest.raises(DesignError, match="6 are needed"):
        placebos_in_time(
            DifferenceInDifferences(), panel_of(noise(8, 9, launch=4)), claim_on([0, 1], 4)
        )
    with pytest.raises(DesignError, match="4 are needed"):
        placebos_in_space(DifferenceInDifferences(), panel_of(noise(5, 20)), claim_on([0, 1], 12))
    staggered = claim_on([0, 1], 12, treated={"u00": "2012", "u01": "2014"}, start=None)
    with pytest.raises(DesignError, match="start at 2 dates"):
        placebos_in_space(DifferenceInDifferences(), panel_of(noise(9, 20)), staggered)


def test_comparisons_are_those_of_the_decomposition() -> None:
    values = noise(9, 10, -2.0, 3, 5)
    claim = claim_on([0], 5, treated={"u00": "2003", "u01": "2005", "u02": "2007"}, start=None)
    found = bacon(panel_of(values), claim)
    starts = np.array([3, 5, 7] + [10] * 6)
    plain = decompose(values, starts)
    assert found.coefficient == pytest.approx(float(plain.weight @ plain.estimate))
    assert found.weight.sum() == pytest.approx(1)
    assert {"2003", "2005", "2007"} == set(found.treated)
    assert "never" in found.comparison
    assert found.by_kind()["already treated"] == pytest.approx(plain.by_kind()["already treated"])
    assert len(found.tidy()) == len(plain.weight)


def test_comparisons_need_every_value_and_several_starts() -> None:
    values = noise(9, 10)
    claim = claim_on([0], 5, treated={"u00": "2003", "u01": "2005"}, start=None)
    values[4, 4] = np.nan
    with pytest.raises(DesignError, match="1 values of y are missing"):
        bacon(panel_of(values), claim)
    everyone = claim_on(range(9), 5)
    with pytest.raises(DesignError, match="nothing to take apart"):
        bacon(panel_of(noise(9, 10)), everyone)


def test_a_design_without_windows_is_no_design_for_placebos() -> None:
    assert not hasattr(BeforeAfter(), "kernel")
