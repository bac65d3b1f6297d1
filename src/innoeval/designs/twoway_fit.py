"""Regressions with unit and period effects: from a claim and a panel to the record of an estimate."""

from __future__ import annotations

from typing import ClassVar, Protocol

import numpy as np

from innoeval.designs.base import Arrangement
from innoeval.designs.twoway_data import (
    Data,
    Question,
    Settings,
    cell_weights,
    clusters,
    dropped,
    gather,
    observed,
    staggered_notes,
)
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval
from innoeval.records.freeze import Floats
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.contrast import Compared, student
from innoeval.stats.covariance import LIBRARIES, Counts, group_sums, small_sample
from innoeval.stats.noise import FEWEST_FOR_NOISE, group_noise, unit_noise
from innoeval.stats.permuted_starts import by_chance, slot_sums, spread, start_assignments
from innoeval.stats.twoway import Cells, Fit, demeaned_table, two_way, two_way_by_group


class Named(Protocol):
    """What an estimate takes over from its design."""

    assumptions: ClassVar[tuple[Assumption, ...]]
    estimand: ClassVar[str]


def fitted(
    design: Named,
    panel: Panel,
    claim: Claim,
    case: Arrangement,
    policy: Policy,
    settings: Settings,
    question: Question,
) -> Estimate:
    """The estimate of a regression with unit and period effects.

    Parameters
    ----------
    design, panel, claim, case, policy
        What is estimated, and how.
    settings, question
        Regressors, weights and errors.

    Raises
    ------
    DesignError
        Where the treatment cannot be told from the effects, or the errors asked for would mislead.
    """
    data = gather(panel, case, settings, question)
    seen = np.isfinite(data.outcomes)
    treated = case.treated & seen.any(axis=1)
    simple = bool(seen.all()) and not data.further.shape[2] and data.weights is None
    few = int(treated.sum()) <= policy.few_treated
    if few and (settings.errors is not None or not simple):
        raise DesignError(_refused(int(treated.sum()), settings, simple=simple))
    if simple and settings.errors in {None, "clustered"}:
        fit = two_way_by_group(data.outcomes, data.group, data.table, trend=settings.trend)
    else:
        fit = two_way(Cells(data.outcomes, data.regressors, data.weights, settings.trend))
    asked = 1 if question.event_times is None else len(question.event_times)
    notes = [*data.notes, *dropped(fit, asked, settings, question), *staggered_notes(case, data)]
    weights = cell_weights(data, question, fit)
    if few:
        chance = _randomised(data, case, settings, weights[:asked], policy)
        tested, covariance, df, inference, added = (*chance, None)
    else:
        tested, covariance, df, inference, added = _clustered(
            panel, case, data, fit, settings, weights, policy
        )
    if not np.isfinite([tested.low[0], tested.high[0]]).all():
        notes.append(
            "so few choices of treated units exist that no 95 % interval with an end can be given"
        )
    effect = float(tested.effect[0])
    averaged = observed(data, case)
    return Estimate(
        design=type(design).__name__,
        estimand=design.estimand,
        effect=effect,
        std_error=float(tested.std_error[0]),
        conf_int=Interval(float(tested.low[0]), float(tested.high[0])),
        p_value=float(tested.p_value[0]),
        df=df,
        better=claim.better,
        baseline=averaged - effect,
        observed=averaged,
        n_units=fit.n_units,
        n_treated=int(treated.sum()),
        n_clusters=fit.n_units if settings.cluster == "unit" else _n_clusters(panel, settings),
        n_obs=fit.n_cells,
        inference=inference,
        components=_components(tested, question),
        covariance=covariance if question.event_times else None,
        influence=added,
        assumptions=design.assumptions,
        warnings=tuple(notes),
        level=policy.level,
        whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
    )


def _refused(n_treated: int, settings: Settings, *, simple: bool) -> str:
    units = f"{n_treated} treated unit{'s are' if n_treated != 1 else ' is'} too few for "
    if settings.errors is not None:
        return (
            f"{units}{settings.errors} errors, which would reject a true null in most runs; leave "
            "out errors= for randomisation inference, or use DifferenceInDifferences"
        )
    what = "a missing cell" if not simple and not settings.covariates else "covariates"
    return (
        f"{units}clustered errors, and randomisation inference of this regression allows no "
        f"covariates, weights or missing cells (found: {what}); use DifferenceInDifferences or "
        "CallawaySantAnna"
    )


def _n_clusters(panel: Panel, settings: Settings) -> int:
    return len(np.unique(clusters(panel, settings.cluster)))


def _clustered(
    panel: Panel,
    case: Arrangement,
    data: Data,
    fit: Fit,
    settings: Settings,
    weights: Floats,
    policy: Policy,
) -> tuple[Compared, Floats, float, str, Floats | None]:
    """Tests of the overall effect and of each coefficient, their covariance, and the inference."""
    slopes = len(fit.kept)
    levels = fit.n_units * (2 if settings.trend else 1)
    absorbed = levels + fit.n_periods - (2 if settings.trend else 1)
    spare = fit.n_cells - slopes - absorbed
    added: Floats | None = None
    if settings.errors in {"HC1", "iid"}:
        if spare < 1:
            raise DesignError("there are no more cells than coefficients; leave out covariates")
        if settings.errors == "iid":
            variance = fit.bread * fit.rss / spare
            inference = "as if every cell were independent and alike, with n − K cells"
        else:
            variance = fit.bread @ fit.meat @ fit.bread * fit.n_cells / spare
            inference = "robust to unequal variances (HC1, factor n/(n − K)), cells independent"
        df = float(spare)
    else:
        scores, unit = fit.scores, "unit"
        if settings.cluster != "unit":
            codes, unit = clusters(panel, settings.cluster), settings.cluster
            reached = len(np.unique(codes[case.treated]))
            if reached <= policy.few_treated:
                raise DesignError(
                    f"{reached} clusters by '{unit}' hold a treated unit, too few for clustered "
                    "errors; use DifferenceInDifferences on the panel of clusters"
                )
            scores = group_sums(scores, codes)
        n_groups = fit.n_units if unit == "unit" else len(scores)
        counts = Counts(n=fit.n_cells, slopes=slopes, nested=levels, other=fit.n_periods)
        factor = small_sample(settings.small_sample, counts, n_groups)
        variance = factor * fit.bread @ (scores.T @ scores) @ fit.bread
        rule = LIBRARIES.get(settings.small_sample, settings.small_sample)
        by = f" ({settings.small_sample})" if settings.small_sample in LIBRARIES else ""
        inference = (
            f"clustered by {unit}, {n_groups:,} clusters, small-sample factor '{rule}'{by}; "
            "Student's t with one degree of freedom fewer than clusters"
        )
        df = float(n_groups - 1)
        if unit == "unit":
            added = np.sqrt(factor) * len(fit.scores) * (fit.scores @ fit.bread @ weights)
    asked = np.flatnonzero(fit.kept < max(1, data.table.shape[2]))
    rows = np.concatenate([weights[None], np.eye(slopes)[asked]])
    effect = rows @ fit.coefficients
    spread_out = rows @ variance @ rows.T
    error = np.sqrt(np.clip(np.diag(spread_out), 0, None))
    tested = student(effect, error, np.full(len(effect), df), policy.level)
    return tested, spread_out[1:, 1:], df, inference, added


def _randomised(
    data: Data,
    case: Arrangement,
    settings: Settings,
    weights: Floats,
    policy: Policy,
) -> tuple[Compared, Floats, None, str]:
    """Coefficients under other assignments of the start dates.

    With every cell filled, an assignment moves rows of the demeaned regressors to other units: the
    normal equations keep their left side, and what each unit adds to the right one is a table.
    """
    G, first = len(case.launches), int(case.launches[0])
    count = np.bincount(data.group, minlength=G + 1).astype(np.float64)
    x = demeaned_table(data.table, count, trend=settings.trend)
    bread = np.linalg.inv(np.einsum("h,htj,htk->jk", count, x, x))
    rows = np.concatenate([weights[None], np.eye(len(bread))]) @ bread
    lines = np.einsum("rk,htk->hrt", rows, x)
    chosen = start_assignments(data.group, G, policy.draws, policy.seed)
    slots = data.group[chosen[0]]
    level = data.outcomes.mean(axis=0)
    parts = np.einsum("nt,hrt->nhr", data.outcomes - level, lines)
    a = slot_sums(parts, slots, chosen)
    # An effect of 1 in the cells that the coefficient is about: all treated ones for the overall.
    times = data.table.shape[2]
    cells = [data.table[:, :, weights > 0].sum(axis=2)] + [
        data.table[:, :, j] for j in range(times)
    ]
    b = np.empty_like(a)
    for r, one in enumerate(cells):
        b[:, r] = slot_sums(np.einsum("nt,ht->nh", one[data.group], lines[:, r])[:, :, None],
                            slots, chosen)[:, 0]  # fmt: skip
    scale, told = None, ""
    if first >= FEWEST_FOR_NOISE:
        noise = group_noise(unit_noise(data.outcomes[:, :first]), case.treated)
        scale = spread(noise, np.full(len(slots), 1 / len(slots)), chosen)
        told = ", each measured by the units' own noise before the first start"
    found = by_chance(a, b, scale, policy.level)
    none = np.full(len(found.effect), np.nan)
    tested = Compared(found.effect, found.std_error, none, found.p_value, found.low, found.high)
    covariance = found.others[:, 1:].T @ found.others[:, 1:] / len(found.others)
    inference = (
        f"randomisation of the start dates over {len(chosen):,} choices of units{told}, interval by "
        "inversion"
    )
    return tested, covariance, None, inference


def _components(tested: Compared, question: Question) -> tuple[Component, ...]:
    """One component for each event time."""
    return tuple(
        Component(
            term=f"event time {e}", estimate=float(tested.effect[i]),
            std_error=float(tested.std_error[i]),
            statistic=float(tested.effect[i] / tested.std_error[i]) if tested.std_error[i] else None,
            p_value=float(tested.p_value[i]), conf_low=float(tested.low[i]),
            conf_high=float(tested.high[i]), event_time=e,
        )
        for i, e in enumerate(question.event_times or (), 1)
    )  # fmt: skip
