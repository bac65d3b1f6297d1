"""What the command line shows: tables that read at 80 columns, in words as well as in colour."""

from __future__ import annotations

from collections.abc import Sequence

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
    return amount(value * (100 if scale == "relative" else 1)) + _UNITS[scale]


def ranged(interval: Interval, scale: Scale) -> str:
    """An interval on a claim's scale, with its unit.

    Examples
    --------
    >>> ranged(Interval(-0.021, 0.12), "relative")
    '−2.1 to 12 %'
    """
    factor = 100 if scale == "relative" else 1
    return span(Interval(interval.low * factor, interval.high * factor)) + _UNITS[scale]


def announced(claim: Claim) -> str:
    """The size that a claim announced."""
    return "no number" if claim.size is None else sized(claim.size, claim.scale)


def found(ev: Evaluation) -> str:
    """The interval that decided, in words."""
    interval = ev.verdict.interval
    return "–" if interval is None else ranged(interval, ev.claim.scale)


def verdict_line(ev: Evaluation) -> Text:
    """Icon, mark and status: the same without colour."""
    verdict = ev.verdict
    line = Text(f"{ICONS[verdict.status]} {verdict.mark}", style=_STYLES[verdict.status])
    return line.append(f"\n  {verdict.status.replace('_', ' ')}", style="dim")


def verdict_table(evaluations: Sequence[Evaluation], title: str) -> Table:
    """One row for each claim: what was announced, what was found, what may be said."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    table.add_column("Claim", overflow="fold", ratio=3)
    table.add_column("Announced", justify="right")
    table.add_column("Found\n(95 % interval)", justify="right", ratio=2)
    table.add_column("Verdict", min_width=20)
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
