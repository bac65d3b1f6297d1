"""A portfolio as PDF: accessible (PDF/UA-1) and archival (PDF/A-3a)."""

from __future__ import annotations

from importlib.resources import files

from innoeval.briefs.typst import typeset
from innoeval.plots import theme
from innoeval.portfolio.report.entries import LABELS, STATUS_ICONS
from innoeval.portfolio.report.page import INKS
from innoeval.portfolio.report.told import PortfolioStory


def pdf(story: PortfolioStory) -> bytes:
    """Write a portfolio as PDF: a summary, the two lists, and a row for each claim.

    Parameters
    ----------
    story
        The portfolio, told.

    Returns
    -------
    The file's content: the same input gives the same bytes.

    Raises
    ------
    BriefError
        Where the typesetter refuses the document.
    """
    content = {
        "title": story.title,
        "lead": story.lead,
        "counts": [[c.status, f"{c.n:,}", f"{100 * c.share:.0f} %"] for c in story.counts],
        "denominator": story.denominator,
        "lists": [
            {
                "heading": item.heading,
                "says": item.says,
                "rest": item.rest,
                "rows": [
                    [story.entries[place].title, story.entries[place].id, value, span, q]
                    for place, value, span, q in item.rows
                ],
            }
            for item in story.lists
        ],
        "curse": story.curse,
        "tallies": [
            {"heading": t.heading, "columns": t.columns, "rows": t.rows, "rest": t.rest}
            for t in story.tallies
        ],
        "entries": [
            [e.title, f"{e.id} · {e.about}", e.status, e.says, e.announced, e.found, e.certainty]
            for e in story.entries
        ],
        "notes": story.notes,
        "labels": dict(LABELS),
        "icons": dict(STATUS_ICONS),
        "inks": INKS,
        "theme": {"ink": theme.INK, "muted": theme.MUTED, "rule": theme.RULE, "faces": theme.FACES},
    }
    template = files(__package__) / "templates" / "portfolio.typ"
    return typeset(str(template), content, "the report of the portfolio")
