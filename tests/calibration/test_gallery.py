"""The gallery on a few of its cases: real data, and claims about nothing."""

from __future__ import annotations

from pathlib import Path

from tests.calibration.gallery import emergency_departments, exhibits, placebos

from innoeval.evaluate import evaluate


def test_a_law_that_changed_nothing_for_rear_seats_is_not_supported(shared_data: Path) -> None:
    shown = {exhibit.claim.id: exhibit for exhibit in exhibits(shared_data)}
    rear = evaluate(shown["belts-rear"].claim, shown["belts-rear"].panel)
    assert rear.verdict.status in {"overstated", "refuted", "harmful", "inconclusive"}
    front = evaluate(shown["belts-front"].claim, shown["belts-front"].panel)
    assert front.verdict.improvement_shown
    control = {f.check: f for f in front.findings}["negative_controls"]
    assert control.status in {"clear", "cannot_tell"}


def test_claims_about_nothing_are_neither_supported_nor_accused(shared_data: Path) -> None:
    found = [ev for _, ev in placebos(emergency_departments(shared_data), 16)]
    true = {"supported", "partly_supported"}
    assert sum(ev.verdict.status in true for ev in found) <= 1
    tested = [
        any(f.status == "problem" and f.p_value is not None for f in ev.findings) for ev in found
    ]
    assert sum(tested) <= 3
