"""The figure of a brief: what happened, and what would have happened anyway."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from innoeval.briefs.drawing import SIZE, Drawing, Place, width_of
from innoeval.briefs.language import Language
from innoeval.plots import timeline
from innoeval.plots.lines import launch_position
from innoeval.records.estimate import Path
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Floats

Flags = npt.NDArray[np.bool_]
_DASHED, _DOTTED = "5 2.4", "1.4 2.2"
#: Periods beyond this are drawn in so many groups, each by its extremes.
_FINE, _GROUPS = 400, 130
#: Starts beyond this many are a line for the first and the last only.
_STARTS = 12
#: Values beyond it cannot be drawn beside each other with any sense.
_EXTREME = 1e200


def drawable(ev: Evaluation) -> bool:
    """Whether the evaluation has a series with values that can be drawn."""
    if ev.estimate is None or ev.estimate.path is None:
        return False
    path = ev.estimate.path
    values = np.concatenate([path.observed, path.counterfactual])
    known = values[np.isfinite(values)]
    return bool(np.isfinite(path.observed).any() and known.size and np.abs(known).max() < _EXTREME)


def _path(ev: Evaluation) -> Path:
    """The series of a drawable evaluation."""
    if ev.estimate is None or ev.estimate.path is None:
        raise ValueError("no series")
    return ev.estimate.path


def draw_series(ev: Evaluation, say: Language, width: float, height: float, name: str) -> Drawing:
    """Draw the outcome of the treated units against what the design expects without the innovation.

    Parameters
    ----------
    ev
        An evaluation whose series is drawable.
    say
        The language of its words.
    width, height
        Of the drawing, in points.
    name
        Of the drawing, another one for each on a page.
    """
    path, launch = _path(ev), launch_position(ev)
    sheet = Drawing(name, width, height)
    n = len(path.period)
    after = np.arange(n) >= launch
    expected = np.where(after, path.counterfactual, np.nan)
    lines = [
        _Line(say("figure.comparison"), path.comparison, "comparison", _DOTTED, 1.4),
        _Line(say("figure.expected"), expected, "expected", _DASHED, 1.8),
        _Line(say("figure.observed"), path.observed, "observed", "", 2.1),
    ]
    lines = [line for line in lines if np.isfinite(line.values).any()]
    frame = _Frame.around(path, lines, sheet, say)
    _axes(sheet, frame, path, say)
    _shade(sheet, frame, path, expected, after)
    kept = _kept(path, expected)
    before = np.where(after, np.nan, path.counterfactual)
    for run in _runs(np.isfinite(before), kept):
        sheet.line(frame.places(run, before), "expected", 0.8, _DASHED, "butt")
    for line in lines:
        for run in _runs(np.isfinite(line.values), kept):
            cap = "butt" if line.dashes else "round"
            sheet.line(frame.places(run, line.values), line.ink, line.width, line.dashes, cap)
    if n <= 40:
        whole = np.flatnonzero(np.isfinite(path.observed))
        sheet.dots(frame.places(whole, path.observed), "observed", 3.6)
    _starts(sheet, frame, ev, say)
    _names(sheet, frame, lines)
    return sheet


def describe_series(ev: Evaluation, say: Language) -> str:
    """Say in words what `draw_series` shows, for readers who do not see it."""
    path, launch = _path(ev), launch_position(ev)
    said = [
        say(
            "figure.alt_what", outcome=say.metric(ev.claim.outcome), n=say.number(len(path.period), 0),
            first=say.short(path.period[0]), last=say.short(path.period[-1]),
            start=say.short(ev.measured.launch),
        )
    ]  # fmt: skip
    before, later = _mean(path.observed[:launch]), _mean(path.observed[launch:])
    if before is not None and later is not None:
        said.append(say("figure.alt_observed", before=say.amount(before), after=say.amount(later)))
    if (expected := _mean(path.counterfactual[launch:])) is not None:
        said.append(say("figure.alt_expected", value=say.amount(expected)))
    if (effect := _mean(path.effect[launch:])) is not None:
        said.append(
            say(f"figure.alt_{'below' if effect < 0 else 'above'}", value=say.amount(abs(effect)))
        )
    before, later = _mean(path.comparison[:launch]), _mean(path.comparison[launch:])
    if before is not None and later is not None:
        said.append(say("figure.alt_others", before=say.amount(before), after=say.amount(later)))
    else:
        said.append(say("figure.alt_alone"))
    if (np.isfinite(path.low + path.high) & (np.arange(len(path.period)) >= launch)).any():
        said.append(say("figure.alt_band"))
    return " ".join(said)


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    values: Floats
    ink: str
    dashes: str
    width: float


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the axes lie on the sheet, and which values they span."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    n: int
    ticks: tuple[tuple[float, str], ...]

    @classmethod
    def around(cls, path: Path, lines: list[_Line], sheet: Drawing, say: Language) -> _Frame:
        """Room for all values, the labels of the ticks, and the names of the lines."""
        values = np.concatenate([path.counterfactual, *(line.values for line in lines)])
        values = values[np.isfinite(values)]
        low, high = float(values.min()), float(values.max())
        ends = np.concatenate([path.low, path.high])
        if (ends := ends[np.isfinite(ends)]).size:
            # A band far wider than the lines is cut, or the lines would be flat.
            reach = 3 * max(high - low, 1e-12)
            middle = float(values.mean())
            low = min(low, max(float(ends.min()), middle - reach))
            high = max(high, min(float(ends.max()), middle + reach))
        pad = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
        low, high = low - pad, high + 2.2 * pad
        ticks = _ticks(low, high, max(2, int(sheet.height // 34)), say)
        left = max((width_of(label) for _, label in ticks), default=0.0) * 0.9 + 6
        room = min(max(width_of(line.label, bold=True) for line in lines) + 8, 0.45 * sheet.width)
        return cls(left, sheet.width - room, 4.0, sheet.height - SIZE - 9, low, high,
                   len(path.period), ticks)  # fmt: skip

    def x(self, place: float) -> float:
        """Place of a period from the left."""
        return self.left + 4 + (self.right - self.left - 4) * place / max(self.n - 1, 1)

    def y(self, value: float) -> float:
        """Place of a value from the top, kept on the sheet."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * share

    def places(self, periods: npt.NDArray[np.intp], values: Floats) -> list[Place]:
        """Places of some periods of a line."""
        return [(self.x(float(i)), self.y(float(values[i]))) for i in periods]


def _ticks(low: float, high: float, most: int, say: Language) -> tuple[tuple[float, str], ...]:
    """Round values on the axis, and how they are written."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step), math.floor(high / step)
    values = [i * step for i in range(first, last + 1)]
    written = [
        say.number(v, places) if places < 9 and abs(v) < 1e12 else say.amount(v) for v in values
    ]
    return tuple(zip(values, written, strict=True))


def _axes(sheet: Drawing, frame: _Frame, path: Path, say: Language) -> None:
    for value, label in frame.ticks:
        y = frame.y(value)
        sheet.line([(frame.left, y), (frame.right, y)], "grid", 0.6)
        sheet.text(frame.left - 4, y + SIZE * 0.34, label, "ink", anchor="end")
    sheet.line([(frame.left, frame.bottom), (frame.right, frame.bottom)], "muted", 0.6)
    positions, _ = timeline.ticks(path.period, frame.right - frame.left, SIZE)
    for place in positions:
        x = frame.x(place)
        sheet.line([(x, frame.bottom), (x, frame.bottom + 3)], "muted", 0.6)
        label = say.short(path.period[place])
        middle = max(x, width_of(label) / 2)
        sheet.text(middle, frame.bottom + SIZE + 4, label, "ink", anchor="middle")


def _shade(sheet: Drawing, frame: _Frame, path: Path, expected: Floats, after: Flags) -> None:
    """The band of what was expected, and the gap that is the effect."""
    kept = _kept(path, expected)
    for run in _runs(np.isfinite(path.low + path.high) & after, kept):
        sheet.area([*frame.places(run, path.high), *frame.places(run[::-1], path.low)], "band")
    for run in _runs(np.isfinite(path.observed + expected), kept):
        around = [*frame.places(run, path.observed), *frame.places(run[::-1], expected)]
        sheet.area(around, "hatched")


def _kept(path: Path, expected: Floats) -> Flags:
    """The periods that are drawn: all, or of very many the extremes of each group."""
    n = len(path.period)
    if n <= _FINE:
        return np.ones(n, dtype=np.bool_)
    kept = np.zeros(n, dtype=np.bool_)
    kept[[0, n - 1]] = True
    for group in np.array_split(np.arange(n), _GROUPS):
        for values in (path.observed, expected, path.comparison):
            if np.isfinite(values[group]).any():
                kept[group[[np.nanargmin(values[group]), np.nanargmax(values[group])]]] = True
    return kept


def _runs(known: Flags, kept: Flags) -> Iterator[npt.NDArray[np.intp]]:
    """Stretches without a gap, each as the periods of it that are drawn."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        run = np.arange(first, end)
        drawn = run[kept[run]]
        if drawn.size:
            yield drawn


def _starts(sheet: Drawing, frame: _Frame, ev: Evaluation, say: Language) -> None:
    """A line for each start, and the name of the first."""
    path = ev.estimate.path if ev.estimate else None
    periods = path.period if path else ()
    launch = launch_position(ev)
    found = sorted({periods.index(s) for s in ev.claim.treated.values() if s in periods}) or [
        launch
    ]
    for start in found if len(found) <= _STARTS else (found[0], found[-1]):
        x = frame.x(start - 0.5)
        first = start == launch
        sheet.line([(x, frame.top), (x, frame.bottom)], "ink", 0.9 if first else 0.5,
                   "" if first else "2 2", "butt")  # fmt: skip
    word = "figure.first_start" if len(found) > 1 else "figure.start"
    right = launch > 0.6 * len(periods)
    sheet.text(frame.x(launch - 0.5) + (-4 if right else 4), frame.top + SIZE * 0.8,
               say(word, when=say.short(ev.measured.launch)), "ink",
               anchor="end" if right else "start")  # fmt: skip


def _names(sheet: Drawing, frame: _Frame, lines: list[_Line]) -> None:
    """Names at the right edge, level with each line's last value; moved apart where they would touch."""
    ends = sorted(
        (
            frame.y(float(line.values[np.flatnonzero(np.isfinite(line.values))[-1]])),
            line.label,
            line.ink,
        )
        for line in lines
    )
    least = 1.3 * SIZE
    heights: list[float] = []
    for wanted, _, _ in ends:
        heights.append(
            max(wanted, heights[-1] + least) if heights else max(wanted, frame.top + SIZE / 2)
        )
    over = heights[-1] - frame.bottom
    for i in range(len(heights) - 1, -1, -1) if over > 0 else ():
        limit = frame.bottom if i == len(heights) - 1 else heights[i + 1] - least
        heights[i] = min(heights[i], limit)
    for (_, label, ink), at in zip(ends, heights, strict=True):
        sheet.text(frame.right + 6, at + SIZE * 0.34, label, ink, bold=True)
