"""When an innovation can act: transitions, delays, other interruptions, reversal and dose."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from innoeval.designs.base import Mask
from innoeval.designs.its.form import Form
from innoeval.designs.its.series import Series
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.stats.series import segmented


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """What the analyst declares about the time of an effect, before results.

    Parameters
    ----------
    delay
        Periods from the launch on in which nothing can have changed yet; they count as before.
    transition
        Periods from then on in which the innovation came in; they are set aside.
    until
        First period without the innovation again; "" if it stays.
    others
        First periods of other interruptions, each with a level and slope change of its own.
    dose
        Exposure of each period of the panel, (T,), from 0 to 1; None for all or nothing.
    """

    delay: int = 0
    transition: int = 0
    until: str = ""
    others: tuple[str, ...] = ()
    dose: Floats | None = None

    @property
    def stepwise(self) -> bool:
        """Whether exposure is all or nothing and stays, so that a slope can change with it."""
        return not self.until and self.dose is None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """The columns of a segmented regression, and which of them are the effect's.

    Parameters
    ----------
    X
        Columns, (n, k).
    effect
        Places of the columns that the innovation adds.
    horizon
        Mask (n,) of the periods over which the effect is averaged.
    names
        Name of each of the effect's columns.
    left
        X with the effect's columns at zero: what would have happened anyway.
    """

    X: Floats
    effect: tuple[int, ...]
    horizon: Mask
    names: tuple[str, ...]
    left: Floats

    @property
    def contrasts(self) -> Floats:
        """Mean effect over the horizon, then each column of the effect by itself: (C, k)."""
        mean = (self.X - self.left)[self.horizon].mean(axis=0)
        return np.stack([mean, *np.eye(self.X.shape[1])[list(self.effect)]])


def terms_of(series: Series, form: Form, when: Interruption, panel: Panel) -> Terms:
    """Columns of a form on a series."""
    n, start = series.n, series.launch + when.delay + when.transition
    until = n if not when.until else panel.calendar.position(when.until) - series.first
    time = np.arange(n)
    exposure = None
    if when.dose is not None:
        exposure = when.dose[series.first : series.first + n]
    elif when.until:
        exposure = ((time >= start) & (time < until)).astype(np.float64)
    aside = [t for t in range(start - when.transition, start) if series.present[t]]
    aside += range(series.launch - form.spared, series.launch)
    X = segmented(
        n, start, trend=form.trend, slope=form.slope, cycle=form.cycle, harmonics=form.harmonics,
        exposure=None if exposure is None else np.nan_to_num(exposure),
        others=[panel.calendar.position(label) - series.first for label in when.others],
        aside=[t for t in aside if series.present[t]],
    )  # fmt: skip
    effect = (1, 2 + form.trend) if form.slope else (1,)
    left = X.copy()
    left[:, list(effect)] = 0
    first = "effect of full exposure" if when.dose is not None else "level change"
    return Terms(
        X=X,
        effect=effect,
        horizon=(time >= start) & (time < until) & series.present,
        names=(first, "slope change")[: len(effect)],
        left=left,
    )


def timing_objections(
    when: Interruption, launch: int, value: Floats, panel: Panel, minimum_side: int
) -> tuple[str, ...]:
    """What speaks against declared dates; empty if nothing does."""
    found: list[str] = []
    marks = {panel.periods[launch]: launch} if 0 <= launch < len(value) else {}
    for label in (*when.others, *([when.until] if when.until else [])):
        try:
            at = panel.calendar.position(label)
        except ValueError as error:
            found.append(f"the interruption: {error}; write it as {panel.periods[-1]}")
            continue
        if not 0 < at < len(value):
            found.append(
                f"the interruption {label} lies outside the series ({panel.periods[0]} to "
                f"{panel.periods[-1]}); give a period inside it, or leave it out"
            )
        elif at in marks.values():
            found.append(
                f"two interruptions fall on {panel.periods[at]}; what they did cannot be told apart; name one"
            )
        else:
            marks[panel.periods[at]] = at
    if (
        when.until
        and not found
        and marks[panel.periods[panel.calendar.position(when.until)]] <= launch
    ):
        found.append(
            f"the innovation ends in {when.until}, not after its start; give a later until="
        )
    if when.dose is not None:
        found += _dose_objections(when.dose, launch, panel)
    if found:
        return tuple(found)
    if when == Interruption(dose=when.dose):
        return ()
    start = launch + when.delay + when.transition
    for first, last in pairwise(
        sorted({0, start, *marks.values(), len(value)} - {launch} | {start})
    ):
        end = launch + when.delay if last == start else last
        count = int(np.isfinite(value[first:end]).sum())
        if count < minimum_side:
            found.append(
                f"there {'is' if count == 1 else 'are'} only {count} period"
                f"{'' if count == 1 else 's'} from {panel.periods[min(first, len(value) - 1)]} on "
                "before the next interruption or the end; at least "
                f"{minimum_side} are needed in each part (the EPOC rule)"
            )
    return tuple(found)


def _dose_objections(dose: Floats, launch: int, panel: Panel) -> list[str]:
    found = []
    known = dose[np.isfinite(dose)]
    if known.size and (known.min() < 0 or known.max() > 1):
        found.append(
            f"the exposure runs from {known.min():g} to {known.max():g}; it is a share from 0 to 1"
        )
    early = np.flatnonzero(np.nan_to_num(dose[:launch]) > 0)
    if early.size:
        found.append(f"there is exposure in {panel.periods[early[0]]}, before the start")
    if not (np.nan_to_num(dose[launch:]) > 0).any():
        found.append("there is no exposure from the start on")
    return found
