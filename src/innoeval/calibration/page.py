"""The page of a calibration: what was promised, what was measured, and what falls short in bold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import NamedTuple

from innoeval.calibration.rates import Key, Rate, failures, rates, seconds
from innoeval.calibration.run import Calibration
from innoeval.simulate import Family

Rates = Mapping[Key, Mapping[str, Rate]]

_OURS = "innoeval"


class _Column(NamedTuple):
    """A question about one truth, and the bounds that the answer has to keep (as shares)."""

    title: str
    question: str
    truth: str
    least: float = 0.0
    most: float = 1.0
    judge: str = "innoeval"


_COLUMNS = (
    _Column("null supported", "false_support", "null", most=0.025),
    _Column("harmful supported", "false_support", "harmful", most=0.005),
    _Column("half supported in full", "half_support", "half", most=0.05),
    _Column("true accused", "false_accusation", "true", most=0.025),
    _Column("coverage (null)", "covers", "null", least=0.93, most=0.97),
    _Column("coverage (true)", "covers", "true", least=0.93, most=0.97),
    _Column("true supported", "power", "true"),
    _Column("ceiling", "power", "true", judge="oracle_trend"),
    _Column("true shown", "shown", "true"),
    _Column("decisive and right (null)", "right", "null"),
    _Column("decisive and right (true)", "right", "true"),
    _Column("fault flagged (null)", "hit", "null"),
    _Column("false flags (null)", "false_flag", "null"),
    _Column("false flags (true)", "false_flag", "true"),
)
_OPEN = (
    _Column("null left open", "left_open", "null", least=0.98),
    _Column("half left open", "left_open", "half", least=0.98),
    _Column("true left open", "left_open", "true", least=0.98),
    _Column("harmful left open", "left_open", "harmful", least=0.98),
    _Column("null supported", "false_support", "null", most=0.025),
    _Column("harmful supported", "false_support", "harmful", most=0.005),
    _Column("right finding (null)", "hit", "null", least=0.95),
    _Column("right finding (true)", "hit", "true", least=0.95),
)
_HEAD = """\
# How often the judge errs

{families} families of simulated claims (`innoeval.simulate.scenarios()`), {draws} draws of each truth,
seeds {first} to {last}: rules were developed on seeds below 200000 only. Made by

    innoeval calibrate DIR --draws {draws} --first {first} --page docs/calibration/judge.md

All figures are percentages, ± their Monte Carlo error. **Bold** is what misses its bound: at most 2.5 of
nulls and .5 of harmful claims supported (wholly or in part), at most 5 of half-true ones supported in
full, at most 2.5 of true ones accused (overstated, refuted, harmful), coverage of the deciding interval 93
to 97, and the least power that a family names. Sizes are about 2 (with a short record 1.5) standard deviations
of a unit's noise in a period; about half of the columns and fields that a fault may need are there in every draw.

The ceiling is what a judge supports that knows the covariance of the noise and what the fault did, but has
to leave the treated units a level and a linear trend of their own (`oracle_trend`). Who supports more than
that leans on trends being common; it is left out where chance before the start was chosen.
"""
_ABOUT_ALL = """\
Averages over the families where the data can tell, and the worst of them in brackets. A foil refuses
what its method cannot fit, which counts as undecided. All are held against the same rule: supported is
what shows at least half of the announced size. The oracle knows everything but the effect and what
chance did; it is left out where chance itself was chosen, or is of no simple kind.
"""


def page(found: Calibration) -> str:
    """Markdown of a run.

    Parameters
    ----------
    found
        From `calibrate`.
    """
    measured = rates(found.rows)
    kinds = list(found.kinds)
    told = [kind for kind in kinds if kind.decidable]
    untold = [kind for kind in kinds if not kind.decidable]
    lines = [_HEAD.format(families=len(found.families), draws=found.draws, first=found.first,
                          last=found.first + found.draws - 1)]  # fmt: skip
    if _OURS in found.judges:
        if told:
            lines += [
                "\n## innoeval, where the data can tell\n",
                *_by_family(told, _COLUMNS, measured),
            ]
        if untold:
            lines += [
                "\n## innoeval, where nobody can tell\n",
                *_by_family(untold, _OPEN, measured),
            ]
    lines += [
        "\n## All judges\n",
        _ABOUT_ALL,
        *_by_judge(found, told, measured),
    ]
    for title, question, truth in (
        ("Null claims supported", "false_support", "null"),
        ("True claims supported", "power", "true"),
        ("True claims whose improvement is shown", "shown", "true"),
        ("Intervals that hold the effect of true claims", "covers", "true"),
    ):
        lines += [f"\n## {title}\n", *_judges_by_family(found, kinds, measured, question, truth)]
    lines += ["\n## What failed\n", *_failures(found)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(titles)
    return [_row(heads), "|---|" + "---|" * (len(heads) - 1), *map(_row, rows)]


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _cell(rate: Rate | None, least: float = 0.0, most: float = 1.0) -> str:
    """A share with its error; bold where it misses its bounds."""
    if rate is None:
        return "–"
    said = f"{100 * rate.share:.1f} ± {100 * rate.error:.1f}"
    return said if least <= rate.share <= most else f"**{said}**"


def _by_family(kinds: list[Family], columns: tuple[_Column, ...], measured: Rates) -> list[str]:
    rows = []
    for kind in kinds:
        cells = [_plain(kind.name)]
        for column in columns:
            least = column.least
            if kind.hoped is not None and column.truth == "true" and column.judge == _OURS:
                least = {"power": kind.hoped[0], "shown": kind.hoped[1]}.get(
                    column.question, 100 * least
                ) / 100  # fmt: skip
            rate = measured.get((column.judge, kind.name, column.truth), {}).get(column.question)
            cells.append(_cell(rate, least, column.most))
        rows.append(cells)
    return _table(["family", *(column.title for column in columns)], rows)


_COMPARED = (
    ("nulls supported", "false_support", "null", max),
    ("harmful supported", "false_support", "harmful", max),
    ("half supported in full", "half_support", "half", max),
    ("true accused", "false_accusation", "true", max),
    ("coverage", "covers", "true", min),
    ("true supported", "power", "true", min),
    ("true shown", "shown", "true", min),
    ("decisive and right", "right", "true", min),
)


def _by_judge(found: Calibration, kinds: list[Family], measured: Rates) -> list[str]:
    spent = seconds(found.rows)
    rows = []
    for judge in found.judges:
        cells = [_plain(judge)]
        for _, question, truth, worst in _COMPARED:
            shares = [
                rate.share
                for kind in kinds
                if (rate := measured.get((judge, kind.name, truth), {}).get(question))
            ]
            cells.append(
                f"{100 * fmean(shares):.1f} ({100 * worst(shares):.1f})" if shares else "–"
            )
        rows.append([*cells, f"{1000 * spent.get(judge, 0.0):.0f}"])
    return _table(["judge: average (worst)", *(c[0] for c in _COMPARED), "ms of CPU, median"], rows)


def _judges_by_family(
    found: Calibration, kinds: list[Family], measured: Rates, question: str, truth: str
) -> list[str]:
    rows = [
        [_plain(kind.name)]
        + [
            _cell(measured.get((judge, kind.name, truth), {}).get(question))
            for judge in found.judges
        ]
        for kind in kinds
        if truth in kind.truths
    ]
    return _table(["family", *map(_plain, found.judges)], rows)


def _failures(found: Calibration) -> list[str]:
    counted = failures(found.rows)
    if not counted and not found.unknown:
        return ["Nothing: every judge answered every claim."]
    lines = [f"- {name}" for name in found.unknown]
    rows = [
        [_plain(judge), reason.replace("|", "/").replace("\n", " "), str(n)]
        for (judge, reason), n in sorted(counted.items(), key=lambda item: -item[1])
    ]
    return lines + (_table(["judge", "reason", "answers"], rows) if rows else [])
