"""Regressions with unit and period effects: from a claim and a panel to the record of an estimate."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from innoeval.designs.base import Arrangement
from innoeval.designs.fixed_effects.twoway_data import (
    Data,
    Question,
    Settings,
    cell_weights,
    dropped,
    gather,
    group_cells,
    observed,
    seen_both_ways,
    staggered_notes,
)
from innoeval.designs.granted import unit_columns
from innoeval.errors import DesignError
from innoeval.inference import HC, IID, Choice, Clustered, Randomization, refusal
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval
from innoeval.records.freeze import Floats
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.contrast import Compared, student
from innoeval.stats.covariance import Counts, group_sums, small_sample
from innoeval.stats.noise import FEWEST_FOR_NOISE, group_noise, unit_noise
from innoeval.stats.permuted_starts import by_chance, slot_sums, spread, start_assignments
from innoeval.stats.twoway import Cells, Fit, Normal, two_way, two_way_by_group


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
    inference: Choice | IID | None,
) -> Estimate:
    """The estimate of a regression with unit and period effects.

    Parameters
    ----------
    design, panel, claim, case, policy
        What is estimated, and how.
    settings, question
        Regressors and weights.
    inference
        What was asked for, if anything.

    Raises
    ------
    DesignError
        Where the treatment cannot be told from the effects, or the errors asked for would mislead.
    """
    data = gather(panel, case, settings, question)
    seen = np.isfinite(data.outcomes)
    treated, only = seen_both_ways(data, case)
    if not treated.any():
        raise DesignError(
            "no treated unit has values both before and after its start; where units are cases of one "
            "period each, ExtendedTWFE(cross_sections=True) compares their averages"
        )
    if only.any():
        rows = np.flatnonzero(only)
        some = ", ".join(panel.units[i] for i in rows[:5])
        data.notes.append(
            f"no value before the start: {some}"
            + (f" and {len(rows) - 5} more" if len(rows) > 5 else "")
            + "; these units say nothing of their own effect, and serve as comparison as if the "
            "innovation had always been there"
        )
    simple = bool(seen.all()) and not data.further.shape[2] and data.weights is None
    choice = _settled(inference, int(treated.sum()), policy, simple=simple)
    if simple and not isinstance(choice, HC | IID):
        fit = two_way_by_group(
            data.outcomes, data.group, question.normal(data.group, trend=settings.trend)
        )
    else:
        fit = two_way(Cells(data.outcomes, data.regressors, data.weights, settings.trend))
    asked = 1 if question.event_times is None else len(question.event_times)
    notes = [
        *data.notes,
        *dropped(fit, asked, settings, question),
        *staggered_notes(case, data, question),
    ]
    mass, total = group_cells(data)
    weights = cell_weights(mass, question, fit)
    against = refusal(Clustered(), int(treated.sum()), int((data.group > 0).sum()))
    if isinstance(choice, Randomization):
        normal = question.normal(data.group, trend=settings.trend)
        found = _randomised(data, case, fit, normal, weights[:asked], choice, policy)
    elif against:
        said = against.replace("Clustered", type(choice).__name__)
        raise DesignError(f"{said}, which DifferenceInDifferences offers")
    else:
        found = _by_errors(panel, data, fit, settings, weights, choice, policy)
    if not np.isfinite([found.tested.low[0], found.tested.high[0]]).all():
        notes.append(
            "so few choices of treated units exist that no 95 % interval with an end can be given"
        )
    if isinstance(choice, HC | IID):
        notes.append(
            "the errors take a unit's periods as independent; most are alike, so they are too small"
        )
    tested = found.tested
    effect = float(tested.effect[0])
    averaged = observed(mass, total, case)
    return Estimate(
        design=type(design).__name__,
        estimand=design.estimand,
        effect=effect,
        std_error=float(tested.std_error[0]),
        conf_int=Interval(float(tested.low[0]), float(tested.high[0])),
        p_value=float(tested.p_value[0]),
        df=found.df,
        better=claim.better,
        baseline=averaged - effect,
        observed=averaged,
        n_units=fit.n_units,
        n_treated=int(treated.sum()),
        n_clusters=found.n_clusters,
        n_obs=fit.n_cells,
        inference=found.named,
        components=_components(tested, question),
        covariance=found.covariance if question.event_times else None,
        influence=found.influences[:, 0],
        influences=partial(
            np.asarray, found.influences[:, 1 : 1 + len(question.event_times or ())]
        ),
        assumptions=design.assumptions,
        warnings=tuple(notes),
        level=policy.level,
        whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
    )


class Tested(NamedTuple):
    """Tests of the overall effect and of each coefficient, and what they rest on.

    `covariance` of the coefficients; `df`; the number of clusters; the inference in words;
    influences of units on the effect and then on each coefficient, (N, 1 + k).
    """

    tested: Compared
    covariance: Floats
    df: float | None
    n_clusters: int
    named: str
    influences: Floats


def _settled(
    inference: Choice | IID | None, ours: int, policy: Policy, *, simple: bool
) -> Choice | IID:
    """What was asked for, or what the number of treated units calls for.

    Raises
    ------
    DesignError
        Where it does not suit, saying what does.
    """
    choice: Choice | IID = (
        (
            Clustered()
            if ours > policy.few_treated
            else Randomization(draws=policy.draws, seed=policy.seed)
        )
        if inference is None
        else inference
    )
    match choice:
        case Randomization(statistic="own_noise" | "coefficient"):
            if not simple:
                raise DesignError(
                    f"{ours} treated units: inference is then by randomisation, which takes no "
                    "covariates, weights or missing cells in this regression; use "
                    "DifferenceInDifferences or CallawaySantAnna"
                )
        case IID() | HC(kind="HC1") | Clustered(by=str()):
            pass
        case _:
            raise DesignError(
                f"{choice} is not offered for this regression; choose Clustered(by='unit' or a "
                "column), HC(kind='HC1'), IID(), or Randomization() with the statistic 'own_noise' or "
                "'coefficient'"
            )
    return choice


def _by_errors(
    panel: Panel,
    data: Data,
    fit: Fit,
    settings: Settings,
    weights: Floats,
    choice: Choice | IID,
    policy: Policy,
) -> Tested:
    """Tests by a covariance of the coefficients."""
    slopes = len(fit.kept)
    levels = fit.n_units * (2 if settings.trend else 1)
    absorbed = levels + fit.n_periods - (2 if settings.trend else 1)
    spare = fit.n_cells - slopes - absorbed
    n_clusters, scale = fit.n_units, 1.0
    if not isinstance(choice, Clustered):
        if spare < 1:
            raise DesignError("there are no more cells than coefficients; leave out covariates")
        n_clusters, df = fit.n_cells, float(spare)
        if isinstance(choice, IID):
            variance = fit.bread * fit.rss / spare
            named = "as if every cell were independent and alike (IID), n − K degrees of freedom"
        else:
            variance = fit.bread @ fit.meat @ fit.bread * fit.n_cells / spare
            named = "robust to unequal variances (HC1, factor n/(n − K)), cells independent"
    else:
        scores, by = fit.scores, choice.groups[0]
        if by != "unit":
            every = np.ones(len(panel.units), dtype=bool)
            codes = np.unique(unit_columns(panel, choice, every)[by], return_inverse=True)[1]
            reached = len(np.unique(codes[data.group < len(data.table) - 1]))
            n_clusters = int(codes.max()) + 1
            if against := refusal(choice, reached, max(n_clusters - reached, reached)):
                raise DesignError(against)
            scores = group_sums(scores, codes)
        counts = Counts(n=fit.n_cells, slopes=slopes, nested=levels, other=fit.n_periods)
        factor = small_sample(choice.small_sample, counts, n_clusters)
        variance = factor * fit.bread @ (scores.T @ scores) @ fit.bread
        named = (
            f"clustered by {by}, {n_clusters:,} clusters, small-sample factor "
            f"'{choice.small_sample}'; Student's t with one degree of freedom fewer than clusters"
        )
        df = float(n_clusters - 1)
        scale = float(np.sqrt(factor))
    asked = np.flatnonzero(fit.kept < max(1, data.table.shape[2]))
    rows = np.concatenate([weights[None], np.eye(slopes)[asked]])
    effect = rows @ fit.coefficients
    spread_out = rows @ variance @ rows.T
    error = np.sqrt(np.clip(np.diag(spread_out), 0, None))
    tested = student(effect, error, np.full(len(effect), df), policy.level)
    influences = scale * len(fit.scores) * (fit.scores @ (fit.bread @ rows.T))
    return Tested(tested, spread_out[1:, 1:], df, n_clusters, named, influences)


def _randomised(
    data: Data,
    case: Arrangement,
    fit: Fit,
    normal: Normal,
    weights: Floats,
    choice: Randomization,
    policy: Policy,
) -> Tested:
    """Coefficients under other assignments of the start dates.

    With every cell filled, an assignment moves rows of the demeaned regressors to other units: the
    normal equations keep their left side, and what each unit adds to the right one is a table.
    """
    G, first = len(case.launches), int(case.launches[0])
    rows = np.concatenate([weights[None], np.eye(len(normal.bread))]) @ normal.bread
    lines = np.einsum("rk,htk->hrt", rows, normal.x)
    chosen = start_assignments(data.group, G, choice.draws, choice.seed)
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
    if first >= FEWEST_FOR_NOISE and choice.statistic == "own_noise":
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
    influences = len(fit.scores) * (fit.scores @ rows.T)
    return Tested(tested, covariance, None, len(data.group), inference, influences)


def _components(tested: Compared, question: Question) -> tuple[Component, ...]:
    """One component for each event time."""
    each = (tested.effect, tested.std_error, tested.p_value, tested.low, tested.high)
    rows = zip(*(values[1:].tolist() for values in each), strict=True)
    return tuple(
        Component(
            term=f"event time {e}", estimate=effect, std_error=error,
            statistic=effect / error if error else None, p_value=p_value,
            conf_low=low, conf_high=high, event_time=e,
        )
        for e, (effect, error, p_value, low, high) in zip(
            question.event_times or (), rows, strict=False
        )
    )  # fmt: skip
