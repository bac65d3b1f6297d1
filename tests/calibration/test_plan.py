"""Planned chances of support agree with what comes out on clean worlds."""

from __future__ import annotations

import pytest
from tests.calibration.plan import SITUATIONS, measure, page


@pytest.mark.slow
@pytest.mark.parametrize("name", SITUATIONS)
def test_plans_agree_with_what_came_out(name: str) -> None:
    row = measure(name)
    assert abs(row.away) < 3
    assert abs(row.shown_planned - row.shown) < 0.15


def test_a_few_worlds_are_not_far_off() -> None:
    row = measure("10 of 30 units, 36 + 12", worlds=12, first=710_000, futures=3)
    assert abs(row.away) < 3
    assert "| 10 of 30 units, 36 + 12 | 12 |" in page([row])
