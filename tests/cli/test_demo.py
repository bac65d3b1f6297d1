"""The demonstration: a sample whose truth is known, and a real case."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from innoeval.cli.california import california
from innoeval.evaluate import evaluate


def test_the_demonstration(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run("demo", "--no-briefs", "-o", tmp_path / "demo")
    assert done.code == 0, done.err
    assert "it allows 16 of 16 verdicts" in " ".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 80
    for word in ("California", "Published", "SegmentedRegression:", "BeforeAfter:"):
        assert word in done.out
    written = {path.name for path in (tmp_path / "demo").iterdir()}
    assert len(written) == 18
    assert {"one-stop-desk.json", "california-organ-donors.json", "verdicts.csv"} <= written


def test_california_agrees_with_what_was_published_and_is_honest_about_one_state() -> None:
    case = california()
    if case is None:
        pytest.skip("the gallery extra is not installed")
    ev = evaluate(*case)
    assert ev.design == "DifferenceInDifferences"
    # The Effect, chapter 18: −0.0225 with a standard error of 0.0061 by clusters.
    assert ev.estimate.effect == pytest.approx(-0.02246, abs=5e-5)
    low, high = ev.estimate.conf_int
    assert high - low > 4 * 2 * 1.96 * 0.0061
    assert "randomisation" in ev.estimate.inference
    assert ev.verdict.status == "inconclusive"
    assert ev.verdict.certainty in {"low", "very_low"}
    assert {o.design for o in ev.objections} >= {"SegmentedRegression", "BeforeAfter"}


def test_without_the_gallery_extra_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "causaldata", None)
    assert california() is None
