"""Survey answers: against Mann and Whitney, by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from innoeval import evaluate
from innoeval.designs import DecidingDesign, OrdinalScores, SegmentedRegression
from innoeval.errors import DesignError
from innoeval.records import Claim, Evaluation, Panel, Policy
from innoeval.stats.ordinal import mean_ridits, mean_scores

RUNGS = ("very_poor", "poor", "fair", "good", "very_good")
LEVEL = SegmentedRegression(trend=False, slope=False, seasonal=1)
N, LAUNCH = 40, 24


def answers(shift: float, seed: int = 0) -> np.ndarray:
    """Answers by period and rung, (T, 5): a latent logistic opinion that rises by `shift`."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((N, 5))
    for t in range(N):
        opinion = rng.logistic(shift * (t >= LAUNCH), 1, rng.integers(60, 200))
        counts[t] = np.bincount(np.digitize(opinion, [-2, -0.5, 0.8, 2]), minlength=5)
    return counts


def survey(counts: np.ndarray, **more: object) -> tuple[Panel, Claim]:
    periods = pd.period_range("2018-01", periods=len(counts), freq="M").astype(str)
    frame = pd.DataFrame(
        {"office": "North", "month": periods, **dict(zip(RUNGS, counts.T, strict=True))}
    )
    frame["score"] = mean_scores(counts, np.arange(1.0, 6))
    panel = Panel(
        frame=frame,
        unit="office",
        period="month",
        freq="month",
        outcomes=("score",),
        covariates=RUNGS,
    )
    fields = {"id": "c", "innovation": "desk", "outcome": "score", "better": "higher", "size": 0.3,
              "scale": "absolute", "treated": ["North"], "start": periods[LAUNCH]}  # fmt: skip
    return panel, Claim(**{**fields, **more})


def test_superiority_is_that_of_mann_and_whitney() -> None:
    counts = answers(0.7)
    before, after = (np.repeat(np.arange(5), part.sum(axis=0).astype(int))
                     for part in (counts[:LAUNCH], counts[LAUNCH:]))  # fmt: skip
    chance = mannwhitneyu(after, before).statistic / (len(after) * len(before))
    ridits = mean_ridits(counts, np.arange(N) < LAUNCH)
    weight = counts[LAUNCH:].sum(axis=1)
    assert ridits[LAUNCH:] @ weight / weight.sum() == pytest.approx(chance)
    panel, claim = survey(counts)
    design = OrdinalScores(categories=RUNGS, series=SegmentedRegression(
        trend=False, slope=False, seasonal=1, errors="ols"))  # fmt: skip
    parts = {part.term: part for part in design.fit(panel, claim).components}
    found = parts["probability of superiority"]
    assert found.estimate == pytest.approx(chance)
    assert 0.5 < found.conf_low < chance < found.conf_high < 0.75


def test_every_way_to_say_it() -> None:
    panel, claim = survey(answers(0.7))
    found = OrdinalScores(categories=RUNGS, series=LEVEL).fit(panel, claim)
    assert found.design == "OrdinalScores"
    assert found.conf_int.low < found.effect < found.conf_int.high
    assert found.effect == pytest.approx(
        SegmentedRegression(trend=False, slope=False, seasonal=1).fit(panel, claim).effect, abs=0.05
    )
    terms = [part.term for part in found.components]
    assert terms == ["level change", "probability of superiority"] + [
        f"from {name} up (odds ratio)" for name in RUNGS[1:]
    ]
    # A logistic opinion that rises by .7 multiplies the odds from every rung up by e^.7.
    for part in found.components[2:]:
        assert part.conf_low < np.exp(0.7) < part.conf_high
        assert part.p_value < 0.06
    assert "each period counts by its answers" in " ".join(found.choices)


def test_nothing_changed_is_one_half() -> None:
    rejected, chances = 0, []
    quick = SegmentedRegression(trend=False, slope=False, seasonal=1, errors="reml")
    for seed in range(25):
        panel, claim = survey(answers(0.0, seed))
        found = OrdinalScores(categories=RUNGS, series=quick).fit(panel, claim)
        part = found.components[1]
        chances.append(part.estimate)
        rejected += not part.conf_low <= 0.5 <= part.conf_high
    assert np.mean(chances) == pytest.approx(0.5, abs=0.005)
    assert rejected / 25 < 0.05 + 4 * 0.044


def test_scores_may_be_other_than_one_two_three() -> None:
    counts = answers(0.7)
    panel, claim = survey(counts)
    other = panel.frame.assign(score=mean_scores(counts, np.array([0.0, 1, 2, 3, 10])))
    panel = Panel(
        frame=other,
        unit="office",
        period="month",
        freq="month",
        outcomes=("score",),
        covariates=RUNGS,
    )
    even = OrdinalScores(categories=RUNGS, series=LEVEL)
    assert "is not the mean score" in even.objections(panel, claim, Policy())[0]
    design = OrdinalScores(categories=RUNGS, scores=(0, 1, 2, 3, 10), series=LEVEL)
    assert design.fit(panel, claim).observed > 3


def test_it_can_decide() -> None:
    panel, claim = survey(answers(2.0), size=0.5)
    design = OrdinalScores(categories=RUNGS, series=LEVEL)
    assert isinstance(design, DecidingDesign)
    ev = evaluate(claim, panel, designs=[design])
    assert ev.design == "OrdinalScores"
    assert Evaluation.from_json(ev.to_json()) == ev


def test_periods_without_answers_are_gaps() -> None:
    counts = answers(0.7)
    counts[5] = 0
    panel, claim = survey(counts)
    found = OrdinalScores(categories=RUNGS).fit(panel, claim)
    assert found.n_obs == N - 1
    assert any("2018-06" in warning for warning in found.warnings)
    none = answers(0.7)
    none[:, 4] = 0
    panel, claim = survey(none)
    found = OrdinalScores(categories=RUNGS, series=LEVEL).fit(panel, claim)
    assert any("No odds from rung 5 up" in warning for warning in found.warnings)


def test_what_cannot_be_is_refused() -> None:
    panel, claim = survey(answers(0.7))
    design = OrdinalScores(categories=(*RUNGS[:2], "nice"))
    assert "a category is not there" in design.objections(panel, claim, Policy())[0]
    negative, _ = survey(-answers(0.7))
    found = OrdinalScores(categories=RUNGS).objections(negative, claim, Policy())
    assert "negative or not whole" in found[0]
    with pytest.raises(DesignError, match="not the mean score"):
        OrdinalScores(categories=RUNGS[::-1]).fit(panel, claim)
    with pytest.raises(DesignError, match="two or more"):
        OrdinalScores(categories=("one",))
    with pytest.raises(DesignError, match="2 scores for 5"):
        OrdinalScores(categories=RUNGS, scores=(1, 2))
    with pytest.raises(DesignError, match="must rise"):
        OrdinalScores(categories=RUNGS[:2], scores=(2, 1))
    with pytest.raises(DesignError, match="without family="):
        OrdinalScores(categories=RUNGS, series=SegmentedRegression(family="poisson"))
