"""The form of a segmented regression: which terms it has, fixed before the outcome is looked at."""

from __future__ import annotations

from dataclasses import dataclass

#: Fewest periods in all for a linear trend; in all and on each side for a change of slope.
TREND, SLOPE, SLOPE_SIDE = 12, 24, 8
#: A cycle shorter than this is no season; so many cycles must lie before the launch, or fewer
#: before it and so many in all: the seasons after the launch teach, too.
SHORTEST_CYCLE, CYCLES_BEFORE, CYCLES_EARLIER, CYCLES = 4, 2, 1.5, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Terms beside intercept and level change; `cycle` is 1 where there are no seasons.

    `harmonics` is the number of frequencies in a cycle, None for the usual one; `spared` periods
    right before the launch are set aside: they bear on nothing else.
    """

    trend: bool
    slope: bool
    cycle: int = 1
    harmonics: int | None = None
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
        pairs = f" ({self.harmonics} harmonics)" if self.harmonics is not None else ""
        seasons = f" and seasons of {self.cycle} periods{pairs}" if self.cycle > 1 else ""
        verb = "go on" if seasons else "goes on"
        aside = f", the last {self.spared} before the launch set aside" if self.spared else ""
        return f"{may} may change; {going}{seasons} {verb}{aside}"


def choose_form(
    before: int,
    after: int,
    cycle: int = 1,
    *,
    trend: bool | None = None,
    slope: bool | None = None,
    harmonics: int | None = None,
) -> Form:
    """Form of the base analysis, by the numbers of periods alone.

    - A linear trend where there are at least 12 periods in all.
    - A change of slope where there are at least 24, and at least 8 on each side: with fewer the
      slope after the launch cannot be told from noise, and only the level may change.
    - Seasons where a cycle has at least 4 periods, and 2 whole cycles lie before the launch or 1.5
      before it and 3 in all: every frequency of a cycle of up to 7 periods (quarters, days of the
      week), the first two of a longer one (months, weeks).

    Parameters
    ----------
    before, after
        Periods before the launch, and from it on.
    cycle
        Periods in one cycle of seasons; 1 where none is known.
    trend, slope, harmonics
        Declared by the analyst instead of the rule, if not None.

    Examples
    --------
    >>> choose_form(36, 12, 12).plain
    'level and slope may change; a linear trend and seasons of 12 periods go on'
    >>> choose_form(5, 4).plain
    'level may change; the long-run level goes on'
    """
    n = before + after
    enough = before >= CYCLES_BEFORE * cycle or (
        before >= CYCLES_EARLIER * cycle and n >= CYCLES * cycle
    )
    seasonal = cycle >= SHORTEST_CYCLE and enough
    return Form(
        trend=n >= TREND if trend is None else trend,
        slope=n >= SLOPE and min(before, after) >= SLOPE_SIDE if slope is None else slope,
        cycle=cycle if seasonal else 1,
        harmonics=harmonics if seasonal else None,
    )


def declared(before: int, after: int, *, by_rule: bool) -> str:
    """Why the form is what it is, as printed beside the result.

    Examples
    --------
    >>> declared(5, 4, by_rule=True)
    'Form by the rule for 5 periods before and 4 from the launch.'
    """
    if by_rule:
        return f"Form by the rule for {before} periods before and {after} from the launch."
    return "Form as declared by the analyst."


def other_form(form: Form) -> Form:
    """Form of the stressed analysis: no trend where there was one, a linear one where not."""
    return Form(trend=not form.trend, slope=False, cycle=form.cycle, harmonics=form.harmonics)
