"""Every robust staggered design keeps its promise, and two-way fixed effects do not."""

from __future__ import annotations

import pytest
from tests.calibration.staggered import DESIGNS, SCENES, Scene, coverage

ROBUST = tuple(name for name in DESIGNS if name != "two-way fixed effects")
LATER = 500_000  # draws that the printed table does not use


def test_growing_effects_in_a_few_panels() -> None:
    quick = ("two-way fixed effects", "imputation", "Sun-Abraham", "extended TWFE", "stacked")
    found = coverage(SCENES[0], 40, first=LATER, designs=quick)
    assert found.pop("two-way fixed effects")[0] < 0.3
    assert all(share >= 0.85 for share, _ in found.values()), found
    assert all(abs(error) < 0.12 for _, error in found.values()), found


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.says)
def test_coverage(scene: Scene) -> None:
    found = coverage(scene, 500, first=LATER)
    naive = found.pop("two-way fixed effects")
    assert naive[0] < 0.3 or not scene.growth
    for name, (share, _) in found.items():
        # Effects that differ between units are noise to a conservative error: it covers more.
        assert share <= (1.0 if scene.spread else 0.985), (name, share)
        assert share >= (0.90 if scene.missing else 0.92), (name, share)
