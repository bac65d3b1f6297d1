"""A story as one web page: no scripts, nothing loaded, its data inside."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from gzip import compress
from html import escape
from importlib.resources import files
from string import Template

from innoeval import plots
from innoeval.briefs.attached import attachments
from innoeval.briefs.story import Story, story
from innoeval.briefs.technical import Row
from innoeval.plots import theme
from innoeval.records.evaluation import Evaluation

#: Colours by what they are for, on a light and on a dark page.
LIGHT: dict[str, str] = {
    "paper": theme.PAPER,
    "ink": theme.INK,
    "muted": theme.MUTED,
    "rule": theme.RULE,
    "grid": "#E3E7EB",
    "tint": theme.PANEL,
    "link": theme.OBSERVED,
    "observed": theme.OBSERVED,
    "expected": theme.EXPECTED,
    "comparison": theme.COMPARISON,
    "gap": theme.GAP,
    "hatch": theme.HATCH,
    "band": theme.BAND,
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
#: What a figure may be drawn with; each follows the page into the dark.
_DRAWN = ("paper", "ink", "muted", "rule", "grid", "tint", "observed", "expected", "comparison", "gap",
          "hatch", "band")  # fmt: skip
_INKS = {LIGHT[name].lower(): name for name in _DRAWN}
#: Parts of a drawing that a page does not need, or that would act outside of the drawing.
_SPARE = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL
)
#: A hundredth of a point is finer than any screen; more digits only make the file longer.
_FINE = re.compile(r"(\.\d\d)\d+")
_PLACES = re.compile(r'\b(?:d|x|y)="[^"]*"')
_NAMES = re.compile(r'(\bid="|href="#|url\(#)')
#: The outline of a letter: scaled, and without a style of its own, unlike every mark.
_LETTER = re.compile(r'<path id="([^"]*)" (d="[^"]*" transform="[^"]*")/>')
_CHECKS = ("Question", "Answer", "What was seen", "Could explain")


def page(ev: Evaluation, data: str | None = None) -> bytes:
    """Write an evaluation as a web page that needs nothing beside it.

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
        Where a figure cannot be drawn.
    """
    told = story(ev)
    template = files("innoeval.briefs") / "templates" / "brief.html"
    letters: dict[str, str] = {}
    filled = Template(template.read_text(encoding="utf-8")).substitute(
        title=_said(told.title),
        description=_said(f"{told.headline}. {told.summary}"),
        kicker=_said(told.kicker),
        setting=_said(told.setting),
        icon=_said(told.icon),
        headline=_said(told.headline),
        summary=_said(told.summary),
        claim=_paragraphs(told.claim[:1]) + _paragraphs(told.claim[1:], "small muted"),
        evidence=_points(told.evidence),
        against=_against(ev, told, letters),
        dots=" ".join("●" if place < told.dots else "○" for place in range(4)),
        certainty=_said(told.certainty),
        count=str(told.dots),
        strength=_paragraphs(told.strength, "small"),
        series=_series(ev, told, letters),
        letters="\n".join(f'<path id="{name}" {outline}/>' for outline, name in letters.items()),
        meaning=_points(told.meaning),
        limits=_points(told.limits),
        checks=_checks(told),
        method=_listed(told.method),
        provenance=_listed(told.provenance, _digests(told), _attached(ev, data)),
        verdict=theme.VERDICTS[ev.verdict.status],
        light=_variables(LIGHT),
        dark=_variables(DARK),
        answers="\n".join(f".{status} {{ color: var(--{status}); }}" for status in theme.FINDINGS),
    )
    return filled.encode()


def _said(text: str) -> str:
    """Text as text, whatever it holds; a number and its percent sign stay on one line."""
    return re.sub(r"(?<=\d) %", "\u00a0%", escape(text))


def _paragraphs(texts: Iterable[str], kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return "\n".join(f"<p{attribute}>{_said(text)}</p>" for text in texts)


def _points(texts: Iterable[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{_said(text)}</li>" for text in texts) + "\n</ul>"


def _against(ev: Evaluation, told: Story, letters: dict[str, str]) -> str:
    caption = f"<figcaption>{_said(told.against_caption)}</figcaption>"
    if not told.against_alt:
        return _paragraphs([told.against_caption], "small muted")
    figure, ax = theme.canvas(3.1, 1.35)
    plots.claim_against_estimate(ev, ax)
    drawing = _drawing("a", theme.svg(figure), told.against_alt, letters)
    return f"<figure>\n{drawing}\n{caption}\n</figure>"


def _series(ev: Evaluation, told: Story, letters: dict[str, str]) -> str:
    """The chart twice, as letters that shrink with a phone could not be read; one of them is shown."""
    if not told.figure_alt:
        return _paragraphs([told.figure_caption], "small muted")
    drawings = []
    for name, kind, width, height in (("w", "wide", 7.6, 3.2), ("n", "narrow", 3.5, 2.9)):
        figure, ax = theme.canvas(width, height)
        plots.counterfactual(ev, ax)
        ax.set_ylabel("")  # the name of the metric stands over the figure, as text
        drawings.append(_drawing(name, theme.svg(figure), told.figure_alt, letters, kind))
    return "\n".join((
        "<figure>", *_paragraphs([told.figure_title], "small muted").splitlines(), *drawings,
        f"<figcaption>{_said(told.figure_caption)}</figcaption>", "</figure>",
    ))  # fmt: skip


def _drawing(name: str, svg: bytes, alt: str, letters: dict[str, str], kind: str = "") -> str:
    """A drawing for the page: with words, names that are its own, and colours that follow the page.

    Outlines of letters are moved to `letters`, outline to name, which all drawings of the page share.
    """
    drawn = _SPARE.sub("", svg.decode()).strip()
    own = dict(_LETTER.findall(drawn))
    drawn = _LETTER.sub("", drawn)
    drawn = _NAMES.sub(rf"\g<1>{name}-", drawn)
    for letter, outline in own.items():
        shared = letters.setdefault(outline, f"letter-{len(letters)}")
        drawn = drawn.replace(f'href="#{name}-{letter}"', f'href="#{shared}"')
    for colour, ink in _INKS.items():
        drawn = re.sub(rf"(?i){colour}\b", f"var(--{ink})", drawn)
    opening, rest = drawn.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', opening)
    shape = f" {box[0]}" if box else ""
    attribute = f' class="{kind}"' if kind else ""
    rest = _PLACES.sub(lambda found: _FINE.sub(r"\1", found[0]), rest)
    rest = re.sub(r"<defs>\s*</defs>", "", rest)
    rest = re.sub(r"\s*\n\s*", "\n", rest)
    return f'<svg{attribute}{shape} role="img" aria-label="{_said(alt)}">{rest}'


def _checks(told: Story) -> str:
    """The table of checks; roles are said, as a browser forgets them where rows are stacked."""
    if not told.checks:
        return _paragraphs([told.checks_caption])
    heads = "".join(f'<th scope="col" role="columnheader">{head}</th>' for head in _CHECKS)
    rows = []
    for row in told.checks:
        none = "" if any(letter.isdigit() for letter in row["share"]) else " none"
        rows.append(
            f'<tr role="row"><th scope="row" role="rowheader">{_said(row["question"])}</th>'
            f'<td role="cell" class="answer {row["status"]}"><span aria-hidden="true">{_said(row["icon"])}</span> '
            f'{_said(row["word"])}</td><td role="cell">{_said(row["says"])}</td>'
            f'<td role="cell" class="share{none}">{_said(row["share"])}</td></tr>'
        )
    body = "\n".join(rows)
    return (
        '<table role="table">\n<caption>Could explain: the share of the claim that a violation of this size would '
        f"account for, with its 95\u00a0% interval.</caption>\n"
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n<tbody role="rowgroup">\n{body}\n</tbody>\n</table>'
    )


def _listed(rows: Iterable[Row], *more: str) -> str:
    told = [_entry(label, _said(text)) for label, text in rows]
    return "<dl>\n" + "\n".join([*told, *more]) + "\n</dl>"


def _entry(label: str, inside: str) -> str:
    return f"<div><dt>{_said(label)}</dt><dd>{inside}</dd></div>"


def _digests(told: Story) -> str:
    return "\n".join(
        _entry(f"{label} (SHA-256)", f"<code>{_said(text)}</code>") for label, text in told.digests
    )


def _attached(ev: Evaluation, data: str | None) -> str:
    """Links that save what is inside the page; a link needs no script.

    The evaluation is packed, or it would be longer than all of the page.
    """
    links = []
    for name, kind, about, text in attachments(ev, data):
        if kind == "application/json":
            packed = compress(text.encode(), 9, mtime=0)
            links.append(_link(f"{name}.gz", "application/gzip", packed, about))
        else:
            links.append(_link(name, kind, text.encode(), about))
    return _entry("Attached", "<br>\n".join(links))


def _link(name: str, kind: str, content: bytes, about: str) -> str:
    inside = b64encode(content).decode()
    return f'<a download="{name}" href="data:{kind};base64,{inside}">{name}</a>: {about}'


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
