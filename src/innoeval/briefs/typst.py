"""A story as PDF: accessible (PDF/UA-1), archival (PDF/A-3a), with its data inside."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from innoeval.briefs import words
from innoeval.briefs.attached import attachments
from innoeval.briefs.drawing import PRINT
from innoeval.briefs.edition import USUAL, Edition
from innoeval.briefs.figure_against import draw_against
from innoeval.briefs.figure_series import draw_series
from innoeval.briefs.language import Language, language
from innoeval.briefs.story import Story, story
from innoeval.errors import BriefError
from innoeval.plots import theme
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Frozen

if TYPE_CHECKING:
    from typst import Fonts, PDFStandard

#: Both at once: accessible, and readable decades from now with its attachments.
STANDARDS: tuple[PDFStandard, ...] = ("ua-1", "a-3a")
#: In points: the width of the page less its margins, and of the column at its right.
_WIDTH, _COLUMN = 499.0, 181.0
#: The figure gives way where there is more to say, so that the first page stays one page.
_HEIGHTS = (250.0, 210.0, 165.0, 120.0)
#: A document date where the data name none; the same input must give the same bytes.
_NO_DATE = date(2000, 1, 1)


def pdf(ev: Evaluation, data: str | None = None, edition: Edition = USUAL) -> bytes:
    """Write an evaluation as PDF.

    Parameters
    ----------
    ev
        The evaluation.
    data
        CSV text of the panel, to be attached; None for none.
    edition
        Language, audience, and whose brief it is.

    Returns
    -------
    The file's content: the same input gives the same bytes.

    Raises
    ------
    BriefError
        Where the typesetter refuses the document.
    """
    say = language(edition.language)
    told = story(ev, edition)
    told = replace(told, notes=(*told.notes, *_notes(ev, say, edition)))
    attached = attachments(ev, say, data)
    content = {
        "story": asdict(told),
        "theme": {"ink": theme.INK, "muted": theme.MUTED, "rule": theme.RULE, "panel": theme.PANEL,
                  "verdict": theme.VERDICTS[ev.verdict.status], "faces": theme.FACES},
        "date": _document_date(ev).isoformat(),
        "heights": len(_HEIGHTS),
        "attached": [{"name": name, "kind": kind, "about": about} for name, kind, about, _ in attached],
    }  # fmt: skip
    inside = {"logo": _logo(edition), **_figures(ev, told, say)}
    inside |= {name: text for name, _, _, text in attached}
    template = files("innoeval.briefs") / "templates" / "brief.typ"
    return typeset(str(template), content, f"the brief of claim '{ev.claim.id}'", inside)


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
            font_paths=_fonts(theme.font_folders()),
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


@cache
def _fonts(folders: tuple[object, ...]) -> Fonts:
    """The faces of some folders, looked for once."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in folders])


def _logo(edition: Edition) -> str:
    """The logo as SVG: inputs of a document are text, so pixels come inside of one."""
    if edition.logo_kind == "svg" or not edition.logo:
        return edition.logo.decode()
    width, height = struct.unpack(">II", edition.logo[16:24])
    inside = b64encode(edition.logo).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{inside}"/></svg>'
    )


def _figures(ev: Evaluation, told: Story, say: Language) -> dict[str, str]:
    """SVG of each figure that the story has words for; the large one in every height."""
    drawn = {}
    if told.against_alt:
        drawn["against"] = draw_against(ev, say, _COLUMN, 86, "a").svg(PRINT, _FACE)
    if told.figure_alt:
        for place, height in enumerate(_HEIGHTS):
            sheet = draw_series(ev, say, _WIDTH, height, "s")
            drawn[f"series{place}"] = sheet.svg(PRINT, _FACE)
    return drawn


_FACE = f' font-family="{", ".join(theme.FACES[:2])}"'


def _document_date(ev: Evaluation) -> date:
    """When the document says it is from: a date in the data, never the clock."""
    return words.day_of(ev.claim.published_on, ev.claim.registered_on, ev.measured.last) or _NO_DATE


def _notes(ev: Evaluation, say: Language, edition: Edition) -> list[str]:
    """What a reader must know of this file."""
    notes = [say("note.date")] if edition.technical else []
    claim = ev.claim
    texts = (claim.innovation, claim.statement, claim.outcome, claim.source, claim.family, *claim.units,
             edition.organisation)  # fmt: skip
    if boxed := theme.boxed("".join(map(words.shown, texts))):
        notes.append(say.counting("note.boxes", boxed))
    return notes
