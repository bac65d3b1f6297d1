"""The same numbers again."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with
from tests.panels import claim_on

from innoeval.records import Claim, Panel

CLAIM = claim_on(range(10), LAUNCH)


def test_two_units_with_the_same_numbers() -> None:
    values = 20 + noise(sd=1.0)
    values[7, 3:9] = values[4, 3:9]
    found = finding("repeated_numbers", CLAIM, panel_with(values))
    assert (found.status, found.severity) == ("problem", "note")
    assert "u04 and u07 have the same 6 numbers from 2003 to 2008" in found.says


def test_a_frozen_number() -> None:
    values = 20 + noise(sd=1.0)
    values[2, 5:13] = values[2, 5]
    found = finding("repeated_numbers", CLAIM, panel_with(values))
    assert found.status == "problem"
    assert "u02 has the same number in 8 periods on end (from 2005 to 2012)" in found.says


def test_last_year_written_again() -> None:
    rng = np.random.default_rng(3)
    values = 20 + rng.normal(size=(N, 36))
    values[5, 20:28] = values[5, 8:16]
    months = [f"{2020 + t // 12}-{t % 12 + 1:02d}" for t in range(36)]
    frame = pd.DataFrame(
        {"unit": np.repeat([f"u{i:02d}" for i in range(N)], 36), "month": months * N,
         "y": values.ravel()}
    )  # fmt: skip
    panel = Panel(frame=frame, unit="unit", period="month", freq="month", outcomes=("y",))
    claim = Claim(id="c", innovation="desk", outcome="y", better="lower",
                  treated=[f"u{i:02d}" for i in range(10)], start="2022-01", size=1.0,
                  scale="absolute")  # fmt: skip
    found = finding("repeated_numbers", claim, panel)
    assert found.status == "problem"
    assert "u05 has the numbers of a year before again from 2021-09 to 2022-04" in found.says


def test_zeros_and_small_counts_repeat_by_chance() -> None:
    rare = np.random.default_rng(4).poisson(0.2, (N, T)).astype(float)
    assert finding("repeated_numbers", CLAIM, panel_with(rare)).status == "clear"
    days = np.round(20 + noise(sd=1.0))
    assert finding("repeated_numbers", CLAIM, panel_with(days)).status == "clear"


def test_counts_that_are_too_even() -> None:
    rng = np.random.default_rng(5)
    cases = np.full((N, T), 1000.0)
    for spread, status in ((1.0, "problem"), (10.0, "clear")):
        # Events of mean 100 have a variance of 100 by chance.
        events = np.round(100 + spread * rng.normal(size=(N, T)))
        panel = panel_with(
            100 * events / cases, events=events, cases=cases, numerator="events",
            denominator="cases",
        )  # fmt: skip
        found = finding("repeated_numbers", CLAIM, panel)
        assert found.status == status
    assert "vary only" not in found.says
