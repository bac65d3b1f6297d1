"""Options that say how briefs are told: language, audience, and whose they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from innoeval.briefs import Edition

LanguageOption = Annotated[
    str, typer.Option("--language", metavar="CODE", help="Language of briefs: en or de.")
]
AudienceOption = Annotated[
    Literal["public", "technical"],
    typer.Option("--audience", help="One page in plain words, or with an annex of every check."),
]
OrganisationOption = Annotated[
    str, typer.Option("--organisation", metavar="NAME", help="Whose briefs they are.")
]
LogoOption = Annotated[
    Path | None,
    typer.Option("--logo", metavar="FILE", help="Its logo: PNG or SVG, at most 60 kB."),
]


def edition_of(
    language: str, audience: Literal["public", "technical"], organisation: str, logo: Path | None
) -> Edition:
    """The edition that the options ask for, looked at before anything is done.

    Raises
    ------
    BriefError
        Where there is no such language, or the logo cannot be used.
    """
    from innoeval.briefs import edition

    return edition(language, audience, organisation, logo)


def rewrite(evaluation: Path, out: Path, edition: Edition) -> Path:
    """Write a brief from an evaluation that was saved, or from another brief.

    Parameters
    ----------
    evaluation
        A file that holds one: .json, .pdf or .html.
    out
        Where to write: .pdf or .html.
    edition
        How it is told.
    """
    from innoeval.briefs.place import check_place, put
    from innoeval.briefs.read import read_evaluation
    from innoeval.briefs.write import format_of, made

    format_of(out)
    check_place(out, overwrite=True)
    put(out, made(read_evaluation(evaluation), out, edition))
    return out
