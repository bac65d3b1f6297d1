"""Whether a claim and a panel speak of the same thing."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from innoeval.errors import Fault, nearest
from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel

#: In a column of shares and percentages together, the one is about so many times the other.
_MIXED = (30.0, 300.0)
#: Between the largest share and the least percentage there is at least such a factor.
_GAP = 2.0


def mismatches(
    claim: Claim,
    panel: Panel,
    values: Floats | None = None,
    places: npt.NDArray[np.int64] | None = None,
) -> tuple[Fault, ...]:
    """Every reason why a claim cannot be held against a panel, all at once.

    Parameters
    ----------
    claim, panel
        The two records.
    values
        The claimed outcome, (units, periods), if it is at hand.
    places
        `Panel.places` of the treated units, if they are at hand.

    Returns
    -------
    Faults that name the claim, the column, what was found and what to do; empty if there are none.
    """
    faults = [*_outcome_faults(claim, panel), *_unit_faults(claim, panel, places)]
    faults += _start_faults(claim, panel)
    faults += _window_faults(claim, panel)
    if not faults:
        faults += _value_faults(claim, panel, values)
    return tuple(faults)


def share_unit(panel: Panel, outcome: str) -> float:
    """What a share of 100 % is in the outcome's units: 1.0 or 100.0."""
    values = panel.matrix(outcome)
    return 1.0 if np.nanmax(values) <= 1 else 100.0


def mixed_shares(known: Floats) -> str:
    """How values mix shares from 0 to 1 with ones from 0 to 100; "" if they do not.

    Percentages about 1 lie close to each other; mixed shares leave a gap, and lie about a
    hundredfold apart.

    Examples
    --------
    >>> mixed_shares(np.array([0.31, 0.33, 29.0, 35.0]))
    'mixes shares from 0 to 1 (2 values) and from 0 to 100 (2 values)'
    >>> mixed_shares(np.array([0.4, 0.8, 1.2, 3.0, 20.0]))
    ''
    """
    small, large = known[(known > 0) & (known <= 1)], known[known > 1]
    if min(len(small), len(large)) < 2 or large.min() < _GAP * small.max():
        return ""
    if not _MIXED[0] <= np.median(large) / np.median(small) <= _MIXED[1]:
        return ""
    return f"mixes shares from 0 to 1 ({len(small)} values) and from 0 to 100 ({len(large)} values)"


def _fault(claim: Claim, column: str, found: str, remedy: str) -> Fault:
    return Fault(found=found, remedy=remedy, origin=f"claim '{claim.id}'", column=column)


def _suggest(name: str, known: Iterable[str]) -> str:
    return nearest(name, known, "the panel has", most=8)


def _outcome_faults(claim: Claim, panel: Panel) -> list[Fault]:
    if claim.outcome in panel.metrics:
        return []
    found = f"the outcome '{claim.outcome}' is not a metric of {panel.origin}"
    return [_fault(claim, "outcome", found, _suggest(claim.outcome, panel.metrics))]


def _unit_faults(claim: Claim, panel: Panel, places: npt.NDArray[np.int64] | None) -> list[Fault]:
    places = panel.places(claim.treated) if places is None else places
    absent = [claim.units[i] for i in np.flatnonzero(places < 0)]
    faults = [
        _fault(claim, "treated", f"the treated unit '{unit}' is not in {panel.origin}",
               _suggest(unit, panel.units))
        for unit in absent
    ]  # fmt: skip
    for event in claim.events:
        if isinstance(event.scope, tuple):
            known = panel.places(event.scope) >= 0
            faults += [
                _fault(claim, "events", f"the unit '{unit}' of the event '{event.what}' is unknown",
                       _suggest(unit, panel.units))
                for unit, there in zip(event.scope, known, strict=True) if not there
            ]  # fmt: skip
    return faults


def _start_faults(claim: Claim, panel: Panel) -> list[Fault]:
    faults: list[Fault] = []
    first, last = panel.periods[0], panel.periods[-1]
    if panel.calendar.n < 2:
        found = f"{panel.origin} has the single period {first}"
        return [_fault(claim, "treated", found, "a before and an after are needed; add periods")]
    for start in dict.fromkeys(claim.treated.values()):
        try:
            position = panel.calendar.position(start)
        except ValueError as error:
            freq = panel.freq.replace("_", " ")
            faults.append(
                _fault(
                    claim,
                    "treated",
                    f"the start of {_starting(claim, start)}: {error}",
                    f"write it as a {freq}, such as {last}",
                )
            )
            continue
        if position <= 0:
            units = _starting(claim, start)
            found = f"{units} starts in {start}, and the panel begins in {first}"
            faults.append(_fault(claim, "treated", found, "add periods from before the start"))
        elif position >= panel.calendar.n:
            units = _starting(claim, start)
            found = f"{units} starts in {start}, and the panel ends in {last}"
            faults.append(_fault(claim, "treated", found, "add periods from after the start"))
    return faults


def _starting(claim: Claim, start: str) -> str:
    """Names of the units that start in a period."""
    return ", ".join(unit for unit, period in claim.treated.items() if period == start)


def _window_faults(claim: Claim, panel: Panel) -> list[Fault]:
    labels = [("events", event.period) for event in claim.events]
    labels += [("definition_changes", period) for period in claim.definition_changes]
    labels += [("looks", period) for period in claim.looks]
    labels += [("adopters", start) for start in dict.fromkeys(claim.adopters.values())]
    faults = []
    for column, text in labels:
        try:
            panel.calendar.position(text)
        except ValueError as error:
            faults.append(_fault(claim, column, str(error), f"write it as {panel.periods[-1]}"))
    if claim.windows is None:
        return faults
    try:
        ends = [panel.calendar.position(text) for window in claim.windows for text in window]
    except ValueError as error:
        return [*faults, _fault(claim, "windows", str(error), f"write it as {panel.periods[-1]}")]
    if not (0 <= ends[0] <= ends[1] < ends[2] <= ends[3] < panel.calendar.n):
        found = f"the windows {claim.windows} do not lie one after the other inside the panel"
        remedy = f"give a before and an after between {panel.periods[0]} and {panel.periods[-1]}"
        faults.append(_fault(claim, "windows", found, remedy))
    return faults


def _value_faults(claim: Claim, panel: Panel, values: Floats | None) -> list[Fault]:
    values = panel.matrix(claim.outcome) if values is None else values
    seen = np.isfinite(values)
    known = values.reshape(-1) if seen.all() else values[seen]
    column = claim.outcome
    if known.size == 0:
        return [_fault(claim, column, "every value of the outcome is missing", "supply the values")]
    if known.min() == known.max():
        found = f"every value of the outcome is {known[0]:g}"
        return [_fault(claim, column, found, "check the column: a constant cannot show a change")]
    valueless = np.flatnonzero(~seen.any(axis=1))
    empty = [panel.units[i] for i in valueless if panel.units[i] in claim.treated]
    if empty:
        found = f"the treated units {', '.join(empty)} have no value of the outcome"
        return [
            _fault(claim, column, found, "supply the values, or take the units out of the claim")
        ]
    faults = []
    if claim.scale == "percentage_points":
        unit = share_unit(panel, claim.outcome)
        above = int((known > 1).sum())
        if above > 0 and np.quantile(known, 0.9) <= 1:
            found = f"{above} of {known.size} values of the outcome lie above 1, and most do not"
            faults.append(
                _fault(claim, column, found,
                       "correct them if the share is recorded from 0 to 1, or say scale='absolute' with "
                       "the size as the outcome records it")
            )  # fmt: skip
        elif mixed := mixed_shares(known):
            remedy = "record it in one way, or say scale='absolute' with the size as the outcome records it"
            faults.append(_fault(claim, column, f"the outcome {mixed}", remedy))
        elif known.min() < 0 or known.max() > 100:
            found = f"the claim is in percentage points and the outcome runs from {known.min():g} to {known.max():g}"
            faults.append(
                _fault(
                    claim,
                    "scale",
                    found,
                    "percentage points are for shares; say 'absolute' or 'relative'",
                )
            )
        elif claim.size is not None and unit == 1 and claim.size < 1:
            found = (
                f"size {claim.size:g} in percentage points, and the outcome is recorded from 0 to 1"
            )
            faults.append(
                _fault(claim, "size", found,
                       f"write {claim.size * 100:g} if {claim.size * 100:g} points are meant, or "
                       "scale='absolute' with the size as the outcome records it")
            )  # fmt: skip
    if claim.scale == "relative" and 0 <= known.min() <= 1 < known.max() <= 100:
        own = values[panel.places(claim.units)]
        within = ((own > 0) & (own <= 1)).any(axis=1) & (own > 1).any(axis=1)
        if within.any() and (mixed := mixed_shares(known)):
            remedy = "record it in one way, or say scale='absolute' if these are no shares"
            faults.append(_fault(claim, column, f"the outcome {mixed}", remedy))
    if claim.scale == "relative" and known.min() < 0:
        found = f"the claim is relative and the outcome takes the negative value {known.min():g}"
        faults.append(
            _fault(
                claim,
                "scale",
                found,
                "a percentage of a negative number means nothing; say scale='absolute'",
            )
        )
    return faults
