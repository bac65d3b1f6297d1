"""The table of precision, without the formulas that take seconds in 50 digits."""

from __future__ import annotations

import pytest

pytest.importorskip("mpmath")

from tests.numerics.precision import held


def test_core_formulas_keep_their_digits() -> None:
    assert [(r.formula, r.numbers, r.gap) for r in held(slow=False) if r.gap > r.allowed] == []


@pytest.mark.slow
def test_regressions_with_autocorrelated_errors_keep_theirs() -> None:
    assert [(r.formula, r.numbers, r.gap) for r in held() if r.gap > r.allowed] == []
