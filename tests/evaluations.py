"""Evaluations made by hand, one for each status and more: no design and no panel needed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from innoeval.decide import bar, status_of
from innoeval.records import (
    Assumption,
    Claim,
    Estimate,
    Evaluation,
    Finding,
    Interval,
    Measured,
    Objection,
    Path,
    Policy,
    Standard,
    Verdict,
)
from innoeval.records.finding import FindingStatus
from innoeval.records.verdict import MARKS

#: Improvement and interval on the relative scale that give each status to a claim of 15 %.
FOUND = {
    "supported": (0.148, (0.11, 0.186)),
    "partly_supported": (0.094, (0.021, 0.167)),
    "inconclusive": (0.06, (-0.041, 0.161)),
    "overstated": (0.061, (0.043, 0.079)),
    "refuted": (0.004, (-0.012, 0.021)),
    "harmful": (-0.082, (-0.121, -0.043)),
    "not_evaluable": (0.0, (0.0, 0.0)),
}
STATUSES = tuple(FOUND)

FINDINGS = (
    Finding(check="pre_trend", probes=(Assumption.parallel_trends,), status="clear", severity="major",
            question="Did both groups move together before the start?",
            says="The gap between the groups changed by 0.01 a month before the start; a drift that could explain the claim is ruled out.",
            bias=0.12, bias_se=0.2, share_explained=0.04, statistic=0.6, p_value=0.71, power=0.93),
    Finding(check="mean_reversion", probes=(Assumption.no_mean_reversion,), status="cannot_tell", severity="major",
            question="Was it launched after an unusually bad spell?",
            says="The three months before the start were the 3rd worst of 30; the bounce back could explain 0.9 of the improvement, give or take 0.8.",
            bias=0.9, bias_se=0.8, share_explained=0.3, statistic=1.1, p_value=0.26, power=0.4),
    Finding(check="window", probes=(Assumption.prespecified_window,), status="problem", severity="major",
            question="Would other windows give the same number?",
            says="The windows named give a larger fall than 97 % of all windows that could have been named.",
            bias=1.8, bias_se=0.4, share_explained=0.6, statistic=2.9, p_value=0.004, power=0.8),
    Finding(check="few_units", probes=(Assumption.not_one_unit,), status="clear", severity="note",
            question="Are there enough units to tell chance from effect?",
            says="Six units had it and eight did not; the interval allows for that."),
    Finding(check="definition_break", probes=(Assumption.stable_measure,), status="not_applicable", severity="fatal",
            question="Was the measure recorded in the same way throughout?",
            says="No recording version was supplied, so a change of definition cannot be seen."),
)  # fmt: skip
FATAL = Finding(
    check="definition_break",
    probes=(Assumption.stable_measure,),
    status="problem",
    severity="fatal",
    question="Was the measure recorded in the same way throughout?",
    says="The measure was recorded in another way from July 2024 on, the month of the start, and no unit was recorded both ways.",
)
CLAIM: dict[str, Any] = {
    "id": "triage",
    "innovation": "Repairs triage assistant",
    "outcome": "median_days_to_repair",
    "better": "lower",
    "treated": ["Ash", "Birch", "Cedar", "Elm", "Fir", "Holly"],
    "start": "2024-07",
    "size": 0.15,
    "smallest_effect": 0.05,
    "family": "Housing repairs",
    "source": "Cabinet report, 12 March 2025",
    "published_on": "2025-03-12",
    "statement": "The triage assistant has cut the time tenants wait for a repair by 15 %.",
}


def months(first: int, n: int) -> tuple[str, ...]:
    """Labels of so many months from the January of a year on."""
    return tuple(f"{first + i // 12}-{i % 12 + 1:02d}" for i in range(n))


def path(
    periods: tuple[str, ...], launch: int, effect: float, half: float, *, comparison: bool
) -> Path:
    """A seasonal series with an effect from the launch on; the same on every machine."""
    t = np.arange(len(periods), dtype=float)
    season = 1.4 * np.sin(2 * np.pi * t / 12) + 0.5 * np.sin(t * 2.3)
    expected = 22 - 0.06 * t + season
    observed = expected + 0.25 * np.sin(t * 5.1) + np.where(t >= launch, effect, 0)
    others = expected - 1.9 + 0.3 * np.cos(t * 3.7)
    bounded = np.where((t >= launch) & math.isfinite(half), half, np.nan)
    return Path(
        period=periods,
        observed=observed,
        counterfactual=expected,
        effect=observed - expected,
        low=expected - bounded,
        high=expected + bounded,
        comparison=others if comparison else np.full(len(periods), np.nan),
    )


def build(
    status: str = "overstated",
    *,
    found: tuple[float, tuple[float, float]] | None = None,
    comparison: bool = True,
    periods: tuple[str, ...] = months(2023, 30),
    launch: int = 18,
    n_units: int = 14,
    findings: tuple[Finding, ...] = FINDINGS,
    gate: FindingStatus = "clear",
    estimated: bool = True,
    policy: Policy = Policy(),
    **claimed: Any,
) -> Evaluation:
    """Make an evaluation by hand.

    The improvement and its interval are on the relative scale, and carried to outcome units by an
    expected average of about 20.
    """
    claim = Claim(**{**CLAIM, **claimed})
    value, ends = found or FOUND[status]
    sign = -1 if claim.better == "lower" else 1
    scale = {"relative": None, "absolute": 1.0, "percentage_points": 1.0}[claim.scale]
    findings = tuple(replace(f, status=gate) if f.check == "pre_trend" else f for f in findings)
    if status == "not_evaluable" and estimated:
        findings = (FATAL, *(f for f in findings if f.check != "definition_break"))
    line = path(periods, launch, 0.0, 0.0, comparison=comparison)
    baseline = float(line.counterfactual[launch:].mean())
    observed = baseline * (1 + sign * value) if scale is None else baseline + sign * value

    def units(improvement: float) -> float:
        """Raw effect in outcome units of an improvement on the claim's scale."""
        raw = sign * improvement
        if scale is not None or not math.isfinite(raw):
            return raw
        return observed * raw / (1 + raw)

    effect = units(value)
    interval = Interval(*sorted(units(end) for end in ends))
    half = (interval.high - interval.low) / 2
    design = "DifferenceInDifferences" if comparison else "SegmentedRegression"
    estimate = Estimate(
        design=design,
        estimand="the average difference that the innovation made to the units that got it, from the start on",
        effect=effect,
        std_error=half / 1.96 if math.isfinite(half) else None,
        conf_int=interval,
        p_value=None,
        better=claim.better,
        baseline=baseline,
        observed=observed,
        n_units=n_units if comparison else len(claim.units),
        n_treated=len(claim.units),
        n_clusters=n_units,
        n_obs=n_units * len(periods),
        inference="cluster-robust by unit, t with 12 degrees of freedom",
        path=path(periods, launch, effect, half * 1.3, comparison=comparison),
        assumptions=(
            (Assumption.parallel_trends, Assumption.no_spillover, Assumption.no_concurrent_change)
            if comparison
            else (Assumption.trend_form, Assumption.no_concurrent_change)
        ),
        warnings=("Two months of Elm are missing and were left out.",),
        whole=100.0,
    )
    kept = estimate if estimated else None
    stressed = replace(
        estimate,
        effect=effect * 0.8,
        conf_int=Interval(interval.low - 0.3 * half, interval.high + 0.3 * half)
        if math.isfinite(half)
        else interval,
        inference="the drift before the start carried on",
    )
    verdict = _verdict(claim, kept, stressed, findings, policy, gate, comparison=comparison)
    return Evaluation(
        claim=claim,
        panel_fingerprint="2ff7fdc5ac7c06d8" * 4,
        measured=Measured(
            outcome=claim.outcome,
            first=periods[0],
            last=periods[-1],
            launch=periods[launch],
            n_periods=len(periods),
            n_units=n_units,
            n_before=launch,
            n_after=len(periods) - launch,
            missing=2,
            comparison=tuple(f"Ward {i}" for i in range(n_units - len(claim.units)))
            if comparison
            else (),
            recorded=("median_days_to_repair", "reopened_share"),
        ),
        design=design if estimated else "",
        objections=(
            Objection(
                design="SegmentedRegression" if comparison else "DifferenceInDifferences",
                reasons=(
                    "there are comparison units, and a single series would ignore them"
                    if comparison
                    else "no unit went without the innovation",
                ),
            ),
        ),
        estimate=kept,
        stressed=stressed if kept else None,
        announced=replace(estimate, design="BeforeAfter", effect=effect + sign * 1.4, conf_int=Interval(-np.inf, np.inf)) if kept else None,
        alternatives=(),
        findings=findings if estimated else (),
        verdict=verdict,
        policy=policy,
        provenance={"innoeval": "0.1.0", "python": "3.11", "numpy": "2.4.6", "pandas": "3.1.1", "source": "repairs.csv", "seed": "20260101"},
    )  # fmt: skip


def _verdict(
    claim: Claim,
    estimate: Estimate | None,
    stressed: Estimate,
    findings: tuple[Finding, ...],
    policy: Policy,
    gate: FindingStatus,
    *,
    comparison: bool,
) -> Verdict:
    """The verdict that the rule gives: its regions are asked, its wording is not."""
    held = bar(claim, policy)
    fatal = [f.says for f in findings if f.severity == "fatal" and f.status == "problem"]
    if estimate is None or fatal:
        obstacle = "there are 2 periods before the start; at least 3 are needed on each side."
        return Verdict(
            status="not_evaluable",
            mark=MARKS["not_evaluable"],
            certainty="very_low",
            reasons=tuple(f"Cannot be evaluated, because {why}" for why in fatal or [obstacle]),
            claimed=held.claimed,
            smallest=held.smallest,
        )
    base, relaxed = estimate.on_scale(claim.scale)[1], stressed.on_scale(claim.scale)[1]
    deciding = {"clear": "base", "problem": "stressed"}.get(gate, "hull")
    interval = {"base": base, "stressed": relaxed, "hull": base.hull(relaxed)}[deciding]
    status = status_of(interval, held)
    return Verdict(
        status=status,
        mark=MARKS[status],
        certainty="low",
        reasons=("The rule that fired, with its numbers.",),
        downgrades=tuple(f.says for f in findings if f.status == "problem"),
        interval=interval,
        deciding=deciding,
        claimed=held.claimed,
        smallest=held.smallest,
        improvement_shown=interval.low > 0,
        material_shown=held.smallest is not None and interval.low > held.smallest,
        resolution=2.1 if held.claimed else None,
        breakdown=abs(base.low) / 2 if math.isfinite(base.low) else None,
        standards=(
            Standard(name="Maryland SMS, design", score="3" if comparison else "2", rule="a rule"),
            Standard(
                name="Maryland SMS, scored",
                score="3" if comparison else "2",
                rule="a comparison group, and common trends before the start shown"
                if comparison
                else "one interrupted time series without a comparison group",
            ),
        ),
    )
