"""Missing values that come with the start, and what they can have done."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding
from tests.panels import claim_on, panel_of

from innoeval.checks.attrition import Attrition, _bounds, _gone, _p_value, _points
from innoeval.evaluate import evaluate
from innoeval.records import Panel

CLAIM = claim_on(range(10), 12, size=1.0)


def drawn(seed: int = 4, sd: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(40, 20)) * sd + 20


def test_the_worst_sites_go_and_the_bounds_say_so() -> None:
    values = drawn()
    values[:4, 12:] += 3.0
    values[:4, 13:] = np.nan
    found = finding("attrition", CLAIM, panel_of(values))
    assert found.status == "problem"
    assert "35 points more" in found.says
    assert "u00, u01, u02 and more end early, having done worse" in found.says
    # 4 of 10 units lose 7 of 8 periods: 35 % fewer values. Of normal cells the best 65 % lie
    # φ(.385) / .65 = .57 standard deviations above the mean.
    assert found.bias == pytest.approx(0.57, abs=0.08)
    assert found.left is not None
    assert found.left.low < 0


def test_the_bounds_decide() -> None:
    values = drawn(sd=0.5)
    values[:10, 12:] -= 0.4
    claim = claim_on(range(10), 12, size=0.4)
    kept = evaluate(claim, panel_of(values)).verdict
    assert kept.status in {"supported", "partly_supported", "inconclusive"}
    # Trimming takes .57 × .5 = .28 off, which leaves no improvement that is shown.
    values[:4, 13:] = np.nan
    ev = evaluate(claim, panel_of(values))
    assert next(f.status for f in ev.findings if f.check == "attrition") == "problem"
    assert ev.verdict.status == "inconclusive"


def test_rows_that_get_lost_anyhow_are_no_matter() -> None:
    values = drawn(sd=0.3)
    values[:10, 12:] -= 1.0
    values[np.random.default_rng(1).random(values.shape) < 0.03] = np.nan
    assert finding("attrition", CLAIM, panel_of(values)).status == "clear"


def test_comparison_units_that_go_count_as_well() -> None:
    values = drawn()
    values[10:25, 13:] = np.nan
    found = finding("attrition", CLAIM, panel_of(values))
    # 15 of 30 lose 7 of 8: the treated are trimmed to 56 %, φ(−.15) / .5625 = .70.
    assert found.bias == pytest.approx(0.70, abs=0.1)
    assert found.statistic == pytest.approx(-7 / 16)


def test_nothing_missing_and_nobody_to_compare_with() -> None:
    assert finding("attrition", CLAIM, panel_of(drawn())).status == "clear"
    frame = panel_of(drawn()[:6]).frame.assign(year=lambda f: f["year"].astype(str)).drop(index=[3])
    alone = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",))
    found = finding("attrition", claim_on(range(6), 12, size=1.0), alone)
    assert found.status == "cannot_tell"


NAN = np.nan
#: Two treated, two others; from the third period on. Levels drop out, as does the mean of each group and period.
GAPS = np.array([[0.0, 0, 1, 4], [0, 0, NAN, 2], [5, 5, 9, 5], [1, 1, 3, 1]])


def test_bounds_by_hand() -> None:
    case = by_hand(GAPS, 2, 2)
    bounds = _bounds(case, np.array([0.0, 0.5, 0.0, 0.0]))
    # Treated 3/4, others all: the others' cells 4 − 3, 2 − 3, 0, 0 are trimmed by a quarter of four.
    assert bounds.down == pytest.approx(1 / 3)
    assert bounds.up == pytest.approx(1 / 3)
    # A quarter of the treated's cells was −1 at worst, 1 at best.
    assert bounds.worst == pytest.approx(0.25)
    assert bounds.best == pytest.approx(0.25)
    # Means by unit are .5 and −.5: standard deviation √.5, over √2.
    assert bounds.error == pytest.approx(0.5)


def test_bounds_where_the_treated_are_trimmed() -> None:
    values = np.array([[0.0, 0, 4, 1], [0, 0, 2, 1], [0, 0, 2, 1], [5, 5, NAN, 5.5]])
    bounds = _bounds(by_hand(values, 2, 2), np.array([0.0, 0.0, 0.0, 0.5]))
    # Cells 1, 0, −1, 0: without the best −1/3, without the worst 1/3; a quarter of the others unseen.
    assert (bounds.down, bounds.up) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert (bounds.worst, bounds.best) == (pytest.approx(0.25), pytest.approx(0.25))
    skew = np.array([[0.0, 0, 6, 1], [0, 0, 0, 1], [0, 0, 0, 1], [5, 5, NAN, 5.5], [0, 0, 0, 1]])
    bounds = _bounds(by_hand(skew, 3, 2), np.array([0.0, 0, 0, 0.5, 0.5]))
    # Cells 4, −2, −2, 0, 0, 0; half of six are trimmed: the best three average 4/3, the others −4/3.
    assert (bounds.down, bounds.up) == (pytest.approx(4 / 3), pytest.approx(4 / 3))
    # Half of the others' cells unseen, from −2 to 4.
    assert (bounds.worst, bounds.best) == (pytest.approx(2.0), pytest.approx(1.0))


def test_bounds_where_nothing_is_left() -> None:
    values = np.array([[0.0, 1, NAN, NAN], [1, 0, NAN, NAN], [3, 5, NAN, 5], [1, 2, NAN, NAN]])
    case = by_hand(values, 2, 2)
    # All is lost on both sides: the whole of what is kept is trimmed, to its one cell.
    lost = np.array([1.0, 1.0, 1.0, 1.0])
    assert _bounds(case, lost)[:2] == (0.0, 0.0)
    # The treated kept as much as the others, and have no cell since the start.
    assert _bounds(case, np.array([0.0, 0.0, 1.0, 0.0]))[:5] == (np.inf,) * 5
    alone = _bounds(case, np.array([1.0, 1.0, 0.5, 0.5]))
    assert np.isnan(alone.error)


def test_chance_of_losses_by_hand() -> None:
    treated = np.array([True, True, False, False])
    # Of six choices of two units, this one and its opposite differ as much.
    assert _p_value(np.array([0.5, 0.5, 0.0, 0.0]), treated, 1) == pytest.approx(2 / 6)
    assert _p_value(np.array([0.5, 0.0, 0.5, 0.0]), treated, 1) == pytest.approx(1.0)
    assert _p_value(np.array([0.6, 0.5, 0.3, 0.0]), treated, 1) == pytest.approx(2 / 6)


def test_points_in_words() -> None:
    assert [_points(x) for x in (0.0, 0.004, -0.004)] == 3 * ["as many as before"]
    assert _points(0.012) == "1 point more"
    assert _points(-0.018) == "2 points fewer"


def test_who_ended_early_and_how_it_did() -> None:
    # The first was at 5 and then at 2, 1, 0 when it ended; the one that stayed went from 5 to 6.
    values = np.array(
        [[5.0, 5, 2, 1, 0, NAN], [5, 5, 6, 6, 6, 6], [1, 2, 3, 4, 5, 6], [2, 1, 2, 1, 2, NAN]]
    )
    case = by_hand(values, 2, 2)
    assert _gone(case) == " (u00 end early, having done worse than those that stayed by 5)"
    assert (
        _gone(by_hand(values[::-1], 2, 2))
        == " (u00 end early, having done worse than those that stayed by 2.33)"
    )
    assert _gone(by_hand(values, 2, 2, claim={"better": "lower"})) == (
        " (u00 end early, having done better than those that stayed by 5)"
    )
    assert _gone(by_hand(values[1:], 2, 2)) == ""
    # Nobody stayed, or there is no earlier time to hold it against.
    early = np.array(
        [
            [5.0, 5, 2, NAN],
            [5, 5, 6, NAN],
            [5, 6, 7, NAN],
            [1, 3, 2, NAN],
            [1, 2, 3, 5],
            [5, 6, 7, 8],
        ]
    )
    assert _gone(by_hand(early, 4, 2)) == " (u00, u01, u02 and more end early)"
    assert _gone(by_hand(early[1:], 3, 2)) == " (u00, u01, u02 end early)"
    short = np.array([[5.0, 5, 2, NAN], [5, 5, 6, 7], [1, 2, 3, 5], [5, 6, 7, 8]])
    assert _gone(by_hand(short, 2, 2)) == " (u00 end early)"


def test_words_and_edges_of_the_answer() -> None:
    one = Attrition().measure(by_hand(GAPS[:3], 2, 2))
    assert one.status == "cannot_tell"
    assert one.says == ("8.3 % of the values are missing, and no comparison shows whether that is more than "
                        "usual.")  # fmt: skip
    found = Attrition().measure(by_hand(GAPS, 2, 2, margin=1 / 3 + 1e-9))
    assert (found.status, found.statistic) == ("clear", pytest.approx(0.25))
    assert found.says == (
        "After the start 25 points more of the values are missing in treated units, as many as before in the "
        "others: too little to change the verdict."
    )
    assert found.left == (pytest.approx(0.5 - 1 / 3), pytest.approx(1.5 + 1 / 3))
    chance = Attrition().measure(by_hand(GAPS, 2, 2, margin=0.3))
    assert chance.status == "cannot_tell"
    assert ", which may be chance; the improvement lies between 0.667 and 1.33 if " in chance.says
