"""The honest error against the usual one: by hand, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand

from innoeval.checks import Measurement
from innoeval.checks.few_units import FewUnits, _naive_error

#: In each group before and after: squares of 4 on two degrees, over four cells; .5 of the variance each.
VALUES = np.array([[0.0, 2, 0, 2], [1, 3, 1, 3], [2, 0, 2, 0], [3, 1, 3, 1]])


def asked(honest: float | None, improved: tuple[float, float, float]) -> Measurement:
    return FewUnits().measure(by_hand(VALUES, 2, 2, found={"std_error": honest}, improved=improved))


def test_the_usual_error_by_hand() -> None:
    assert _naive_error(by_hand(VALUES, 2, 2)) == pytest.approx(2**0.5)


def test_half_as_much_again_is_too_small() -> None:
    naive = _naive_error(by_hand(VALUES, 2, 2))
    wide = asked(1.5 * naive, (1.0, -9.0, 11.0))
    assert (wide.status, wide.severity, wide.statistic) == ("problem", "note", pytest.approx(1.5))
    assert wide.says == (
        "With 2 treated and 2 comparison units, the usual error is 1.5 times too small; it is not used here."
    )
    assert asked(1.4 * naive, (1.0, -9.0, 11.0)).status == "clear"
    # Shown by 1.96 of the usual errors alone.
    only = asked(1.2 * naive, (1.97 * naive, 0.0, 9.0))
    assert only.says.endswith("only by it would an improvement be shown.")
    assert asked(1.2 * naive, (1.97 * naive, 0.01, 9.0)).status == "clear"
    assert asked(1.2 * naive, (1.95 * naive, 0.0, 9.0)).status == "clear"


def test_no_error_and_enough_units() -> None:
    none = asked(None, (1.0, 0.5, 1.5))
    assert none.status == "cannot_tell"
    assert none.says == "There are only 2 treated and 2 comparison units; no error can be computed."
    values = np.arange(48.0).reshape(12, 4) % 7
    assert (
        FewUnits().measure(by_hand(values, 6, 2)).says
        == "There are 6 treated and 6 comparison units."
    )
    assert (
        FewUnits().measure(by_hand(values[:11], 6, 2)).says
        != "There are 6 treated and 5 comparison units."
    )
