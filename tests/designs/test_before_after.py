"""The foil recomputes what was announced, and never decides."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import claim_on, panel_of

from innoeval.designs import BeforeAfter, choose
from innoeval.errors import DesignError
from innoeval.records import Policy

OUTCOMES = [[10, 12, 14, 9, 7, 5], [8, 8, 8, 7, 9, 7]]


def test_the_stated_windows_are_used() -> None:
    # 12 and 14 before, mean 13; 7 and 5 after, mean 6: −7.
    claim = claim_on([0], 3, windows=(("2001", "2002"), ("2004", "2005")))
    found = BeforeAfter().fit(panel_of(OUTCOMES), claim)
    assert found.effect == pytest.approx(-7)
    # Variances 2/2 + 2/2 = 2, so Welch's error is √2.
    assert found.std_error == pytest.approx(np.sqrt(2))


def test_without_windows_all_periods_count() -> None:
    # (10 + 12 + 14)/3 = 12 before, (9 + 7 + 5)/3 = 7 after.
    assert BeforeAfter().fit(panel_of(OUTCOMES), claim_on([0], 3)).effect == pytest.approx(-5)


def test_one_period_a_side_has_no_interval() -> None:
    found = BeforeAfter().fit(panel_of([[10, 8], [1, 2]]), claim_on([0], 1))
    assert found.conf_int == (-np.inf, np.inf)
    assert found.std_error is None


def test_an_empty_window_is_refused() -> None:
    outcomes = np.array(OUTCOMES, dtype=float)
    outcomes[0, 4:] = np.nan
    claim = claim_on([0], 3, windows=(("2001", "2002"), ("2004", "2005")))
    with pytest.raises(DesignError, match="holds no value"):
        BeforeAfter().fit(panel_of(outcomes), claim)


def test_it_never_decides() -> None:
    chosen = choose(panel_of(OUTCOMES), claim_on([0], 3), Policy(), [BeforeAfter()])
    assert chosen.design is None
    assert "never decides" in chosen.objections[0].reasons[0]
