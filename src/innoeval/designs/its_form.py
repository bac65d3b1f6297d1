"""The form of a segmented regression: which terms it has, fixed before the outcome is looked at."""

from __future__ import annotations

from dataclasses import dataclass

#: Fewest periods in all for a linear trend; in all and on each side for a change of slope.
TREND, SLOPE, SLOPE_SIDE = 12, 24, 8
#: A cycle shorter than this is no season; so many cycles must lie before the launch.
SHORTEST_CYCLE, CYCLES_BEFORE = 4, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Terms beside intercept and level change; `cycle` is 1 where there are no seasons.

    `spared` periods right before the launch are set aside: they bear on nothing else.
    """

    trend: bool
    slope: bool
    cycle: int = 1
    spared: int = 0

    @property
    def plain(self) -> str:
        """The form in plain words.

        Examples
        --------
        >>> Form(trend=True, slope=False, cycle=12).plain
        'level may change; a linear trend and seasons of 12 periods go on'
        """
        may = "level and slope" if self.slope else "level"
        going = "a linear trend" if self.trend else "the long-run level"
        seasons = f" and seasons of {self.cycle} periods" if self.cycle > 1 else ""
        verb = "go on" if seasons else "goes on"
        aside = f", the last {self.spared} before the launch set aside" if self.spared else ""
        return f"{may} may change; {going}{seasons} {verb}{aside}"


def choose_form(before: int, after: int, cycle: int = 1) -> Form:
    """Form of the base analysis, by the numbers of periods alone.

    - A linear trend where there are at least 12 periods in all.
    - A change of slope where there are at least 24, and at least 8 on each side: with fewer the
      slope after the launch cannot be told from noise, and only the level may change.
    - Seasons where a cycle has at least 4 periods and 2 whole cycles lie before the launch: every
      frequency of a cycle of up to 7 periods (quarters, days of the week), the first two of a
      longer one (months, weeks).

    Parameters
    ----------
    before, after
        Periods before the launch, and from it on.
    cycle
        Periods in one cycle of seasons; 1 where none is known.

    Examples
    --------
    >>> choose_form(36, 12, 12)
    Form(trend=True, slope=True, cycle=12, spared=0)
    >>> choose_form(5, 4)
    Form(trend=False, slope=False, cycle=1, spared=0)
    """
    n = before + after
    seasonal = cycle >= SHORTEST_CYCLE and before >= CYCLES_BEFORE * cycle
    return Form(
        trend=n >= TREND,
        slope=n >= SLOPE and min(before, after) >= SLOPE_SIDE,
        cycle=cycle if seasonal else 1,
    )


def other_form(form: Form) -> Form:
    """Form of the stressed analysis: no trend where there was one, a linear one where not."""
    return Form(trend=not form.trend, slope=False, cycle=form.cycle)
