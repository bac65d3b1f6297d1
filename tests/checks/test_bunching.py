"""Cases moved just over the line of a target."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with, step
from tests.panels import claim_on

from innoeval.checks.bunching import Bunching, _log_ratio, _Moved, _moved, _sum, _tilt
from innoeval.evaluate import evaluate
from innoeval.stats.breaks import Step

CLAIM = claim_on(range(10), LAUNCH, size=5.0, better="higher")
NEAR = ("met", "missed")


def counts(moved: int) -> dict[str, np.ndarray]:
    """Forty cases near the target in each cell, `moved` of them over the line."""
    rng = np.random.default_rng(8)
    over = (step(1.0) * moved).astype(int)
    met, missed = rng.integers(18, 23, (N, T)), rng.integers(18, 23, (N, T))
    return {"met": met + over, "missed": missed - over}


def test_ten_of_four_hundred_cases_moved_are_two_and_a_half_points() -> None:
    near = counts(10)
    cases = np.full((N, T), 400.0)
    inside = 240 + np.round(noise(9, 2.0)) + step(10)
    panel = panel_with(
        100 * inside / cases, inside=inside, cases=cases, numerator="inside", denominator="cases",
        near_target=NEAR, **near,
    )  # fmt: skip
    found = finding("bunching", CLAIM, panel)
    assert found.status == "problem"
    # 10 of 400 cases are 2.5 points; nothing else changed, so nothing is left.
    assert found.bias == pytest.approx(2.5, abs=0.15)
    assert found.share_explained == pytest.approx(0.5, abs=0.03)
    assert found.left.low < 0 < found.left.high


def test_where_the_outcome_is_no_share_nobody_can_say_what_is_left() -> None:
    claim = claim_on(range(10), LAUNCH)
    panel = panel_with(20 + noise() - step(1.0), near_target=NEAR, **counts(10))
    ev = evaluate(claim, panel)
    found = next(f for f in ev.findings if f.check == "bunching")
    assert (found.status, found.bias, found.left) == ("problem", None, None)
    assert ev.verdict.status == "inconclusive"


def test_bins_that_do_not_tilt_are_clear_and_a_shared_tilt_is_none() -> None:
    claim = claim_on(range(10), LAUNCH)
    fine = panel_with(20 + noise() - step(1.0), near_target=NEAR, **counts(0))
    assert finding("bunching", claim, fine).status == "clear"
    near = counts(0)
    near["met"][:, LAUNCH:] += 10
    near["missed"][:, LAUNCH:] -= 10
    shared = panel_with(20 + noise() - step(1.0), near_target=NEAR, **near)
    assert finding("bunching", claim, shared).status == "clear"


def test_one_treated_unit_and_none_to_compare_with() -> None:
    near = counts(10)
    values = 20 + noise() - step(1.0)
    one = panel_with(values[9:], near_target=NEAR, **{k: v[9:] for k, v in near.items()})
    assert finding("bunching", claim_on([0], LAUNCH), one).status == "problem"
    alone = panel_with(values[:1], near_target=NEAR, **{k: v[:1] for k, v in near.items()})
    assert finding("bunching", claim_on([0], LAUNCH), alone).status == "problem"


def test_averages_alone_cannot_show_it() -> None:
    found = finding("bunching", claim_on(range(10), LAUNCH), panel_with(20 + noise()))
    assert found.status == "not_applicable"


LINES = {
    "met": np.array([[9.0, 8, 6, 9], [4, 6, 5, 5], [5, 5, 4, 6]]),
    "missed": np.array([[5.0, 7, 3, 2], [5, 5, 6, 4], [4, 6, 5, 5]]),
    "n": np.array([[50.0, 50, 40, 60], [50, 60, 500, 50], [40, 50, 50, 60]]),
    "k": np.array([[25.0, 24, 30, 45], [30, 33, 250, 30], [22, 28, 26, 31]]),
}
ROLES = {"near_target": NEAR, "denominator": "n", "numerator": "k"}


def near_case(factor: float = 100.0, lines: dict[str, np.ndarray] = LINES, n_treated: int = 1,
              **more: object) -> object:  # fmt: skip
    share = factor * lines["k"] / lines["n"]
    return by_hand(share, n_treated, 2, lines, **{"roles": ROLES, **more})


def moved_in(
    case: object, change: float = np.log(3), lines: dict[str, np.ndarray] = LINES
) -> object:
    return _moved(case, lines["met"], lines["missed"], Step(change, 0.2, 9.0))


def test_moved_cases_by_hand() -> None:
    # 15 met and 5 missed since the start, of 100 cases: 3 to 1, where a third of that is usual, 1 to 1.
    found = moved_in(near_case())
    assert found.value == pytest.approx(100 * 20 / 100 * (0.75 - 0.5))
    assert found.std_error == pytest.approx(100 * 20 / 100 * 0.25 * 0.2)
    # 3 to 1 where it is usual.
    assert moved_in(near_case(), 0.0).value == pytest.approx(0.0)
    assert moved_in(near_case(), 0.0).std_error == pytest.approx(20 * 0.75 * 0.25 * 0.2)
    worse = moved_in(near_case(claim={"better": "lower"}))
    assert (worse.value, worse.std_error) == (pytest.approx(-5.0), pytest.approx(1.0))
    assert moved_in(near_case(1.0)).value == pytest.approx(0.05)


def test_moved_cases_are_not_known_where_the_outcome_is_no_share() -> None:
    assert moved_in(near_case(roles={"near_target": NEAR, "denominator": "n"})) is None
    assert moved_in(near_case(roles={"near_target": NEAR, "numerator": "k"})) is None
    # A rate per 104 may be a share that was rounded, one per 106 is none, nor one per 94 or 1,000.
    assert moved_in(near_case(104.0)) is not None
    assert [moved_in(near_case(factor)) for factor in (94.0, 106.0, 1000.0)] == 3 * [None]
    other = by_hand(LINES["k"] ** 2 / 9, 1, 2, LINES, roles=ROLES)
    assert moved_in(other) is None


@pytest.mark.parametrize(("met", "missed"), [(0.0, 0.0), (7.0, 0.0), (0.0, 7.0)])
def test_moved_cases_are_not_known_where_one_bin_is_empty(met: float, missed: float) -> None:
    lines = {name: values.copy() for name, values in LINES.items()}
    lines["met"][0, 2:], lines["missed"][0, 2:] = met, missed
    assert moved_in(near_case(lines=lines), lines=lines) is None


def test_cells_that_are_not_known_do_not_count() -> None:
    lines = {name: values.copy() for name, values in LINES.items()}
    lines["met"][0, 3] = np.nan
    # 6 met and 3 missed of 40: 2 to 1, where 2 to 3 is usual.
    found = _moved(near_case(), lines["met"], lines["missed"], Step(np.log(3), 0.2, 9.0))
    assert found.value == pytest.approx(100 * 9 / 40 * (2 / 3 - 0.4))


def test_ratios_and_sums_by_hand() -> None:
    found = _log_ratio(np.array([3.5, 0, 0, 1]), np.array([1.5, 0, 1, 0]))
    assert found[0] == pytest.approx(np.log(2))
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(-np.log(3))
    assert found[3] == pytest.approx(np.log(3))
    counts = np.array([[1.0, np.nan, 4, 8]])
    assert _sum(counts, np.array([True, True, True, False])).tolist() == [5.0]


def test_tilt_of_few_treated_units_by_hand() -> None:
    # Four others stay at 4.5 to 4.5, and the treated one goes from 1 to 1 to e to 1.
    met, missed = np.full((5, 4), 2.0), np.full((5, 4), 2.0)
    met[0, 2:] = [4.5 * np.e - 2.5, 2.0]
    met[1:, 2:] += np.array([[0.1], [-0.1], [0.2], [-0.2]])
    values = np.arange(20.0).reshape(5, 4) % 7
    case = by_hand(values, 1, 2, {"met": met, "missed": missed}, roles={"near_target": NEAR})
    found = _tilt(case, met, missed)
    others = np.log((2 * (2 + np.array([0.1, -0.1, 0.2, -0.2])) + 0.5) / 4.5)
    assert found.change == pytest.approx(1 - others.mean())
    assert found.df == 3
    # Three others are enough, two are held against their own past.
    three = by_hand(values[:4], 1, 2, roles={})
    assert _tilt(three, met[:4], missed[:4]).df == 2
    unseen = met.copy()
    unseen[3:, 2:] = np.nan
    assert _tilt(case, unseen, missed) is None
    mine = met.copy()
    mine[0, 2:] = np.nan
    assert _tilt(case, mine, missed) is None
    assert _tilt(case, np.full((5, 4), 2.0), missed) is None


def answer(monkeypatch: pytest.MonkeyPatch, change: float, moved: object = None) -> object:
    step_found = Step(change, 0.1, 1e9)
    monkeypatch.setattr("innoeval.checks.bunching._tilt", lambda *_: step_found)
    monkeypatch.setattr("innoeval.checks.bunching._moved", lambda *_: moved)
    return Bunching().measure(near_case(improved=(5.0, 4.0, 6.5)))


def test_what_is_left_and_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    found = answer(monkeypatch, 0.4, _Moved(2.0, 0.5))
    # .3 beyond a tilt of .1, three errors: one-sided.
    assert found.p_value == pytest.approx(0.00135, abs=1e-5)
    assert found.status == "cannot_tell"
    assert found.statistic == pytest.approx(4.0)
    assert found.left == (pytest.approx(4 - 2 - 0.98), pytest.approx(6.5 - 2 + 0.98))
    assert (found.bias.value, found.bias.std_error) == (2.0, 0.5)
    assert found.says == (
        "For each case that missed the target narrowly, 49 % more met it narrowly than before and elsewhere: "
        "too uncertain to rule out that some were moved over the line."
    )
    assert found.says_problem.endswith(
        "cases were moved just over the line; they make 2 of the improvement."
    )


def test_a_tilt_that_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    # Its upper end, .13 + 1.645 × .1 = .2945, lies below .3; that of .14 does not.
    found = answer(monkeypatch, 0.13)
    assert (found.status, found.left, found.bias) == ("clear", None, None)
    assert found.says.endswith(
        "more met it narrowly than before and elsewhere: no sign of cases moved over the line."
    )
    assert answer(monkeypatch, 0.14).status == "cannot_tell"
    fewer = answer(monkeypatch, -0.2)
    assert fewer.p_value == 1.0
    assert "18 % fewer met it narrowly" in fewer.says
    assert answer(monkeypatch, 0.1).p_value == 1.0
    assert "0 % more met it" in answer(monkeypatch, 0.0).says


def test_too_few_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("innoeval.checks.bunching._tilt", lambda *_: None)
    found = Bunching().measure(near_case())
    assert (found.status, found.says) == (
        "cannot_tell",
        "There are too few cases near the target to see.",
    )
