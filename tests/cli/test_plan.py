"""`innoeval plan`: a table, sentences, JSON, and refusals in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import innoeval as ie
from innoeval.cli import main

YAML = """
- id: desk
  innovation: One-stop desk
  outcome: outcome
  better: lower
  size: 2
  scale: absolute
  start: {start}
  treated: [{units}]
- id: unnumbered
  innovation: One-stop desk
  outcome: outcome
  better: lower
  start: {start}
  treated: [{units}]
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    case = ie.simulate.draw(seed=4, n_units=12, n_treated=6, size=2.0)
    past = case.panel.window(case.panel.periods[0], case.panel.periods[23])
    past.frame.to_csv(tmp_path / "panel.csv", index=False)
    claims = tmp_path / "claims.yaml"
    start = case.panel.periods[24]
    claims.write_text(YAML.format(start=start, units=", ".join(case.claim.units)))
    return claims, tmp_path / "panel.csv"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(a) for a in arguments])
    return int(left.value.code or 0)


def test_plans_from_data_that_end_before_the_start(files, capsys):
    assert run("plan", *files, "--futures", 4, "--after", 6) == 0
    shown = capsys.readouterr().out
    assert "24 + 6" in shown
    assert "desk: With 24 months before and 6 from the start on" in " ".join(shown.split())
    assert "unnumbered: Cannot be planned, because neither a size" in " ".join(shown.split())


def test_json_has_a_line_for_each_claim(files, capsys):
    assert run("plan", *files, "--futures", 2, "--after", 6, "--json") == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["design"], first["after"]) == ("DifferenceInDifferences", 6)
    assert second["supported"] is None


def test_a_claim_that_does_not_fit_is_refused_in_words(files, capsys):
    claims, panel = files
    claims.write_text(claims.read_text().replace("unit-001", "Atlantis"))
    assert run("plan", claims, panel, "--futures", 2) == 1
    assert "Atlantis" in capsys.readouterr().err


def test_windows_that_end_after_an_imagined_future_do_not_stop_a_plan():
    case = ie.simulate.draw(seed=4, n_units=12, n_treated=6, size=2.0)
    periods = case.panel.periods
    windows = ((periods[12], periods[23]), (periods[24], periods[-1]))
    made = ie.plan(replace(case.claim, windows=windows), case.panel, after=3, futures=2, wait=False)
    assert made.supported is not None
    assert made.claim.windows == windows
