"""The small figure of a brief: the claim against the estimate, on the claim's own scale."""

from __future__ import annotations

import math

from innoeval.briefs.drawing import SIZE, Drawing, width_of
from innoeval.briefs.language import Language
from innoeval.briefs.sizes import Sizes
from innoeval.plots import scale
from innoeval.records.evaluation import Evaluation

_TOP_LINE, _LOW_LINE = 21.0, 53.0


def comparable(ev: Evaluation) -> bool:
    """Whether claim and estimate are numbers that can be drawn on one axis."""
    found = scale.found(ev)
    return found is not None and math.isfinite(found.value) and 0 < _span(ev, found) < 1e200


def _found(ev: Evaluation) -> scale.Found:
    """What a comparable evaluation found."""
    found = scale.found(ev)
    if found is None:
        raise ValueError("no estimate")
    return found


def draw_against(ev: Evaluation, say: Language, width: float, height: float, name: str) -> Drawing:
    """Draw the announced improvement and the one found, with its interval, on the claim's scale.

    Parameters
    ----------
    ev
        An evaluation that is comparable.
    say
        The language of its words.
    width, height
        Of the drawing, in points.
    name
        Of the drawing, another one for each on a page.
    """
    found, sizes, sheet = _found(ev), Sizes.of(ev, say), Drawing(name, width, height)
    low, high = scale.limits(ev, found)
    foot = height - SIZE - 6

    def x(value: float) -> float:
        return 2 + (width - 4) * (min(max(value, low), high) - low) / (high - low)

    def label(value: float, y: float, text: str, ink: str, *, bold: bool = True) -> None:
        half = width_of(text, bold=bold) / 2
        middle = min(max(x(value), half), width - half) if 2 * half < width else width / 2
        left, right, top = middle - half * 0.94, middle + half * 0.94, y - 8
        sheet.area([(left, top), (right, top), (right, y + 2), (left, y + 2)], "paper")
        sheet.text(middle, y, text, ink, anchor="middle", bold=bold)

    small = ev.verdict.smallest
    if small is not None:
        sheet.line([(x(small), 2), (x(small), foot)], "muted", 0.9, "1 2", "butt")
    sheet.line([(x(0), 2), (x(0), foot)], "ink", 0.9)
    if (size := ev.claim.size) is not None:
        sheet.line([(x(0), _TOP_LINE), (x(size), _TOP_LINE)], "rule", 5, cap="butt")
        _diamond(sheet, x(size), _TOP_LINE)
        label(size, _TOP_LINE - 8, say("against.announced", size=sizes.stated(size)), "expected")
    ends = [x(end) for end in found.interval]
    sheet.line([(end, _LOW_LINE) for end in ends], "observed", 2.2, cap="butt")
    for end, at, way in zip(found.interval, ends, (-1, 1), strict=True):
        if low < end < high:
            sheet.line([(at, _LOW_LINE - 3.5), (at, _LOW_LINE + 3.5)], "observed", 1.6, cap="butt")
        else:  # the interval goes on beyond the figure
            tip = [
                (at, _LOW_LINE),
                (at - way * 5, _LOW_LINE - 3.5),
                (at - way * 5, _LOW_LINE + 3.5),
            ]
            sheet.area(tip, "observed")
    sheet.dots([(x(found.value), _LOW_LINE)], "observed", 6.5)
    told = say("against.found", found=_words(sizes, found, say))
    label(found.value, _LOW_LINE - 8, told, "observed")
    _directions(sheet, ev, say, x(0), height - 4)
    return sheet


def describe_against(ev: Evaluation, say: Language) -> str:
    """Say in words what `draw_against` shows."""
    found, sizes = _found(ev), Sizes.of(ev, say)
    size, small = ev.claim.size, ev.verdict.smallest
    return say(
        "against.alt",
        announced=say("against.alt_open")
        if size is None
        else say("against.alt_announced", size=sizes.stated(size)),
        found=say("against.alt_found", found=_words(sizes, found, say)),
        smallest="" if small is None else say("against.alt_smallest", size=sizes.stated(small)),
    ).strip()


def _words(sizes: Sizes, found: scale.Found, say: Language) -> str:
    low, high = (sizes.signed(end) if math.isfinite(end) else "" for end in found.interval)
    if low and high:
        ends = say("size.ends", low=low.split(" ")[0], high=high)
    elif low or high:
        ends = say("against.at_least", size=low) if low else say("against.at_most", size=high)
    else:
        ends = say("against.no_bounds")
    return say("size.with_range", value=sizes.signed(found.value), range=ends)


def _span(ev: Evaluation, found: scale.Found) -> float:
    low, high = scale.limits(ev, found)
    return high - low


def _diamond(sheet: Drawing, x: float, y: float) -> None:
    sheet.area([(x, y - 4.2), (x + 4.2, y), (x, y + 4.2), (x - 4.2, y)], "expected")


def _directions(sheet: Drawing, ev: Evaluation, say: Language, zero: float, y: float) -> None:
    """Which side is better; no change stands under its line."""
    better = ev.claim.better
    right = zero < sheet.width / 2  # where "no change" leaves room
    word = say(f"against.{'better' if right else 'worse'}_{better}")
    none = say("against.no_change")
    half = width_of(none) / 2
    sheet.text(min(max(zero, half), sheet.width - half), y, none, "muted", anchor="middle")
    sheet.text(
        sheet.width if right else 0, y, f"{word} →" if right else f"← {word}", "muted",
        anchor="end" if right else "start",
    )  # fmt: skip
