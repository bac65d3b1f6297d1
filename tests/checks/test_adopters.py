"""Claimed sites against all that got the innovation."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding
from tests.panels import claim_on, panel_of

from innoeval.checks.adopters import Adopters, _changes, _estimates
from innoeval.evaluate import evaluate

NOISE = np.random.default_rng(2).normal(size=(20, 20)) * 0.3 + 10


def names(units: range) -> list[str]:
    return [f"u{unit:02d}" for unit in units]


def with_gains(claimed: float, left_out: float) -> np.ndarray:
    values = NOISE.copy()
    values[:4, 12:] -= claimed
    values[4:8, 12:] -= left_out
    return values


def test_sites_left_out_because_it_went_badly() -> None:
    claim = claim_on(range(4), 12, size=2.0, adopters=names(range(8)))
    # The claim: 2 against (4 × −2 + 12 × 0) / 16 = −.5, so 2.5. All sites: (2 − 2) / 2 = 0.
    panel = panel_of(with_gains(2.0, -2.0))
    found = finding("adopters", claim, panel)
    assert found.status == "problem"
    assert found.bias == pytest.approx(2.5, abs=0.3)
    assert found.left is not None
    assert found.left.low < 0 < found.left.high
    assert "4 of 8 sites" in found.says
    assert evaluate(claim, panel).verdict.status not in {"supported", "partly_supported"}


def test_sites_left_out_that_did_as_well() -> None:
    claim = claim_on(range(4), 12, size=2.0, adopters=names(range(8)))
    found = finding("adopters", claim, panel_of(with_gains(2.0, 2.0)))
    assert found.status != "problem"
    # The claim: 2 − 4 × 2 / 16 = 1.5; all sites: 2.
    assert found.bias == pytest.approx(-0.5, abs=0.2)


def test_a_later_start_of_a_site_left_out_counts_from_then() -> None:
    values = with_gains(2.0, 0.0)
    values[4:8, 16:] += 2.0
    adopters = {
        **dict.fromkeys(names(range(4)), "2012"),
        **dict.fromkeys(names(range(4, 8)), "2016"),
    }
    claim = claim_on(range(4), 12, size=2.0, adopters=adopters)
    found = finding("adopters", claim, panel_of(values))
    assert found.status == "problem"
    assert found.left is not None
    # (4 × 2 − 4 × 2) / 8.
    assert (found.left.low + found.left.high) / 2 == pytest.approx(0.0, abs=0.3)


def test_sites_without_data_are_named() -> None:
    claim = claim_on(range(4), 12, size=2.0, adopters=[*names(range(4)), "Hull", "Leeds"])
    found = finding("adopters", claim, panel_of(with_gains(2.0, 0.0)))
    assert found.status == "problem"
    assert "Hull, Leeds" in found.says


def test_sites_without_data_do_not_hide_what_the_others_show() -> None:
    gone = ["Hull", "Leeds", "Wells", "Ripon", "York", "Ely"]
    claim = claim_on(range(4), 12, size=2.0, adopters=[*names(range(8)), *gone])
    found = finding("adopters", claim, panel_of(with_gains(2.0, -2.0)))
    assert found.status == "problem"
    assert found.says.startswith(
        "10 of 14 sites that got it are not in the claim, and there are no data of "
        "Hull, Leeds, Wells, Ripon, York and more; they did worse by "
    )
    assert found.bias == pytest.approx(2.5, abs=0.3)
    five = claim_on(range(4), 12, size=2.0, adopters=[*names(range(8)), *gone[:5]])
    found = finding("adopters", five, panel_of(with_gains(2.0, 2.0)))
    # With data of some it is not clear, however alike those are.
    assert found.status == "cannot_tell"
    assert "no data of Hull, Leeds, Wells, Ripon, York; where it went in" in found.says


def test_no_record_and_a_complete_claim() -> None:
    panel = panel_of(with_gains(2.0, 0.0))
    assert finding("adopters", claim_on(range(4), 12), panel).status == "not_applicable"
    whole = claim_on(range(4), 12, adopters=names(range(4)))
    assert finding("adopters", whole, panel).status == "clear"


def asked(values: object, n_treated: int, adopters: object, **more: object) -> object:
    return by_hand(values, n_treated, 3, claim={"adopters": adopters}, **more)


STEPS = np.array([[0.0, 1, 2, 5, 6, 7], [1, 0, 2, 4, 6, 5], [2, 1, 0, 4, 3, 2], [0, 2, 1, 3, 1, 2],
                  [1, 2, 3, 1, 2, 3], [3, 2, 1, 2, 2, 2]])  # fmt: skip


def test_words_where_there_is_nothing_to_compare() -> None:
    whole = Adopters().measure(asked(STEPS, 2, ["u00", "u01"]))
    assert (whole.status, whole.says) == ("clear", "Every site that got it is in the claim.")
    gone = Adopters().measure(asked(STEPS, 2, ["u00", "u01", "Hull"]))
    told = "1 of 3 sites that got it are not in the claim, and there are no data of Hull."
    assert (gone.status, gone.says) == ("problem", told)
    # Of one with data it is not known how it did, where every unit is treated.
    alone = Adopters().measure(asked(STEPS, 6, [*names(range(6)), "Hull"]))
    assert alone.status == "problem"
    few = Adopters().measure(asked(STEPS[:3], 2, names(range(3))))
    assert few.status == "cannot_tell"
    assert few.says == ("1 of 3 sites that got it are not in the claim, and too few units are left to "
                        "compare them with.")  # fmt: skip


def test_a_site_that_starts_in_the_first_period_or_after_the_last_has_no_change() -> None:
    first = {"u00": "2003", "u02": "2000", "u03": "2006", "u04": "2001", "u05": "2005"}
    numbers, treated, out = _changes(asked(STEPS, 1, first), ["u02", "u03", "u04", "u05"])
    assert treated.tolist() == [True] + 5 * [False]
    assert out.tolist() == [False, False, True, True, True, True]
    # The first at its own start: 6 − 1; the fifth from the second period on, the sixth in the last.
    assert numbers[0] == pytest.approx(5.0)
    assert np.isnan(numbers[2:4]).all()
    assert numbers[4] == pytest.approx(2.2 - 1.0)
    assert numbers[5] == pytest.approx(2.0 - 2.0)


def test_what_leaving_out_adds_by_hand() -> None:
    # Two claimed (3, 5), one left out (1), three others (0, 1, 2).
    numbers = np.array([3.0, 5, 1, 0, 1, 2])
    groups = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], dtype=bool)
    found, everywhere = _estimates(numbers, groups, 0.95)
    assert found.effect[0] == pytest.approx(4 - 1)
    # Claimed: 4 less the mean of 1, 0, 1, 2; all sites: the mean of 3, 5, 1 less 1.
    assert everywhere.effect[0] == pytest.approx(3 - 1)
    assert found.effect[1] == pytest.approx((4 - 1) - (3 - 1))
