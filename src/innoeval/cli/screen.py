"""What the command line shows: tables that read at 80 columns, in words as well as in colour."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, log10

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from innoeval.records.claim import Claim, Scale
from innoeval.records.display import amount, span
from innoeval.records.estimate import Interval
from innoeval.records.evaluation import Evaluation
from innoeval.records.verdict import ICONS, Status

_STYLES: dict[Status, str] = {
    "supported": "green",
    "partly_supported": "green",
    "inconclusive": "yellow",
    "overstated": "red",
    "refuted": "red",
    "harmful": "red",
    "not_evaluable": "yellow",
}
_UNITS: dict[Scale, str] = {"relative": " %", "percentage_points": " points", "absolute": ""}


def printable(text: str) -> str:
    """Text from a file, without the characters that would steer a terminal.

    Examples
    --------
    >>> printable("desk" + chr(27) + "[31m")
    'desk�[31m'
    """
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def sized(value: float, scale: Scale) -> str:
    """An amount on a claim's scale, with its unit.

    Examples
    --------
    >>> sized(0.15, "relative"), sized(-2.25, "percentage_points"), sized(3.0, "absolute")
    ('15 %', '−2.25 points', '3')
    """
    shown = amount(value * (100 if scale == "relative" else 1))
    return shown + (_UNITS[scale].rstrip("s") if shown == "1" else _UNITS[scale])


def ranged(interval: Interval, scale: Scale) -> str:
    """An interval on a claim's scale, to as many places as its width deserves.

    Examples
    --------
    >>> ranged(Interval(-0.0214, 0.1207), "relative"), ranged(Interval(-4.1, float("inf")), "absolute")
    ('−2 to 12 %', '−4.1 to no upper bound')
    >>> ranged(Interval(-2.731, -2.214), "percentage_points")
    '−2.73 to −2.21 points'
    """
    factor = 100 if scale == "relative" else 1
    low, high = interval.low * factor, interval.high * factor
    unit = _UNITS[scale]
    if not (isfinite(low) and isfinite(high) and high > low):
        return span(Interval(low, high)) + unit
    places = max(0, 1 - floor(log10(high - low)))
    # Adding zero turns −0.0 into 0.0.
    ends = (f"{round(end, places) + 0.0:,.{places}f}".replace("-", "−") for end in (low, high))
    return " to ".join(ends) + unit


def announced(claim: Claim) -> str:
    """The size that a claim announced."""
    return "no number" if claim.size is None else sized(claim.size, claim.scale)


def found(ev: Evaluation) -> str:
    """The interval that decided, in words."""
    interval = ev.verdict.interval
    return "–" if interval is None else ranged(interval, ev.claim.scale)


def verdict_line(ev: Evaluation, between: str = "\n  ") -> Text:
    """Icon, mark and status: the same without colour."""
    verdict = ev.verdict
    line = Text(f"{ICONS[verdict.status]} {verdict.mark}", style=_STYLES[verdict.status])
    return line.append(f"{between}{verdict.status.replace('_', ' ')}", style="dim")


def verdict_table(evaluations: Sequence[Evaluation], title: str) -> Table:
    """One row for each claim: what was announced, what was found, what may be said."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold",
                  box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)  # fmt: skip
    table.add_column("Claim", overflow="fold")
    table.add_column("Announced", justify="right", no_wrap=True)
    table.add_column("Found (95 %)", justify="right")
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Certainty")
    for ev in evaluations:
        table.add_row(
            Text(printable(ev.claim.id)),
            announced(ev.claim),
            found(ev),
            verdict_line(ev),
            ev.verdict.certainty.replace("_", " "),
        )
    return table


def say(console: Console, text: str) -> None:
    """Print a paragraph that holds text from files: nothing in it is markup."""
    console.print(Text(printable(text)), soft_wrap=False)
