"""The promised number of properties is there."""

from __future__ import annotations

from tests.properties.count import properties


def test_there_are_at_least_forty() -> None:
    assert properties().total() >= 40
