"""The bar and the margin at their edges; the regions themselves are in test_decide.py."""

from __future__ import annotations

import pytest
from tests.decide.cases import INF, claim_of

from innoeval.decide.regions import Bar, bar, margin, status_of
from innoeval.records import Interval, Policy

HELD = Bar(claimed=10, smallest=2, shown=5, overstated=8)


@pytest.mark.parametrize(
    ("size", "smallest", "expected"),
    [(10.0, 2.0, (10, 2, 5, 8, 2)), (10.0, 6.0, (10, 6, 6, 8, 6)), (10.0, 9.0, (10, 9, 9, 8, 8)),
     (10.0, None, (10, 2.5, 5, 8, 2.5)), (None, 2.0, (2, 2, 2, 1.6, 1.6)),
     (None, None, (None, None, INF, 0, 0))],
)  # fmt: skip
def test_the_bar_that_a_claim_sets_itself(size, smallest, expected) -> None:
    held = bar(claim_of(size=size, smallest_effect=smallest), Policy())
    found = (held.claimed, held.smallest, held.shown, held.overstated, held.cut)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high", "room"),
    [(6, 12, 1), (6, 8.25, 0.25), (1, 12, 1), (4.5, 12, 0.5), (-1, 12, 1), (-1, 8.5, 0.5),
     (1, 7, 1), (1, 2.5, 0.5), (-1, 1, 1), (-2, 0.25, 0.25), (-3, -1, 1), (5, 12, 0), (-9, 8, 0),
     (-INF, 7, 1), (-INF, 12, 4), (3, INF, 2), (-INF, INF, INF), (600, 1200, 595),
     # The nearest edge is none where the status stays: at 5, at 0.
     (5.5, 7, 1), (-0.5, 1.25, 0.75)],
)  # fmt: skip
def test_the_margin_by_hand(low: float, high: float, room: float) -> None:
    assert margin(Interval(low, high), HELD) == room
    k = 1e8
    large = Bar(claimed=10 * k, smallest=2 * k, shown=5 * k, overstated=8 * k)
    assert margin(Interval(k * low, k * high), large) == k * room


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [(5, 8, "partly_supported"), (5.1, 8, "supported"), (0, 8, "inconclusive"), (0, 7.9, "overstated"),
     (0, 2, "overstated"), (0, 1.9, "refuted"), (-1, 0, "refuted"), (-1, -0.1, "harmful")],
)  # fmt: skip
def test_edges_belong_to_the_more_careful_side(low: float, high: float, status: str) -> None:
    assert status_of(Interval(low, high), HELD) == status
