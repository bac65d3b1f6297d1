"""No panel makes a check raise, or numpy warn: what cannot be asked is not applicable."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.panels import claim_on, panel_of

from innoeval.errors import InnoevalError
from innoeval.evaluate import evaluate
from innoeval.records import Claim

SHAPES = [
    (units, periods, launch, treated)
    for units, periods, launch, treated in product((3, 6, 14), (2, 9, 26), (1, 4, 13), (1, 6))
    if launch < periods and treated < units
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", ["holes", "round", "flat before"])
def test_every_check_answers_on_any_panel(shape: tuple[int, int, int, int], kind: str) -> None:
    units, periods, launch, treated = shape
    rng = np.random.default_rng(units * periods)
    values = 10 + rng.normal(size=(units, periods))
    if kind == "holes":
        values[rng.random(values.shape) < 0.3] = np.nan
    elif kind == "round":
        values = np.round(values / 5) * 5
    else:
        values[:, :launch] = 7.0
    try:
        panel = panel_of(values)
    except InnoevalError:
        return  # a panel without a row of some unit is refused by name
    claims = [claim_on(range(treated), launch, size=0.5)]
    if treated > 1 and launch + 1 < periods:
        claims.append(Claim(
            id="c", innovation="i", outcome="y", better="lower", size=0.5, scale="absolute",
            treated={f"u{i:02d}": str(2000 + launch + i % 2) for i in range(treated)},
        ))  # fmt: skip
    for claim in claims:
        try:
            ev = evaluate(claim, panel)
        except InnoevalError:
            continue
        assert all(finding.says for finding in ev.findings)
