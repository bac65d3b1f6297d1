"""The table of all claims on a page: rows, filters, orders, and the summaries that rows open to."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from gzip import compress

from innoeval.briefs.markup import said
from innoeval.plots import theme
from innoeval.portfolio.report.entries import LABELS, STATUS_ICONS, Entry
from innoeval.portfolio.report.told import PortfolioStory

#: So many summaries are packed together: opening one unpacks no more than these.
BLOCK = 50
#: A column is offered as a filter where it has so many different values.
_CHOICES = range(2, 61)
_CERTAINTIES = ("High", "Moderate", "Low", "Very low", "Not graded")
LISTS = ("Hold up", "Do not hold up")


def verdict(status: str) -> str:
    """A verdict's shape and words; the shape is for eyes only."""
    return f'<span aria-hidden="true">{STATUS_ICONS[status]}</span> {LABELS[status]}'


def on_lists(story: PortfolioStory) -> dict[int, tuple[int, int]]:
    """Which list a claim is on, and its rank there."""
    return {
        place: (which, rank)
        for which, item in enumerate(story.lists)
        for rank, place in enumerate(item.places)
    }


def row(i: int, item: Entry, listed: tuple[int, int] | None) -> str:
    """A claim's row: its cells, in the order of `COLUMNS`."""
    problems = "–" if item.problems is None else str(item.problems)
    family = f" · {said(item.family)}" if item.family else ""
    return (
        f'<tr id="c{i}"><th scope="row"><span>{said(item.title)}</span><small>{said(item.id)} · '
        f"{said(item.about)}{family}</small></th>"
        f'<td class="{item.status}">{verdict(item.status)}</td><td>{said(item.says)}</td>'
        f"<td>{said(item.announced)}</td><td>{said(item.found)}</td><td>{item.certainty}</td>"
        f"<td>{problems}</td><td>{LISTS[listed[0]] if listed else '–'}</td></tr>"
    )


#: Head, order at the first click, words for both orders, and what a row is sorted by; None: no order.
_Keys = Callable[[Entry], object]
COLUMNS: tuple[tuple[str, str, str, str, _Keys | None], ...] = (
    ("Claim", "up", "A to Z", "Z to A", lambda e: (e.title.casefold(), e.id)),
    ("Verdict", "up", "best first", "worst first", lambda e: list(LABELS).index(e.status)),
    ("In plain words", "up", "", "", None),
    ("Announced", "down", "smallest first", "largest first", lambda e: e.size_key),
    ("Likely range", "down", "smallest first", "largest first", lambda e: e.found_key),
    ("Certainty", "down", "lowest first", "highest first", lambda e: e.dots or None),
    ("Problems", "down", "fewest first", "most first", lambda e: e.problems),
    ("List", "up", "surest first", "least sure first", None),
)


def filters(story: PortfolioStory, listed: dict[int, tuple[int, int]]) -> str:
    """A choice for each filter, with the number of claims behind every option."""
    return "\n".join(
        f'<label>{said(name)} <select data-filter="{number}"><option value="">All</option>'
        + "".join(
            f'<option value="{place}">{said(label)} ({n:,})</option>'
            for place, (label, n) in enumerate(choices)
            if n
        )
        + "</select></label>"
        for number, (name, choices, _) in enumerate(_offered(story, listed))
    )


def _offered(
    story: PortfolioStory, listed: dict[int, tuple[int, int]]
) -> list[tuple[str, list[tuple[str, int]], list[int]]]:
    """Filters: name, choices with their counts, and the choice of each row (−1: none)."""
    every = story.entries
    columns: list[tuple[str, Sequence[str], list[str]]] = [
        ("Verdict", list(LABELS.values()), [LABELS[e.status] for e in every]),
        ("List", LISTS, [LISTS[listed[i][0]] if i in listed else "" for i in range(len(every))]),
        ("Certainty", _CERTAINTIES, [e.certainty for e in every]),
    ]
    for name, own in (
        ("Family", [e.family for e in every]),
        ("Innovation", [e.title for e in every]),
    ):
        known = sorted({text for text in own if text}, key=lambda text: (text.casefold(), text))
        if len(known) in _CHOICES and len(known) < len(every):
            columns.append((name, known, own))
    offered = []
    for name, labels, own in columns:
        if not any(own):
            continue
        place = {label: i for i, label in enumerate(labels)}
        values = [place.get(text, -1) for text in own]
        counts = [0] * len(labels)
        for value in values:
            if value >= 0:
                counts[value] += 1
        offered.append((name, list(zip(labels, counts, strict=True)), values))
    return offered


def data(story: PortfolioStory, listed: dict[int, tuple[int, int]]) -> dict[str, object]:
    """What the script needs to know of each row: its rank in each order, its choice in each filter."""
    columns: list[dict[str, object]] = []
    for head, first, up, down, key in COLUMNS:
        keys: list[object] | None = None if key is None else [key(e) for e in story.entries]
        if head == "List":
            keys = [listed.get(i) for i in range(len(story.entries))]
        columns.append(
            {"label": head, "first": first, "up": up, "down": down,
             "ranks": None if keys is None else _ranks(keys)}
        )  # fmt: skip
    return {
        "columns": columns,
        "filters": [values for _, _, values in _offered(story, listed)],
        "block": BLOCK,
        "findings": {
            status: [theme.FINDING_ICONS[status], theme.FINDING_WORDS[status]]
            for status in theme.FINDINGS
        },
    }


def _ranks(keys: list[object]) -> list[int]:
    """Rank of each key, from 0; equal keys share one, and −1 is none."""
    known = sorted({key for key in keys if key is not None})  # type: ignore[type-var]
    place = {key: rank for rank, key in enumerate(known)}
    return [-1 if key is None else place[key] for key in keys]


def as_json(value: object) -> str:
    """JSON that ends no element that it stands in."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def blocks(every: Sequence[Entry]) -> Iterator[str]:
    """Summaries, packed: unpacked they would be longer than all of the page."""
    for number, first in enumerate(range(0, len(every), BLOCK)):
        told = [
            [e.claim, e.evidence, e.reasons, f"{e.certainty} ({e.dots} of 4)" if e.dots else e.certainty,
             e.strength, e.checks, e.design]
            for e in every[first : first + BLOCK]
        ]  # fmt: skip
        packed = compress(json.dumps(told, separators=(",", ":")).encode(), 9, mtime=0)
        yield f'<script type="application/octet-stream" id="b{number}">{b64encode(packed).decode()}</script>'
