"""A brief for each claim of a portfolio, made by as many workers as there are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from innoeval.briefs.edition import Audience, Edition, edition
from innoeval.briefs.place import file_names, put
from innoeval.briefs.write import made
from innoeval.errors import BriefError, InnoevalError, RunError
from innoeval.portfolio.progress import bar
from innoeval.portfolio.workers import WorkerLostError, each, share_a_disk
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Frozen

if TYPE_CHECKING:
    from innoeval.records.portfolio import Portfolio

Suffix = Literal["pdf", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefs:
    """What was written for a portfolio.

    Parameters
    ----------
    folder
        Where the briefs are.
    paths
        Id of each claim to its brief.
    failed
        Id of each claim that has none, and why.
    """

    folder: Path
    paths: Mapping[str, Path]
    failed: Mapping[str, str]

    def __str__(self) -> str:
        told = f"{len(self.paths):,} brief{'' if len(self.paths) == 1 else 's'} in {self.folder}"
        if not self.failed:
            return told
        return f"{told}; none for {len(self.failed):,}: {', '.join(sorted(self.failed)[:5])}" + (
            " ..." if len(self.failed) > 5 else ""
        )


def write_briefs(
    portfolio: Portfolio,
    folder: str | os.PathLike[str],
    *,
    suffix: Suffix = "pdf",
    language: str = "en",
    audience: Audience = "technical",
    organisation: str = "",
    logo: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> Briefs:
    """Write a brief for each claim of a portfolio.

    Workers come from joblib's configured backend, as in `evaluate_all`. Each file appears whole or
    not at all; the same portfolio gives the same bytes. A claim without an evaluation, or whose
    brief cannot be made, is named in the result and ends nothing.

    Parameters
    ----------
    portfolio
        The claims.
    folder
        Gets a file for each, named after the claim's id in letters that are safe everywhere. It is
        made if it is missing; files of other names stay.
    suffix
        "pdf" or "html".
    language, audience, organisation, logo
        As in `innoeval.write_brief`.
    progress
        Show a bar, where there is a terminal or a notebook to show it in.

    Returns
    -------
    The paths, and the claims that failed.

    Raises
    ------
    BriefError
        Where the folder cannot be made, or there is no such format, language, audience or logo:
        before anything is written.
    RunError
        Where a worker is killed; briefs that are done stay.

    Examples
    --------
    >>> import tempfile
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> portfolio = ie.evaluate_all([case.claim], case.panel, progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_briefs(portfolio, folder, progress=False).paths.values()]
    ['none.pdf']
    """
    how = edition(language, audience, organisation, logo)
    if suffix not in {"pdf", "html"}:
        raise BriefError(f"briefs cannot be written as '{suffix}'; say suffix='pdf' or 'html'")
    place = _made(Path(folder))
    ids = portfolio.ids
    names = {key: f"{name}.{suffix}" for key, name in zip(ids, file_names(ids), strict=True)}
    paths: dict[str, Path] = {}
    failed: dict[str, str] = {}
    shared = place.absolute() if share_a_disk() else None

    def tasks() -> Iterator[tuple[str, str, str, Edition, Path | None]]:
        for key, text, error in portfolio.texts():
            if text is None:
                failed[key] = error
            else:
                yield key, text, names[key], how, shared

    try:
        with bar(len(ids), 0, " briefs", shown=progress) as shown:
            for key, content, fault in each(brief, tasks()):
                if fault:
                    failed[key] = fault
                else:
                    if content is not None:
                        put(place / names[key], content)
                    paths[key] = place / names[key]
                shown.update(1)
    except WorkerLostError:
        raise RunError(
            f"a worker was killed, most often because memory ran out; {len(paths):,} briefs in "
            f"'{place}' are done: use fewer workers and write them again"
        ) from None
    return Briefs(
        folder=place,
        paths=Frozen(dict(sorted(paths.items()))),
        failed=Frozen(dict(sorted(failed.items()))),
    )


def brief(
    key: str, text: str, name: str, how: Edition, folder: Path | None
) -> tuple[str, bytes | None, str]:
    """Make one brief, and leave it in the folder where the worker can reach it.

    Parameters
    ----------
    key
        Id of the claim.
    text
        Its evaluation as JSON.
    name
        Of the file.
    how
        The edition.
    folder
        Where to put it; None to send it back.

    Returns
    -------
    The id; the content, where it was not put; and why there is none, else "".
    """
    try:
        content = made(Evaluation.from_json(text), Path(name), how)
        if folder is not None:
            put(folder / name, content)
    except InnoevalError as error:
        return key, None, str(error)
    return key, None if folder is not None else content, ""


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BriefError(
            f"the folder '{folder}' cannot be made ({error.strerror or error}); name another place"
        ) from error
    return folder
