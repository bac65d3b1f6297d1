"""Texts for spreadsheets: none is run as a formula."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

#: With one of these a spreadsheet's formula begins, with the wide signs of East Asia too; spaces
#: before it are passed over by some.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@\t\r\n|\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][+-]?\d+)?")


def harmless(cell: T) -> T | str:
    r"""A cell as it is; a text that would be run as a formula has an apostrophe before it.

    Numbers are left alone, and so are texts that are numbers: -5 as a formula is -5.

    Examples
    --------
    >>> harmless("=HYPERLINK(0)"), harmless("\t@x"), harmless(" +cmd|x")
    ("'=HYPERLINK(0)", "'\t@x", "' +cmd|x")
    >>> harmless("North"), harmless("-5"), harmless("+3,2"), harmless(-5.0), harmless("-5 to 5")
    ('North', '-5', '+3,2', -5.0, "'-5 to 5")
    """
    if not isinstance(cell, str):
        return cell
    # A carriage return is not always quoted, and would begin a row of its own.
    text = cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def harmless_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame for a spreadsheet: its texts and its heads are harmless.

    Parameters
    ----------
    frame
        Any; it is not changed.
    """
    safe = frame.copy()
    safe.columns = list(range(safe.shape[1]))  # names may stand twice
    for place in safe.columns:
        if safe[place].dtype.kind not in "biufM":
            safe[place] = safe[place].astype(object).map(harmless)
    safe.columns = [harmless(str(name)) for name in frame.columns]
    return safe


def csv_text(frame: pd.DataFrame) -> str:
    r"""A frame as the text of a CSV file of which a spreadsheet runs no cell.

    Parameters
    ----------
    frame
        Any, without its index; it is not changed.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_text(pd.DataFrame({"id": ["=1+1", "desk"], "size": [-0.5, 0.25]}))
    "id,size\n'=1+1,-0.5\ndesk,0.25\n"
    """
    return str(harmless_frame(frame).to_csv(index=False, lineterminator="\n"))
