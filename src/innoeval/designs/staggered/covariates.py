"""Group-time effects among units that are alike in covariates."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Mask
from innoeval.designs.staggered.cohorts import Cohorts, Spans
from innoeval.errors import DesignError
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.stats.adjusted import Method, SeparationError, adjusted, independent_columns
from innoeval.stats.paired import combined, shares_influence, summed, unit_changes


class Adjustment(NamedTuple):
    """Covariates (N, T, p) by name, how groups are made alike in them, and labels of the periods."""

    method: Method
    names: tuple[str, ...]
    values: Floats
    periods: tuple[str, ...]


class Adjusted(NamedTuple):
    """Effects (K,) of some contrasts, what each unit adds to them (N, K), and what must be said."""

    spans: Spans
    effect: Floats
    added: Floats
    notes: tuple[str, ...]


def read_covariates(
    panel: Panel, names: tuple[str, ...], method: Method, kept: Mask
) -> Adjustment | None:
    """Covariates of some units, or None where none is named.

    Raises
    ------
    PanelError
        Where the panel has no such column of numbers.
    """
    if not names:
        return None
    values = np.stack([panel.matrix(name)[kept] for name in names], axis=2)
    return Adjustment(method, names, values, panel.periods)


def adjust(cohorts: Cohorts, spans: Spans, adjustment: Adjustment) -> Adjusted:
    """Effects with covariates as they were in the last period of each contrast's baseline.

    Parameters
    ----------
    cohorts, spans
        Units, and what is compared.
    adjustment
        Covariates and method.

    Raises
    ------
    DesignError
        Where comparison units are too few for the covariates, or unlike all treated ones.
    """
    periods = adjustment.periods
    changes = unit_changes(cohorts.outcomes, spans.period, spans.before, spans.trend, spans.base)
    mass = np.ones(len(changes)) if cohorts.weights is None else cohorts.weights
    last = spans.before.shape[1] - 1 - spans.before[:, ::-1].argmax(axis=1)
    K = len(spans.cohort)
    effect, added = np.full(K, np.nan), np.zeros((len(changes), K))
    gone: dict[str, None] = {}
    lacking = trimmed = 0
    for k in range(K):
        x = adjustment.values[:, last[k]]
        ours = cohorts.group == spans.cohort[k]
        asked = np.isfinite(changes[:, k]) & (ours | spans.compare[k][cohorts.group])
        used = asked & np.isfinite(x).all(axis=1)
        lacking += int((asked & ~used).sum())
        treated = ours[used]
        if not treated.any() or treated.all():
            continue
        X = np.column_stack([np.ones(int(used.sum())), x[used] - x[used].mean(axis=0)])
        columns = independent_columns(X[~treated], mass[used][~treated])
        gone |= dict.fromkeys(
            adjustment.names[j - 1] for j in range(1, X.shape[1]) if j not in columns
        )
        where = f"the cohort of {periods[cohorts.starts[spans.cohort[k]]]}"
        if int((~treated).sum()) <= len(columns):
            raise DesignError(
                f"{where} has {int((~treated).sum())} comparison units in {periods[spans.period[k]]}, "
                f"too few for {X.shape[1] - 1} covariates; leave some out"
            )
        try:
            found = adjusted(
                changes[used, k], treated, X[:, columns], mass[used], adjustment.method
            )
        except SeparationError:
            raise DesignError(
                f"the covariates tell {where} from its comparison units without error, so that "
                "nobody is like it; leave some out, or use method='reg', which extrapolates"
            ) from None
        effect[k], added[used, k] = found.effect, found.added
        trimmed = max(trimmed, found.trimmed)
    known = np.isfinite(effect)
    return Adjusted(
        spans.keep(known), effect[known], added[:, known], _notes(tuple(gone), lacking, trimmed)
    )


def _notes(gone: tuple[str, ...], lacking: int, trimmed: int) -> tuple[str, ...]:
    """What a reader must know of the covariates."""
    said = []
    if gone:
        many = "s" if len(gone) > 1 else ""
        said.append(
            f"the covariate{many} {', '.join(gone)} {'are' if many else 'is'} left out where constant, "
            "or a combination of others, among the comparison units"
        )
    if lacking:
        said.append(f"{lacking} comparisons of a unit are left out for lack of a covariate")
    if trimmed:
        said.append(
            f"up to {trimmed} comparison units are left out of an effect: by their covariates they are "
            "as good as sure to be treated"
        )
    return tuple(said)


def adjusted_parts(cohorts: Cohorts, found: Adjusted) -> tuple[Floats, partial[Floats]]:
    """Covariance of the effects and cohort shares, and each unit's part in combinations of them."""
    shares = shares_influence(cohorts.group, cohorts.weights, len(cohorts.starts))
    rows = partial(_rows, found.added)
    return summed(rows, shares), partial(combined, rows, shares)


def _rows(added: Floats, rows: slice) -> Floats:
    return added[rows]
