"""The technical part of a brief: how it was done, by which rule, and on what."""

from __future__ import annotations

import re

from innoeval.briefs import words
from innoeval.briefs.language import Language
from innoeval.briefs.mixture import mixture
from innoeval.briefs.sizes import Sizes
from innoeval.briefs.summary import judged, reasons
from innoeval.plots import theme
from innoeval.plots.answers import ranked, spread
from innoeval.records.estimate import Estimate
from innoeval.records.evaluation import Evaluation
from innoeval.records.finding import Finding

_MANY = 6
#: So many checks that could not run get a row each.
_FEW_SILENT = 3
#: So much of a query is printed: all of it, unless it is very long.
_QUERY = 6000
#: Versions and seeds, which share a row.
_VERSION = re.compile(r"\d+(\.\w+)*")

Row = tuple[str, str]


def checks(ev: Evaluation, say: Language) -> tuple[dict[str, str], ...]:
    """A row for each finding: question, status, icon, word, colour and answer.

    Checks that could not run share a row where there are many of them.
    """
    answered = [finding for finding in ranked(ev) if finding.status != "not_applicable"]
    silent = [finding for finding in ranked(ev) if finding.status == "not_applicable"]
    if len(silent) <= _FEW_SILENT:
        return tuple(_row(finding, say) for finding in (*answered, *silent))
    asked = " ".join(map(say.question, silent))
    together = {
        **_row(silent[0], say),
        "question": say("checks.silent", n=len(silent)),
        "says": asked,
    }
    return (*(_row(finding, say) for finding in answered), {**together, "share": "–"})


def _row(finding: Finding, say: Language) -> dict[str, str]:
    return {
        "question": say.question(finding),
        "status": finding.status,
        "icon": theme.FINDING_ICONS[finding.status],
        "word": say(f"finding.{finding.status}"),
        "colour": theme.FINDINGS[finding.status],
        "says": say.recorded(finding.says),
        "share": _share(finding, say),
    }


def _share(finding: Finding, say: Language) -> str:
    """The share of the claim that a violation could explain, with its uncertainty."""
    if finding.share_explained is None:
        return "–"
    half = spread(finding)
    share = say.number(100 * finding.share_explained, 0)
    if half is None:
        return say("checks.share", share=share)
    return say("checks.share_spread", share=share, spread=say.number(100 * half, 0))


def method(ev: Evaluation, say: Language) -> tuple[Row, ...]:
    """How the verdict was reached: label and sentences, a row each."""
    rows: list[Row] = [("outcome", _outcome(ev, say)), ("sample", _sample(ev, say))]
    estimate = ev.estimate
    if judged(ev) and estimate is not None:
        rows = [
            ("design", _design(ev, say)),
            *rows,
            *_results(ev, estimate, say),
            ("rule", _rule(ev, say)),
            ("verdict", " ".join(reasons(ev, say))),
            *_robustness(ev, say),
        ]
    rows += _others(ev, say)
    if estimate is not None:
        rows.append(("warnings", " ".join(say.recorded(w, 300) for w in estimate.warnings[:_MANY])))
    rows.append(("events", _events(ev, say)))
    return tuple((say(f"method_row.{label}"), text) for label, text in rows if text)


def _design(ev: Evaluation, say: Language) -> str:
    estimand = words.capital(ev.estimate.estimand).rstrip(".") if ev.estimate else ""
    return say(
        "method.design",
        design=say.recorded(words.design_name(ev.design)),
        estimand=say.recorded(estimand),
    )


def _outcome(ev: Evaluation, say: Language) -> str:
    told = {
        "outcome": words.shown(ev.claim.outcome, 120),
        "better": say(f"size.better.{ev.claim.better}"),
    }
    over = ev.measured.denominator
    said = (
        say("method.outcome_per", **told, denominator=words.shown(over, 60))
        if over
        else say("method.outcome", **told)
    )
    others = [name for name in ev.measured.recorded if name != ev.claim.outcome]
    return f"{said} {say('method.also', names=say.listed(others, _MANY))}" if others else said


def _sample(ev: Evaluation, say: Language) -> str:
    m, treated, starts = ev.measured, ev.claim.units, ev.measured.launches
    groups = [say.counting("method.treated", len(treated), names=say.listed(treated))]
    if m.comparison:
        groups.append(
            say.counting("method.comparison", len(m.comparison), names=say.listed(m.comparison))
        )
    missing = say.number(m.missing, 0)
    said = [
        say("method.groups", units=say.counting("count.unit", m.n_units), groups=", ".join(groups)),
        say.counting(
            f"method.periods{'_first' if starts else ''}", m.n_before,
            first=words.capital(say.when(m.first)), last=say.when(m.last), after=say.number(m.n_after, 0),
        ),
        say.counting("method.used", ev.estimate.n_obs, missing=missing)
        if ev.estimate
        else say("method.missing", missing=missing),
    ]  # fmt: skip
    if len(starts) > 1:
        said.append(say("method.starts", n=len(starts), last=say.when(starts[-1])))
    return " ".join(said)


def _results(ev: Evaluation, estimate: Estimate, say: Language) -> tuple[Row, ...]:
    sizes = Sizes.of(ev, say)
    inference = say("method.inference", inference=_inference(estimate.inference, say))
    if estimate.std_error:
        inference += " " + say("method.error", error=sizes.units(estimate.std_error))
    base = say(
        "method.base", found=sizes.range(estimate), effect=sizes.units(estimate.effect),
        range=sizes.unit_span(estimate), level=say.percent(estimate.level),
    )  # fmt: skip
    stressed = (
        say(
            "method.stressed",
            found=sizes.range(ev.stressed),
            inference=_inference(ev.stressed.inference, say),
        )
        if ev.stressed is not None
        else say("method.stressed_none")
    )
    deciding = "strict" if ev.policy.strict else ev.verdict.deciding
    return (
        ("inference", inference),
        ("settled", say.recorded(" ".join(estimate.choices), 1200)),
        ("base", base),
        ("imitated", mixture(ev, say, _MANY)),
        ("stressed", stressed),
        ("deciding", say(f"method.deciding_{deciding}")),
    )


def _inference(text: str, say: Language) -> str:
    return say.recorded(words.capital(words.shown(text, 300)).rstrip("."))


def _rule(ev: Evaluation, say: Language) -> str:
    sizes, policy, verdict = Sizes.of(ev, say), ev.policy, ev.verdict
    level = say.percent(policy.level)
    if verdict.claimed is None or verdict.smallest is None:
        return say("method.rule_open", level=level)
    over, shown = policy.overstated_below * verdict.claimed, policy.shown_share * verdict.claimed
    said = say(
        "method.rule", level=level, shown=sizes.stated(max(shown, verdict.smallest)),
        over=sizes.stated(over), share=say.percent(policy.overstated_below),
        cut=sizes.stated(min(verdict.smallest, over)), smallest=sizes.stated(verdict.smallest),
    )  # fmt: skip
    if ev.claim.smallest_effect is None:
        said += " " + say("method.rule_default", share=say.percent(policy.default_smallest))
    return said


def _robustness(ev: Evaluation, say: Language) -> list[Row]:
    sizes, verdict = Sizes.of(ev, say), ev.verdict
    said = []
    if verdict.breakdown is not None:
        said.append(say("method.stands", size=sizes.size(verdict.breakdown)))
    if verdict.resolution is not None:
        said.append(say("method.resolution", resolution=say.number(verdict.resolution, 1)))
    scores = [
        say(
            "method.standard", name=say.recorded(s.name, 60), score=say.recorded(s.score, 40),
            rule=say.recorded(s.rule, 200),
        )
        for s in verdict.standards[: 2 * _MANY]
    ]  # fmt: skip
    unseen = "; ".join(map(say.assumption, ev.not_examined))
    return [
        ("robustness", " ".join(said)),
        ("flips", " ".join(say.recorded(flip.says, 300) for flip in ev.flips)),
        ("lowered", " ".join(say.recorded(d, 300) for d in verdict.downgrades[:_MANY])),
        ("not_examined", f"{words.capital(unseen)}." if unseen else ""),
        ("companions", _companions(ev, say)),
        ("standards", " ".join(scores)),
    ]


def _companions(ev: Evaluation, say: Language) -> str:
    """What helps to read the verdict and never decides."""
    sizes, verdict, beside = Sizes.of(ev, say), ev.verdict, ev.verdict.companions
    if beside is None or beside.s_none is None:
        return ""
    said = [say("method.surprise_none", bits=say.number(beside.s_none, 1))]
    if beside.s_claimed is not None:
        said.append(say("method.surprise_claimed", bits=say.number(beside.s_claimed, 1)))
    if beside.severity_shown is not None and verdict.claimed and verdict.smallest:
        shown = max(verdict.smallest, ev.policy.shown_share * verdict.claimed)
        severity = say.number(beside.severity_shown, 2)
        said.append(say("method.severity", shown=sizes.stated(shown), severity=severity))
    if beside.power is not None and beside.exaggeration is not None and verdict.smallest:
        said.append(
            say(
                "method.exaggeration", smallest=sizes.stated(verdict.smallest),
                power=say("size.percent", value=say.number(100 * beside.power, 0)), times=say.number(beside.exaggeration, 1),
            )
        )  # fmt: skip
    return " ".join(said)


def _others(ev: Evaluation, say: Language) -> list[Row]:
    sizes = Sizes.of(ev, say)
    fit = [
        say(
            "method.beside", design=say.recorded(words.design_name(other.design)),
            inference=say.recorded(other.inference, 200), found=sizes.range(other),
        )
        for other in ev.alternatives[:_MANY]
    ]  # fmt: skip
    against = []
    for objection in ev.objections[:_MANY]:
        why = "; ".join(
            words.shown(reason, 250).rstrip(".") for reason in objection.reasons[:_MANY]
        )
        told = say.recorded(why, 2000) if why else say("method.fits_better")
        design = say.recorded(words.design_name(objection.design))
        against.append(say("method.not_used", design=design, reasons=told))
    return [("beside", " ".join(fit)), ("not_used", " ".join(against))]


def _events(ev: Evaluation, say: Language) -> str:
    named = []
    for event in ev.claim.events[:_MANY]:
        whole = isinstance(event.scope, str)
        scope = say(f"method.event_{event.scope}") if whole else say.listed(tuple(event.scope))
        named.append(
            say(
                "method.event",
                when=say.when(event.period),
                what=words.shown(event.what, 120),
                scope=scope,
            )
        )
    if rest := len(ev.claim.events) - len(named):
        named.append(say("method.more_events", n=say.number(rest, 0)))
    return f"{'; '.join(named)}." if named else ""


def provenance(ev: Evaluation, say: Language) -> tuple[Row, ...]:
    """Versions and other facts of the run, a row each; hashes stand apart."""
    shown = [
        (words.shown(key, 40), words.shown(value, _QUERY if key == "query" else 600))
        for key, value in ev.provenance.items()
        if value.strip() and value != ev.policy.digest
    ]
    short = [f"{key} {value}" for key, value in shown if _VERSION.fullmatch(value)]
    rest = [
        (_named(key, say), say.recorded(value, _QUERY))
        for key, value in shown
        if not _VERSION.fullmatch(value)
    ]
    made = say("method_row.made_with")
    return ((made, ", ".join(short)), *rest) if short else tuple(rest)


def _named(key: str, say: Language) -> str:
    """The usual fact by its translated name; any other as it was recorded."""
    return say("method_row.source") if key == "source" else say.recorded(words.capital(key))


def digests(ev: Evaluation, say: Language) -> tuple[Row, ...]:
    """SHA-256 of data, claim and policy."""
    texts = (("data", words.shown(ev.panel_fingerprint, 64)), ("claim", ev.claim.digest),
             ("policy", ev.policy.digest))  # fmt: skip
    return tuple((say("page.hashed", what=say(f"method_row.{what}")), text) for what, text in texts)
