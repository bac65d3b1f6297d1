"""Compute a published verdict again, and say whether it stands."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from innoeval.errors import InnoevalError
from innoeval.evaluate import evaluate
from innoeval.records.columns import columns_of
from innoeval.records.evaluation import Evaluation
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.records.saved import dump
from innoeval.records.verdict import Item, Standard, Verdict
from innoeval.records.verification import Difference, Verification

if TYPE_CHECKING:
    from innoeval.claims.ledger import Ledger
    from innoeval.designs import Design

#: Parts of an evaluation that hold numbers which a verdict rests on, as a reader calls them.
_PARTS = {
    "verdict": "the verdict",
    "estimate": "the estimate",
    "stressed": "the stressed estimate",
    "announced": "the promoter's own number",
    "alternatives": "the other designs",
}
#: Numbers that follow from others in the record, or are told as differences of their own.
_APART = frozenset(
    {"status", "mark", "certainty", "reasons", "downgrades", "standards", "companions"}
)
_SHOWN = 5


def verify(
    evaluation: Evaluation | str | os.PathLike[str],
    panel: Panel,
    *,
    designs: Literal["auto"] | Sequence[Design] = "auto",
    ledger: Ledger | None = None,
    tolerance: float = 1e-6,
) -> Verification:
    """Compute a published verdict again from its data, and say whether it stands.

    The claim and the policy are those of the published record; nothing of its results is used.

    Parameters
    ----------
    evaluation
        The evaluation, or a file that holds it: its .json, or a brief (.pdf, .html).
    panel
        The data that it is said to rest on.
    designs
        As it was given to `evaluate`; provenance says it where it was not "auto".
    ledger
        The append-only register, where the claim should stand as it was judged.
    tolerance
        Largest difference of two numbers, as a share of the larger or of the standard error.

    Returns
    -------
    Verification
        Frozen: `stands`, and every difference in words.

    Raises
    ------
    RecordError
        Where the file holds no evaluation, or one of another format version.

    Examples
    --------
    >>> from innoeval import evaluate, simulate
    >>> case = simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> published = evaluate(case.claim, case.panel)
    >>> verify(published, case.panel).stands
    True
    >>> other = case.panel.with_values("outcome", case.panel.matrix("outcome") + 1e-3)
    >>> verify(published, other).stands
    False
    """
    if isinstance(evaluation, Evaluation):
        plain: dict[str, Any] = json.loads(dump(evaluation))
    else:
        from innoeval.briefs.read import evaluation_text

        text = evaluation_text(evaluation)
        # What the file says, and not what newer records would say for it.
        evaluation, plain = Evaluation.from_json(text), json.loads(text)
    found: list[Difference] = [*_of_record(evaluation, plain["policy"])]
    if ledger is not None:
        found += _of_ledger(evaluation, ledger)
    again: Evaluation | None = None
    try:
        again = evaluate(evaluation.claim, panel, designs=designs, policy=evaluation.policy)
    except InnoevalError as error:
        found.append(
            Difference(about="data", says=f"The claim cannot be held against this panel: {error}")
        )
    else:
        found += _of_data(evaluation, again, panel)
        found += _of_results(evaluation, plain, again, tolerance, named=designs != "auto")
        found += _of_versions(evaluation, again)
    found.sort(key=lambda difference: not difference.breaks)
    return Verification(published=evaluation, recomputed=again, differences=tuple(found))


def _of_record(ev: Evaluation, written: dict[str, Any]) -> Iterator[Difference]:
    """What the record says against itself, and thresholds that are not the usual ones."""
    said = ev.provenance.get("policy", "")
    # Thresholds that came after the record was written have no part in its digest.
    then = _as_written(asdict(ev.policy), written)
    digest = hashlib.sha256(repr(sorted(then.items())).encode()).hexdigest()
    if said and digest != said:
        yield Difference(
            about="policy",
            says=f"The thresholds in the record are not those that it was made with: their digest is "
            f"{digest[:12]} and it names {said[:12]}.",
        )
    usual = Policy()
    for name in (f.name for f in fields(Policy)):
        have, other = getattr(ev.policy, name), getattr(usual, name)
        told = ""
        if name not in then:
            told = f"The threshold {name} came later; {_short(have)} was taken."
        elif have != other and isinstance(have, tuple):
            told = f"It was judged by {name} that are not the usual ones of today."
        elif have != other and name != "seed":
            told = f"It was judged by {name} {_short(have)}; the usual one is {_short(other)}."
        if told:
            yield Difference(about="policy", breaks=False, says=told)


def _as_written(value: Any, written: Any) -> Any:
    """A part of a policy without the fields that a record does not have, whatever they hold now."""
    if isinstance(value, dict) and isinstance(written, dict):
        return {
            key: _as_written(item, written[key]) for key, item in value.items() if key in written
        }
    if isinstance(value, tuple) and isinstance(written, list) and len(value) == len(written):
        return tuple(_as_written(*pair) for pair in zip(value, written, strict=True))
    return value


def _of_ledger(ev: Evaluation, ledger: Ledger) -> Iterator[Difference]:
    """What the register says of the claim."""
    from innoeval.claims.ledger import held_against_claim

    for breach in held_against_claim(ledger, ev.claim):
        yield Difference(about="claim", says=breach.says, breaks=breach.breaks)


def _of_data(ev: Evaluation, again: Evaluation, panel: Panel) -> Iterator[Difference]:
    """How the panel differs from the one that was judged."""
    if ev.panel_fingerprint == panel.fingerprint:
        return
    told = []
    if ev.columns is not None and (now := columns_of(panel)) != ev.columns:
        told += [
            f"{f.name} was {_short(getattr(ev.columns, f.name))} and is {_short(getattr(now, f.name))}"
            for f in fields(now)
            if getattr(ev.columns, f.name) != getattr(now, f.name)
        ]
    told += [
        f"{_named(f.name)} was {_short(getattr(ev.measured, f.name))} and is "
        f"{_short(getattr(again.measured, f.name))}"
        for f in fields(ev.measured)
        if getattr(ev.measured, f.name) != getattr(again.measured, f.name)
    ]
    told += _moved(ev, again)
    what = "; ".join(told[:_SHOWN]) or "its extent and averages are the same, single values are not"
    yield Difference(
        about="data",
        says=f"The data are not those that were judged (fingerprint {ev.panel_fingerprint[:12]}, "
        f"now {panel.fingerprint[:12]}): {what}.",
    )


def _moved(ev: Evaluation, again: Evaluation) -> list[str]:
    """Periods in which the treated units' average is another."""
    one, other = ev.estimate and ev.estimate.path, again.estimate and again.estimate.path
    if not one or not other or one.period != other.period:
        return []
    near = np.isclose(one.observed, other.observed, rtol=1e-12, atol=0, equal_nan=True)
    places = np.flatnonzero(~near)
    shown = ", ".join(
        f"{one.observed[i]:.6g} in {one.period[i]} (now {other.observed[i]:.6g})"
        for i in places[:3]
    )
    rest = f" and in {len(places) - 3} more periods" if len(places) > 3 else ""
    return [f"the treated units' average was {shown}{rest}"] if len(places) else []


def _of_results(
    ev: Evaluation, plain: dict[str, Any], again: Evaluation, tolerance: float, *, named: bool
) -> Iterator[Difference]:
    """Verdict, design, numbers and findings."""
    was, now = ev.verdict, again.verdict
    if (was.status, was.certainty) != (now.status, now.certainty):
        yield Difference(
            about="verdict",
            says=f"The verdict is {now.mark} ({now.status}, certainty {now.certainty}); published was "
            f"{was.mark} ({was.status}, certainty {was.certainty}).",
        )
    elif was.mark != now.mark:
        yield Difference(
            about="record", says=f"The record calls {was.status} '{was.mark}'; it is '{now.mark}'."
        )
    if ev.design != again.design:
        asked = ev.provenance.get("designs")
        hint = f"; it was asked for with designs={asked}" if asked and not named else ""
        yield Difference(
            about="design",
            says=f"{again.design or 'No design'} decides; published was {ev.design or 'none'}{hint}.",
        )
    now_plain = json.loads(dump(again))
    error = ev.estimate.std_error if ev.estimate and ev.estimate.std_error else 0.0
    gaps: list[str] = []
    for part, name in _PARTS.items():
        gaps += _gaps(plain.get(part), now_plain[part], name, tolerance, error)
    gaps.sort(key=lambda gap: "(" in gap)  # single numbers before those of lists
    if gaps:
        rest = f"; and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
        yield Difference(about="numbers", says=f"{'; '.join(gaps[:_SHOWN])}{rest}.")
    same = ev.provenance.get("innoeval") == again.provenance.get("innoeval")
    if same and not gaps and was.status == now.status and _words(was, now) != _words(now, was):
        yield Difference(
            about="record",
            says="The sentences of the verdict are not those that its numbers give: they were edited.",
        )
    before = {finding.check: finding.status for finding in ev.findings}
    after = {finding.check: finding.status for finding in again.findings}
    told = [
        f"{check} was {_plain(before.get(check))} and is {_plain(after.get(check))}"
        for check in dict.fromkeys((*before, *after))
        if before.get(check) != after.get(check)
    ]
    if told:
        # The same answers are due from the same library; a newer one may ask more.
        both = set(before) & set(after)
        yield Difference(
            about="checks",
            says=f"Checks answer otherwise: {'; '.join(told[:_SHOWN])}"
            + (f"; and {len(told) - _SHOWN} more." if len(told) > _SHOWN else "."),
            breaks=same and any(before[check] != after[check] for check in both),
        )


def _gaps(was: Any, now: Any, name: str, tolerance: float, error: float) -> list[str]:
    """Numbers of one part of a record that differ by more than the tolerance, each by its name.

    Sentences are left out: they hold the same numbers, rounded. So is what older records lack.
    """
    before, after = dict(_leaves(was, name)), dict(_leaves(now, name))
    return [
        f"{place} was {_short(value)} and is {_short(after[place])}"
        for place, value in before.items()
        if place in after and not _near(value, after[place], tolerance, error)
    ]


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Every number of a record, and the length of every list, by its place in words."""
    if isinstance(value, dict):
        for key in value:
            if key not in _APART:
                yield from _leaves(value[key], f"{place}'s {_named(key)}")
    elif isinstance(value, list):
        yield f"{place}'s length", len(value)
        for turn, item in enumerate(value, start=1):
            yield from _leaves(item, f"{place} ({turn})")
    elif not isinstance(value, str) or value in {"inf", "-inf", "missing"}:
        yield place, value


def _near(one: Any, other: Any, tolerance: float, error: float) -> bool:
    if one == other:
        return True
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return False
    return bool(abs(one - other) <= tolerance * max(abs(one), abs(other), error))


def _of_versions(ev: Evaluation, again: Evaluation) -> Iterator[Difference]:
    """Other versions of what makes the numbers."""
    names = ("innoeval", "numpy", "pandas", "scipy", "python")
    told = [
        f"{name} {ev.provenance.get(name, 'not said')} (now {again.provenance.get(name)})"
        for name in names
        if ev.provenance.get(name) != again.provenance.get(name)
    ]
    if told:
        yield Difference(about="version", breaks=False, says=f"It was made with {', '.join(told)}.")


def _words(verdict: Verdict, other: Verdict) -> tuple[object, ...]:
    """Sentences of a verdict: of standards that both name, and without an assessor's own answers."""
    both = {one.name for one in other.standards}
    items = {one.name: len(one.items) for one in other.standards}
    scores = [
        (one.name, one.score, one.rule, _proposed(one) if items[one.name] else ())
        for one in verdict.standards
        if one.name in both
    ]
    return verdict.reasons, verdict.downgrades, scores


def _proposed(standard: Standard) -> tuple[Item, ...]:
    return tuple(replace(item, assessor="") for item in standard.items)


def _plain(status: str | None) -> str:
    return status.replace("_", " ") if status else "not asked"


def _named(field: str) -> str:
    return field.removeprefix("n_").replace("_", " ")


def _short(value: object) -> str:
    """A value in a sentence, cut where it is long."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (tuple, list)):
        listed = ", ".join(map(str, value[:4])) + (" ..." if len(value) > 4 else "")
        return listed[:120] or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {item}" for key, item in list(value.items())[:4]) or "none"
    return "none" if value in {None, ""} else str(value)[:120]
