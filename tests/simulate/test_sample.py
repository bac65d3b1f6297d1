from __future__ import annotations

import csv
import io
import runpy
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import yaml

from innoeval.claims import read_claims
from innoeval.errors import InnoevalError
from innoeval.evaluate import evaluate
from innoeval.records.verdict import Status
from innoeval.simulate import Scenario, sample, true_statuses, write_sample
from innoeval.simulate.__main__ import main
from innoeval.simulate.northbridge import services
from innoeval.simulate.northbridge.service import Service
from innoeval.simulate.page import page
from innoeval.sources import read_panel

REPO = Path(__file__).parents[2]
SAMPLE = REPO / "data" / "sample"
SCENARIOS = sample()
each_claim = pytest.mark.parametrize("scenario", SCENARIOS, ids=[s.claim.id for s in SCENARIOS])


def test_the_command_rewrites_the_sample_byte_for_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "sample.md"
    assert main([str(tmp_path / "sample"), "--page", str(told)]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "sample").iterdir()}
    committed = {path.name: path.read_bytes() for path in SAMPLE.iterdir()}
    assert sorted(written) == sorted(committed)
    assert [name for name in written if written[name] != committed[name]] == []
    assert told.read_bytes() == (REPO / "docs" / "sample.md").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample", "sample.md"]
    assert "The sample is in" in capsys.readouterr().out


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    (tmp_path / "truth.csv").write_text("old")
    write_sample(str(tmp_path))
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert (tmp_path / "truth.csv").read_bytes() == (SAMPLE / "truth.csv").read_bytes()
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_folder_that_cannot_be_made_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main([str(tmp_path / "file")]) == 1
    assert "file cannot be written: File exists; name another place" in capsys.readouterr().err


def test_every_value_is_one_that_the_metric_can_take() -> None:
    for service in services():
        for name, column in service.columns.items():
            if column.values.dtype.kind != "f":
                continue
            assert np.isfinite(column.values).all()
            assert column.values.min() >= column.low
            assert column.values.max() <= column.high
            assert not name.endswith("_share") or column.high == 1
            assert "days" not in name or column.values.min() > 0


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_every_service_has_metrics_a_balancing_one_and_a_denominator(service: object) -> None:
    assert len(service.roles["outcomes"]) >= 2
    assert service.roles["balancing"]
    assert service.roles["denominator"] in service.columns
    assert {*service.roles["outcomes"], *service.roles["balancing"]} <= set(service.columns)


def test_files_have_every_unit_in_every_period() -> None:
    for service in services():
        text = (SAMPLE / f"{service.name}.csv").read_text("utf-8")
        rows = list(csv.reader(io.StringIO(text)))
        keys = [tuple(row[:2]) for row in rows[1:]]
        assert len(keys) == len(set(keys)) == len(service.units) * service.n_periods
        assert "" not in {cell for row in rows for cell in row}


def test_the_files_read_back_as_the_claims_and_panels_that_made_them() -> None:
    register = read_claims(SAMPLE / "claims.csv")
    assert register.claims == tuple(s.claim for s in SCENARIOS)
    known = {s.claim.id: s.panel for s in SCENARIOS}
    entries = yaml.safe_load((SAMPLE / "panels.yaml").read_text("utf-8"))
    held = [name for entry in entries.values() for name in entry["claims"]]
    assert sorted(held) == sorted(known)
    for entry in entries.values():
        roles = {key: value for key, value in entry.items() if key not in {"file", "claims"}}
        panel = read_panel(SAMPLE / entry["file"], **roles)
        assert panel.notes == ()
        assert [name for name in entry["claims"] if panel != known[name]] == []


def test_the_truth_file_holds_the_truth() -> None:
    rows = list(csv.DictReader(io.StringIO((SAMPLE / "truth.csv").read_text("utf-8"))))
    told = [(row["claim"], row["fault"], tuple(row["allowed"].split("; "))) for row in rows]
    assert told == [(s.truth.claim, s.truth.fault, s.truth.allowed) for s in SCENARIOS]
    effects = [float(row["effect"]) for row in rows]
    assert effects == pytest.approx([s.truth.effect for s in SCENARIOS], rel=1e-3)


@each_claim
def test_the_truth_allows_nothing_false(scenario: Scenario) -> None:
    claim, truth = scenario.claim, scenario.truth
    assert truth.claim == claim.id
    smallest = 0.25 * truth.size
    if claim.smallest_effect is not None and claim.size is not None:
        smallest = truth.size * claim.smallest_effect / claim.size
    honest = true_statuses(truth.effect, truth.size, smallest)
    if truth.fault in {"definition_break", "co_event"}:
        honest = ("not_evaluable",)
    assert set(truth.allowed) <= set(honest)


@each_claim
def test_all_treated_units_start_together(scenario: Scenario) -> None:
    assert len(set(scenario.claim.treated.values())) == 1


STATED = [s for s in SCENARIOS if s.claim.windows is not None and s.claim.size is not None]


@pytest.mark.parametrize("scenario", STATED, ids=[s.claim.id for s in STATED])
def test_what_is_announced_is_about_what_the_stated_windows_give(scenario: Scenario) -> None:
    claim, panel = scenario.claim, scenario.panel
    average = panel.matrix(claim.outcome)[panel.rows(claim.units)].mean(axis=0)
    before, after = (
        average[panel.calendar.position(first) : panel.calendar.position(last) + 1].mean()
        for first, last in claim.windows
    )
    change = before - after if claim.better == "lower" else after - before
    scale = {"relative": before, "absolute": 1.0, "percentage_points": 0.01}[claim.scale]
    assert change / scale == pytest.approx(claim.size, rel=0.2)


def test_the_truths_meet_every_status() -> None:
    assert {status for s in SCENARIOS for status in s.truth.allowed} == set(get_args(Status))


def test_the_page_tells_of_every_claim() -> None:
    text = page()
    assert [s.claim.id for s in SCENARIOS if f"### {s.claim.id}\n" not in text] == []
    assert [s.claim.id for s in SCENARIOS if s.truth.why not in text] == []


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Status]:
    return {s.claim.id: evaluate(s.claim, s.panel).verdict.status for s in SCENARIOS}


@each_claim
def test_the_verdict_is_one_that_the_truth_allows(
    scenario: Scenario, verdicts: dict[str, Status]
) -> None:
    assert verdicts[scenario.claim.id] in scenario.truth.allowed, scenario.truth.why


def test_the_verdicts_meet_every_status(verdicts: dict[str, Status]) -> None:
    assert set(verdicts.values()) == set(get_args(Status))


def test_without_a_page_none_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = sys.modules["innoeval.simulate.__main__"]
    monkeypatch.setattr(command, "write_sample", lambda folder: folder)
    monkeypatch.setattr(command, "page", lambda: pytest.fail("nobody asked for a page"))
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"The sample is in {tmp_path}\n"


def test_the_module_is_a_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["simulate", "--help"])
    monkeypatch.delitem(sys.modules, "innoeval.simulate.__main__")
    with pytest.raises(SystemExit, match="0"):
        runpy.run_module("innoeval.simulate", run_name="__main__")
    assert "python -m innoeval.simulate" in capsys.readouterr().out


def test_a_value_that_a_metric_cannot_take_is_refused_before_it_is_written() -> None:
    service = Service(name="libraries", title="t", about="a", unit="library", period="month",
                      freq="month", first="2018-01", n_periods=2, units=("A",), seed=1,
                      roles={})  # fmt: skip
    with pytest.raises(
        InnoevalError, match=r"1 values of libraries\.lost_share lie outside 0 to 1"
    ):
        service.record("lost_share", np.array([[0.2, 1.2]]), decimals=2, high=1.0)
