"""Sizes in a brief: improvements as "lower" and "higher", ranges with or without bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from innoeval.briefs.language import Language
from innoeval.errors import DesignError
from innoeval.plots import scale
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.evaluation import Evaluation

Side = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How the sizes of one evaluation are written in one language.

    Parameters
    ----------
    ev
        The evaluation.
    say
        The language.
    places
        Decimal places on the claim's scale.
    unit_places
        Decimal places in outcome units.
    """

    ev: Evaluation
    say: Language
    places: int
    unit_places: int

    @classmethod
    def of(cls, ev: Evaluation, say: Language) -> Sizes:
        """The decimal places that an evaluation's uncertainty asks for."""
        units = 1
        if ev.estimate is not None:
            ends = ev.estimate.conf_int
            finite = all(map(math.isfinite, ends))
            units = scale.decimals(ends, None if finite else ev.estimate.effect)
        return cls(ev=ev, say=say, places=scale.places(ev), unit_places=units)

    @property
    def better(self) -> Side:
        """Which way is better."""
        return self.ev.claim.better

    @property
    def good(self) -> str:
        """Word for a better outcome: "lower" or "higher"."""
        return self.say(f"size.better.{self.better}")

    @property
    def bad(self) -> str:
        """Word for a worse outcome."""
        return self.say(f"size.better.{'higher' if self.better == 'lower' else 'lower'}")

    def size(self, improvement: float) -> str:
        """How large an improvement or worsening is, without its direction."""
        shown = self._scaled(abs(improvement))
        # A size that would be written as 0 and is not gets two more places.
        more = 2 if shown > 0 and round(shown, self.places) == 0 else 0
        return self._written(shown, self.places + more)

    def signed(self, improvement: float) -> str:
        """An improvement with a minus sign where it is none."""
        text = self.size(improvement)
        zero = not any(letter in "123456789" for letter in text)
        return text if improvement >= 0 or zero else f"−{text}"

    def stated(self, value: float) -> str:
        """A size as the claim or the policy states it: with the figures that it was given."""
        shown = self._scaled(value)
        near = (p for p in range(7) if math.isclose(round(shown, p), shown, rel_tol=1e-9))
        return self._written(shown, next(near, 6))

    def _scaled(self, value: float) -> float:
        return 100 * value if self.ev.claim.scale == "relative" else value

    def _written(self, shown: float, places: int) -> str:
        value = self.say.number(shown, places)
        match self.ev.claim.scale:
            case "relative":
                return self.say("size.percent", value=value)
            case "percentage_points":
                return self.say(f"size.points.{'one' if value == '1' else 'many'}", n=value)
            case _:
                return value

    def bare(self, improvement: float) -> str:
        """A size without its unit, which the next one names."""
        return self.size(improvement).split(" ", 1)[0]

    def units(self, value: float) -> str:
        """A value in outcome units."""
        return self.say.number(value, self.unit_places)

    def side(self, improvement: float) -> str:
        """An improvement with its direction: "6 % lower"."""
        side = self.good if improvement >= 0 else self.bad
        return self.say("size.side", size=self.size(improvement), side=side)

    def span(self, interval: Interval) -> str:
        """An interval of improvements in words, whatever bounds it has.

        Reads after "likely range:".
        """
        low, high = interval
        if math.isinf(low) or math.isinf(high):
            return self._unbounded(low, high)
        if low >= 0:
            return self.say("size.range", low=self.bare(low), high=self.size(high), side=self.good)
        if high <= 0:
            return self.say("size.range", low=self.bare(high), high=self.size(low), side=self.bad)
        return self.say("size.across", low=self.side(low), high=self.side(high))

    def _unbounded(self, low: float, high: float) -> str:
        """An interval that lacks one bound or both."""
        if math.isinf(low) and math.isinf(high):
            return self.say("size.open_both")
        if math.isinf(low):
            form = "most" if high >= 0 else "least"
            return self.say(f"size.open_low_{form}", high=self.side(high))
        return self.say(f"size.open_high_{'least' if low >= 0 else 'most'}", low=self.side(low))

    def unit_span(self, estimate: Estimate) -> str:
        """The interval of an effect in outcome units, raw sign."""
        low, high = (
            self.units(end) if math.isfinite(end) else self.say("size.no_bound")
            for end in estimate.conf_int
        )
        return self.say("size.ends", low=low, high=high)

    def range(self, estimate: Estimate) -> str:
        """An estimate on the claim's scale: value and interval."""
        try:
            value, interval = estimate.on_scale(self.ev.claim.scale)
        except DesignError:  # nothing positive was expected, so that no share can be formed
            effect, span = self.units(estimate.effect), self.unit_span(estimate)
            return self.say("size.in_units", value=effect, range=span)
        return self.say("size.with_range", value=self.side(value), range=self.span(interval))
