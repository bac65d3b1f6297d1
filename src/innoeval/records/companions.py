"""What stands beside a verdict and never decides: how hard each statement was tested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats

#: Points of a severity curve.
_POINTS = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An analysis that decides, as far as companions need it.

    Parameters
    ----------
    analysis
        "base", or the assumption that the analysis gives up.
    improvement, interval
        What it found, in outcome units; an infinite interval where it could not be made.
    df
        Degrees of freedom of the lower and the upper half: declared, or those whose critical value
        the interval used.
    level
        Level of the interval.
    least
        The smallest p-value that it could give.
    unit, bend
        θ on the claim's scale is unit · θ / (1 + bend · θ) outcome units: a relative improvement
        bends, because the observed average is the fact and the counterfactual is not.
    """

    analysis: str
    improvement: float
    interval: Interval
    df: tuple[float, float]
    level: float
    least: float
    unit: float
    bend: float

    def in_units(self, size: Floats) -> Floats:
        """Sizes on the claim's scale, in outcome units.

        Examples
        --------
        From 10 down to 8.5 days is 15 % less:

        >>> found = Reading(analysis="base", improvement=1.5, interval=Interval(1, 2), df=(9., 9.),
        ...                 level=.95, least=0., unit=8.5, bend=-1.)
        >>> found.in_units(np.array([0.15])).round(3).tolist()
        [1.5]
        """
        size = np.asarray(size, dtype=np.float64)
        if self.bend == 0:
            return self.unit * size
        room = 1 + self.bend * size
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = np.where(room > 0, self.unit * size / room, np.copysign(np.inf, size))
        return found

    def tails(self, size: Floats) -> tuple[Floats, Floats]:
        """P-values of "at most this size" and of "at least this size", on the claim's scale."""
        from innoeval.stats.severity import tail_areas

        return tail_areas(
            self.in_units(size), self.improvement, *self.interval, self.df,
            level=self.level, least=self.least,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A range of improvements on the claim's scale, what it means, and how probable it is."""

    says: str
    low: float
    high: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """Numbers that help to read a verdict. None of them decides.

    Parameters
    ----------
    readings
        The analyses that decide. Each statement is tested by all of them, and the weakest counts,
        as in the verdict; where a stressed analysis replaces the base one (`replaced`), the base
        one still counts against a claim's support, and no longer against its refutation.
    s_none, s_trivial, s_claimed
        Surprise, in bits, at these data if there were no improvement (θ ≤ 0), none that matters
        (θ ≤ δ), or all that was claimed (θ ≥ c). None where the claim declares no such size.
    severity_shown
        How severely "more than must be shown" was tested, from 0 to 1.
    power, exaggeration, wrong_sign
        If the true effect were just the smallest that matters: the chance that the base analysis
        shows any effect; how many times too large it then comes out on average (type M); and how
        often with the wrong sign (type S). Normal approximation.
    reach
        Range of sizes worth drawing, on the claim's scale: around the interval that decides, no
        improvement and the claim.
    posterior
        Probability of each range of improvements under a flat prior: the interval that decides,
        read as a normal distribution. Empty where it has an end that the data do not set.
    """

    readings: tuple[Reading, ...]
    reach: Interval
    replaced: bool = False
    s_none: float | None = None
    s_trivial: float | None = None
    s_claimed: float | None = None
    severity_shown: float | None = None
    power: float | None = None
    exaggeration: float | None = None
    wrong_sign: float | None = None
    posterior: tuple[Region, ...] = ()

    def p_values(self, size: Floats) -> tuple[Floats, Floats]:
        """P-values of "at most this size" and "at least this size": the weakest analysis counts."""
        return weakest(self.readings, size, replaced=self.replaced)

    def severity(self, size: Floats) -> Floats:
        """How severely "the improvement is larger than this" was tested, for sizes (K,).

        References
        ----------
        Mayo & Spanos (2006), British Journal for the Philosophy of Science 57:323-357,
        doi:10.1093/bjps/axl003.
        """
        severity: Floats = 1 - self.p_values(np.asarray(size, dtype=np.float64))[0]
        return severity

    def severity_curve(self, points: int = _POINTS) -> tuple[Floats, Floats]:
        """Sizes over `reach`, on the claim's scale, and the severity of "more than that" at each.

        Parameters
        ----------
        points
            Number of sizes.
        """
        size = np.linspace(*self.reach, points)
        return size, self.severity(size)


def weakest(
    readings: tuple[Reading, ...], size: Floats, *, replaced: bool
) -> tuple[Floats, Floats]:
    """Largest p-values of several analyses: of "at most this size" and of "at least this size".

    Parameters
    ----------
    readings
        The analyses, the base one first.
    size
        On the claim's scale, (K,).
    replaced
        Whether the others replace the base one: it then no longer keeps a claim from being refuted.
    """
    found = [reading.tails(size) for reading in readings]
    at_most, at_least = found[0]
    if replaced:
        at_least = np.zeros_like(at_least)
    for above, below in found[1:]:
        at_most, at_least = np.maximum(at_most, above), np.maximum(at_least, below)
    return at_most, at_least
