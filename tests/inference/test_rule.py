"""The declared rule at its edges, with the reason that it gives."""

from __future__ import annotations

from math import inf, nan

import pytest

from innoeval.inference import CR2, Randomization, choose_inference

NOISY = "as noisy as a typical comparison unit"


@pytest.mark.parametrize(
    ("treated", "ratio", "why"),
    [(1, 2.04, f"1 treated unit, before the start 2 times {NOISY}"),
     (2, 0.55, f"2 treated units, before the start 0.55 times {NOISY}"),
     (5, 1.04, f"5 treated units, before the start {NOISY}"),
     (5, 1.06, f"5 treated units, before the start 1.1 times {NOISY}"),
     (1, nan, "1 treated unit, with too few periods before the start to know their noise"),
     (2, inf, "2 treated units, with too few periods before the start to know their noise")],
)  # fmt: skip
def test_up_to_five_treated_units_chance_is_by_randomisation(treated, ratio, why) -> None:
    chosen = choose_inference(treated, 30, ratio)
    known = "typical" in why
    assert chosen.choice == Randomization(statistic="own_noise" if known else "coefficient")
    assert chosen.why == why
    assert chosen.warnings == (() if known else (
        ("with fewer than 3 periods before the start nothing shows whether the treated units are "
        "noisier than the others; if they are, the interval is too short"),
    ))  # fmt: skip


def test_from_six_on_by_clusters() -> None:
    chosen = choose_inference(6, 3, 1.0)
    assert chosen.choice == CR2(df="welch")
    assert (chosen.why, chosen.warnings) == ("6 treated units and 3 to compare with", ())
    one = choose_inference(1, 3, 1.0, few_treated=0)
    assert one.why == "1 treated unit and 3 to compare with"


def test_draws_and_seed_are_the_policys() -> None:
    assert choose_inference(1, 30, 1.0).choice == Randomization(draws=4999, seed=20260101)
    asked = choose_inference(1, 30, 1.0, draws=99, seed=7).choice
    assert asked == Randomization(draws=99, seed=7)
