"""Sizes in a brief: improvements as "lower" and "higher", ranges with or without bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from innoeval.errors import DesignError
from innoeval.plots import scale
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.evaluation import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How the sizes of one evaluation are written.

    Parameters
    ----------
    ev
        The evaluation.
    places
        Decimal places on the claim's scale.
    unit_places
        Decimal places in outcome units.
    """

    ev: Evaluation
    places: int
    unit_places: int

    @classmethod
    def of(cls, ev: Evaluation) -> Sizes:
        """The decimal places that an evaluation's uncertainty asks for."""
        units = 1
        if ev.estimate is not None:
            ends = ev.estimate.conf_int
            finite = all(map(math.isfinite, ends))
            units = scale.decimals(ends, None if finite else ev.estimate.effect)
        return cls(ev=ev, places=scale.places(ev), unit_places=units)

    @property
    def good(self) -> str:
        """Word for a better outcome: "lower" or "higher"."""
        return self.ev.claim.better

    @property
    def bad(self) -> str:
        """Word for a worse outcome."""
        return "higher" if self.good == "lower" else "lower"

    @property
    def gain(self) -> str:
        """An improvement as a movement: "fall" or "rise"."""
        return "fall" if self.good == "lower" else "rise"

    def size(self, improvement: float) -> str:
        """How large an improvement or worsening is, without its direction."""
        factor = 100 if self.ev.claim.scale == "relative" else 1
        shown = abs(improvement) * factor
        # A size that would be written as 0 and is not gets two more places.
        more = 2 if shown > 0 and round(shown, self.places) == 0 else 0
        return scale.size(abs(improvement), self.ev.claim.scale, self.places + more)

    def _bare(self, improvement: float) -> str:
        """A size without its unit, which the next one names."""
        return self.size(improvement).split(" ", 1)[0]

    def stated(self, value: float) -> str:
        """A size as the claim or the policy states it."""
        return scale.stated(value, self.ev.claim.scale)

    def units(self, value: float) -> str:
        """A value in outcome units."""
        return scale.number(value, self.unit_places)

    def side(self, improvement: float) -> str:
        """An improvement with its direction: "6 % lower"."""
        return f"{self.size(improvement)} {self.good if improvement >= 0 else self.bad}"

    def span(self, interval: Interval) -> str:
        """An interval of improvements in words, whatever bounds it has.

        Reads after "likely range:".
        """
        low, high = interval
        if math.isinf(low) or math.isinf(high):
            return self._unbounded(low, high)
        if low >= 0:
            return f"{self._bare(low)} to {self.size(high)} {self.good}"
        if high <= 0:
            return f"{self._bare(high)} to {self.size(low)} {self.bad}"
        return f"anything from {self.side(low)} to {self.side(high)}"

    def _unbounded(self, low: float, high: float) -> str:
        """An interval that lacks one bound or both."""
        if math.isinf(low) and math.isinf(high):
            return "the data set no bound in either direction"
        if math.isinf(low):
            beyond = "in the other direction" if high >= 0 else "beyond that"
            return f"at {'most' if high >= 0 else 'least'} {self.side(high)}; the data set no bound {beyond}"
        end = "upper bound" if low >= 0 else "upper bound on the improvement"
        return f"at {'least' if low >= 0 else 'most'} {self.side(low)}; the data set no {end}"

    def unit_span(self, estimate: Estimate) -> str:
        """The interval of an effect in outcome units, raw sign."""
        ends = [self.units(end) if math.isfinite(end) else "no bound" for end in estimate.conf_int]
        return f"{ends[0]} to {ends[1]}"

    def range(self, estimate: Estimate) -> str:
        """An estimate on the claim's scale: value and interval."""
        try:
            value, interval = estimate.on_scale(self.ev.claim.scale)
        except DesignError:  # nothing positive was expected, so that no share can be formed
            return f"{self.units(estimate.effect)} in outcome units ({self.unit_span(estimate)})"
        return f"{self.side(value)} ({self.span(interval)})"
