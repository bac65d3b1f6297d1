"""Write a brief: the format by its suffix, all of the file or none of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from innoeval.briefs.edition import Audience, Edition, edition
from innoeval.briefs.html import page
from innoeval.briefs.place import check_place, put
from innoeval.briefs.typst import pdf
from innoeval.errors import BriefError
from innoeval.records.evaluation import Evaluation
from innoeval.records.panel import Panel
from innoeval.tables.harmless import csv_text

_FORMATS: dict[str, Callable[[Evaluation, str | None, Edition], bytes]] = {
    ".pdf": pdf,
    ".html": page,
}


def write_brief(
    ev: Evaluation,
    path: str | os.PathLike[str],
    *,
    data: Panel | None = None,
    overwrite: bool = True,
    language: str = "en",
    audience: Audience = "technical",
    organisation: str = "",
    logo: str | os.PathLike[str] | None = None,
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
    language
        "en" or "de".
    audience
        "public": one page in plain words. "technical": the same page, and an annex with every
        check, the method and the sources.
    organisation
        Whose brief it is.
    logo
        A PNG or SVG file of at most 60 kB; it needs `organisation`.

    Returns
    -------
    The path written.

    Raises
    ------
    BriefError
        For an unknown format, language or audience, a logo that cannot be used, a folder that is
        absent or cannot be written to, a file that must not be replaced, a panel that is not the
        one evaluated, or a brief that cannot be made.
        Nothing half-written remains.
    """
    how = edition(language, audience, organisation, logo)
    path = Path(path)
    format_of(path)
    check_place(path, overwrite=overwrite)
    put(path, made(ev, path, how, None if data is None else panel_csv(ev, data)))
    return path


def format_of(path: Path) -> str:
    """The suffix that names a format.

    Raises
    ------
    BriefError
        Where it names none.
    """
    suffix = path.suffix.lower()
    if suffix in _FORMATS:
        return suffix
    found = f"'{path.suffix}'" if path.suffix else "no suffix"
    known = " or ".join(_FORMATS)
    raise BriefError(
        f"a brief cannot be written to '{path}': {found} names no format that is written yet; end it in {known}"
    )


def made(ev: Evaluation, path: Path, how: Edition, data: str | None = None) -> bytes:
    """The content of a brief, in the format that its path names.

    Parameters
    ----------
    ev
        The evaluation.
    path
        Where it is to be written.
    how
        The edition.
    data
        CSV text of the panel, to be attached; None for none.
    """
    return _FORMATS[format_of(path)](ev, data, how)


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
    # Whoever opens it is a reader of the brief, and not who named the units.
    return csv_text(panel.frame)
