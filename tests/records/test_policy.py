"""A policy whose thresholds contradict each other is refused before anything is decided."""

from __future__ import annotations

import pytest

from innoeval.errors import InnoevalError
from innoeval.records import Policy


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        ({"shown_share": 0.0}, r"shares \(0.0, .* must lie above 0 and at most at 1"),
        ({"default_smallest": 1.01}, ".* must lie above 0 and at most at 1"),
        ({"overstated_below": float("nan")}, ".* must lie above 0 and at most at 1"),
        ({"level": 0.5}, "level 0.5 or check_level 0.05 is not a probability"),
        ({"level": 95.0}, "level 95.0 or check_level 0.05 is not a probability"),
        ({"check_level": 0.5}, "level 0.95 or check_level 0.5 is not a probability"),
        ({"draws": 0}, "draws 0 and minimum_side 3 must be at least 1"),
        ({"minimum_side": 0}, "draws 4999 and minimum_side 0 must be at least 1"),
        ({"few_treated": -1}, ".* few_treated -1 and the seed 20260101 not negative"),
        ({"seed": -1}, ".* few_treated 5 and the seed -1 not negative"),
        ({"check_weights": (("window", 0.0),)}, "check_weights .* must be positive numbers"),
        ({"shown_share": 0.9, "overstated_below": 0.8}, "shown_share exceeds overstated_below"),
    ],
)
def test_a_policy_that_contradicts_itself(threshold: dict[str, object], words: str) -> None:
    with pytest.raises(InnoevalError, match=f"policy: {words}"):
        Policy(**threshold)  # type: ignore[arg-type]


def test_the_ends_of_what_is_allowed() -> None:
    Policy(shown_share=0.8, overstated_below=0.8, draws=1, minimum_side=1, few_treated=0, seed=0)
