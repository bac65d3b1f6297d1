"""Half a character in a claim's text (a lone surrogate), which UTF-8 cannot hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.portfolio.portfolios import copied, own_panels

import innoeval as ie
from innoeval.errors import ClaimError

HALF = "\ud800"


def test_half_a_character_ends_no_run(tmp_path: Path) -> None:
    claims, panels = own_panels(3)
    claims[0] = copied(claims[0], innovation=f"desk {HALF}", family=HALF, statement=f"{HALF}!")
    claims[1] = copied(claims[1], treated=[f"Nowhere {HALF}"], start="2023-01")
    folder = tmp_path / "run.parquet"
    for _ in range(2):  # and it is not done again on resuming
        rows = ie.evaluate_all(claims, panels, resume=folder, progress=False).tidy()
        assert rows["error"].isna().tolist() == [True, False, True]
        assert rows.at[0, "innovation"] == r"desk \ud800"
        assert r"Nowhere \ud800" in rows.at[1, "units"]
    evaluation = ie.read_portfolio(folder)["c000"]
    assert evaluation.claim == claims[0]
    assert ie.write_portfolio(ie.read_portfolio(folder), tmp_path / "report.html").is_file()


def test_an_id_that_no_file_can_hold_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    claims, panels = own_panels(2)
    odd = copied(claims[1], id=f"c{HALF}")
    every = {**panels, odd.id: panels["c001"]}
    with pytest.raises(ClaimError, match=r"half a character.*give the claim another id") as caught:
        ie.evaluate_all([claims[0], odd], every, resume=tmp_path / "run.parquet", progress=False)
    str(caught.value).encode()
    with pytest.raises(ClaimError, match="half a character"):
        ie.evaluate_all(iter([odd]), every, progress=False)
