"""What a design shows where and when nothing happened."""

from __future__ import annotations

import numpy as np

from innoeval.designs.base import Arrangement, DecidingDesign, Mask, arrange
from innoeval.designs.imitation import Imitating
from innoeval.errors import DesignError
from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.placebos import Placebos
from innoeval.records.policy import Policy
from innoeval.stats.contrast import window_contrasts
from innoeval.stats.placebo import floored
from innoeval.stats.placebo_groups import placebo_differences

#: Random groups where several units are treated, and fewest comparison units left beside one.
_DRAWS, _LEFT = 999, 2
#: Fewest periods before the start, and most pretended starts.
_FEWEST, _MOST = 6, 60


def placebos_in_space(
    design: DecidingDesign, panel: Panel, claim: Claim, *, policy: Policy = Policy()
) -> Placebos:
    """What a design shows for units that went without the innovation, taken for treated.

    A design that imitates by donors (`SyntheticControl` and its kin) is run on each donor, or on
    random sets of as many donors as are treated, and effects are told as multiples of the misfit
    before the start. Any other design is represented by the change of its treated units less that
    of its comparison units: each of these, or random groups of as many, against the rest. Draw it
    with `innoeval.plots.placebo_distribution`.

    Parameters
    ----------
    design, panel, claim, policy
        What is held against its placebos.

    Raises
    ------
    ClaimError
        Where the claim does not fit the panel.
    DesignError
        Where too few units went without the innovation, or starts differ.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, doi:10.1198/jasa.2009.ap08746.

    Examples
    --------
    >>> from innoeval import designs, simulate
    >>> case = simulate.draw(seed=1, n_units=20, n_treated=1, size=3.0)
    >>> found = placebos_in_space(designs.SyntheticControl(), case.panel, case.claim)
    >>> len(found.effect), found.rank
    (19, 1)
    """
    case = arrange(panel, claim)
    if len(case.launches) > 1:
        raise DesignError(
            f"the treated units start at {len(case.launches)} dates, and placebos in space need one; "
            "draw plots.event_study, or the placebos of the units with one start"
        )
    kernel = design.kernel(panel, claim, policy=policy)
    units = _named(panel, case)
    if isinstance(kernel, Imitating):
        return _imitated(kernel, type(design).__name__, claim, units)
    n_treated, n_others = int(case.treated.sum()), int((~case.treated).sum())
    if n_others - n_treated < _LEFT:
        raise DesignError(
            f"{n_others} units went without the innovation beside {n_treated} with it; to take some "
            f"of them for treated, {n_treated + _LEFT} are needed. Draw placebos_in_time"
        )
    after = np.arange(case.n_periods) >= case.launch
    changes = window_contrasts(case.outcomes, ~after[None], after[None])[:, 0]
    real, found = placebo_differences(changes, case.treated, _DRAWS, policy.seed)
    if not np.isfinite(real) or not len(found):
        raise DesignError(
            f"too many values of {claim.outcome} are missing to take other units for treated"
        )
    names = [u for u, ours in zip(panel.units, case.treated, strict=True) if not ours]
    known = np.isfinite(changes[~case.treated])
    labels = [name for name, there in zip(names, known, strict=True) if there]
    nothing = np.full(len(found), np.nan)
    return Placebos(
        claim=claim.id, outcome=claim.outcome, design=type(design).__name__, kind="space", name=units,
        labels=tuple(labels) if n_treated == 1 else (), effect=found, low=nothing, high=nothing,
        real=real,
    )  # fmt: skip


def placebos_in_time(
    design: DecidingDesign, panel: Panel, claim: Claim, *, policy: Policy = Policy()
) -> Placebos:
    """What a design shows for starts that are pretended before the real one.

    Each pretended start has the earlier periods before it, at least half of those there are, and
    as many after it as the last of them leaves; the real start is shown with as many. Draw it
    with `innoeval.plots.placebo_distribution`.

    Parameters
    ----------
    design, panel, claim, policy
        What is held against its placebos.

    Raises
    ------
    ClaimError
        Where the claim does not fit the panel.
    DesignError
        Where there are fewer than six periods before the start.

    References
    ----------
    Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59:495-510,
    doi:10.1111/ajps.12116.

    Examples
    --------
    >>> from innoeval import designs, simulate
    >>> case = simulate.draw(seed=1, n_units=20, n_treated=10, size=3.0)
    >>> found = placebos_in_time(designs.DifferenceInDifferences(), case.panel, case.claim)
    >>> len(found.effect), bool(abs(found.real) > abs(found.effect).max())
    (9, True)
    """
    case = arrange(panel, claim)
    kernel = design.kernel(panel, claim, policy=policy)
    launch, n_periods = kernel.launch, len(kernel.series)
    if launch < _FEWEST:
        raise DesignError(
            f"{launch} periods lie before the start, and {_FEWEST} are needed to pretend earlier ones"
        )
    length = max(1, min(n_periods - launch, launch // 6))
    starts = np.arange(launch - launch // 2, launch - length + 1)
    if len(starts) > _MOST:
        starts = np.unique(np.linspace(starts[0], starts[-1], _MOST).round().astype(np.int64))
    all_starts = np.append(starts, launch)
    time = np.arange(n_periods)
    before: Mask = time < all_starts[:, None]
    after: Mask = ~before & (time < all_starts[:, None] + length)
    found = kernel.effects(before, after, level=policy.level)
    known = np.isfinite(found.effect[:-1])
    if not known.any() or not np.isfinite(found.effect[-1]):
        raise DesignError(
            f"too many values of {claim.outcome} are missing to pretend an earlier start"
        )
    one = len(case.launches) == 1
    labels = [panel.periods[s] if one else f"{launch - s} periods earlier" for s in starts[known]]
    low, high = (np.where(np.isfinite(x), x, np.nan) for x in (found.low, found.high))
    ends = [None if np.isnan(x[-1]) else float(x[-1]) for x in (low, high)]
    return Placebos(
        claim=claim.id, outcome=claim.outcome, design=type(design).__name__, kind="time",
        name=panel.periods[launch] if one else "the real starts", labels=tuple(labels),
        effect=found.effect[:-1][known], low=low[:-1][known], high=high[:-1][known],
        real=float(found.effect[-1]), real_low=ends[0], real_high=ends[1],
    )  # fmt: skip


def _imitated(kernel: Imitating, design: str, claim: Claim, units: str) -> Placebos:
    """Each run's mean gap after the start, and its misfit before."""
    gaps, misfit = kernel.gaps, floored(kernel.misfit, kernel.launch)
    if len(gaps) < 2:
        raise DesignError("there are too few donors to take some of them for treated")
    effects: Floats = np.nanmean(gaps[:, kernel.launch :], axis=1)
    alone = int(kernel.treated.sum()) == 1
    labels = [u for u, ours in zip(kernel.units, kernel.treated, strict=True) if not ours]
    nothing = np.full(len(effects) - 1, np.nan)
    return Placebos(
        claim=claim.id, outcome=claim.outcome, design=design, kind="space", name=units,
        labels=tuple(labels) if alone else (), effect=effects[1:], low=nothing, high=nothing,
        misfit=misfit[1:], real=float(effects[0]), real_misfit=float(misfit[0]),
    )  # fmt: skip


def _named(panel: Panel, case: Arrangement) -> str:
    """The treated units in a few words."""
    ours = [unit for unit, treated in zip(panel.units, case.treated, strict=True) if treated]
    return ours[0] if len(ours) == 1 else f"{len(ours)} treated units"
