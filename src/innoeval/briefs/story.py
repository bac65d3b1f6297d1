"""The story of an evaluation: every sentence of a brief, from the results and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from innoeval.briefs import sentences, summary, technical, words
from innoeval.briefs.edition import USUAL, Edition
from innoeval.briefs.figure_against import comparable, describe_against
from innoeval.briefs.figure_series import describe_series, drawable
from innoeval.briefs.language import Language, language
from innoeval.briefs.sizes import Sizes
from innoeval.records.evaluation import Evaluation
from innoeval.records.verdict import ICONS, Certainty

_DOTS: dict[Certainty, int] = {"high": 4, "moderate": 3, "low": 2, "very_low": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A brief as plain strings, in the order in which they are read.

    Every template renders this record and adds no sentence of its own. A figure that cannot be
    drawn has no alternative text, and its caption says why. Text that stands in English in a story
    of another language is between `language.ENGLISH_FROM` and `language.ENGLISH_TO`.

    Parameters
    ----------
    language, page
        Code of the language, and its labels and headings by their names in the catalogue.
    kicker, title, setting
        Kind of document, the innovation, and the metric, place and time.
    organisation, logo_alt
        Whose brief it is, and what its logo shows.
    status, icon, headline, summary
        The verdict: its name, its shape, in a few words, and with its numbers.
    claim
        What was announced, and where.
    against_caption, against_alt
        Under the small figure, and instead of it.
    certainty, dots, strength
        How far the design can be trusted: a word, 1 to 4 (0 where there is no estimate), and why.
    evidence
        What the data show.
    figure_title, figure_caption, figure_alt
        Of the figure of what happened.
    meaning, limits
        What follows, and what cannot be told.
    technical
        Whether what follows is printed: the public reads the page before it only.
    checks, checks_caption
        A row for each finding, and a sentence where there is none.
    method, provenance, digests
        Label and text of each row.
    notes
        What a reader must know of the document itself.
    """

    language: str
    page: dict[str, str] = field(repr=False)
    kicker: str
    title: str
    setting: str
    organisation: str
    logo_alt: str
    status: str
    icon: str
    headline: str
    summary: str
    claim: tuple[str, ...]
    against_caption: str
    against_alt: str
    certainty: str
    dots: int
    strength: tuple[str, ...]
    evidence: tuple[str, ...]
    figure_title: str
    figure_caption: str
    figure_alt: str
    meaning: tuple[str, ...]
    limits: tuple[str, ...]
    technical: bool
    checks: tuple[dict[str, str], ...]
    checks_caption: str
    method: tuple[tuple[str, str], ...]
    provenance: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def story(ev: Evaluation, edition: Edition = USUAL) -> Story:
    """Tell an evaluation in sentences.

    Parameters
    ----------
    ev
        Any evaluation, with or without an estimate.
    edition
        Language and audience.

    Returns
    -------
    The story: the same evaluation gives the same sentences.
    """
    claim, verdict, say = ev.claim, ev.verdict, language(edition.language)
    outcome = say.metric(claim.outcome)
    judged = summary.judged(ev)
    kind = say("page.kind")
    owner = words.shown(edition.organisation, 80)
    return Story(
        language=edition.language,
        page=_page(ev, say),
        kicker=f"{kind} · {words.capital(words.shown(claim.family, 60))}" if claim.family else kind,
        title=words.shown(claim.innovation, 160),
        setting=_setting(ev, say, outcome),
        organisation=owner,
        logo_alt=say("page.logo", organisation=owner) if edition.logo else "",
        status=verdict.status,
        icon=ICONS[verdict.status],
        headline=say(f"headline.{verdict.status}"),
        summary=summary.summary(ev, say),
        claim=_claim(ev, say, outcome),
        against_caption=_against_caption(ev, say, judged=judged),
        against_alt=words.shown(describe_against(ev, say), 2000)
        if judged and comparable(ev)
        else "",
        certainty=say(f"certainty.{verdict.certainty if judged else 'none'}"),
        dots=_DOTS[verdict.certainty] if judged else 0,
        strength=sentences.strength(ev, say),
        evidence=sentences.evidence(ev, say),
        figure_title=words.capital(
            say("figure.title", outcome=outcome, who=sentences.with_it(ev, say))
        ),
        figure_caption=_figure_caption(ev, say),
        figure_alt=words.shown(describe_series(ev, say), 2000) if judged and drawable(ev) else "",
        meaning=sentences.meaning(ev, say),
        limits=sentences.limits(ev, say),
        technical=edition.technical,
        checks=technical.checks(ev, say),
        checks_caption="" if ev.findings else say("checks.none"),
        method=technical.method(ev, say),
        provenance=technical.provenance(ev, say),
        digests=technical.digests(ev, say),
        notes=_notes(ev, say, edition),
    )


def _page(ev: Evaluation, say: Language) -> dict[str, str]:
    """Labels and headings; those that have places, filled."""
    title, data = words.shown(ev.claim.innovation, 70), words.shown(ev.panel_fingerprint, 12)
    dots = _DOTS[ev.verdict.certainty] if summary.judged(ev) else 0
    return {
        **say.part("language"),
        **say.part("page"),
        "title": say("page.title", title=words.shown(ev.claim.innovation, 160)),
        "made_from": say("page.made_from", title=title, data=data.rstrip("…")),
        "of_four": say("page.of_four", n=dots),
    }


def _setting(ev: Evaluation, say: Language, outcome: str) -> str:
    units = ev.claim.units
    where = say.listed(units) if len(units) <= 3 else say.counting("count.unit", len(units))
    since = sentences.since(ev, say)
    return say("claim.setting", outcome=words.capital(outcome), where=where, since=since)


def _claim(ev: Evaluation, say: Language, outcome: str) -> tuple[str, ...]:
    """What was announced, how it was read, and where it stands."""
    claim, sizes, since = ev.claim, Sizes.of(ev, say), sentences.since(ev, say)
    size = sizes.stated(claim.size) if claim.size else ""
    gain = say(
        f"claim.{'gain' if claim.size else 'open'}_{claim.better}", size=size, outcome=outcome
    )
    if claim.statement.strip():
        said = [
            say("claim.statement", statement=words.shown(claim.statement)),
            say("claim.read_as", gain=gain, since=since),
        ]
    else:
        innovation = words.shown(claim.innovation, 160)
        said = [say("claim.said", innovation=innovation, gain=gain, since=since)]
    source = []
    if claim.source.strip():
        source.append(say("claim.source", source=words.shown(claim.source, 150).rstrip(".")))
    for form, text in (("published", claim.published_on), ("registered", claim.registered_on)):
        day = say.when(text.strip())
        if day and day not in claim.source and text.strip() not in claim.source:
            source.append(say(f"claim.{form}", day=day))
    return (*said, " ".join(source)) if source else tuple(said)


def _against_caption(ev: Evaluation, say: Language, *, judged: bool) -> str:
    if not judged:
        return say("against.none")
    if not comparable(ev):
        return say("against.undrawn")
    said = say("against.bar", level=say.percent(ev.policy.level))
    if (smallest := ev.verdict.smallest) is not None:
        said += " " + say("against.dotted", size=Sizes.of(ev, say).stated(smallest))
    return said


def _figure_caption(ev: Evaluation, say: Language) -> str:
    if not summary.judged(ev) or ev.estimate is None:
        return say("figure.none_estimate")
    path = ev.estimate.path
    if path is None:
        return say("figure.none_series")
    if not drawable(ev):
        return say("figure.none_values")
    said = [say("figure.gap")]
    if np.isfinite(path.low + path.high).any():
        said.append(say("figure.band"))
    if ev.verdict.deciding != "base":
        said.append(say("figure.careful"))
    return " ".join(said)


def _notes(ev: Evaluation, say: Language, edition: Edition) -> tuple[str, ...]:
    """What a reader must know of the document itself."""
    notes = [] if edition.technical else [say("note.annex")]
    claim = ev.claim
    limits = (
        (claim.innovation, 160),
        (claim.statement, 500),
        (claim.outcome, 60),
        (claim.source, 150),
    )
    if any(words.shown(text, most).endswith(("…", "…\u2069")) for text, most in limits):
        notes.append(say("note.cut"))
    return tuple(notes)
