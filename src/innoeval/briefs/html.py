"""A story as one web page: no scripts, nothing loaded, its data inside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from gzip import compress
from importlib.resources import files
from string import Template

from innoeval.briefs.attached import attachments
from innoeval.briefs.drawing import PRINT, Drawing
from innoeval.briefs.edition import USUAL, Edition
from innoeval.briefs.figure_against import draw_against
from innoeval.briefs.figure_series import draw_series
from innoeval.briefs.language import Language, language
from innoeval.briefs.markup import bare, paragraphs, points, said, variables
from innoeval.briefs.story import Story, story
from innoeval.briefs.technical import Row
from innoeval.plots import theme
from innoeval.records.evaluation import Evaluation

#: Colours by what they are for, on a light and on a dark page.
LIGHT: dict[str, str] = {
    **PRINT,
    "tint": theme.PANEL,
    "link": theme.OBSERVED,
    **{str(status): ink for status, ink in theme.FINDINGS.items()},
}
DARK: dict[str, str] = {
    "paper": "#14181E",
    "ink": "#E6EAEF",
    "muted": "#A9B3BF",
    "rule": "#3A434E",
    "grid": "#2A313A",
    "tint": "#1E242C",
    "link": "#7DB8EE",
    "observed": "#7DB8EE",
    "expected": "#F0A266",
    "comparison": "#AAB4BF",
    "gap": "#1D3348",
    "hatch": "#4D7396",
    "band": "#3D2B1C",
    "problem": "#FF9AA5",
    "clear": "#7FD6A4",
    "cannot_tell": "#F0BE6A",
    "not_applicable": "#A9B3BF",
}
#: What a figure is drawn with: it follows the page into the dark.
_INKS = {ink: f"var(--{ink})" for ink in PRINT}


def page(ev: Evaluation, data: str | None = None, edition: Edition = USUAL) -> bytes:
    """Write an evaluation as a web page that needs nothing beside it.

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
    """
    say, told = language(edition.language), story(ev, edition)
    template = files("innoeval.briefs") / "templates" / "brief.html"
    filled = Template(template.read_text(encoding="utf-8")).substitute(
        {f"says_{name}": said(text) for name, text in told.page.items()},
        title=said(told.title),
        description=said(bare(f"{told.headline}. {told.summary}")),
        kicker=said(told.kicker),
        owner=_owner(told, edition),
        setting=said(told.setting),
        icon=said(told.icon),
        headline=said(told.headline),
        summary=said(told.summary),
        claim=paragraphs(told.claim[:1]) + paragraphs(told.claim[1:], "small muted"),
        evidence=points(told.evidence),
        against=_against(ev, told, say),
        dots=" ".join("●" if place < told.dots else "○" for place in range(4)),
        certainty=said(told.certainty),
        strength=paragraphs(told.strength, "small"),
        series=_series(ev, told, say),
        meaning=points(told.meaning),
        limits=points(told.limits),
        annex=_annex(ev, data, told, say),
        notes=paragraphs(told.notes),
        verdict=theme.VERDICTS[ev.verdict.status],
        light=variables(LIGHT),
        dark=variables(DARK),
        answers="\n".join(f".{status} {{ color: var(--{status}); }}" for status in theme.FINDINGS),
    )
    return filled.encode()


def _owner(told: Story, edition: Edition) -> str:
    """Name and logo of the organisation; a logo is a picture that runs and loads nothing."""
    if not told.organisation:
        return ""
    name, logo = f"<strong>{said(told.organisation)}</strong>", ""
    if told.logo_alt:
        kind = "svg+xml" if edition.logo_kind == "svg" else "png"
        inside = b64encode(edition.logo).decode()
        logo = f'<img alt="{said(told.logo_alt)}" src="data:image/{kind};base64,{inside}">'
    return f'<p class="owner">{logo}{name}</p>'


def _against(ev: Evaluation, told: Story, say: Language) -> str:
    if not told.against_alt:
        return paragraphs([told.against_caption], "small muted")
    drawing = _drawing(draw_against(ev, say, 223, 90, "a"), told.against_alt)
    return f"<figure>\n{drawing}\n<figcaption>{said(told.against_caption)}</figcaption>\n</figure>"


def _series(ev: Evaluation, told: Story, say: Language) -> str:
    """The chart twice, as letters that shrink with a phone could not be read; one of them is shown."""
    if not told.figure_alt:
        return paragraphs([told.figure_caption], "small muted")
    drawings = [
        _drawing(draw_series(ev, say, width, height, kind[0]), told.figure_alt, kind)
        for kind, width, height in (("wide", 547, 220), ("narrow", 252, 210))
    ]
    return "\n".join((
        "<figure>", *paragraphs([told.figure_title], "small muted").splitlines(), *drawings,
        f"<figcaption>{said(told.figure_caption)}</figcaption>", "</figure>",
    ))  # fmt: skip


def _drawing(sheet: Drawing, alt: str, kind: str = "") -> str:
    """A drawing of the page, with words instead of it and colours that follow the page."""
    attribute = f' class="{kind}"' if kind else ""
    return sheet.svg(_INKS, f'{attribute} role="img" aria-label="{said(bare(alt))}"')


def _annex(ev: Evaluation, data: str | None, told: Story, say: Language) -> str:
    """Checks, method and sources; the public gets the attached files alone."""
    attached = _attached(ev, say, data, told)
    if not told.technical:
        return f"<dl>\n{attached}\n</dl>"
    rows = (
        ("checks", _checks(told)),
        ("method", _listed(told.method)),
        ("provenance", _listed(told.provenance, _digests(told), attached)),
    )
    return "\n".join(
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{said(told.page[name])}</h2>\n{inside}\n</section>'
        for name, inside in rows
    )


def _checks(told: Story) -> str:
    """The table of checks; roles are said, as a browser forgets them where rows are stacked."""
    if not told.checks:
        return paragraphs([told.checks_caption])
    heads = "".join(
        f'<th scope="col" role="columnheader">{said(told.page[name])}</th>'
        for name in ("question", "answer", "seen", "explains")
    )
    rows = []
    for row in told.checks:
        none = "" if any(letter.isdigit() for letter in row["share"]) else " none"
        rows.append(
            f'<tr role="row"><th scope="row" role="rowheader">{said(row["question"])}</th>'
            f'<td role="cell" class="answer {row["status"]}"><span aria-hidden="true">{said(row["icon"])}</span> '
            f'{said(row["word"])}</td><td role="cell">{said(row["says"])}</td>'
            f'<td role="cell" class="share{none}"><span class="label">{said(told.page["explains"])}: </span>'
            f"{said(row['share'])}</td></tr>"
        )
    body = "\n".join(rows)
    return (
        f'<table role="table">\n<caption>{said(told.page["explains_what"])}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n<tbody role="rowgroup">\n{body}\n</tbody>\n</table>'
    )


def _listed(rows: Iterable[Row], *more: str) -> str:
    told = [_entry(said(label), said(text)) for label, text in rows]
    return "<dl>\n" + "\n".join([*told, *more]) + "\n</dl>"


def _entry(label: str, inside: str) -> str:
    return f"<div><dt>{label}</dt><dd>{inside}</dd></div>"


def _digests(told: Story) -> str:
    return "\n".join(
        _entry(said(label), f"<code>{said(text)}</code>") for label, text in told.digests
    )


def _attached(ev: Evaluation, say: Language, data: str | None, told: Story) -> str:
    """Links that save what is inside the page; a link needs no script.

    The evaluation is packed, or it would be longer than all of the page.
    """
    links = []
    for name, kind, about, text in attachments(ev, say, data):
        if kind == "application/json":
            packed = compress(text.encode(), 9, mtime=0)
            links.append(_link(f"{name}.gz", "application/gzip", packed, about))
        else:
            links.append(_link(name, kind, text.encode(), about))
    return _entry(said(told.page["attached"]), "<br>\n".join(links))


def _link(name: str, kind: str, content: bytes, about: str) -> str:
    inside = b64encode(content).decode()
    return f'<a download="{name}" href="data:{kind};base64,{inside}">{name}</a>: {said(about)}'
