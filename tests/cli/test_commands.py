"""The commands: what they write, what they print, how they end."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import Any

import pytest

import innoeval as ie


def test_evaluate_writes_every_result(desk: Any, run: Any) -> None:
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out)
    assert done.code == 0, done.err
    assert sorted(path.name for path in desk.out.iterdir()) == [
        "desk.json", "desk.pdf", "verdicts.csv",
    ]  # fmt: skip
    ev = ie.Evaluation.from_json((desk.out / "desk.json").read_text("utf-8"))
    assert ev.verdict.status == "supported"
    assert (desk.out / "desk.pdf").read_bytes().startswith(b"%PDF")
    with (desk.out / "verdicts.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["status"], row["announced"]) == ("desk", "supported", "0.25")
    for word in ("desk", "25 %", "holds up", "supported", "verdicts.csv"):
        assert word in done.out


def test_json_is_one_object_a_line(desk: Any, run: Any) -> None:
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs", "--json")
    (line,) = done.out.splitlines()
    found = json.loads(line)
    assert found["status"] == "supported"
    assert 0.15 < found["found_low"] < 0.25 < found["found_high"] < 0.35
    assert not (desk.out / "desk.pdf").exists()


def test_strict_decides_on_the_hull(desk: Any, run: Any) -> None:
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs", "--strict",
               "--json")  # fmt: skip
    assert json.loads(done.out)["deciding"] == "hull"


def test_briefs_may_be_pages(desk: Any, run: Any) -> None:
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs", "--html")
    assert done.code == 0, done.err
    assert (desk.out / "desk.html").read_bytes().startswith(b"<!DOCTYPE html>")
    assert not (desk.out / "desk.pdf").exists()
    assert "briefs (HTML), evaluations (JSON)" in " ".join(done.out.split())


def test_check_reads_and_writes_nothing(desk: Any, run: Any) -> None:
    done = run("check", desk.claims, desk.panel)
    assert done.code == 0, done.err
    for word in ("504 rows", "14 units", "2021-01 to 2023-12", "Nothing is wrong"):
        assert word in done.out
    assert not desk.out.exists()


def test_other_files_in_the_folder_stay(desk: Any, run: Any) -> None:
    desk.out.mkdir()
    (desk.out / "notes.txt").write_text("mine")
    (desk.out / "desk.json").write_text("old")
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs")
    assert done.code == 0, done.err
    names = sorted(path.name for path in desk.out.iterdir())
    assert names == ["desk.json", "notes.txt", "verdicts.csv"]
    assert (desk.out / "desk.json").read_text("utf-8") != "old"


def test_an_id_of_any_characters_stays_in_the_folder(desk: Any, run: Any) -> None:
    desk.claim(id="../=[bold]ö/\x1b[31m")
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs")
    assert done.code == 0, done.err
    assert "\x1b[31m" not in done.out
    assert {path.name for path in desk.out.iterdir()} == {"bold-o-31m.json", "verdicts.csv"}
    assert {path.name for path in desk.out.parent.iterdir()} == {"claims.csv", "panel.csv", "out"}


@pytest.mark.parametrize(
    "arguments",
    [("evaluate",), ("evaluate", "a.csv", "b.csv"), ("judge",), ("check", "a", "b", "--colour")],
)
def test_wrong_use_ends_with_2(run: Any, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


def test_help_tells_the_exit_codes(run: Any) -> None:
    for command in ((), ("evaluate",), ("check",), ("demo",)):
        done = run(*command, "--help")
        assert done.code == 0
        assert "Exit codes" in done.out


def test_the_version_is_printed(run: Any) -> None:
    done = run("--version")
    assert (done.code, done.out) == (0, f"innoeval {ie.__version__}\n")


def test_the_installed_command_speaks_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from innoeval.cli import main; main()", "check", "no.csv", "no.csv"],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no such file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sample_register_with_its_panels(run: Any, tmp_path: Any) -> None:
    files = ie.simulate.write_sample(tmp_path)
    done = run("check", files / "claims.csv", files / "panels.yaml")
    assert done.code == 0, done.err
    assert "16 claims fit their data" in done.out
