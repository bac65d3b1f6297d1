"""A portfolio as one web page: sorted, filtered and searched where it lies, connected to nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib.resources import files
from string import Template

from innoeval.briefs.html import DARK, LIGHT
from innoeval.briefs.markup import paragraphs, points, said, variables
from innoeval.plots import theme
from innoeval.portfolio.report.claims_table import (
    COLUMNS,
    LISTS,
    as_json,
    blocks,
    data,
    filters,
    on_lists,
    row,
    verdict,
)
from innoeval.portfolio.report.told import Listed, PortfolioStory, Tally

#: Ink of each verdict on a light and on a dark page.
INKS: dict[str, str] = {
    **{str(status): ink for status, ink in theme.VERDICTS.items()},
    "failed": theme.FINDINGS["problem"],
}
DARK_INKS: dict[str, str] = {
    "supported": "#7FD6A4",
    "partly_supported": "#7CC6E0",
    "inconclusive": "#B7C0CC",
    "overstated": "#F0A266",
    "refuted": "#FF9AA5",
    "harmful": "#EBA3D0",
    "not_evaluable": "#A9B3BF",
    "failed": "#FF9AA5",
}


def page(story: PortfolioStory) -> bytes:
    """Write a portfolio as a web page that needs nothing beside it.

    Parameters
    ----------
    story
        The portfolio, told.

    Returns
    -------
    The file's content: the same input gives the same bytes.
    """
    style = _template("portfolio.css").substitute(
        light=variables({**LIGHT, **INKS}),
        dark=variables({**DARK, **DARK_INKS}),
        inks="\n".join(
            f".{name} {{ color: var(--{name}); }}"
            for name in dict.fromkeys([*INKS, *theme.FINDINGS])
        ),
    )
    script = (files(__package__) / "templates" / "portfolio.js").read_text(encoding="utf-8")
    listed = on_lists(story)
    filled = _template("portfolio.html").substitute(
        policy=_policy(style, script),
        style=style,
        script=script,
        title=said(story.title),
        description=said(" ".join(story.lead)),
        lead=paragraphs(story.lead),
        counts=_counts(story),
        denominator=_denominator(story),
        lists="\n".join(_list(item, story) for item in story.lists),
        curse=paragraphs(story.curse),
        tallies="\n".join(_tally(item) for item in story.tallies),
        filters=filters(story, listed),
        n=f"{len(story.entries):,}",
        heads="".join(f'<th scope="col">{head}</th>' for head, *_ in COLUMNS),
        rows="\n".join(row(i, item, listed.get(i)) for i, item in enumerate(story.entries)),
        notes=points(story.notes),
        data=as_json(data(story, listed)),
        blocks="\n".join(blocks(story.entries)),
    )
    return filled.encode("utf-8", "backslashreplace")


def _template(name: str) -> Template:
    return Template((files(__package__) / "templates" / name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """What the page may do: its own style, its own script, and no connection at all."""
    hashes = [
        b64encode(sha256(text.encode()).digest()).decode() for text in (f"\n{style}", f"\n{script}")
    ]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _counts(story: PortfolioStory) -> str:
    """How many claims have each status, with a bar that says nothing the number does not."""
    most = max((count.share for count in story.counts), default=1) or 1
    rows = [
        f'<tr><th scope="row" class="{count.status}">{verdict(count.status)}</th>'
        f'<td class="n">{count.n:,}</td><td class="n">{100 * count.share:.0f}\u00a0%</td>'
        f'<td class="bar"><svg aria-hidden="true" class="{count.status}" viewBox="0 0 100 10" '
        f'preserveAspectRatio="none"><rect width="{100 * count.share / most:.1f}" height="10"/></svg></td></tr>'
        for count in story.counts
    ]
    heads = _heads(("Verdict", "Claims", "Share"), from_second="n")
    return _table(heads + '<td class="bar"></td>', rows, "What became of the claims", "counts")


def _denominator(story: PortfolioStory) -> str:
    rows = [
        f'<tr><th scope="row">{said(label)}</th><td class="n">{said(n)}</td><td>{said(why)}</td></tr>'
        for label, n, why in story.denominator
    ]
    heads = _heads(("Claims", "Number"), from_second="n") + _heads(("Which they are",))
    return _table(heads, rows, "What the two lists were drawn from", "denominator")


def _list(item: Listed, story: PortfolioStory) -> str:
    """One list: its promise, and its rows with a way to each in the table."""
    told = f'<section class="list" aria-labelledby="{item.name}">\n<h3 id="{item.name}">{item.heading}</h3>\n<p>{said(item.says)}</p>'
    if not item.rows:
        return f"{told}\n</section>"
    rows = [
        f'<tr><th scope="row"><a href="#c{place}">{said(story.entries[place].title)}</a> '
        f"<small>{said(story.entries[place].id)}</small></th>"
        f'<td class="n">{said(value)}</td><td class="n">{said(span)}</td><td class="n">{q}</td></tr>'
        for place, value, span, q in item.rows
    ]
    heads = _heads(("Claim", "Improvement", "Widened range", "q-value"), from_second="n")
    table = _table(heads, rows, f"{item.heading}: smallest p-value first", "listed")
    choice = LISTS.index(item.heading)
    button = f'<p><button type="button" class="js" data-list="{choice}" hidden>Show this list among all claims</button></p>'
    rest = f"<p>{said(item.rest)}</p>\n" if item.rest else ""
    return f"{told}\n{table}\n{rest}{button}\n</section>"


def _tally(item: Tally) -> str:
    rows = [
        f'<tr><th scope="row">{said(name)}</th>'
        + "".join(f'<td class="n">{n}</td>' for n in numbers)
        + "</tr>"
        for name, *numbers in item.rows
    ]
    heads = _heads((item.heading, *item.columns), from_second="n")
    rest = f"\n<p>{said(item.rest)}</p>" if item.rest else ""
    return _table(heads, rows, f"Claims by {item.heading.lower()}", "tally") + rest


def _heads(names: Sequence[str], from_second: str = "") -> str:
    kind = f' class="{from_second}"' if from_second else ""
    first, *others = names
    rest = "".join(f'<th scope="col"{kind}>{said(name)}</th>' for name in others)
    return f'<th scope="col">{said(first)}</th>{rest}'


def _table(heads: str, rows: Iterable[str], caption: str, kind: str) -> str:
    """A table that scrolls by itself where a screen is narrower than it is."""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{said(caption)}">\n<table class="{kind}">\n'
        f"<caption>{said(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n"
        + "\n".join(rows) + "\n</tbody>\n</table>\n</div>"
    )  # fmt: skip
