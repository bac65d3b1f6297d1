"""One claim of a report: the cells of its row, and the summary that it opens to."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from innoeval.briefs import story, words
from innoeval.briefs.language import language
from innoeval.plots import scale
from innoeval.records.estimate import Interval
from innoeval.records.verdict import ICONS

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.claim import Scale
    from innoeval.records.evaluation import Evaluation
    from innoeval.records.portfolio import Portfolio

#: Status of a claim that an error kept from being evaluated.
FAILED = "failed"
#: What each status is called in a table: verdict first, then which kind of it.
LABELS: Mapping[str, str] = {
    "supported": "Holds up",
    "partly_supported": "Holds up in part",
    "overstated": "Does not hold up: overstated",
    "refuted": "Does not hold up: no improvement that matters",
    "harmful": "Does not hold up: got worse",
    "inconclusive": "Not substantiated: cannot tell",
    "not_evaluable": "Not substantiated: cannot be evaluated",
    FAILED: "Failed: an error",
}
STATUS_ICONS: Mapping[str, str] = {**{str(k): v for k, v in ICONS.items()}, FAILED: "!"}
#: Scales in the order in which sizes are sorted: those of different scales stand apart.
_SCALES = ("relative", "percentage_points", "absolute")

Key = tuple[float, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A claim in a report, as strings.

    Parameters
    ----------
    id, title, about
        Of the claim: its id, its innovation, and metric, place and time.
    family
        Group of the claim; "" for none.
    status, says
        The verdict, and one or two plain sentences.
    announced, found, certainty
        Announced size, likely range of the improvement, and how far the design can be trusted.
    problems
        So many checks show a problem; None where no check was run.
    size_key, found_key
        What sizes and ranges are sorted by; None where there is none.
    dots
        Certainty as a number, 1 to 4; 0 where there is none.
    claim, evidence, reasons, strength
        Sentences of the summary.
    checks
        Question, status, answer and share of the claim, a row each.
    design
        How it was estimated.
    """

    id: str
    title: str
    about: str
    family: str
    status: str
    says: str
    announced: str
    found: str
    certainty: str
    problems: int | None
    size_key: Key
    found_key: Key
    dots: int = 0
    claim: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()
    checks: tuple[tuple[str, str, str, str], ...] = ()
    design: str = ""


def entries(portfolio: Portfolio, frame: pd.DataFrame) -> tuple[Entry, ...]:
    """Every claim of a portfolio, in order of the ids, whatever became of it.

    Parameters
    ----------
    portfolio
        The claims.
    frame
        Its `tidy()`.
    """
    made = {ev.claim.id: entry(ev) for ev in portfolio}
    made |= {str(row["id"]): _failed(row) for row in _rows(frame[frame["error"].notna()])}
    return tuple(made[name] for name in frame["id"])


def entry(ev: Evaluation) -> Entry:
    """An evaluation as one row and its summary."""
    said, claim = story(ev), ev.claim
    found = scale.found(ev) if said.dots else None
    design = (
        f"{words.design_name(ev.design)}: {ev.estimate.inference}"
        if said.dots and ev.estimate
        else ""
    )
    return Entry(
        id=words.shown(claim.id, 80),
        title=named(said.title),
        about=said.setting,
        family=words.shown(claim.family, 60),
        status=ev.verdict.status,
        says=said.summary,
        announced=announced(claim.size, claim.scale),
        found=span(found.interval, claim.scale) if found else "–",
        certainty=said.certainty,
        problems=sum(f.status == "problem" for f in ev.findings) if ev.findings else None,
        size_key=_key(claim.scale, claim.size),
        found_key=_key(claim.scale, found.interval.low) if found else None,
        dots=said.dots,
        claim=said.claim,
        evidence=said.evidence,
        reasons=tuple(words.shown(words.capital(reason), 400) for reason in ev.verdict.reasons),
        strength=said.strength,
        checks=tuple(
            (row["question"], row["status"], row["says"], row["share"]) for row in said.checks
        ),
        design=words.shown(design, 300),
    )


def _failed(row: Mapping[str, object]) -> Entry:
    """A claim without an evaluation."""
    size, on = row["announced"], row["scale"]
    size = float(size) if isinstance(size, float) and math.isfinite(size) else None
    kind: Scale = on if on in _SCALES else "absolute"  # type: ignore[assignment]
    units = str(row["units"]).split("; ")
    where = language("en").listed(units) if len(units) <= 3 else words.counted(len(units), "unit")
    return Entry(
        id=words.shown(str(row["id"]), 80),
        title=named(words.shown(str(row["innovation"]), 160)),
        about=f"{words.capital(language('en').metric(str(row['outcome'])))} · {where}",
        family=words.shown(str(row["family"] or ""), 60),
        status=FAILED,
        says=words.shown(words.capital(str(row["error"])), 500),
        announced=announced(size, kind),
        found="–",
        certainty="Not graded",
        problems=None,
        size_key=_key(kind, size),
        found_key=None,
        reasons=(words.shown(words.capital(str(row["error"])), 2000),),
    )


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, object]]:
    for row in frame.to_dict("records"):
        yield {str(name): value for name, value in row.items()}


def named(text: str, otherwise: str = "(no name)") -> str:
    """A name that can be seen and said, even if somebody gave one of spaces only.

    Examples
    --------
    >>> named("desk"), named("\u200b ")
    ('desk', '(no name)')
    """
    seen = any(unicodedata.category(letter)[0] not in "CZ" for letter in text)
    return text if seen else otherwise


def announced(size: float | None, on: Scale) -> str:
    """The size that was announced, in words."""
    return scale.stated(size, on) if size is not None else "no number"


def span(interval: Interval, on: Scale) -> str:
    """A range of improvements; below zero it got worse.

    Examples
    --------
    >>> span(Interval(0.043, 0.079), "relative"), span(Interval(-2.0, float("inf")), "absolute")
    ('4.3 to 7.9 %', 'at least −2')
    >>> span(Interval(float("-inf"), 3), "percentage_points")
    'at most 3 points'
    """
    low, high = interval
    ends = [end for end in (low, high) if math.isfinite(end)]
    if not ends:
        return "no bound"
    factor = 100 if on == "relative" else 1
    if len(ends) == 1:
        places = scale.decimals(Interval(-math.inf, math.inf), ends[0] * factor)
        bound = scale.size(
            ends[0], on, 0 if round(ends[0] * factor) == ends[0] * factor else places
        )
        return f"at {'least' if math.isfinite(low) else 'most'} {bound}"
    places = scale.decimals(Interval(low * factor, high * factor))
    return f"{scale.number(low * factor, places)} to {scale.size(high, on, places)}"


def _key(on: Scale, value: float | None) -> Key:
    return None if value is None else (_SCALES.index(on), value)
