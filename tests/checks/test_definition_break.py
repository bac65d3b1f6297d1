"""Breaks of a definition: when they are one, and which of them divides before from after."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand
from tests.panels import panel_of

from innoeval.checks import Case
from innoeval.checks.definition_break import DefinitionBreak, _Break, _breaks, _splits
from innoeval.records import Panel

VALUES = np.arange(50.0).reshape(5, 10) % 7


def labels(*rows: str) -> np.ndarray:
    return np.array([[None if x == "." else x for x in row] for row in rows], dtype=object)


def told(versions: np.ndarray) -> list[tuple[int, list[int]]]:
    return [(b.position, np.flatnonzero(b.units).tolist()) for b in _breaks(versions)]


def test_breaks_by_hand() -> None:
    assert told(labels("aaaa", "aaaa")) == []
    assert told(labels("aabb", "aabb", "aaaa")) == [(2, [0, 1])]
    assert told(labels("abbb", "aaab")) == [(1, [0]), (3, [1])]
    assert told(labels("abab", "aaaa")) == [(1, [0]), (2, [0]), (3, [0])]
    # The first may have changed in the second or third period: with the second, or not.
    assert told(labels("a.bb", "abbb")) == [(1, [0, 1])]
    assert told(labels("a.bb", "aabb")) == [(2, [0, 1])]
    assert told(labels("a.bb", "aaab")) == [(2, [0]), (3, [1])]
    # Both of these may be one; all three cannot.
    assert told(labels("a..b", "abbb", "aaab")) == [(1, [0, 1]), (3, [2])]
    assert told(labels("a.b.", ".abb", "....")) == [(2, [0, 1])]


@pytest.mark.parametrize(
    ("units", "position", "splits"),
    [
        ([0, 1], 3, False), ([0, 1], 4, True), ([0, 1], 9, True), ([1], 4, True),
        ([0, 2, 3, 4], 3, False), ([2, 3, 4], 3, False), ([2, 3, 4], 4, True), ([2, 3], 6, False),
    ],
)  # fmt: skip
def test_what_divides_before_from_after(units: list[int], position: int, splits: bool) -> None:
    case = by_hand(VALUES, 2, 5)
    assert _splits(_Break(position, np.isin(np.arange(5), units)), case) is splits


def versioned(*rows: str, n_treated: int = 2, **claim: object) -> Case:
    frame = panel_of(VALUES).frame
    frame = frame.assign(year=frame["year"].astype(str).str[:4], version=list("".join(rows)))
    panel = Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",), version="version"
    )
    return by_hand(VALUES, n_treated, 5, panel=panel, claim=claim)


OLD, NEW = 10 * "a", 5 * "a" + 5 * "b"


def test_words() -> None:
    def says(*rows: str, **more: object) -> str:
        return DefinitionBreak().measure(versioned(*rows, **more)).says

    assert says(*5 * [OLD]) == "The measure was recorded under one definition throughout."
    assert says(*5 * [NEW]) == (
        "The definition changed in 2005 for all units; this is netted off only if it moved both groups alike."
    )
    assert says(OLD, OLD, NEW, NEW, NEW) == (
        "The measure of the comparison units was defined anew in 2005, and nothing bridges the break to what was "
        "recorded before the start."
    )
    assert says(NEW, OLD, OLD, OLD, OLD).startswith(
        "The measure of the treated units was defined anew in 2005"
    )
    assert says(OLD, OLD, OLD, OLD, NEW) == (
        "The measure of some units (comparison) was defined anew in 2005, and the others do not share it."
    )
    early = 2 * "a" + 8 * "b"
    assert says(early, OLD, OLD, OLD, OLD) == (
        "The measure of some units (treated) was defined anew in 2002, and the others do not share it."
    )
    # The break that divides is told, not an earlier one.
    assert "defined anew in 2005, and nothing bridges" in says(NEW, OLD, OLD, OLD, early)
    # Where all are treated, one for all is shared with nobody.
    assert "treated units was defined anew in 2005" in says(*5 * [NEW], n_treated=5)


@pytest.mark.parametrize(
    ("period", "status"),
    [
        ("1999", "clear"),
        ("2000", "clear"),
        ("2001", "problem"),
        ("2009", "problem"),
        ("2010", "clear"),
    ],
)
def test_what_is_declared_counts_within_the_panel(period: str, status: str) -> None:
    assert (
        DefinitionBreak().measure(versioned(*5 * [OLD], definition_changes=[period])).status
        == status
    )
    alone = DefinitionBreak().measure(by_hand(VALUES, 2, 5, claim={"definition_changes": [period]}))
    assert alone.status == ("problem" if status == "problem" else "not_applicable")
