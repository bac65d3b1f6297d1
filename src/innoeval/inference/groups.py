"""Inference on one number per unit: treated units against comparison units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from innoeval.inference.choices import CR2, Choice, Randomization
from innoeval.stats.contrast import Compared, Floats, compare
from innoeval.stats.noise import group_noise
from innoeval.stats.randomization import assignments, randomise

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Contrasts of treated and comparison units, and what is known of the units beforehand.

    Parameters
    ----------
    contrasts
        One number per unit and question, such as its change: array (N, K) without missing values.
    treated
        Mask (N,).
    noise
        Noise of each unit before the start, up to a common factor, (N,).
    """

    contrasts: Floats
    treated: Mask
    noise: Floats

    def only(self, units: Mask, question: int) -> Groups:
        """Some units and one question."""
        return Groups(
            contrasts=self.contrasts[units, question : question + 1],
            treated=self.treated[units],
            noise=self.noise[units],
        )


def compare_groups(choice: Choice, groups: Groups, level: float) -> Compared:
    """Difference in mean contrasts, with the chosen inference; arrays of shape (K,).

    Parameters
    ----------
    choice
        The inference.
    groups
        What is compared.
    level
        Level of the intervals.

    Examples
    --------
    >>> groups = Groups(contrasts=np.array([[2.0], [4.0], [0.0], [2.0]]), noise=np.ones(4),
    ...                 treated=np.array([True, True, False, False]))
    >>> compare_groups(CR2(), groups, .95).df.item()
    2.0
    """
    match choice:
        case Randomization():
            chosen = assignments(groups.treated, choice.draws, choice.seed)
            own = choice.statistic == "own_noise"
            noise = group_noise(groups.noise, groups.treated) if own else None
            found = randomise(groups.contrasts, chosen, level, noise)
            no_df = np.full(len(found.effect), np.nan)
            return Compared(
                found.effect, found.std_error, no_df, found.p_value, found.low, found.high
            )
        case CR2():
            return compare(groups.contrasts, groups.treated, level)


def named(choice: Choice, groups: Groups) -> str:
    """The inference in words."""
    match choice:
        case Randomization():
            n = len(assignments(groups.treated, choice.draws, choice.seed))
            how = {"own_noise": ", each measured by the units' own noise before the start"}
            return (
                f"randomisation over {n:,} choices of treated units"
                f"{how.get(choice.statistic, '')}, interval by inversion"
            )
        case CR2():
            return "clustered by unit, CR2 with Satterthwaite degrees of freedom"


def fewest_treated(choice: Choice) -> int:
    """Fewest treated units that a choice can do with."""
    return 2 if isinstance(choice, CR2) else 1
