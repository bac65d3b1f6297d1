"""The story of a portfolio: every sentence and table of its report, from the results alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from innoeval.briefs import words
from innoeval.briefs.language import language
from innoeval.errors import BriefError, RunError
from innoeval.plots import scale
from innoeval.portfolio.adjust import Lists, tally, two_lists
from innoeval.portfolio.ranking import rank
from innoeval.portfolio.report.entries import LABELS, Entry, entries, named, span
from innoeval.records.estimate import Interval

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.claim import Scale
    from innoeval.records.portfolio import Portfolio

#: A page of more claims than this is slower to open than anybody waits.
MOST = 20_000
#: So many rows of a list, and groups of a tally, are written out; the rest are counted.
SHOWN = 25
#: So many of the largest estimates are looked at for the winner's curse, in so many groups.
TOP, GROUPS = 10, 5
_HEADS = {"holds_up": "Hold up", "does_not_hold_up": "Do not hold up"}
_METHODS = {"bh": "Benjamini-Hochberg", "by": "Benjamini-Yekutieli"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many claims have one status."""

    status: str
    label: str
    n: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One of the two lists; `rows` has place of the entry, improvement, widened range and q-value."""

    name: str
    heading: str
    says: str
    rows: tuple[tuple[int, str, str, str], ...]
    places: tuple[int, ...]
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Claims counted by what they have in common."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioStory:
    """A report on a portfolio as plain strings and rows, in the order in which they are read.

    Parameters
    ----------
    title
        Heading.
    lead
        What became of the claims, in sentences.
    counts
        How many claims have each status.
    denominator
        What the two lists were drawn from: label, number, and what it means.
    lists
        Claims that hold up, and claims that do not.
    curse
        What is left of the estimates that look best.
    tallies
        Claims counted by family, innovation or anything else.
    entries
        Every claim.
    notes
        By which rules it was made.
    """

    title: str
    lead: tuple[str, ...]
    counts: tuple[Count, ...]
    denominator: tuple[tuple[str, str, str], ...]
    lists: tuple[Listed, ...]
    curse: tuple[str, ...]
    tallies: tuple[Tally, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]


def told(
    portfolio: Portfolio,
    *,
    title: str = "",
    announced: Collection[str] = (),
    q: float = 0.05,
    by: str | Mapping[str, str] | None = None,
) -> PortfolioStory:
    """Tell a portfolio.

    Parameters
    ----------
    portfolio
        The claims.
    title, announced, q, by
        As in `write_portfolio`.

    Raises
    ------
    BriefError
        For more claims than a report can hold.
    """
    n = len(portfolio)
    if n > MOST:
        raise BriefError(
            f"this portfolio has {n:,} claims, and a report holds at most {MOST:,}; write the table "
            "as a file that ends in .csv, or report on a part of the claims"
        )
    frame = portfolio.tidy()
    lists = two_lists(portfolio, q=q, announced=announced)
    counts = _counts(frame)
    return PortfolioStory(
        title=words.shown(title, 160) or f"Portfolio of {words.counted(n, 'claim')}",
        lead=_lead(frame, n),
        counts=counts,
        denominator=_denominator(lists, named=bool(announced)),
        lists=tuple(_listed(name, lists, frame) for name in _HEADS),
        curse=_curse(portfolio),
        tallies=_tallies(portfolio, frame, by),
        entries=entries(portfolio, frame),
        notes=_notes(portfolio, lists),
    )


def _counts(frame: pd.DataFrame) -> tuple[Count, ...]:
    found = frame["status"].fillna("failed").value_counts()
    return tuple(
        Count(status=status, label=label, n=int(found[status]), share=found[status] / len(frame))
        for status, label in LABELS.items()
        if status in found.index
    )


def _lead(frame: pd.DataFrame, n: int) -> tuple[str, ...]:
    """What became of the claims, for people who read nothing else."""
    marks = frame["mark"].fillna("failed").value_counts()

    def some(mark: str, one: str, many: str) -> str:
        count = int(marks.get(mark, 0))
        return f"{count:,} {one if count == 1 else many}"

    said = [
        (
            f"Of {words.counted(n, 'claim')}, {some('holds up', 'holds up', 'hold up')}, "
            f"{some('holds up in part', 'holds up in part', 'hold up in part')} and "
            f"{some('does not hold up', 'does not hold up', 'do not hold up')}."
        )
    ]
    if open_ := int(marks.get("not substantiated", 0)):
        said.append(
            f"{open_:,} {'is' if open_ == 1 else 'are'} not substantiated: the data cannot tell, "
            "which does not make a claim false."
        )
    if failed := int(marks.get("failed", 0)):
        said.append(
            f"{failed:,} could not be evaluated because of an error; each says which, in the table."
        )
    return tuple(said)


def _denominator(lists: Lists, *, named: bool) -> tuple[tuple[str, str, str], ...]:
    n = lists.denominator
    dropped = (f"{n['dropped']:,}", "Announced, and not among the claims of this report.")
    unknown = ("not known", "Nobody said which claims were announced beyond these.")
    return (
        ("Announced", f"{n['announced']:,}", "Every claim that is known to have been made."),
        ("Dropped", *(dropped if named else unknown)),
        ("Failed", f"{n['failed']:,}", "An error kept them from being evaluated."),
        ("Not evaluable", f"{n['not_evaluable']:,}", "The data allow no judgement."),
        ("Tested", f"{n['tested']:,}", "Could enter one of the two lists."),
        ("Listed", f"{n['holds_up'] + n['does_not_hold_up']:,}", "Entered one of them."),
    )


def _listed(name: str, lists: Lists, frame: pd.DataFrame) -> Listed:
    """One list with its false discovery rate, in words."""
    table: pd.DataFrame = getattr(lists, name)
    n, tested = len(table), lists.denominator["tested"]
    place = {name: i for i, name in enumerate(frame["id"])}
    rows = []
    for row in table.head(SHOWN).to_dict("records"):
        on: Scale = row["scale"]
        factor = 100 if on == "relative" else 1
        interval = Interval(float(row["low"]), float(row["high"]))
        places = scale.decimals(Interval(interval.low * factor, interval.high * factor))
        value = scale.size(float(row["estimate"]), on, places)
        q_value = "below 0.001" if row["q_value"] < 0.001 else f"{row['q_value']:.3f}"
        rows.append((place[row["id"]], value, span(interval, on), q_value))
    rate = f"{100 * lists.q:g} %"
    if not tested:
        says = "No claim could be tested for this list."
    elif not n:
        says = f"None of the {tested:,} claims tested is on this list."
    else:
        says = (
            f"{n:,} of the {tested:,} claims tested {'is' if n == 1 else 'are'} on this list. On average at "
            f"most {rate} of such a list {'is' if n == 1 else 'are'} there by chance."
        )
    rest = f"And {n - SHOWN:,} more: the table of all claims has every one." if n > SHOWN else ""
    return Listed(
        name=name, heading=_HEADS[name], says=says, rows=tuple(rows),
        places=tuple(place[claim] for claim in table["id"]), rest=rest,
    )  # fmt: skip


def _curse(portfolio: Portfolio) -> tuple[str, ...]:
    """What the best of many owe to luck, in words, for the largest groups."""
    try:
        ranked = rank(portfolio, top=TOP)
    except RunError:
        return (
            "Fewer than three claims can be compared, so there is no luck to take off the best.",
        )
    groups = sorted(ranked.groupby("group"), key=lambda item: (-len(item[1]), item[0]))
    said = [_best(str(name), table) for name, table in groups[:GROUPS]]
    if len(groups) > GROUPS:
        rest = len(groups) - GROUPS
        said.append(
            f"{words.counted(rest, 'further group')} {'is' if rest == 1 else 'are'} no larger."
        )
    return tuple(said)


def _best(group: str, table: pd.DataFrame) -> str:
    on: Scale = group.split(",", 1)[0]  # type: ignore[assignment]
    what = {
        "relative": "relative improvements",
        "percentage_points": "improvements in percentage points",
    }.get(on, f"improvements in {language('en').metric(group.partition(', ')[2])}")
    best = table.nsmallest(min(TOP, len(table)), "raw_rank")
    raw, left = float(best["estimate"].mean()), float(best["shrunken"].mean())
    factor = 100 if on == "relative" else 1
    places = scale.decimals(Interval(0.0, abs(raw) * factor))
    return (
        f"Of {len(table):,} {what} the {len(best)} that look best average {scale.size(raw, on, places)}; "
        f"of that, {scale.size(left, on, places)} is to be expected again."
    )


def _tallies(
    portfolio: Portfolio, frame: pd.DataFrame, by: str | Mapping[str, str] | None
) -> tuple[Tally, ...]:
    if by is None:
        by = "family" if frame["family"].fillna("").ne("").any() else "innovation"
    counts = tally(portfolio, by)
    if len(counts) < 2:
        return ()
    counts = counts.loc[(counts > 0).any(axis=1), (counts > 0).any(axis=0)]
    counts = counts.assign(total=counts.sum(axis=1))
    if int(counts["total"].max()) < 2:
        return ()  # a row for each claim says nothing that the claims do not
    counts = counts.sort_values("total", ascending=False, kind="stable")
    rows = tuple(
        (named(words.shown(str(name), 80), "(none named)"), *(f"{n:,}" for n in row))
        for name, *row in counts.head(SHOWN).itertuples()
    )
    more = len(counts) - SHOWN
    left = int(counts["total"].iloc[SHOWN:].sum())
    rest = f"And {more:,} more with {words.counted(left, 'claim')} together." if more > 0 else ""
    name = by if isinstance(by, str) else "group"
    return (
        Tally(
            heading=words.capital(language("en").metric(name)),
            columns=(*(words.capital(str(c)) for c in counts.columns[:-1]), "All"),
            rows=rows,
            rest=rest,
        ),
    )


def _notes(portfolio: Portfolio, lists: Lists) -> tuple[str, ...]:
    method, _, why = lists.method.partition(": ")
    return (
        (
            f"Each list keeps its own false discovery rate of {100 * lists.q:g} % by the method of "
            f"{_METHODS.get(method, method)} ({why}). Only claims whose own verdict agrees are listed. Their "
            "ranges are widened, because they were picked for what they show."
        ),
        (
            "What is to be expected again is an empirical-Bayes estimate: each estimate is drawn towards "
            "the mean of all that can be compared with it, the more the less certain it is."
        ),
        (
            "Likely range: the interval of the improvement that decided; below zero it got worse. Sizes "
            "on different scales are sorted apart: per cent, points, then units of the outcome."
        ),
        f"Thresholds of every verdict (SHA-256 of the policy): {portfolio.policy.digest}.",
    )
