"""Bad input gets one message that names the place, the fault and the remedy; nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Change = Callable[[Any], None]


@dataclass(frozen=True)
class Case:
    """A fault that a file can have, and words that the message must hold."""

    name: str
    change: Change
    words: tuple[str, ...]


def empty_panel(desk: Any) -> None:
    desk.panel.write_text("")


def empty_claims(desk: Any) -> None:
    desk.claims.write_text("")


def no_panel(desk: Any) -> None:
    desk.panel.unlink()


def missing_column(desk: Any) -> None:
    desk.data([{k: v for k, v in row.items() if k != "days"} for row in desk.rows()])


def duplicate_row(desk: Any) -> None:
    rows = desk.rows()
    desk.data([*rows, rows[3]])


def two_starts(desk: Any) -> None:
    desk.claim(treated="North: 2023-01; North: 2023-04; East: 2023-01", start="")


def absent_unit(desk: Any) -> None:
    desk.claim(treated="North; East; Soth; West")


def start_too_early(desk: Any) -> None:
    desk.claim(start="2019-01")


def start_too_late(desk: Any) -> None:
    desk.claim(start="2025-01")


def infinite(desk: Any) -> None:
    rows = desk.rows()
    rows[5]["days"] = "inf"
    desk.data(rows)


def all_missing(desk: Any) -> None:
    desk.data([row | {"days": ""} for row in desk.rows()])


def constant(desk: Any) -> None:
    desk.data([row | {"days": 7} for row in desk.rows()])


def one_period(desk: Any) -> None:
    desk.data([row for row in desk.rows() if row["month"] == "2023-01"])


def unknown_outcome(desk: Any) -> None:
    desk.claim(outcome="day")


def size_zero(desk: Any) -> None:
    desk.claim(size="0")


def size_negative(desk: Any) -> None:
    desk.claim(size="-0.15")


def percent_as_number(desk: Any) -> None:
    desk.claim(size="15")


def points_of_days(desk: Any) -> None:
    desk.data(desk.rows(offset=200))
    desk.claim(size="5", scale="percentage_points", smallest_effect="1")


def points_of_shares(desk: Any) -> None:
    desk.data([row | {"days": float(row["days"]) / 100} for row in desk.rows()])
    desk.claim(size="0.05", scale="percentage_points", smallest_effect="")


def unreadable_date(desk: Any) -> None:
    rows = desk.rows()
    rows[6]["month"] = "Smarch 2021"
    desk.data(rows)


def ambiguous_date(desk: Any) -> None:
    rows = [r for r in desk.rows() if r["month"] < "2022-01"]
    desk.data([r | {"month": f"{r['month'][5:]}/03/2021"} for r in rows])


def text_as_number(desk: Any) -> None:
    rows = desk.rows()
    rows[8]["days"] = "2O.1"
    desk.data(rows)


def not_utf8(desk: Any) -> None:
    desk.panel.write_bytes(desk.panel.read_text("utf-8").replace("North", "Köln").encode("cp1252"))


CASES = (
    Case("empty panel", empty_panel, ("panel.csv", "empty", "header")),
    Case("empty register", empty_claims, ("claims.csv", "empty", "header")),
    Case("no such file", no_panel, ("panel.csv", "no such file")),
    Case("missing column", missing_column, ("panel.csv", "days", "columns are")),
    Case("duplicate unit and period", duplicate_row, ("panel.csv", "North", "2021-04")),
    Case("two start dates", two_starts, ("claims.csv", "North")),
    Case("treated unit absent", absent_unit, ("desk", "Soth", "did you mean 'South'")),
    Case("start before the first period", start_too_early, ("desk", "2019-01", "2021-01")),
    Case("start after the last period", start_too_late, ("desk", "2025-01", "2023-12")),
    Case("infinite outcome", infinite, ("panel.csv", "days", "inf")),
    Case("missing outcome", all_missing, ("days", "missing")),
    Case("constant outcome", constant, ("desk", "days", "7", "constant")),
    Case("one period", one_period, ("2023-01", "before and an after")),
    Case("unknown outcome", unknown_outcome, ("day", "days")),
    Case("size zero", size_zero, ("claims.csv", "row 2", "size", "positive")),
    Case("size negative", size_negative, ("claims.csv", "row 2", "size", "positive")),
    Case("percent written as a number", percent_as_number, ("size", "1,500 %", "0.15")),
    Case("points of a metric that is no share", points_of_days, ("percentage points", "shares")),
    Case("points of a share from 0 to 1", points_of_shares, ("percentage points", "5")),
    Case("unreadable date", unreadable_date, ("panel.csv", "row 8", "month", "Smarch 2021")),
    Case("ambiguous date", ambiguous_date, ("panel.csv", "month", "day")),
    Case("text in a column of numbers", text_as_number, ("panel.csv", "row 10", "days", "2O.1")),
    Case("file not UTF-8", not_utf8, ("panel.csv", "UTF-8", "cp1252")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("command", ["evaluate", "check"])
def test_a_fault_is_named_and_nothing_is_written(
    case: Case, command: str, desk: Any, run: Any
) -> None:
    case.change(desk)
    before = sorted(desk.panel.parent.rglob("*"))
    roles = ("--unit", "ward", "--period", "month")
    target = ("-o", desk.out) if command == "evaluate" else ()
    done = run(command, desk.claims, desk.panel, *target, *roles)
    assert done.code == 1
    assert done.out == ""
    assert [word for word in case.words if word not in done.err] == [], done.err
    assert "Traceback" not in done.err
    assert sorted(desk.panel.parent.rglob("*")) == before


def test_every_fault_is_listed_at_once(desk: Any, run: Any) -> None:
    rows = desk.rows()
    rows[1]["days"], rows[5]["days"] = "inf", "x1"
    desk.data(rows)
    desk.claim(size="-1", better="sideways")
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--unit", "ward",
               "--period", "month", "--outcomes", "days")  # fmt: skip
    assert done.code == 1
    for word in ("size", "better", "row 3", "row 7", "faults:"):
        assert word in done.err


def test_an_outcome_far_from_zero_changes_nothing(desk: Any, run: Any) -> None:
    desk.claim(size="4", scale="absolute", smallest_effect="1")
    near = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs", "--json")
    desk.data(desk.rows(offset=1e9))
    far = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs", "--json")
    import json

    one, other = json.loads(near.out), json.loads(far.out)
    assert one["status"] == other["status"]
    for end in ("found_low", "found_high", "improvement"):
        assert other[end] == pytest.approx(one[end], abs=1e-4)


def test_all_units_treated_is_a_single_series(desk: Any, run: Any) -> None:
    import json

    desk.data([row for row in desk.rows() if row["ward"] in {"North", "East", "South", "West"}])
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["design"] == "SegmentedRegression"
    assert found["findings"]["no_comparison"] == "problem"


@pytest.mark.parametrize("place", ["panel.csv/out", "panel.csv"])
def test_a_folder_that_cannot_be_written(desk: Any, run: Any, place: str) -> None:
    before = sorted(desk.panel.parent.rglob("*"))
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.panel.parent / place)
    assert done.code == 1
    assert "panel.csv" in done.err
    assert "Traceback" not in done.err
    assert sorted(desk.panel.parent.rglob("*")) == before


def test_a_disk_that_fills_up_leaves_nothing(
    desk: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "brief.pdf")

    monkeypatch.setattr("innoeval.briefs.place.put", full)
    before = sorted(desk.panel.parent.rglob("*"))
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out)
    assert (done.code, "No space left on device" in done.err) == (1, True)
    assert sorted(desk.panel.parent.rglob("*")) == before


def test_a_fault_of_ours_is_said_in_a_line(
    desk: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("somewhere")

    monkeypatch.delenv("INNOEVAL_DEBUG", raising=False)
    monkeypatch.setattr("innoeval.cli.outputs.evaluate", broken)
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out)
    assert done.code == 70
    assert done.err.count("\n") == 1
    assert "report" in done.err
    assert not desk.out.exists()


def test_the_option_that_a_message_names_helps(desk: Any, run: Any) -> None:
    for file in (desk.panel, desk.claims):
        file.write_bytes(file.read_text("utf-8").replace("North", "Köln").encode("cp1252"))
    done = run("check", desk.claims, desk.panel, "--unit", "ward", "--period", "month",
               "--outcomes", "days")  # fmt: skip
    assert "say --encoding cp1252" in done.err
    assert "say --claims-encoding cp1252" in done.err
    both = ("--encoding", "cp1252", "--claims-encoding", "cp1252")
    assert run("check", desk.claims, desk.panel, *both).code == 0


def test_columns_are_asked_for_where_they_cannot_be_told(desk: Any, run: Any) -> None:
    desk.data([row | {"area": row["ward"], "year": row["month"][:4]} for row in desk.rows()])
    done = run("check", desk.claims, desk.panel)
    assert done.code == 1
    for word in ("--unit ward", "--period month", "area", "year"):
        assert word in done.err


def test_a_panel_for_every_claim_is_needed(desk: Any, run: Any, tmp_path: Path) -> None:
    panels = tmp_path / "panels.yaml"
    panels.write_text("wards: {file: panel.csv, claims: [other], unit: ward, period: month, "
                      "outcomes: [days]}\n")  # fmt: skip
    done = run("check", desk.claims, panels)
    assert (done.code, "the claim 'desk' has no panel" in done.err) == (1, True)
    panels.write_text("wards: {file: panel.csv, claims: [desk], colour: red}\n")
    done = run("check", desk.claims, panels)
    assert (done.code, "does not say its unit, period, outcomes" in done.err) == (1, True)
    panels.write_text("desk: [\n")
    done = run("check", desk.claims, panels)
    assert (done.code, "not YAML" in done.err) == (1, True)
