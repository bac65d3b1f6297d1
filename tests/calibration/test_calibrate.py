"""Runs of judges over families: counted, resumed, and not stopped by a bad judge."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from innoeval.calibration import JUDGES, Answer, Rate, calibrate, page, rates
from innoeval.calibration.answer import Sighted
from innoeval.calibration.cell import rows_of
from innoeval.calibration.rates import failures
from innoeval.errors import RunError
from innoeval.records import Claim, Panel
from innoeval.simulate import Scenario, scenarios


def believes(claim: Claim, panel: Panel) -> Answer:
    """Supports everything."""
    return Answer(status="supported", interval=(-1.0, 1.0), flags=())


def raises(claim: Claim, panel: Panel) -> Answer:
    """Is broken."""
    raise ZeroDivisionError("by nothing")


def run(judges: Any, families: Any = ("clean",), **more: Any) -> Any:
    return calibrate(judges, families, draws=more.pop("draws", 3), progress=False, **more)


def test_whoever_believes_everything_has_full_power_and_supports_every_null() -> None:
    found = rates(run({"gullible": believes}).rows)
    assert found["gullible", "clean", "null"]["false_support"].share == 1.0
    assert found["gullible", "clean", "null"]["covers"].share == 1.0
    assert found["gullible", "clean", "true"]["power"].share == 1.0
    assert found["gullible", "clean", "true"]["covers"].share == 0.0
    assert "power" not in found["gullible", "clean", "null"]


@pytest.mark.parametrize(
    ("judge", "reason"),
    [
        (raises, "ZeroDivisionError: by nothing"),
        (lambda claim, panel: "supported", "returned str, no Answer"),
        (lambda claim, panel: None, "returned NoneType, no Answer"),
        (lambda claim, panel: Answer(status="yes"), "returned the status 'yes'"),  # type: ignore[arg-type]
        (
            lambda claim, panel: Answer(status="supported", interval=(2.0, 1.0)),
            "returned the interval (2.0, 1.0)",
        ),
        (
            lambda claim, panel: Answer(status="supported", interval="wide"),  # type: ignore[arg-type]
            "returned the interval 'wide'",
        ),
        (
            lambda claim, panel: Answer(status="supported", interval="12"),  # type: ignore[arg-type]
            "returned the interval '12'",
        ),
        (
            lambda claim, panel: Answer(status="supported", interval=(float("nan"), 1.0)),
            "returned the interval (nan, 1.0)",
        ),
        (
            lambda claim, panel: Answer(status="supported", flags="pre_trend"),  # type: ignore[arg-type]
            "returned the flags 'pre_trend'",
        ),
        (
            lambda claim, panel: Answer(status="supported", flags=(1, 2)),  # type: ignore[arg-type]
            "returned the flags (1, 2)",
        ),
        (
            lambda claim, panel: Answer(status="supported", flags=5),  # type: ignore[arg-type]
            "returned the flags 5",
        ),
        (lambda claim, panel: sys.exit("enough"), "SystemExit: enough"),
    ],
)
def test_a_bad_judge_is_named_and_counted_and_the_run_goes_on(judge: Any, reason: str) -> None:
    found = run({"bad": judge, "gullible": believes})
    counted = failures(found.rows)
    assert sum(counted.values()) == 12
    assert all(name == "bad" and text.startswith(reason) for name, text in counted)
    told = rates(found.rows)
    assert told["gullible", "clean", "true"]["power"].share == 1.0
    assert told["bad", "clean", "true"]["power"] == Rate.of(0, 3)
    assert reason.split("|", maxsplit=1)[0] in page(found)


def test_unknown_names_are_counted_and_the_rest_is_run() -> None:
    with pytest.warns(RuntimeWarning, match="2 unknown"):
        found = run(["welch", "welsh"], ["clean", "clear"])
    assert found.families == ("clean",)
    assert found.judges == ("welch",)
    assert len(found.unknown) == 2
    assert "did you mean 'clean'" in page(found)


def test_numbers_of_any_kind_are_an_interval() -> None:
    found = run({"texts": lambda claim, panel: Answer(status="supported", interval=("1", "2.5"))})  # type: ignore[arg-type]
    assert found.rows["low"].to_pylist() == [1.0] * 12
    assert failures(found.rows) == {}


def test_a_family_that_is_named_twice_is_run_once() -> None:
    assert run({"gullible": believes}, ["clean", "clean"]).rows.num_rows == 12


def test_two_families_of_one_name_are_refused() -> None:
    other = replace(scenarios()["clean"], settings={"size": 3.0})
    with pytest.raises(RunError, match="'clean' is the name of two families"):
        run({"gullible": believes}, ["clean", other])


def test_nothing_to_run_is_refused() -> None:
    with pytest.raises(RunError, match="leave nothing to run"):
        run(["welsh"])


def test_a_run_goes_on_where_it_was_left(tmp_path: Path) -> None:
    asked = []

    def listens(claim: Claim, panel: Panel) -> Answer:
        asked.append(claim.id)
        return believes(claim, panel)

    first = run({"listens": listens}, folder=tmp_path, draws=2)
    assert len(asked) == 8
    again = run({"listens": listens}, folder=tmp_path, draws=2, resume=True)
    assert len(asked) == 8
    assert again.rows.equals(first.rows)
    part = next((tmp_path / "parts").glob("clean-true-*.parquet"))
    part.unlink()
    run({"listens": listens}, folder=tmp_path, draws=2, resume=True)
    assert len(asked) == 10
    assert parquet.read_table(tmp_path / "rows.parquet").num_rows == 8


def test_a_judge_that_is_added_is_asked_alone(tmp_path: Path) -> None:
    asked = []

    def listens(claim: Claim, panel: Panel) -> Answer:
        asked.append(claim.id)
        return believes(claim, panel)

    run({"listens": listens}, folder=tmp_path, draws=2)
    both = run({"listens": listens, "believes": believes}, folder=tmp_path, draws=2, resume=True)
    assert len(asked) == 8
    assert set(both.rows["judge"].to_pylist()) == {"listens", "believes"}
    assert both.rows.num_rows == 16


def test_a_second_run_in_one_folder_has_to_be_asked_for(tmp_path: Path) -> None:
    run(["welch"], folder=tmp_path, draws=1)
    with pytest.raises(RunError, match="say resume"):
        run(["welch"], folder=tmp_path, draws=1)


def test_a_part_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    run(["welch"], folder=tmp_path, draws=1)
    part = next((tmp_path / "parts").glob("*.parquet"))
    part.write_bytes(b"no parquet")
    with pytest.raises(RunError, match="move it away"):
        run(["welch"], folder=tmp_path, draws=1, resume=True)


def test_every_judge_answers_the_plain_families() -> None:
    found = run(
        tuple(JUDGES), ["clean", "one_city", "single_24_rho_0", "staggered_growing"], draws=1
    )
    assert failures(found.rows) == {}


def test_foils_fall_for_a_pre_trend_and_the_gate_sees_it() -> None:
    found = rates(run(["welch", "twfe", "did_gated"], ["pre_trend"], draws=5).rows)
    assert found["welch", "pre_trend", "null"]["false_support"].share > 0.5
    assert found["twfe", "pre_trend", "null"]["false_support"].share == 1.0
    assert found["did_gated", "pre_trend", "null"]["hit"].share > 0.5


def test_a_family_of_ones_own_can_be_run() -> None:
    own = replace(scenarios()["clean"], name="mine", truths=("null",), settings={"size": 3.0})
    found = run({"gullible": believes}, [own])
    assert found.rows.num_rows == 3
    assert rates(found.rows)["gullible", "mine", "null"]["false_support"].n == 3
    assert "| mine |" in page(found)


def test_a_family_that_cannot_be_drawn_is_counted() -> None:
    odd = replace(scenarios()["clean"], name="odd", settings={"n_units": 3, "n_treated": 9})
    found = run({"gullible": believes}, [odd])
    assert sum(failures(found.rows).values()) == 12


def test_the_error_of_a_rate_is_positive_at_its_ends() -> None:
    assert Rate.of(0, 200).error == Rate.of(200, 200).error > 0


def test_a_judge_that_sees_the_truth_is_left_out_where_it_passes_over_a_claim() -> None:
    family = scenarios()["clean"]
    asked: list[str] = []

    def every_other(scenario: Scenario) -> Answer | None:
        asked.append(scenario.claim.id)
        return None if len(asked) % 2 else Answer(status="supported")

    rows = rows_of(family, "true", range(4), {"seer": Sighted(every_other), "all": believes})
    assert len(asked) == 4
    assert [(row["judge"], row["seed"]) for row in rows] == [
        ("all", 0), ("seer", 1), ("all", 1), ("all", 2), ("seer", 3), ("all", 3),
    ]  # fmt: skip


def test_the_page_holds_our_judge_against_its_bounds() -> None:
    kinds = scenarios()
    open_kind = next(name for name, kind in kinds.items() if not kind.decidable)
    hoped = next(name for name, kind in kinds.items() if kind.decidable and kind.hoped)
    told = page(run({"innoeval": believes}, [hoped, open_kind], draws=1))
    can, cannot = told.split("\n## ")[1:3]
    assert can.startswith("innoeval, where the data can tell")
    assert cannot.startswith("innoeval, where nobody can tell")
    head, _, row = (line.split(" | ") for line in can.strip().splitlines()[-3:])
    of = dict(zip(head, row, strict=True))
    # One draw that is supported whatever is true: nulls are far above 2.5 %, all power is there.
    assert of["null supported"].startswith("**100.0 ±")
    assert of["true supported"].startswith("100.0 ±")
    assert of["ceiling"] == "–"
    assert cannot.strip().splitlines()[-1].count("**0.0 ±") >= 3  # nothing was left open
    alone = page(run({"innoeval": believes}, [open_kind], draws=1))
    assert "where nobody can tell" in alone
    assert "where the data can tell" not in alone.split("## All judges")[0]


def test_least_power_that_a_family_names_is_a_bound() -> None:
    name, kind = next((n, k) for n, k in scenarios().items() if k.decidable and k.hoped)
    assert kind.hoped is not None
    assert min(kind.hoped) > 0
    never = page(run({"innoeval": lambda *_: Answer(status="inconclusive")}, [name], draws=1))
    head, _, row = (line.split(" | ") for line in never.split("\n## ")[1].strip().splitlines()[-3:])
    assert dict(zip(head, row, strict=True))["true supported"].startswith("**0.0 ±")


def test_what_a_killed_run_left_half_written_is_taken_away(tmp_path: Path) -> None:
    run({"gullible": believes}, folder=tmp_path, draws=1)
    draft = tmp_path / "parts" / ".draft-clean-true.parquet"
    draft.write_bytes(b"PAR1")
    run({"gullible": believes}, folder=tmp_path, draws=1, resume=True)
    assert not draft.exists()
    assert len(list((tmp_path / "parts").iterdir())) == 4
