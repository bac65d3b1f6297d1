"""Every fault that `draw` knows, by theme, and several of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from types import MappingProxyType
from typing import Any

import numpy as np

from innoeval.errors import InnoevalError, nearest
from innoeval.records.freeze import Floats
from innoeval.simulate import (
    faults,
    faults_measure,
    faults_shape,
    faults_sites,
    faults_telling,
    faults_timing,
)
from innoeval.simulate.faults import Background, Kind

#: Every fault by name; a new theme is one line here.
KINDS: Mapping[str, Kind] = MappingProxyType({
    **faults.KINDS,
    **faults_timing.KINDS,
    **faults_measure.KINDS,
    **faults_telling.KINDS,
    **faults_sites.KINDS,
    **faults_shape.KINDS,
})  # fmt: skip

_Record = Callable[[Floats], Mapping[str, np.ndarray]]


def kind_of(name: str) -> Kind:
    """A fault, or several joined by "+", which come one after another.

    Parameters
    ----------
    name
        Such as "pre_trend" or "bad_spell+pre_trend". Those that choose units come first, those
        that choose windows last.

    Raises
    ------
    InnoevalError
        For a fault that is not known.

    Examples
    --------
    >>> kind_of("bad_spell+pre_trend").true_share
    0.0
    """
    names = name.split("+")
    for one in names:
        if one not in KINDS:
            remedy = nearest(one, KINDS, "name one of", most=len(KINDS))
            raise InnoevalError(f"simulate: there is no fault '{one}'; {remedy}")
    return reduce(_both, (KINDS[one] for one in names))


def _both(first: Kind, second: Kind) -> Kind:
    def apply(background: Background) -> Background:
        one = first.apply(background)
        two = second.apply(one)
        lost = [mask for mask in (one.missing, two.missing) if mask is not None]
        return replace(
            two,
            claim=_joined(one.claim, two.claim),
            columns={**one.columns, **two.columns},
            roles=_joined(one.roles, two.roles),
            record=_in_turn(one.record, two.record),
            missing=np.any(lost, axis=0) if lost else None,
            announce=one.announce or two.announce,
        )

    return Kind(
        apply=apply,
        true_share=first.true_share,
        noise=first.noise * second.noise,
        evaluable=first.evaluable and second.evaluable,
        why=f"{first.why} {second.why}",
    )


def _joined(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of both; lists of events, metrics and the like are put together, windows are not."""
    joined = {**one, **two}
    for name in {*one, *two} - {"windows", "near_target"}:
        a, b = one.get(name), two.get(name)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            joined[name] = {**a, **b}
        elif isinstance(a, tuple) and isinstance(b, tuple):
            joined[name] = tuple(dict.fromkeys((*a, *b)))
    return joined


def _in_turn(one: _Record | None, two: _Record | None) -> _Record | None:
    if one is None or two is None or one is two:
        return two if one is None else one

    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        first = one(outcome)
        return {**first, **two(first.get("outcome", outcome))}

    return record
