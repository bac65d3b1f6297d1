"""Small numbers behind a mark keep what they can be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import innoeval as ie
from innoeval.errors import SourceError


def read(cases: list[object], **arguments: object) -> ie.Panel:
    frame = pd.DataFrame(
        {"ward": ["A", "A", "B", "B"], "month": ["2023-01", "2023-02"] * 2, "cases": cases}
    )
    return ie.read_panel(frame, unit="ward", period="month", outcomes=["cases"], **arguments)


def test_marks_with_a_bound_are_missing_and_bounded() -> None:
    panel = read(["12", "<5", "≤3", ""], suppressed="bounds")
    np.testing.assert_array_equal(panel.matrix("cases"), [[12, np.nan], [np.nan, np.nan]])
    np.testing.assert_array_equal(panel.matrix("cases_low"), [[12, 0], [0, np.nan]])
    np.testing.assert_array_equal(panel.matrix("cases_high"), [[12, 4], [3, np.nan]])
    assert ie.profile(panel).metrics.loc["cases", "suppressed"] == 2


def test_a_share_below_five_may_be_just_below_it() -> None:
    panel = read(["12.5", "< 5", "7", "8"], suppressed="bounds")
    assert panel.matrix("cases_high")[0, 1] == 5


def test_nothing_hidden_adds_nothing_and_other_marks_are_asked_about() -> None:
    assert read([1, 2, 3, 4], suppressed="bounds").covariates == ()
    with pytest.raises(SourceError, match="mark instead of a number"):
        read(["12", "<5", "*", "4"], suppressed="bounds")
    with pytest.raises(SourceError, match="'missing' or 'bounds'"):
        read(["12", "<5", "3", "4"], suppressed="limits")
