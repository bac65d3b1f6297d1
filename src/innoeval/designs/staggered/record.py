"""From answers of a staggered design to the record of an estimate."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES
from innoeval.designs.staggered.cohorts import Spans, behind
from innoeval.designs.staggered.kernel import Answer, StaggeredKernel
from innoeval.errors import DesignError
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.freeze import Floats
from innoeval.records.group_times import GroupTimes, influences, lower_triangle
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.stats.contrast import Compared, student

ESTIMAND = (
    "average effect on the treated over all their periods from the start, each treated unit and "
    "period counted once"
)


def full_estimate(
    panel: Panel, claim: Claim, ready: StaggeredKernel, spans: Spans, notes: tuple[str, ...]
) -> Estimate:
    """The estimate with all its effects by cohort and period.

    Parameters
    ----------
    panel, claim, ready
        What is estimated, and the design made ready on it.
    spans
        Every contrast, at least one of a treated period.
    notes
        What a reader must know of what was left out.
    """
    answer = ready.answer(spans, ready.policy.level, treated_only=True)
    if answer is None:
        raise DesignError(
            "Callaway-Sant'Anna does not fit: no treated period can be compared; "
            + "; ".join(notes)
        )
    found = answer.found
    notes = (*notes, *_lost(panel, ready, spans, found.spans))
    borne, fewest = behind(ready.cohorts, found.spans), ready.policy.few_treated + 1
    if answer.chance is None and int(ready.errors.treated(borne).sum()) < fewest:
        raise DesignError(
            f"Callaway-Sant'Anna does not fit: of {int(ready.cohorts.treated.sum())} treated units "
            f"{int(borne.sum())} have a part in the effect, and clustered errors need {fewest} ("
            + "; ".join(notes)
            + "); take the others out of the claim, and inference is by randomisation"
        )
    each, covariance = _each(ready, answer)
    record = GroupTimes(
        cohorts=tuple(panel.periods[start] for start in ready.cohorts.starts),
        starts=tuple(ready.cohorts.starts.tolist()),
        periods=panel.periods,
        cohort=tuple(found.spans.cohort.tolist()),
        period=tuple(found.spans.period.tolist()),
        estimate=found.effect,
        observed=found.observed,
        share=found.share,
        covariance=lower_triangle(covariance),
        randomised=answer.chance is not None,
        stretch=1.0 if answer.sides is None else answer.sides.stretch,
        draws=ready.errors.draws,
        seed=ready.errors.seed,
        units=found.units,
        tests=None if answer.chance is None else answer.chance.compare,
    )
    return replace(
        averaged(panel, claim, ready, answer, notes),
        components=_components(record, each),
        influences=partial(
            influences, found.units, np.eye(len(found.effect), len(covariance)), len(answer.added)
        ),
        group_times=record,
        path=_path(panel, ready, record, found.means),
    )


def averaged(
    panel: Panel, claim: Claim, ready: StaggeredKernel, answer: Answer, notes: tuple[str, ...]
) -> Estimate:
    """The estimate of one average, without its parts."""
    cohorts, effects = ready.cohorts, answer.effects
    effect = float(effects.effect[0])
    weights = answer.overall.jacobian[0, : len(answer.found.effect)]
    observed = float(weights @ answer.found.observed)
    interval = Interval(float(effects.low[0]), float(effects.high[0]))
    inference, said = _inference(panel, ready, answer)
    if not np.isfinite(interval).all():
        said.append(
            "so few choices of treated units exist that no 95 % interval with an end can be given"
        )
    return Estimate(
        design="CallawaySantAnna",
        estimand=ESTIMAND,
        effect=effect,
        std_error=float(effects.std_error[0]),
        conf_int=interval,
        p_value=float(effects.p_value[0]),
        df=None if answer.sides is None else answer.sides.df,
        better=claim.better,
        baseline=observed - effect,
        observed=observed,
        n_units=len(cohorts.group),
        n_treated=int(behind(cohorts, answer.found.spans).sum()),
        n_clusters=len(ready.errors.sums(answer.added)),
        n_obs=int(np.isfinite(cohorts.outcomes).sum()),
        inference=inference,
        influence=answer.added * len(answer.added),
        assumptions=COMPARISON_OF_CHANGES,
        warnings=(*notes, *answer.found.notes, *said),
        level=ready.policy.level,
        whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
    )


def _lost(panel: Panel, ready: StaggeredKernel, spans: Spans, kept: Spans) -> list[str]:
    """Treated periods of cohorts that were to be compared, and could not be."""
    had = set(zip(kept.cohort.tolist(), kept.period.tolist(), strict=True))
    starts, notes = ready.cohorts.starts, []
    for g, start in enumerate(starts):
        wanted = spans.period[(spans.cohort == g) & (spans.period >= start)].tolist()
        if lost := [panel.periods[t] for t in wanted if (g, t) not in had]:
            some = lost[0] if len(lost) == 1 else f"{len(lost)} periods from {lost[0]} on"
            notes.append(
                f"for the cohort of {panel.periods[start]} nobody can be compared in {some}, for lack "
                "of values on both sides of the start; that is not part of the estimate"
            )
    return notes


def _inference(panel: Panel, ready: StaggeredKernel, answer: Answer) -> tuple[str, list[str]]:
    """Name of the inference, and what a reader must know of it."""
    chance = answer.chance
    if chance is None:
        sizes = np.bincount(ready.cohorts.group)[: len(ready.cohorts.starts)]
        single = [panel.periods[ready.cohorts.starts[g]] for g in np.flatnonzero(sizes == 1)]
        if not single:
            return ready.errors.named, []
        many = "s" if len(single) > 1 else ""
        said = (
            f"the cohort{many} of {', '.join(single)} ha{'ve' if many else 's'} a single unit: the "
            "errors of such effects by cohort leave out that unit's own chance; the overall one "
            "does not"
        )
        return ready.errors.named, [said]
    named = (
        f"randomisation of the start dates over {len(chance.chosen):,} choices of units, "
        "interval by inversion"
    )
    if chance.noise is not None:
        own = ", each measured by the units' own noise before the first start, interval"
        return named.replace(", interval", own), []
    if ready.errors.randomised is not None and ready.errors.randomised.statistic == "coefficient":
        return named, ["the inference takes treated units to be as noisy as the others"]
    said = (
        "with fewer than 3 periods before the first start nothing shows whether the treated units "
        "are noisier than the others; if they are, the interval is too short"
    )
    return named, [said]


def _each(ready: StaggeredKernel, answer: Answer) -> tuple[Compared, Floats]:
    """Every effect with its test, and the covariance of the effects and shares."""
    effect, level = answer.found.effect, ready.policy.level
    K = len(effect)
    if answer.chance is None or answer.sides is not None:
        covariance = _by_clusters(ready, answer)
        error = np.sqrt(np.clip(np.diag(covariance)[:K], 0, None))
        df, stretch = (np.inf, 1.0) if answer.sides is None else answer.sides[1:]
        tested = student(effect, error * stretch, np.full(K, df), level)
        return tested._replace(std_error=error), covariance
    found = answer.chance.ask(np.eye(K), level)
    # What other assignments show moves together as the effects would by chance; shares are fixed.
    covariance = np.zeros_like(answer.found.covariance)
    covariance[:K, :K] = found.others.T @ found.others / len(found.others)
    no_df = np.full(K, np.nan)
    return (
        Compared(effect, found.std_error, no_df, found.p_value, found.low, found.high),
        covariance,
    )


def _by_clusters(ready: StaggeredKernel, answer: Answer) -> Floats:
    """Covariance of the effects and shares, with units summed by cluster first."""
    if ready.errors.code is None:
        return answer.found.covariance * ready.errors.factor
    lines = np.eye(len(answer.found.covariance))
    # A few columns at a time, so that no array of units by effects is held.
    sums = np.concatenate(
        [ready.errors.sums(answer.found.units(lines[k : k + 8])) for k in range(0, len(lines), 8)],
        axis=1,
    )
    return np.asarray(sums.T @ sums)


def _components(record: GroupTimes, each: Compared) -> tuple[Component, ...]:
    """One component for each effect."""
    found = []
    for k, since in enumerate(record.event_time):
        cohort, period = record.cohorts[record.cohort[k]], record.periods[record.period[k]]
        error = float(each.std_error[k])
        found.append(
            Component(
                term=f"cohort {cohort} in {period}",
                estimate=float(each.effect[k]),
                std_error=error,
                statistic=float(each.effect[k]) / error if error > 0 else None,
                p_value=float(each.p_value[k]),
                conf_low=float(each.low[k]),
                conf_high=float(each.high[k]),
                event_time=since,
                cohort=cohort,
                period=period,
            )
        )
    return tuple(found)


def _path(panel: Panel, ready: StaggeredKernel, record: GroupTimes, means: Floats) -> Path:
    """Average of all treated units by period, less the average effect on them.

    Units that have not started yet count with an effect of 0. A period in which a cohort that has
    started has no effect of its own has no counterfactual.
    """
    cohorts = ready.cohorts
    mass = np.bincount(cohorts.group, weights=cohorts.weights, minlength=len(means))
    known = np.where(np.isfinite(means), mass[:, None], 0.0)
    totals = known * np.nan_to_num(means)
    with np.errstate(invalid="ignore"):
        observed, comparison = totals[:-1].sum(axis=0) / known[:-1].sum(axis=0), means[-1]
    T, K = len(panel.periods), len(record.estimate)
    effect, low, high = (np.full(T, np.nan) for _ in range(3))
    part, covariance = record.share / record.share.sum(), record.matrix[:K, :K]
    for t in range(int(cohorts.starts[0]), T):
        at = np.array(
            [p == t and e >= 0 for p, e in zip(record.period, record.event_time, strict=True)]
        )
        if at.sum() < (cohorts.starts <= t).sum():
            continue
        weights = np.where(at, part[list(record.cohort)], 0.0)
        effect[t] = weights @ record.estimate
        reach = 1.96 * float(weights @ covariance @ weights) ** 0.5
        low[t], high[t] = observed[t] - effect[t] - reach, observed[t] - effect[t] + reach
    first = int(cohorts.starts[0])
    gap = observed - comparison
    early = gap[:first][np.isfinite(gap[:first])]
    expected = comparison + (early.mean() if len(early) else np.nan)
    expected[first:] = observed[first:] - effect[first:]
    return Path(
        period=panel.periods, observed=observed, counterfactual=expected, effect=effect,
        low=low, high=high, comparison=comparison,
    )  # fmt: skip
