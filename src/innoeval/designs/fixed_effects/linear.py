"""Estimates that are sums of what each unit adds: errors, tests and the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from innoeval.designs.base import Mask, Positions
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered, named
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval
from innoeval.records.freeze import Floats
from innoeval.records.group_times import GroupTimes
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.contrast import student
from innoeval.stats.covariance import Counts, group_sums, small_sample

_INSTEAD = "CallawaySantAnna and DifferenceInDifferences have randomisation inference for so few"


class Named(Protocol):
    """What an estimate takes over from its design."""

    assumptions: ClassVar[tuple[Assumption, ...]]
    estimand: ClassVar[str]


class Part(NamedTuple):
    """A component before it is tested: its name, estimate and error, and where it stands."""

    term: str
    estimate: float
    std_error: float
    event_time: int | None = None
    cohort: str | None = None
    period: str | None = None


class Sums(NamedTuple):
    """An effect as a sum over units.

    `effect`; `added` (N,): what each unit adds, centred, so that the sum of squares over clusters
    is the variance; `treated` (N,): units that are treated at some time; `observed`: what the
    outcome of the treated averaged where the effect is measured; number of cells; `behind` (N,):
    treated units whose own change is part of the effect, all of them if None.
    """

    effect: float
    added: Floats
    treated: Mask
    observed: float
    n_obs: int
    behind: Mask | None = None


class Clusters(NamedTuple):
    """Groups of units that are taken as one in errors.

    `code` (N,): 0 … G − 1; `convention`: the errors' name; `factor`: on variances.
    """

    code: Positions
    convention: str
    factor: float = 1.0

    @property
    def n(self) -> int:
        """Number of clusters."""
        return int(self.code.max()) + 1

    def sums(self, added: Floats) -> Floats:
        """Sums over each cluster, (N, ...) to (G, ...), with the factor in them."""
        whole = added if self.n == len(self.code) else group_sums(added, self.code)
        return np.asarray(whole * np.sqrt(self.factor))

    def error(self, added: Floats) -> float:
        """Standard error of one sum over units, (N,)."""
        return float(np.sqrt((self.sums(added) ** 2).sum()))


def take_as_one(
    design: Named,
    panel: Panel,
    kept: Mask,
    counts: Counts,
    inference: Choice | None,
    *,
    default: Clustered,
    said: str = "",
) -> Clusters:
    """What is taken as one in errors: what was asked for, or the design's own default.

    Parameters
    ----------
    design, panel
        The design and the panel.
    kept
        Units that are used, (panel's units,).
    counts
        What small-sample factors count.
    inference, default
        What was asked for (None: nothing), and what the design does otherwise.
    said
        What else the errors' name has to say.

    Raises
    ------
    DesignError
        Where something else than clusters of units was asked for.
    """
    choice = default if inference is None else inference
    if not isinstance(choice, Clustered) or len(choice.groups) > 1 or choice.by == "period":
        raise DesignError(
            f"{type(design).__name__} is a sum over units, so its errors are clustered: ask for "
            "Clustered(by='unit') or by a column that stays the same within units"
        )
    code = np.arange(int(kept.sum()))
    if choice.by != "unit":
        code = np.unique(of_units(panel, choice.groups[0])[kept], return_inverse=True)[1]
    name = named(choice, 1, 1).removesuffix(", t(G − 1)")
    factor = small_sample(choice.small_sample, counts, int(code.max()) + 1)
    return Clusters(code.reshape(-1).astype(np.int64), name + said, factor)


def linear_estimate(
    design: Named,
    panel: Panel,
    claim: Claim,
    policy: Policy,
    sums: Sums,
    parts: Sequence[Part],
    clusters: Clusters,
    *,
    warnings: tuple[str, ...],
    added: Callable[[], Floats],
    covariance: Floats | None = None,
    group_times: GroupTimes | None = None,
) -> Estimate:
    """The record of an estimate whose error is clustered, with Welch's degrees of freedom.

    Parameters
    ----------
    design, panel, claim, policy
        What is estimated, and how.
    sums
        The effect.
    parts
        Its components.
    clusters
        What is taken as one, here and in the errors of `parts`.
    warnings
        What a reader must know.
    added
        Gives what each unit adds to each of `parts`, (N, parts).
    covariance
        Of the components.
    group_times
        Effects by cohort and period.

    Raises
    ------
    DesignError
        Where so few clusters are treated that clustered errors would mislead.
    """
    treated = clustered_treated(sums.treated, clusters)
    behind = sums.treated if sums.behind is None else sums.behind
    borne = int(clustered_treated(behind, clusters).sum())
    if few := too_few(borne, int((~treated).sum()), policy):
        lost = int(treated.sum()) - borne
        why = f" ({lost} more have no part in the effect: {'; '.join(warnings)})" if lost else ""
        raise DesignError(f"{type(design).__name__}: {few[0]}{why}; {_INSTEAD}")
    error, df = two_sides(clusters.sums(sums.added), treated)
    tested = student(np.array([sums.effect]), np.array([error]), np.array([df]), policy.level)
    return Estimate(
        design=type(design).__name__,
        estimand=design.estimand,
        effect=sums.effect,
        std_error=error,
        conf_int=Interval(float(tested.low[0]), float(tested.high[0])),
        p_value=float(tested.p_value[0]),
        df=df,
        better=claim.better,
        baseline=sums.observed - sums.effect,
        observed=sums.observed,
        n_units=len(sums.added),
        n_treated=int(behind.sum()),
        n_clusters=clusters.n,
        n_obs=sums.n_obs,
        inference=f"{clusters.convention}; Student's t with Welch's degrees of freedom",
        components=_tested(parts, df, policy.level),
        covariance=covariance,
        influence=sums.added * np.sqrt(clusters.factor) * len(sums.added),
        influences=partial(_times, added, np.sqrt(clusters.factor) * len(sums.added)),
        group_times=group_times,
        assumptions=design.assumptions,
        warnings=warnings,
        level=policy.level,
        whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
    )


def clustered_treated(treated: Mask, clusters: Clusters) -> Mask:
    """Clusters that hold a treated unit, (G,)."""
    return np.asarray(np.bincount(clusters.code, weights=treated) > 0)


def two_sides(added: Floats, treated: Mask) -> tuple[float, float]:
    """Standard error, and Welch's degrees of freedom of treated against never-treated clusters."""
    parts = [(float((added[side] ** 2).sum()), int(side.sum()) - 1) for side in (treated, ~treated)]
    total = sum(part for part, _ in parts)
    below = sum(part**2 / max(freedom, 1) for part, freedom in parts)
    return float(np.sqrt(total)), float(total**2 / below) if below > 0 else np.inf


def too_few(n_treated: int, n_comparison: int, policy: Policy) -> tuple[str, ...]:
    """Why clustered errors cannot be trusted; empty if they can."""
    if n_treated <= policy.few_treated:
        are = "s are" if n_treated > 1 else " is"
        return (
            (
                f"{n_treated} treated unit{are} too few for clustered errors; at least "
                f"{policy.few_treated + 1} are needed"
            ),
        )
    if n_comparison == 1:
        return ("one unit that is never treated is too few to tell chance from effect",)
    return ()


def of_units(panel: Panel, column: str) -> npt.NDArray[np.str_]:
    """A column's value in each unit, as text, (units,).

    Raises
    ------
    DesignError
        Where there is no such column, a value is missing, or it changes within a unit.
    """
    if column not in panel.frame:
        have = ", ".join(str(name) for name in panel.frame.columns)
        raise DesignError(f"there is no column '{column}'; the columns are {have}")
    values = panel.frame[column]
    if values.isna().any():
        raise DesignError(f"the column '{column}' is empty in some rows; fill it in every row")
    text = values.astype(str).to_numpy(dtype=str)
    unit = panel.frame[panel.unit].to_numpy(dtype=str)
    _, first, code = np.unique(unit, return_index=True, return_inverse=True)
    if (odd := text != text[first][code]).any():
        some = np.unique(code[odd])
        rows = np.isin(np.arange(len(panel.units)), some)
        raise DesignError(
            f"the column '{column}' changes within {names(panel, rows)}; it must stay the same"
        )
    return text[first]


def used_in(panel: Panel, kept: Mask, known: Mask) -> Mask:
    """Units used, (panel's units,), from those kept first and those of them that are known."""
    used = np.zeros(len(panel.units), dtype=bool)
    used[np.flatnonzero(kept)[known]] = True
    return used


def names(panel: Panel, rows: Mask) -> str:
    """The first few units of a mask, and how many more there are."""
    some = [panel.units[i] for i in np.flatnonzero(rows)[:5]]
    rest = int(rows.sum()) - len(some)
    return ", ".join(some) + (f" and {rest} more" if rest > 0 else "")


def _times(added: Callable[[], Floats], factor: float) -> Floats:
    return np.asarray(added() * factor)


def _tested(parts: Sequence[Part], df: float, level: float) -> tuple[Component, ...]:
    estimates = np.array([part.estimate for part in parts])
    errors = np.array([part.std_error for part in parts])
    each = student(estimates, errors, np.full(len(parts), df), level)
    return tuple(
        Component(
            term=part.term, estimate=part.estimate, std_error=part.std_error,
            statistic=part.estimate / part.std_error if part.std_error > 0 else None,
            p_value=float(each.p_value[k]), conf_low=float(each.low[k]),
            conf_high=float(each.high[k]), event_time=part.event_time, cohort=part.cohort,
            period=part.period,
        )
        for k, part in enumerate(parts)
    )  # fmt: skip
