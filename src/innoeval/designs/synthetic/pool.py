"""Treated units and their donors, made ready for imitation: complete arrays, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval.designs.base import Arrangement, Mask, Positions, arrange
from innoeval.errors import DesignError
from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats, read_only
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.donors import different
from innoeval.stats.placebo import Placebos, placebos

#: With one period before the start any donor fits perfectly; a fit says something from here on.
FEWEST_BEFORE = 2
#: Fewest donors for a mix to mean anything, and the fewest with which a fit is tried at all.
FEWEST_DONORS, LEAST_DONORS = 5, 2
_COPIED = "copies or exact mixes of these"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """Treated units and donors without missing values.

    Parameters
    ----------
    units
        Names of the N units in use.
    outcomes
        Array (N, S) over the periods in use.
    seen
        Mask (T,) of the periods in use.
    treated
        Mask (N,).
    starts
        Position of each unit's first treated period among all T periods, (N,); T for donors.
    periods
        Labels of the periods in use, (S,).
    columns, covariates
        Further columns of the panel that the design asked for, and their values (C, N, S).
    warnings
        What was left out.
    """

    units: tuple[str, ...]
    outcomes: Floats
    seen: Mask
    treated: Mask
    starts: Positions
    periods: tuple[str, ...]
    columns: tuple[str, ...]
    covariates: Floats
    warnings: tuple[str, ...]

    @property
    def launches(self) -> tuple[int, ...]:
        """Distinct first treated periods, in order."""
        return tuple(int(start) for start in np.unique(self.starts[self.treated]))

    @property
    def donors(self) -> Positions:
        """Positions of the donors."""
        return np.flatnonzero(~self.treated)

    def cohort(self, launch: int) -> Positions:
        """Positions of the units that start at a period."""
        return np.flatnonzero(self.treated & (self.starts == launch))

    def before(self, launch: int) -> Mask:
        """Mask over the periods in use of those before a start."""
        return np.flatnonzero(self.seen) < launch

    def place(self, period: str) -> int:
        """Place of a period among those in use; −1 where it is not."""
        return self.periods.index(period) if period in self.periods else -1

    def started(self, before: Mask) -> int:
        """Number of units that start right after some periods (all, after a pretended start)."""
        sizes = [len(self.cohort(at)) for at in self.launches if (self.before(at) == before).all()]
        return sizes[0] if sizes else int(self.treated.sum())

    @property
    def observed(self) -> float:
        """Average over all treated cells."""
        seen = np.flatnonzero(self.seen)
        cells = self.treated[:, None] & (seen >= self.starts[:, None])
        return float(self.outcomes[cells].mean())

    def runs(self, policy: Policy, draws: int) -> Placebos:
        """The real run, and the placebo runs."""
        cohorts = tuple(self.cohort(launch) for launch in self.launches)
        return placebos(cohorts, self.donors, len(self.units), draws, policy.seed)

    def shares(self) -> Floats:
        """Share of each cohort in all treated cells, in the order of the launches."""
        seen = np.flatnonzero(self.seen)
        cells = [len(self.cohort(launch)) * int((seen >= launch).sum()) for launch in self.launches]
        return np.asarray(cells, dtype=np.float64) / sum(cells)


def hard_objections(case: Arrangement) -> tuple[str, ...]:
    """Why no imitation can be made at all; empty if one can."""
    found = []
    n_donors = int((~case.treated).sum())
    if n_donors == 0:
        return ("every unit is treated: there is no donor to imitate them",)
    seen, full = _seen(case), _complete(case)
    first = int(case.launches[0])
    if not seen[:first].any() or not seen[int(case.launches[-1]) :].any():
        return ("the treated units have no period before or after the start in which all are seen",)
    if (n_before := int(seen[:first].sum())) < FEWEST_BEFORE:
        found.append(
            f"{n_before} period before the start: any donor at all would seem a perfect imitation; "
            f"at least {FEWEST_BEFORE} are needed, and more to trust it"
        )
    if (n_full := int(full.sum())) < LEAST_DONORS:
        found.append(
            f"{n_full} of {n_donors} comparison units {'has' if n_full == 1 else 'have'} a value in every "
            f"period in which the treated are seen; at least {LEAST_DONORS} are needed"
        )
    return tuple(found)


def soft_objections(
    case: Arrangement, policy: Policy, fewest_before: int, *, levels: bool
) -> tuple[str, ...]:
    """Why an imitation should not decide, though one can be made.

    Parameters
    ----------
    case, policy
        What is to be evaluated, and by which thresholds.
    fewest_before
        Fewest periods before the start.
    levels
        Whether the imitation may lie at another level than the treated units.
    """
    found = []
    donors = case.outcomes[_complete(case)][:, _seen(case)]
    n_treated, n_full = int(case.treated.sum()), different(donors, levels=levels)
    copied = "" if n_full == len(donors) else f" (of {len(donors)}, the others are {_COPIED})"
    if len(case.launches) > 1:
        found.append(f"the treated units start at {len(case.launches)} different dates")
    elif n_treated > 1:
        found.append(
            f"{n_treated} units are treated; a comparison of many with many rests on less, and this "
            "one is for a single unit"
        )
    if n_full < FEWEST_DONORS:
        found.append(
            f"{n_full} donors{copied}; with fewer than {FEWEST_DONORS} the mix is what few units happen to be"
        )
    elif (n_full + 1) * (1 - policy.level) < 1 - 1e-9:
        found.append(
            f"{n_full} donors{copied}: no p-value can be below 1/{n_full + 1}, so no {policy.level:.0%} ".replace(
                "%", " %"
            )
            + "interval has an end"
        )
    if (n_before := int(_seen(case)[: int(case.launches[0])].sum())) < fewest_before:
        found.append(
            f"{n_before} periods before the start are too few to show that the donors can imitate the "
            f"treated unit; at least {fewest_before} are needed"
        )
    return tuple(found)


def make_pool(
    panel: Panel, claim: Claim, design: str, covariates: tuple[str, ...] = (), *, levels: bool
) -> Pool:
    """Treated units and complete donors.

    Parameters
    ----------
    panel, claim
        What is to be evaluated.
    design
        Name of the design, for messages.
    covariates
        Columns that the design uses beside the outcome.
    levels
        Whether the imitation may lie at another level than the treated units.

    Raises
    ------
    ClaimError
        Where the claim does not fit the panel.
    DesignError
        Where no imitation can be made.
    """
    case = arrange(panel, claim)
    if against := hard_objections(case):
        raise DesignError(f"{design} does not fit: " + "; ".join(against))
    seen, full = _seen(case), _complete(case)
    warnings = []
    gaps = [panel.units[i] for i in np.flatnonzero(~case.treated & ~full)]
    if gaps:
        rest = f" and {len(gaps) - 5} more" if len(gaps) > 5 else ""
        warnings.append(f"donors left out for missing values: {', '.join(gaps[:5])}{rest}")
    if not seen.all():
        away = [panel.periods[t] for t in np.flatnonzero(~seen)]
        rest = f" and {len(away) - 5} more" if len(away) > 5 else ""
        warnings.append(
            f"periods left out because a treated unit has no value: {', '.join(away[:5])}{rest}"
        )
    kept = np.flatnonzero(case.treated | full)
    donors = case.outcomes[full][:, seen]
    if (left := different(donors, levels=levels)) < len(donors):
        warnings.append(
            f"the {len(donors)} donors are only {left} different ones, the others are {_COPIED}: placebos "
            "count some more than once, and the interval is too short"
        )
    if int(full.sum()) < FEWEST_DONORS:
        warnings.append(
            f"there are only {int(full.sum())} donors; the mix is what few units happen to be"
        )
    return Pool(
        units=tuple(panel.units[i] for i in kept),
        outcomes=read_only(case.outcomes[kept][:, seen]),
        seen=seen,
        treated=case.treated[kept],
        starts=case.starts[kept],
        periods=tuple(panel.periods[t] for t in np.flatnonzero(seen)),
        columns=covariates,
        covariates=read_only(
            [panel.matrix(name)[kept][:, seen] for name in covariates]
            or np.empty((0, len(kept), int(seen.sum())))
        ),
        warnings=tuple(warnings),
    )


def _seen(case: Arrangement) -> Mask:
    """Periods in which every treated unit has a value."""
    return np.asarray(np.isfinite(case.outcomes[case.treated]).all(axis=0))


def _complete(case: Arrangement) -> Mask:
    """Comparison units with a value in all of those periods."""
    return np.asarray(~case.treated & np.isfinite(case.outcomes[:, _seen(case)]).all(axis=1))
