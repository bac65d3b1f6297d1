"""Guessed numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with
from tests.panels import claim_on

CLAIM = claim_on(range(10), LAUNCH)
WHOLE = np.round(60 + noise(12, sd=10.0))


def test_all_multiples_of_five() -> None:
    found = finding("heaping", CLAIM, panel_with(5 * np.round(WHOLE / 5)))
    # Recorded in steps of five, all of them end in 0 or 5; rounding can do half a step at most.
    assert found.status == "problem"
    assert found.severity == "note"
    assert found.says.startswith("100 % of the values end in 0 or 5")
    assert found.bias == pytest.approx(2.5)


def test_last_digits_as_they_come() -> None:
    assert finding("heaping", CLAIM, panel_with(WHOLE)).status == "clear"


@pytest.mark.parametrize("values", [20 + noise(), np.round(20 + noise(sd=1.0))])
def test_where_last_digits_say_nothing(values: np.ndarray) -> None:
    assert values.shape == (N, T)
    assert finding("heaping", CLAIM, panel_with(values)).status == "not_applicable"
