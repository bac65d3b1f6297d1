"""The story of an evaluation: every sentence of a brief, from the results and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval import plots
from innoeval.briefs import sentences, summary, technical, words
from innoeval.briefs.sizes import Sizes
from innoeval.plots.lines import series
from innoeval.records.evaluation import Evaluation
from innoeval.records.verdict import ICONS, Certainty

_CERTAINTY: dict[Certainty, tuple[str, int]] = {
    "high": ("High", 4),
    "moderate": ("Moderate", 3),
    "low": ("Low", 2),
    "very_low": ("Very low", 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A brief as plain strings, in the order in which they are read.

    Every template renders this record and adds no sentence of its own. A figure that cannot be
    drawn has no alternative text, and its caption says why.

    Parameters
    ----------
    kicker, title, setting
        Kind of document, the innovation, and the metric, place and time.
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
    checks, checks_caption
        A row for each finding, and a sentence where there is none.
    method, provenance, digests
        Label and text of each row.
    notes
        What a reader must know of the document itself.
    """

    kicker: str
    title: str
    setting: str
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
    checks: tuple[dict[str, str], ...]
    checks_caption: str
    method: tuple[tuple[str, str], ...]
    provenance: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def story(ev: Evaluation) -> Story:
    """Tell an evaluation in sentences.

    Parameters
    ----------
    ev
        Any evaluation, with or without an estimate.

    Returns
    -------
    The story: the same evaluation gives the same sentences.
    """
    claim, verdict = ev.claim, ev.verdict
    outcome = words.metric(claim.outcome)
    judged = summary.judged(ev)
    certainty, dots = _CERTAINTY[verdict.certainty] if judged else ("Not graded", 0)
    drawn = judged and ev.estimate is not None and ev.estimate.path is not None
    family = f" · {words.capital(words.shown(claim.family, 60))}" if claim.family else ""
    return Story(
        kicker=f"Evidence brief{family}",
        title=words.shown(claim.innovation, 160),
        setting=_setting(ev, outcome),
        status=verdict.status,
        icon=ICONS[verdict.status],
        headline=summary.HEADLINES[verdict.status],
        summary=summary.summary(ev),
        claim=_claim(ev, outcome),
        against_caption=_against_caption(ev, judged=judged),
        against_alt=words.shown(plots.describe_claim_against_estimate(ev), 2000) if judged else "",
        certainty=certainty,
        dots=dots,
        strength=_strength(ev),
        evidence=sentences.evidence(ev),
        figure_title=words.capital(f"{outcome}, average of {sentences.with_it(ev)}"),
        figure_caption=_figure_caption(ev, drawn=drawn),
        figure_alt=words.shown(plots.describe_counterfactual(ev), 2000) if drawn else "",
        meaning=sentences.meaning(ev),
        limits=sentences.limits(ev),
        checks=technical.checks(ev),
        checks_caption=""
        if ev.findings
        else "No check was run: without an estimate there is nothing to check.",
        method=technical.method(ev),
        provenance=technical.provenance(ev),
        digests=technical.digests(ev),
    )


def _setting(ev: Evaluation, outcome: str) -> str:
    units = ev.claim.units
    where = words.listed(units) if len(units) <= 3 else words.counted(len(units), "unit")
    return f"{words.capital(outcome)} · {where} · {sentences.since(ev)}"


def _claim(ev: Evaluation, outcome: str) -> tuple[str, ...]:
    """What was announced, how it was read, and where it stands."""
    claim, sizes = ev.claim, Sizes.of(ev)
    gain = f"a {sizes.gain} of {sizes.stated(claim.size)}" if claim.size else (
        f"a {sizes.gain}, without a number")  # fmt: skip
    start = sentences.since(ev)
    if claim.statement.strip():
        said = [
            f"“{words.shown(claim.statement)}”",
            f"Read as {gain} in {outcome}, {start}.",
        ]
    else:
        said = [
            f"{words.shown(claim.innovation, 160)} is said to have brought {gain} in {outcome}, {start}."
        ]
    source = (
        [f"Source: {words.shown(claim.source, 150).rstrip('.')}."] if claim.source.strip() else []
    )
    for label, text in (("Published", claim.published_on), ("Registered", claim.registered_on)):
        day = words.when(text.strip())
        if day and day not in claim.source and text.strip() not in claim.source:
            source.append(f"{label} {day}.")
    return (*said, " ".join(source)) if source else tuple(said)


def _against_caption(ev: Evaluation, *, judged: bool) -> str:
    if not judged:
        return "There is no estimate that the claim could be held against."
    sizes, smallest = Sizes.of(ev), ev.verdict.smallest
    said = f"Bar: {100 * ev.policy.level:g} % interval."
    if smallest is not None:
        said += f" Dotted line: {sizes.stated(smallest)}, the smallest that matters."
    return said


def _strength(ev: Evaluation) -> tuple[str, ...]:
    """Scale and downgrades, most important first."""
    if not summary.judged(ev):
        return ("No estimate can be given, so there is no evidence to grade.",)
    said = [
        f"Maryland scale: {words.shown(standard.score, 10)} of 5, {words.shown(standard.rule, 200)}."
        for standard in ev.verdict.standards
        if standard.name == "Maryland SMS, scored"
    ]
    lowered = [words.shown(text, 250) for text in ev.verdict.downgrades]
    said += [f"Lowered: {text}" for text in lowered[: technical.SHOWN_DOWNGRADES]]
    if len(lowered) > technical.SHOWN_DOWNGRADES:
        said.append(f"And {len(lowered) - technical.SHOWN_DOWNGRADES} more, under Method.")
    return tuple(said)


def _figure_caption(ev: Evaluation, *, drawn: bool) -> str:
    if not drawn:
        why = "no estimate can be given" if not summary.judged(ev) else "the design gives no series"
        return f"There is no figure, because {why}."
    said = "The hatched gap is the difference made by the innovation, as estimated."
    path = series(ev)
    if np.isfinite(path.low + path.high).any():
        said += " Shaded: the likely range of what was expected."
    if ev.verdict.deciding != "base":
        said += " It shows the base analysis; the verdict rests on a more careful one."
    return said
