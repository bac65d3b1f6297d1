"""Write a brief: the format by its suffix, all of the file or none of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from innoeval.briefs.html import page
from innoeval.briefs.place import check_place, put
from innoeval.briefs.typst import pdf
from innoeval.errors import BriefError
from innoeval.records.evaluation import Evaluation
from innoeval.records.panel import Panel

_FORMATS: dict[str, Callable[[Evaluation, str | None], bytes]] = {
    ".pdf": pdf,
    ".html": page,
}


def write_brief(
    ev: Evaluation,
    path: str | os.PathLike[str],
    *,
    data: Panel | None = None,
    overwrite: bool = True,
) -> Path:
    """Write an evaluation as an evidence brief.

    The PDF is accessible (PDF/UA-1) and archival (PDF/A-3a), and carries the series and the whole
    evaluation as attached files. The web page is one file without scripts that loads nothing, reads on
    a phone, in the dark and in print, and carries the same files as links. The same input gives the
    same bytes.

    Parameters
    ----------
    ev
        The evaluation.
    path
        Where to write; its suffix names the format: ".pdf" or ".html".
    data
        The panel that was evaluated, if it is to be attached as well.
    overwrite
        Whether a file that is there may be replaced.

    Returns
    -------
    The path written.

    Raises
    ------
    BriefError
        For an unknown format, a folder that is absent or cannot be written to, a file that must
        not be replaced, a panel that is not the one evaluated, or a brief that cannot be made.
        Nothing half-written remains.
    """
    path = Path(path)
    write = _FORMATS.get(path.suffix.lower())
    if write is None:
        found = f"'{path.suffix}'" if path.suffix else "no suffix"
        known = " or ".join(_FORMATS)
        raise BriefError(
            f"a brief cannot be written to '{path}': {found} names no format that is written yet; end it in {known}"
        )
    check_place(path, overwrite=overwrite)
    put(path, write(ev, None if data is None else panel_csv(ev, data)))
    return path


def panel_csv(ev: Evaluation, panel: Panel) -> str:
    """The panel that was evaluated, as CSV text.

    Raises
    ------
    BriefError
        Where it is another panel.
    """
    if panel.fingerprint != ev.panel_fingerprint:
        raise BriefError(
            "data= is not the panel that was evaluated (their fingerprints differ); "
            "give the one that evaluate() was given, or leave it out"
        )
    return str(panel.frame.to_csv(index=False, lineterminator="\n"))
