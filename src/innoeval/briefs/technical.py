"""The technical part of a brief: how it was done, by which rule, and on what."""

from __future__ import annotations

import re
from dataclasses import replace

from innoeval.briefs import words
from innoeval.briefs.mixture import mixture
from innoeval.briefs.sizes import Sizes
from innoeval.briefs.summary import judged, reasons
from innoeval.plots import scale, theme
from innoeval.plots.answers import ranked, spread
from innoeval.records.evaluation import Evaluation
from innoeval.records.finding import Finding

_DECIDING = {
    "base": "The base analysis: the checks of its assumptions give no reason to relax one.",
    "stressed": "The stressed analysis: a check shows that an assumption of the base analysis does not hold.",
    "hull": "Both together, base and stressed: an assumption does not hold, or whether it does could not be settled.",
    "none": "None.",
}
_STRICT = "Both together, base and stressed: the policy is strict."
_MANY = 6
#: So many checks that could not run get a row each.
_FEW_SILENT = 3
#: Downgrades on the first page; with more, all of them stand under Method.
SHOWN_DOWNGRADES = 2
#: So much of a query is printed: all of it, unless it is very long.
_QUERY = 6000
#: Versions and seeds, which share a row.
_VERSION = re.compile(r"\d+(\.\w+)*")

Row = tuple[str, str]


def checks(ev: Evaluation) -> tuple[dict[str, str], ...]:
    """A row for each finding: question, status, icon, word, colour and answer.

    Checks that could not run share a row where there are many of them.
    """
    answered = [finding for finding in ranked(ev) if finding.status != "not_applicable"]
    silent = [finding for finding in ranked(ev) if finding.status == "not_applicable"]
    if len(silent) <= _FEW_SILENT:
        return tuple(_row(finding) for finding in (*answered, *silent))
    together = replace(
        silent[0],
        question=f"{len(silent)} further questions that these data do not answer, or that do not arise",
        says=" ".join(finding.question for finding in silent),
        bias=None,
        share_explained=None,
    )
    return (*map(_row, answered), _row(together, 1500))


def _row(finding: Finding, most: int = 500) -> dict[str, str]:
    return {
        "question": words.shown(finding.question, 200),
        "status": finding.status,
        "icon": theme.FINDING_ICONS[finding.status],
        "word": theme.FINDING_WORDS[finding.status],
        "colour": theme.FINDINGS[finding.status],
        "says": words.shown(finding.says, most),
        "share": _share(finding),
    }


def _share(finding: Finding) -> str:
    """The share of the claim that a violation could explain, with its uncertainty."""
    if finding.share_explained is None:
        return "–"
    half = spread(finding)
    share = scale.number(100 * finding.share_explained, 0)
    return f"{share} %" if half is None else f"{share} % ± {scale.number(100 * half, 0)}"


def method(ev: Evaluation) -> tuple[Row, ...]:
    """How the verdict was reached: label and sentences, a row each."""
    rows: list[Row] = [("Outcome", _outcome(ev)), ("Sample", _sample(ev))]
    if judged(ev) and ev.estimate is not None:
        rows = [
            (
                "Design",
                f"{words.design_name(ev.design)}. {words.shown(words.capital(ev.estimate.estimand))}".rstrip(
                    "."
                )
                + ".",
            ),
            *rows,
            *_results(ev),
            ("Decision rule", _rule(ev)),
            ("Verdict", " ".join(reasons(ev))),
            *_robustness(ev),
        ]
    rows += _others(ev)
    if ev.estimate is not None and ev.estimate.warnings:
        rows.append(
            ("Warnings", " ".join(words.shown(w, 300) for w in ev.estimate.warnings[:_MANY]))
        )
    if ev.claim.events:
        rows.append(("Other events", _events(ev)))
    return tuple((label, text) for label, text in rows if text)


def _outcome(ev: Evaluation) -> str:
    others = [name for name in ev.measured.recorded if name != ev.claim.outcome]
    beside = f" Also recorded: {words.listed(others, _MANY)}." if others else ""
    over = f", per {words.shown(ev.measured.denominator, 60)}" if ev.measured.denominator else ""
    return f"{words.shown(ev.claim.outcome, 120)}{over}; {ev.claim.better} is better.{beside}"


def _sample(ev: Evaluation) -> str:
    m, treated = ev.measured, ev.claim.units
    groups = f"{len(treated):,} with the innovation ({words.listed(treated)})"
    if m.comparison:
        groups += f", {len(m.comparison):,} for comparison ({words.listed(m.comparison)})"
    used = f" {words.counted(ev.estimate.n_obs, 'value')} used," if ev.estimate else ""
    starts = m.launches
    several = (
        f" {len(starts)} different starts, the last in {words.when(starts[-1])}."
        if len(starts) > 1
        else ""
    )
    return (
        f"{words.counted(m.n_units, 'unit')}: {groups}. {words.capital(words.when(m.first))} to "
        f"{words.when(m.last)}: {words.counted(m.n_before, 'period')} before the {'first ' if starts else ''}start, {m.n_after:,} from then on."
        f"{used} {m.missing:,} missing.{several}"
    )


def _results(ev: Evaluation) -> tuple[Row, ...]:
    sizes, estimate = Sizes.of(ev), ev.estimate
    if estimate is None:
        return ()
    error = f" Standard error {sizes.units(estimate.std_error)}." if estimate.std_error else ""
    level = f"{100 * estimate.level:g} % interval"
    base = (
        f"{sizes.range(estimate)}; in outcome units {sizes.units(estimate.effect)} "
        f"({sizes.unit_span(estimate)}). {level}."
    )
    stressed = (
        f"{sizes.range(ev.stressed)}. {words.shown(words.capital(ev.stressed.inference), 300).rstrip('.')}."
        if ev.stressed is not None
        else "Could not be made with these data; where it is needed, it sets no bound."
    )
    return (
        ("Inference", f"{words.capital(words.shown(estimate.inference, 300)).rstrip('.')}.{error}"),
        ("Settled beforehand", words.shown(" ".join(estimate.choices), 1200)),
        ("Base analysis", base),
        ("Imitated by", mixture(ev, _MANY)),
        ("Stressed analysis", stressed),
        ("Which decides", _STRICT if ev.policy.strict else _DECIDING[ev.verdict.deciding]),
    )


def _rule(ev: Evaluation) -> str:
    sizes, policy, verdict = Sizes.of(ev), ev.policy, ev.verdict
    level = f"{100 * policy.level:g} % interval"
    if verdict.claimed is None or verdict.smallest is None:
        return (
            f"Neither a number nor a smallest effect was declared: a {level} wholly above no change is an "
            "improvement in part, one wholly below it harm, any other cannot tell."
        )
    over, shown = policy.overstated_below * verdict.claimed, policy.shown_share * verdict.claimed
    default = "" if ev.claim.smallest_effect is not None else (
        f" (by default {100 * policy.default_smallest:g} % of the claim, as none was declared)")  # fmt: skip
    return (
        f"“Holds up” takes a {level} that begins above {sizes.stated(max(shown, verdict.smallest))} and ends at or "
        f"above {sizes.stated(over)}; “holds up in part” one that begins above no change; “overstated” one that "
        f"ends below {sizes.stated(over)}, which is {100 * policy.overstated_below:g} % of the claim; one that ends below "
        f"{sizes.stated(min(verdict.smallest, over))} shows no meaningful improvement, one that ends below no change, "
        f"harm. Smallest effect that matters: {sizes.stated(verdict.smallest)}{default}."
    )


def _robustness(ev: Evaluation) -> list[Row]:
    sizes, verdict = Sizes.of(ev), ev.verdict
    said = []
    if verdict.breakdown is not None:
        said.append(
            f"The verdict stands unless the estimate is off by {sizes.size(verdict.breakdown)} or more."
        )
    if verdict.resolution is not None:
        said.append(f"Resolution {verdict.resolution:.1f} standard errors.")
    rows = [("Robustness", " ".join(said))]
    if ev.flips:
        flips = " ".join(words.shown(flip.says, 300) for flip in ev.flips)
        rows.append(("What would change this verdict", flips))
    if len(verdict.downgrades) > SHOWN_DOWNGRADES:  # fewer stand on the first page
        rows.append(
            ("Certainty lowered", " ".join(words.shown(d, 300) for d in verdict.downgrades[:_MANY]))
        )
    if ev.not_examined:
        rows.append(
            ("Not examined", words.capital("; ".join(a.plain for a in ev.not_examined)) + ".")
        )
    scores = [
        f"{words.shown(s.name, 60)}: {words.shown(s.score, 40)} ({words.shown(s.rule, 200)})."
        for s in verdict.standards[:_MANY]
    ]
    return [*rows, ("Standards", " ".join(scores))]


def _others(ev: Evaluation) -> list[Row]:
    sizes = Sizes.of(ev)
    fit = [
        f"{words.design_name(other.design)} ({words.shown(other.inference, 200)}): {sizes.range(other)}."
        for other in ev.alternatives[:_MANY]
    ]
    against = []
    for objection in ev.objections[:_MANY]:
        why = "; ".join(
            words.shown(reason, 250).rstrip(".") for reason in objection.reasons[:_MANY]
        )
        against.append(
            f"{words.design_name(objection.design)}: {why or 'another design fits better'}."
        )
    return [("Beside it", " ".join(fit)), ("Not used, and why", " ".join(against))]


def _events(ev: Evaluation) -> str:
    named = [
        f"{words.when(event.period)}: {words.shown(event.what, 120)} "
        f"({event.scope if isinstance(event.scope, str) else words.listed(event.scope)})"
        for event in ev.claim.events[:_MANY]
    ]
    rest = len(ev.claim.events) - len(named)
    return "; ".join(named) + (f"; and {rest} more." if rest else ".")


def provenance(ev: Evaluation) -> tuple[Row, ...]:
    """Versions and other facts of the run, a row each; hashes stand apart."""
    shown = [
        (words.shown(key, 40), words.shown(value, _QUERY if key == "query" else 600))
        for key, value in ev.provenance.items()
        if value.strip() and value != ev.policy.digest
    ]
    short = [f"{key} {value}" for key, value in shown if _VERSION.fullmatch(value)]
    rest = [(words.capital(key), value) for key, value in shown if not _VERSION.fullmatch(value)]
    return (("Made with", ", ".join(short)), *rest) if short else tuple(rest)


def digests(ev: Evaluation) -> tuple[Row, ...]:
    """SHA-256 of data, claim and policy."""
    return (
        ("Data", words.shown(ev.panel_fingerprint, 64)),
        ("Claim", ev.claim.digest),
        ("Policy", ev.policy.digest),
    )
