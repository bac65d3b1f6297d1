"""Group-time effects summed up by event time, cohort or calendar period, with the weights' own error."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Kind = Literal["simple", "event", "group", "calendar"]
Balance = int | tuple[int, int] | None


class Plan(NamedTuple):
    """Which group-time effects make up which row.

    `label` (J,) is the event time, cohort or period of each row, `parts` (J, K) how often a
    group-time effect counts in it before it is weighted by its cohort's share. `overall` is the
    same for the average of everything where that is a weighted sum of its own, else None: then it
    is the plain mean of the rows in `averaged` (J,).
    """

    label: Integers
    parts: Floats
    overall: Floats | None
    averaged: npt.NDArray[np.bool_]


class Rows(NamedTuple):
    """Aggregated effects (J,) and their derivatives by effects and shares, (J, K + cohorts)."""

    effect: Floats
    jacobian: Floats


def plan(
    kind: Kind, cohort: Integers, start: Integers, period: Integers, balance: Balance = None
) -> Plan:
    """Lay down which group-time effects make up which row.

    Parameters
    ----------
    kind
        "simple": all effects from the start on, each treated cell counted once. "group": the mean
        of each cohort, overall each treated unit counted once. "event" and "calendar": by periods
        since the start, or by period; overall the plain mean of those rows.
    cohort, start, period
        Of each group-time effect, (K,): index of its cohort, position of that cohort's first
        treated period, and position of its period.
    balance
        Only for "event". A number b keeps cohorts seen at least b periods after their start, and
        event times up to b; a pair (a, b) keeps cohorts seen at every event time from a to b
        (the base period counts as seen), and no other event times.

    Examples
    --------
    Two cohorts that start in periods 1 and 2, seen until period 2:

    >>> found = plan("event", np.array([0, 0, 1]), np.array([1, 1, 2]), np.array([1, 2, 2]))
    >>> found.label.tolist(), found.parts.tolist()
    ([0, 1], [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    """
    since = period - start
    post = since >= 0
    if kind == "simple":
        row = post.astype(np.float64)
        return Plan(np.zeros(0, dtype=np.int64), np.zeros((0, len(row))), row, np.zeros(0, bool))
    keep = post
    if kind == "event":
        keys, keep = since, _balanced(cohort, since, balance)
    else:
        keys = cohort if kind == "group" else period
    label = np.unique(keys[keep])
    parts = ((keys == label[:, None]) & keep).astype(np.float64)
    if kind == "group":
        each = parts / parts.sum(axis=1, keepdims=True)
        return Plan(label, each, each.sum(axis=0), np.ones(len(label), dtype=bool))
    return Plan(label, parts, None, label >= 0 if kind == "event" else np.ones(len(label), bool))


def _balanced(cohort: Integers, since: Integers, balance: Balance) -> npt.NDArray[np.bool_]:
    """Effects that a balanced window keeps."""
    if balance is None:
        return np.ones(len(since), dtype=bool)
    if isinstance(balance, tuple):
        low, high = balance
        inside = (since >= low) & (since <= high)
        first = min(int(since.min(initial=0)), -1)
        # The base period has no effect of its own, in no cohort: it counts as seen.
        base = [e for e in range(max(low, first), min(high + 1, 0)) if e not in since]
        whole = np.bincount(cohort, weights=inside) + len(base) == high - low + 1
        return np.asarray(inside & whole[cohort])
    last = np.full(cohort.max(initial=0) + 1, -1)
    np.maximum.at(last, cohort, since)
    return np.asarray((last[cohort] >= balance) & (since <= balance))


def combine(
    parts: Floats, effect: Floats, share: Floats, cohort: Integers, size: Floats | None = None
) -> Rows:
    """Averages of group-time effects with weights in proportion to `parts` times cohort shares.

    The shares are estimated, too: their part in the error is in the derivative by the shares.

    Parameters
    ----------
    parts
        Array (J, K), from `plan`.
    effect
        Group-time effects, (K,).
    share
        Each cohort's share of all units, (cohorts,).
    cohort
        Cohort of each effect, (K,).
    size
        Weights (K,) in place of the shares; they are taken as given, without an error.

    Examples
    --------
    Cohorts of 30 % and 10 % of the units with effects 1 and 5:

    >>> found = combine(np.ones((1, 2)), np.array([1.0, 5.0]), np.array([.3, .1]), np.array([0, 1]))
    >>> found.effect.round(12).tolist(), found.jacobian.round(12).tolist()
    ([2.0], [[0.75, 0.25, -2.5, 7.5]])
    """
    weights = parts * (share[cohort] if size is None else size)
    mass = weights.sum(axis=1, keepdims=True)
    weights = weights / mass
    found = weights @ effect
    away = parts * (effect - found[:, None]) / mass
    by_share = away @ np.eye(len(share))[cohort] * (size is None)
    return Rows(found, np.concatenate([weights, by_share], axis=1))


def average(rows: Rows, which: npt.NDArray[np.bool_]) -> Rows:
    """The plain mean of some rows, as a single row."""
    return Rows(
        rows.effect[which].mean(keepdims=True), rows.jacobian[which].mean(axis=0, keepdims=True)
    )
