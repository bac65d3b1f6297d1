"""How sure a staggered design is: what was asked for, or what the numbers of units call for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Mask, Positions
from innoeval.designs.granted import unit_columns
from innoeval.designs.staggered.cohorts import Cohorts
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered, Multiplier, Randomization, refusal
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.covariance import LIBRARIES, group_sums

#: Draws behind a simultaneous band, unless a multiplier bootstrap asks for others.
DRAWS = 9_999


class Errors(NamedTuple):
    """An inference, ready for the units of a claim.

    `randomised` holds the choice where start dates are given to other units, else None. `code` (N,)
    is each unit's cluster, None if every unit is its own; `factor` multiplies variances; `by` names
    the clusters; `draws` and `seed` are those of simultaneous bands; `bands` says how these are drawn,
    where that was asked for.
    """

    randomised: Randomization | None
    code: Positions | None
    factor: float
    by: str
    draws: int
    seed: int
    bands: str = ""

    def sums(self, added: Floats) -> Floats:
        """What each cluster adds, from what each unit does: (N, J) to (G, J)."""
        whole = added if self.code is None else group_sums(added, self.code)
        return np.asarray(whole * np.sqrt(self.factor))

    def treated(self, treated: Mask) -> Mask:
        """Clusters that hold a treated unit."""
        if self.code is None:
            return treated
        return np.asarray(np.bincount(self.code, weights=treated) > 0)

    @property
    def named(self) -> str:
        """The inference in words, where it is by clusters."""
        factor = f", variance times G/(G − 1) = {self.factor:.4g}" if self.factor != 1 else ""
        return (
            f"clustered by {self.by}: influence functions, as R's did has them{factor}; intervals by "
            "Student's t with Welch's degrees of freedom, and n/(n − 1) on the variance of either side"
            f"{self.bands}"
        )


class Sides(NamedTuple):
    """Standard error of a sum over clusters, and what its interval needs.

    `stretch` multiplies the error in intervals: n/(n − 1) on the variance of treated and of
    never-treated clusters, which influence functions leave out.
    """

    error: float
    df: float
    stretch: float


def settle(
    panel: Panel, cohorts: Cohorts, borne: Mask, policy: Policy, choice: Choice | None
) -> Errors:
    """The inference that was asked for, or the one that the number of treated units calls for.

    Parameters
    ----------
    panel, cohorts, policy
        The units, and thresholds.
    borne
        Treated units that have a part in the effect, (N,): these are what errors rest on.
    choice
        What was asked for, if anything.

    Raises
    ------
    DesignError
        Where the choice does not suit, saying what does.
    """
    plain = Errors(None, None, 1.0, "unit", DRAWS, policy.seed)
    ours = int(borne.sum())
    if choice is None:
        if ours > policy.few_treated:
            return plain
        choice = Randomization(draws=policy.draws, seed=policy.seed)
    match choice:
        case Randomization(statistic="own_noise" | "coefficient"):
            return plain._replace(randomised=choice)
        case Multiplier():
            found = plain._replace(
                draws=choice.draws,
                seed=choice.seed,
                bands=f"; simultaneous bands from {choice.draws:,} draws with normal weights",
            )
            if choice.weights != "normal":
                found = found._replace(bands=f"{found.bands}, not {choice.weights}")
        case Clustered(by=str(by)) if by != "period":
            rule = LIBRARIES.get(choice.small_sample, choice.small_sample)
            found = plain._replace(by=by)
            if by != "unit":
                column = unit_columns(panel, choice, cohorts.kept)[by]
                found = found._replace(code=np.unique(column, return_inverse=True)[1])
            n = len(cohorts.group) if found.code is None else int(found.code.max()) + 1
            # Of what other factors count, an average of differences of means has no coefficients.
            found = found._replace(factor=1.0 if rule in {"none", "observations"} else n / (n - 1))
        case _:
            raise DesignError(
                f"{type(choice).__name__} is not offered for effects by cohort and period; choose "
                "Clustered(by='unit' or a column), Multiplier(), or Randomization() with the statistic "
                "'own_noise' or 'coefficient'"
            )
    begun = cohorts.group == 0
    if against := refusal(
        choice, int(found.treated(borne).sum()), int((~found.treated(begun)).sum())
    ):
        raise DesignError(
            f"{against}; of these Randomization() is offered here, the others by DifferenceInDifferences"
        )
    return found


def two_sides(added: Floats, treated: Mask) -> Sides:
    """Error and Welch's degrees of freedom of treated against never-treated clusters.

    Parameters
    ----------
    added
        What each cluster adds, centred, (G,).
    treated
        Clusters with a treated unit, (G,).
    """
    parts = [(float((added[side] ** 2).sum()), int(side.sum())) for side in (treated, ~treated)]
    total = sum(part for part, _ in parts)
    wide = [part * n / (n - 1) if n > 1 else part for part, n in parts]
    below = sum(part**2 / max(n - 1, 1) for part, (_, n) in zip(wide, parts, strict=True))
    df = sum(wide) ** 2 / below if below > 0 else np.inf
    return Sides(np.sqrt(total), float(df), np.sqrt(sum(wide) / total) if total > 0 else 1.0)
