"""The frontier of picked metrics."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.metric import EFFECTS, OURS, K, false_alarms


def test_the_share_of_hits_is_so_many_times_that_of_false_alarms() -> None:
    # Of 12 metrics, either way, the claimed one is the best and better in one of 24 cases.
    assert false_alarms(*OURS, np.zeros(1)).item() == pytest.approx(
        (OURS[1] - OURS[0]) / (2 * K), abs=2e-4
    )


def test_with_few_false_alarms_at_every_effect_few_hits_are_left() -> None:
    assert false_alarms(0.62, 1.0, EFFECTS).max() <= 0.05
    assert false_alarms(0.55, 1.0, EFFECTS).max() > 0.05
