"""Write a portfolio report: the format by its suffix, all of the file or none of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from innoeval.briefs.place import check_place, put
from innoeval.errors import BriefError
from innoeval.portfolio.report.page import page
from innoeval.portfolio.report.pdf import pdf
from innoeval.portfolio.report.told import PortfolioStory, told
from innoeval.tables.harmless import csv_text

if TYPE_CHECKING:
    import os

    from innoeval.records.portfolio import Portfolio

_FORMATS: dict[str, Callable[[PortfolioStory], bytes]] = {".html": page, ".pdf": pdf}
_TABLE = ".csv"


def write_portfolio(
    portfolio: Portfolio,
    path: str | os.PathLike[str],
    *,
    title: str = "",
    announced: Collection[str] = (),
    q: float = 0.05,
    by: str | Mapping[str, str] | None = None,
    overwrite: bool = True,
) -> Path:
    """Write a portfolio as a report, or as a table for a spreadsheet.

    A report says what holds up, what does not, and lists every claim; the table is `tidy()` as CSV,
    in which no text of a claim is run as a formula: those that would be have an apostrophe before
    them.

    The web page is one file that opens from disk and connects to nothing; its table is sorted,
    filtered and searched, and a claim opens to the summary of its evaluation. Without scripts the
    table is still all there. The PDF is accessible (PDF/UA-1) and archival (PDF/A-3a). The same
    claims give the same bytes.

    Parameters
    ----------
    portfolio
        The claims.
    path
        Where to write; its suffix names the format: ".html" or ".pdf"; ".csv" for the table, which knows
        none of the options but `overwrite`.
    title
        Heading; by default the number of claims.
    announced
        Ids of every claim that was made, to count those that were dropped before the run.
    q
        False discovery rate of each of the two lists.
    by
        What claims are counted by, as in `innoeval.portfolio.tally`; by default their family where
        they have one, else their innovation.
    overwrite
        Whether a file that is there may be replaced.

    Returns
    -------
    The path written.

    Raises
    ------
    BriefError
        For an unknown format, a place that cannot be written to, a file that must not be replaced,
        or more claims than a page or a document can hold. Nothing half-written remains.

    Examples
    --------
    >>> import tempfile
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> portfolio = ie.evaluate_all([case.claim], case.panel)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_portfolio(portfolio, f"{folder}/portfolio.html", title="Our claims")
    ...     page = path.read_text(encoding="utf-8")
    >>> path.name, "<h1>Our claims</h1>" in page, "https://" in page
    ('portfolio.html', True, False)
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix != _TABLE and suffix not in _FORMATS:
        named = f"'{path.suffix}'" if path.suffix else "no suffix"
        raise BriefError(
            f"a portfolio cannot be written to '{path}': {named} names no format that is written; "
            f"end it in {', '.join(_FORMATS)} or, for a table, {_TABLE}"
        )
    check_place(path, overwrite=overwrite)
    if suffix == _TABLE:
        # By its mark Excel knows UTF-8.
        put(path, csv_text(portfolio.tidy()).encode("utf-8-sig"))
    else:
        story = told(portfolio, title=title, announced=announced, q=q, by=by)
        put(path, _FORMATS[suffix](story))
    return path
