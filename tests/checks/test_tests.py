"""Checks that test: trends, pretended starts, bad spells, windows, seasons."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval.checks import Measurement, examine
from innoeval.checks.mean_reversion import MeanReversion
from innoeval.designs.base import Spell, arrange
from innoeval.evaluate import evaluate
from innoeval.records import Assumption, Claim, Panel

RNG = np.random.default_rng(11)
NOISE = RNG.normal(size=(30, 24))
CLAIM = claim_on(range(10), 16, size=4.0)


def with_effect(outcomes: np.ndarray) -> np.ndarray:
    changed = outcomes.copy()
    changed[:10, 16:] -= 4.0
    return changed


def test_a_trend_is_clear_only_if_it_is_ruled_out() -> None:
    found = finding("pre_trend", CLAIM, panel_of(with_effect(NOISE * 0.3)))
    assert found.status == "clear"
    # The same absence of a trend under ten times the noise: not significant, and not clear.
    noisy = finding("pre_trend", CLAIM, panel_of(with_effect(NOISE * 3)))
    assert noisy.status == "cannot_tell"
    assert noisy.p_value is not None
    assert noisy.p_value > 0.05


def test_a_trend_is_told_in_the_currency_of_the_claim() -> None:
    # The treated improve by .25 a period. From the middle of the past (7.5) to the middle of
    # the horizon (19.5) that adds 12 × .25 = 3, three quarters of a claim of 4.
    outcomes = NOISE * 0.05
    outcomes[:10] -= 0.25 * np.arange(24)
    found = finding("pre_trend", CLAIM, panel_of(outcomes))
    assert found.status == "problem"
    assert found.bias == pytest.approx(3.0, abs=0.1)
    assert found.share_explained == pytest.approx(0.75, abs=0.03)
    assert "already improving faster" in found.says
    # The last periods before the start are better than the earlier ones, too: a head start that is not
    # told from the trend keeps its place in what decides, and nothing is supported.
    verdict = evaluate(CLAIM, panel_of(outcomes)).verdict
    assert verdict.deciding == "hull"
    assert verdict.interval is not None
    assert verdict.interval.low < 0.1


def test_a_trend_that_is_shown_is_a_problem_though_it_cannot_change_the_verdict() -> None:
    # A gain of 10 where 4 are claimed: a trend worth 1.2 leaves it supported, and the number wrong.
    outcomes = NOISE * 0.05
    outcomes[:10] -= 0.1 * np.arange(24)
    outcomes[:10, 16:] -= 10.0
    found = finding("pre_trend", CLAIM, panel_of(outcomes))
    assert found.status == "problem"
    verdict = evaluate(CLAIM, panel_of(outcomes)).verdict
    assert verdict.status == "supported"
    assert verdict.interval is not None
    assert verdict.interval.low < 10.0 < verdict.interval.high


def test_one_earlier_period_tells_nothing_of_trends() -> None:
    panel = panel_of(with_effect(NOISE)[:, 15:])
    claim = claim_on(range(10), 1, size=4.0)
    assert finding("pre_trend", claim, panel).status == "cannot_tell"
    assert evaluate(claim, panel).verdict.status == "inconclusive"


def test_a_bad_spell_relative_to_the_others_is_seen_and_one_that_all_share_is_not() -> None:
    outcomes = NOISE * 0.5
    outcomes[:10, 13:16] += 3.0
    found = finding("mean_reversion", CLAIM, panel_of(outcomes))
    assert found.status == "problem"
    assert "the worst of 14 such spells" in found.says
    # Without stated windows the spell fills 3 of 16 periods of the baseline: 3 × 3/16 = .56.
    assert found.bias == pytest.approx(9 / 16, abs=0.15)
    shared = NOISE * 0.5
    shared[:, 13:16] += 3.0
    assert finding("mean_reversion", CLAIM, panel_of(shared)).status != "problem"
    good = NOISE * 0.5
    good[:10, 13:16] -= 3.0
    assert finding("mean_reversion", CLAIM, panel_of(good)).status != "problem"


def test_clear_needs_every_length_of_a_bad_spell_ruled_out() -> None:
    from types import SimpleNamespace

    short = Spell(length=1, effect=0.2, std_error=0.1, low=0.0, high=0.4, p_value=0.05)
    wide = Spell(length=6, effect=0.1, std_error=1.0, low=-1.6, high=1.8, p_value=0.9)
    kernel = SimpleNamespace(launch=12, series=np.arange(20.0))
    case = SimpleNamespace(
        kernel=kernel, spells=(short,), sign=-1, staggered=False, margin=0.5, claimed=1.0,
        claim=SimpleNamespace(windows=None),
    )  # fmt: skip
    assert MeanReversion().measure(case).status == "clear"
    case.spells = (short, wide)
    found = MeanReversion().measure(case)
    assert found.status == "cannot_tell"
    # Half of the baseline times the worst that fits: 1.8 / 2.
    assert "up to 0.9 of the change" in found.says


def test_a_bad_half_of_a_short_past_is_left_out_where_it_is_doubtful() -> None:
    from innoeval import simulate

    drawn = (
        simulate.draw("bad_spell", seed=seed, spell=6, rho=0.7, n_before=12, size=0.6)
        for seed in range(40)
    )
    statuses = [evaluate(s.claim, s.panel).verdict.status for s in drawn]
    assert statuses.count("supported") == 0
    assert statuses.count("partly_supported") <= 3


def test_the_baseline_that_was_announced_sets_the_bias() -> None:
    outcomes = NOISE * 0.5
    outcomes[:10, 13:16] += 3.0
    claim = claim_on(range(10), 16, size=4.0, windows=(("2013", "2015"), ("2016", "2018")))
    assert finding("mean_reversion", claim, panel_of(outcomes)).bias == pytest.approx(3.0, abs=0.5)


def test_too_few_periods_are_named() -> None:
    found = finding("placebo_in_time", claim_on(range(10), 4), panel_of(NOISE[:, :10]))
    assert found.status == "not_applicable"
    assert "There are 4 periods before the start" in found.says
    two = finding("mean_reversion", claim_on(range(10), 2), panel_of(NOISE[:, :10]))
    assert two.status == "cannot_tell"
    assert "There are 2 periods before the start" in two.says
    # Nothing rules a bad spell out then, and the verdict cannot lean on its absence.
    strong = with_effect(NOISE * 0.1)[:, 14:]
    assert (
        evaluate(claim_on(range(10), 2, size=4.0), panel_of(strong)).verdict.status
        == "inconclusive"
    )


@pytest.mark.parametrize(("length", "n_before"), [(3, 5), (3, 7), (6, 24), (1, 12)])
def test_a_launch_after_a_bad_spell_of_any_length_is_not_taken_for_a_gain(
    length: int, n_before: int
) -> None:
    from innoeval import simulate

    statuses = [
        evaluate(s.claim, s.panel).verdict.status
        for s in (
            simulate.draw("bad_spell", seed=seed, spell=length, n_before=n_before)
            for seed in range(40)
        )
    ]
    assert statuses.count("supported") == 0
    assert statuses.count("partly_supported") <= 3


def test_a_pretended_start() -> None:
    outcomes = NOISE * 0.3
    outcomes[:10, 11:] -= 3.0
    found = finding("placebo_in_time", CLAIM, panel_of(outcomes))
    assert found.status == "problem"
    assert "pretended in 2011" in found.says
    assert found.bias == pytest.approx(3.0, abs=0.3)


def test_picked_windows_are_ranked_among_all() -> None:
    series = np.zeros((1, 48))
    series[0] = np.random.default_rng(2).normal(size=48)
    series[0, 10:13] += 2.0
    series[0, 40:43] -= 2.0
    outcomes = np.vstack([series, np.random.default_rng(3).normal(size=(9, 48))])
    picked = claim_on([0], 24, windows=(("2010", "2012"), ("2040", "2042")))
    found = finding("window", picked, panel_of(outcomes))
    assert found.status == "problem"
    assert found.severity == "note"
    plain = claim_on([0], 24, windows=(("2021", "2023"), ("2024", "2026")))
    assert finding("window", plain, panel_of(outcomes)).status != "problem"
    assert finding("window", claim_on([0], 24), panel_of(outcomes)).status == "not_applicable"


def monthly(outcomes: np.ndarray) -> Panel:
    frame = panel_of(outcomes).frame
    t = frame["year"].dt.year - 2000
    frame["month"] = (2020 + t // 12).astype(str) + "-" + (t % 12 + 1).astype(str).str.zfill(2)
    return Panel(frame=frame[["unit", "month", "y"]], unit="unit", period="month", freq="month",
                 outcomes=("y",))  # fmt: skip


def monthly_claim(before: tuple[str, str], after: tuple[str, str]) -> Claim:
    return Claim(
        id="c", innovation="desk", outcome="y", better="lower", treated=["u00", "u01"],
        start="2022-01", size=2.0, scale="absolute", windows=(before, after),
    )  # fmt: skip


def test_seasons_that_differ_are_told_and_measured() -> None:
    # A season of amplitude 2 that is highest in January: from winter to summer it falls by nearly
    # 4 (the average of three months around the peak is .91 of it).
    season = 2 * np.cos(2 * np.pi * np.arange(36) / 12)
    outcomes = season + np.random.default_rng(4).normal(size=(12, 36)) * 0.3
    panel = monthly(outcomes)
    winter_to_summer = monthly_claim(("2021-12", "2021-12"), ("2022-06", "2022-08"))
    found = finding("calendar_mismatch", winter_to_summer, panel)
    assert found.status == "problem"
    assert found.bias == pytest.approx(2 * (0.866 + 0.911), abs=0.4)
    alike = monthly_claim(("2021-01", "2021-06"), ("2022-01", "2022-06"))
    assert finding("calendar_mismatch", alike, panel).status == "clear"


def test_yearly_data_have_no_seasons() -> None:
    claim = claim_on(range(10), 16, windows=(("2013", "2015"), ("2016", "2018")))
    assert finding("calendar_mismatch", claim, panel_of(NOISE)).status == "not_applicable"


def test_holm_takes_back_what_a_single_test_would_show() -> None:
    class Fixed:
        question = "Is it?"
        probes = (Assumption.parallel_trends,)

        def __init__(self, name: str, p_value: float) -> None:
            self.name, self.p_value = name, p_value

        def measure(self, case: object) -> Measurement:
            return Measurement(
                status="cannot_tell", says="Not known.", says_problem="Shown.", p_value=self.p_value
            )

    panel = panel_of(NOISE)
    from innoeval.checks import Case
    from innoeval.designs import DifferenceInDifferences
    from innoeval.records import Policy

    design = DifferenceInDifferences()
    case = Case(
        claim=CLAIM, panel=panel, arrangement=arrange(panel, CLAIM), design=design,
        kernel=design.kernel(panel, CLAIM), estimate=design.fit(panel, CLAIM), announced=None,
        claimed=4.0, margin=1.0, policy=Policy(),
    )  # fmt: skip
    alone = examine(case, [Fixed("a", 0.03)])
    assert alone[0].status == "problem"
    both = examine(case, [Fixed("a", 0.03), Fixed("b", 0.5)])
    assert [f.status for f in both] == ["cannot_tell", "cannot_tell"]
    assert both[0].p_value == pytest.approx(0.06)
