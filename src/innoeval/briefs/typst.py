"""A story as PDF: accessible (PDF/UA-1), archival (PDF/A-3a), with its data inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

from innoeval import plots
from innoeval.briefs import words
from innoeval.briefs.attached import attachments
from innoeval.briefs.story import Story, story
from innoeval.errors import BriefError
from innoeval.plots import theme
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Frozen

if TYPE_CHECKING:
    from typst import PDFStandard

#: Both at once: accessible, and readable decades from now with its attachments.
STANDARDS: tuple[PDFStandard, ...] = ("ua-1", "a-3a")
_WIDTH = 6.9
#: With a longer title and claim the figure gives way, so that the first page stays one page.
_LONG = 420
#: A document date where the data name none; the same input must give the same bytes.
_NO_DATE = date(2000, 1, 1)


def pdf(ev: Evaluation, data: str | None = None) -> bytes:
    """Write an evaluation as PDF.

    Parameters
    ----------
    ev
        The evaluation.
    data
        CSV text of the panel, to be attached; None for none.

    Returns
    -------
    The file's content: the same input gives the same bytes.

    Raises
    ------
    BriefError
        Where a figure cannot be drawn, or the typesetter refuses the document.
    """
    told = story(ev)
    figures = _figures(ev, told)
    attached = attachments(ev, data)
    told = _with_notes(told, ev)
    content = {
        "story": asdict(told),
        "theme": {"ink": theme.INK, "muted": theme.MUTED, "rule": theme.RULE, "panel": theme.PANEL,
                  "verdict": theme.VERDICTS[ev.verdict.status], "faces": theme.FACES},
        "date": _document_date(ev).isoformat(),
        "attached": [{"name": name, "kind": kind, "about": about} for name, kind, about, _ in attached],
    }  # fmt: skip
    files_inside = {name: image.decode() for name, image in figures.items()}
    files_inside |= {name: text for name, _, _, text in attached}
    template = files("innoeval.briefs") / "templates" / "brief.typ"
    return typeset(str(template), content, f"the brief of claim '{ev.claim.id}'", files_inside)


def typeset(
    template: str, content: Mapping[str, object], what: str, inside: Mapping[str, str] = Frozen()
) -> bytes:
    """Typeset a document by its template.

    Parameters
    ----------
    template
        Path of the template, which reads `sys.inputs.content` as JSON.
    content
        Everything that it places.
    what
        What the document is, for messages.
    inside
        Further inputs by name: figures as SVG, files to attach.

    Returns
    -------
    The PDF: the same input gives the same bytes.

    Raises
    ------
    BriefError
        Where the typesetter refuses the document, or lacks a typeface.
    """
    import typst

    try:
        made, warnings = typst.compile_with_warnings(
            template,
            format="pdf",
            font_paths=[str(folder) for folder in theme.font_folders()],
            ignore_system_fonts=True,
            pdf_standards=list(STANDARDS),
            sys_inputs={"content": json.dumps(content), **inside},
        )
    except (RuntimeError, ValueError) as error:
        raise BriefError(
            f"{what} cannot be typeset ({error}); please report this as a bug, with the claim"
        ) from error
    lacking = [warning.message for warning in warnings if "unknown font" in warning.message]
    if lacking:
        raise BriefError(
            f"{what} lacks a typeface ({'; '.join(lacking)}); it comes "
            "with innoeval and matplotlib: install both again with pip"
        )
    return made


def _figures(ev: Evaluation, told: Story) -> dict[str, bytes]:
    """SVG of each figure that the story has words for."""
    short = len(told.title) + sum(map(len, told.claim)) < _LONG
    wanted = {
        "against": (told.against_alt, plots.claim_against_estimate, 2.45, 1.15),
        "series": (told.figure_alt, plots.counterfactual, _WIDTH, 3.0 if short else 2.1),
    }
    drawn = {}
    for name, (alt, draw, width, height) in wanted.items():
        if alt:
            figure, ax = theme.canvas(width, height)
            draw(ev, ax)
            if name == "series":
                ax.set_ylabel("")  # the name of the metric stands over the figure, as text
            drawn[name] = theme.svg(figure)
    return drawn


def _document_date(ev: Evaluation) -> date:
    """When the document says it is from: a date in the data, never the clock."""
    return words.day_of(ev.claim.published_on, ev.claim.registered_on, ev.measured.last) or _NO_DATE


def _with_notes(told: Story, ev: Evaluation) -> Story:
    """The story with what a reader must know of this file."""
    notes = [
        (
            "The file's own date is taken from the claim or the data, never from a clock, so that the same "
            "input gives the same file."
        )
    ]
    claim = ev.claim
    texts = (claim.innovation, claim.statement, claim.outcome, claim.source, *claim.units)
    boxed = theme.boxed("".join(map(words.shown, texts)))
    if boxed:
        notes.append(
            f"This typeface lacks {words.counted(boxed, 'character')} of the claim; a box stands for each, and "
            "the attached evaluation.json has them as they were written."
        )
    return replace(told, notes=tuple(notes))
