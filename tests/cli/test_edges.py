"""Edges of the commands: what is noted, what is said twice, what fails, and what a developer sees."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from tests.browser.pages import renamed
from tests.cli.conftest import CLAIM, write
from tests.evaluations import build

from innoeval import cli
from innoeval.cli.explain import Entry, show
from innoeval.cli.plan import plan_table
from innoeval.cli.showcase import show as show_demonstration
from innoeval.records.plan import Plan


def words(text: str) -> str:
    return " ".join(text.split())


def console() -> Console:
    return Console(file=StringIO(), width=100)


def shown(where: Console) -> str:
    return words(where.file.getvalue())  # type: ignore[attr-defined]


def test_check_tells_what_reading_the_panel_changed(desk: Any, run: Any) -> None:
    desk.data([row | {"days": f"{row['days']} %"} for row in desk.rows()])
    done = run("check", desk.claims, desk.panel)
    assert done.code == 0, done.err
    assert "\n  'days' is in per cent: 15 % was read as 15.\n" in done.out


@pytest.mark.parametrize("said", [("--unit", "ward"), ("--period", "month")])
def test_a_column_that_is_said_need_not_be_found(
    desk: Any, run: Any, said: tuple[str, str]
) -> None:
    desk.data([row | {"district": row["ward"], "again": row["month"]} for row in desk.rows()])
    role, other = said[0][2:], {"--unit": "period", "--period": "unit"}[said[0]]
    done = run("check", desk.claims, desk.panel, *said)
    assert done.code == 1
    assert f"2 columns could be the {other}" in words(done.err)
    assert f"could be the {role}" not in done.err


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--balancing", "days=sideways", "--balancing days=sideways; write metric=lower or metric=higher"),
        ("--balancing", "=lower", "--balancing =lower; write metric=lower or metric=higher"),
        ("--suppressed", "*=few", "--suppressed *=few; write missing, '*=' or '*=0'"),
        ("--suppressed", "*", "--suppressed *; write missing, '*=' or '*=0'"),
    ],
)  # fmt: skip
def test_options_of_another_form_are_refused_in_their_own_words(
    desk: Any, run: Any, option: str, value: str, said: str
) -> None:
    done = run("check", desk.claims, desk.panel, option, value)
    assert done.code == 1
    assert said in words(done.err)


def test_faults_of_a_claim_and_of_the_table_are_told_at_once(desk: Any, run: Any) -> None:
    rows = desk.rows()
    desk.data([*rows, rows[3]])
    write(desk.claims, [CLAIM, CLAIM | {"id": "typo", "outcome": "dayz"}])
    done = run("batch", desk.claims, desk.panel, "-o", desk.out)
    assert done.code == 1
    for part in ("there is no column 'dayz'", "'North' has 2 rows in 2021-04"):
        assert part in words(done.err)


def test_a_list_of_panels_or_a_table_that_cannot_be_read_is_told(desk: Any, run: Any) -> None:
    listed = desk.panel.with_name("panels.yaml")
    listed.write_text(
        "a: {file: gone.csv, claims: [desk], unit: ward, period: month, outcomes: [days]}"
    )
    gone = run("batch", desk.claims, listed, "-o", desk.out)
    assert (gone.code, desk.out.exists()) == (1, False)
    assert "gone.csv: there is no such file" in words(gone.err)
    desk.panel.write_text("")
    empty = run("batch", desk.claims, desk.panel, "-o", desk.out)
    assert empty.code == 1
    assert words(empty.err).count("panel.csv: the file is empty") == 1


def test_a_mistake_of_ours_is_told_and_shown_to_who_asks(
    desk: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slips(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("innoeval.cli.cases.read_cases", slips)
    done = run("check", desk.claims, desk.panel)
    assert done.code == cli.BUG
    assert "innoeval made a mistake (ZeroDivisionError: by nothing)" in words(done.err)
    monkeypatch.setenv("INNOEVAL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError, match="by nothing"):
        cli.main(["check", str(desk.claims), str(desk.panel)])


def test_answers_that_failed_are_counted(run: Any, tmp_path: Any, monkeypatch: Any) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("innoeval.calibration.run.JUDGES", {"welch": broken})
    done = run("calibrate", tmp_path / "run", "--judge", "welch", "--family", "clean", "--draws", 1)
    assert done.code == cli.SOME_FAILED
    assert "4 answers failed; the column 'error' says why." in words(done.out)


def test_a_register_that_holds_the_head_goes_on(desk: Any, run: Any) -> None:
    ledger = desk.out.with_suffix(".jsonl")
    head = run("register", desk.claims, ledger).out.split()[-1]
    again = run("register", desk.claims, ledger, "--head", head)
    assert again.code == 0, again.err
    assert "0 put on record" in words(again.out)


def test_entries_of_one_name_are_shown_apart_and_without_empty_rows() -> None:
    where = console()
    bare = Entry(name="clear", kind="answer", plain="Nothing was found.")
    show((bare, replace(bare, kind="status", source="Ours", more="docs/a.md")), where)
    first, second = where.file.getvalue().split("\n\n", 1)  # type: ignore[attr-defined]
    assert "Source" not in first
    assert words(second).endswith("Nothing was found. Source Ours More docs/a.md")


def test_how_long_to_wait_is_said_in_a_table_of_plans() -> None:
    claim = build("overstated").claim
    made = Plan(claim=claim, design="DifferenceInDifferences", before=18, after=6, period="month",
                supported=0.5, improvement_shown=0.7, detectable=0.2, claimed=0.15)  # fmt: skip
    for enough, said in ((None, "does not help"), (6, "none"), (7, "1 month"), (9, "3 months")):
        where = console()
        where.print(plan_table([replace(made, enough=enough)]))
        assert shown(where).endswith(f"18 + 6 50 % 70 % 20 % {said}")


def test_the_demonstration_without_the_real_case_says_where_it_is() -> None:
    where = console()
    show_demonstration([renamed(build("supported"), id="one-stop-desk")], where)
    assert "it allows 1 of 1 verdicts" in shown(where)
    assert "comes with the gallery extra: pip install 'innoeval[gallery]'" in shown(where)


def test_a_real_case_without_an_estimate_has_its_reason_alone() -> None:
    where = console()
    show_demonstration([build("not_evaluable", estimated=False)], where)
    assert "95 % interval" not in shown(where)
    assert "there are 2 periods before the start" in shown(where)
