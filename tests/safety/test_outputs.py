"""What is written: no formula, no path of a stranger's, no secret."""

from __future__ import annotations

import csv
from dataclasses import fields, replace
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from tests.briefs.test_html import Reader
from tests.evaluations import build

import innoeval as ie
from innoeval.briefs import Edition
from innoeval.briefs.html import page
from innoeval.briefs.place import file_names, put
from innoeval.briefs.write import panel_csv
from innoeval.cli.outputs import evaluate_into
from innoeval.errors import InnoevalError
from innoeval.tables.harmless import csv_text, harmless

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\uff1d1+1",
    "\u200b=1",
)
MARKUP = '</title></script><script>alert(1)</script><img src=x onerror=alert(1)> #import "x" #read("/etc/passwd") $x$ `c` @ref <l>'
#: Ids that would leave the folder, or be no file at all.
PATHS = ("../../x", "/etc/x", "..", ".", "", "a/../../b", "C:\\x", "\\\\host\\share", "con", "NUL.txt", "~root", "x\0y",
         "a\nb", "-rf", ".hidden", "file:///x", "%2e%2e%2fx", "x" * 400, "\u202efdp.x")  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_is_marked(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_a_carriage_return_does_not_begin_a_row() -> None:
    assert harmless("\r=1") == "'\n=1"
    assert harmless("North\r=1+1") == "North\n=1+1"


@pytest.mark.parametrize(
    "cell", ["North", "", "-5", "+3.2", "-1,5", "-1e-3", -5, -0.5, None, "x=1"]
)
def test_what_is_no_formula_stays(cell: object) -> None:
    assert harmless(cell) is cell


def test_a_table_holds_no_formula_under_heads_of_any_name() -> None:
    frame = pd.DataFrame(
        {"id": list(FORMULAS), "=head": ["x"] * len(FORMULAS), "size": [-1.5] * len(FORMULAS)}
    )
    twice = pd.concat([frame, frame[["id"]].astype("category")], axis=1)
    rows = list(csv.reader(StringIO(csv_text(twice), newline="")))
    assert rows[0] == ["id", "'=head", "size", "id"]
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in FORMULAS]
    assert [row[3] for row in rows[1:]] == [f"'{text}" for text in FORMULAS]
    assert {row[2] for row in rows[1:]} == {"-1.5"}
    assert list(frame["id"]) == list(FORMULAS)


def test_the_table_of_a_portfolio_holds_no_formula(tmp_path: Path) -> None:
    case = ie.simulate.draw(seed=1, n_units=16, n_treated=4, size=2.0)
    claims = [
        replace(case.claim, id=f"{text} {n}", innovation=text, outcome="@nothing")
        for n, text in enumerate(FORMULAS)
    ]
    portfolio = ie.evaluate_all(claims, case.panel, progress=False)
    path = ie.write_portfolio(portfolio, tmp_path / "table.csv")
    rows = list(csv.DictReader(StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == [f"'{text}" for text in portfolio.ids]
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell != harmless(cell)] == []


def test_verdicts_and_attached_data_hold_no_formula(tmp_path: Path) -> None:
    case = ie.simulate.draw(seed=1, n_units=16, n_treated=4, size=2.0)
    frame = case.panel.frame.copy()
    names = {unit: f"=x{unit}" for unit in case.panel.units}
    frame[case.panel.unit] = frame[case.panel.unit].map(names)
    panel = replace(case.panel, frame=frame)
    claim = ie.Claim(id="=1+1", innovation="@SUM(1)", outcome=case.claim.outcome, better=case.claim.better,
                     treated={names[unit]: start for unit, start in case.claim.treated.items()},
                     size=case.claim.size, scale=case.claim.scale, smallest_effect=case.claim.smallest_effect)  # fmt: skip
    (ev,) = evaluate_into(tmp_path / "out", [(claim, panel)], briefs=False)
    text = (tmp_path / "out" / "verdicts.csv").read_bytes().decode("utf-8-sig")
    row = next(csv.DictReader(StringIO(text, newline="")))
    assert (row["id"], row["innovation"]) == ("'=1+1", "'@SUM(1)")
    cells = [cell for row in csv.reader(StringIO(panel_csv(ev, panel))) for cell in row]
    assert [cell for cell in cells if cell[:1] in {"=", "@", "+"}] == []


def test_file_names_stay_in_their_folder(tmp_path: Path) -> None:
    names = file_names(PATHS)
    assert len({name.casefold() for name in names}) == len(PATHS)
    for name in names:
        path = tmp_path / f"{name}.json"
        assert path.resolve().parent == tmp_path.resolve()
        assert name.isascii()
        assert 0 < len(name) < 80
        path.write_text("x")
    assert len(list(tmp_path.iterdir())) == len(PATHS)


def test_a_link_in_the_folder_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.txt", tmp_path / "out"
    folder.mkdir()
    outside.write_text("mine")
    (folder / "desk.pdf").symlink_to(outside)
    (folder / "verdicts.csv").symlink_to(outside)
    put(folder / "desk.pdf", b"new")
    assert (folder / "desk.pdf").read_bytes() == b"new"
    assert not (folder / "desk.pdf").is_symlink()
    case = ie.simulate.draw(seed=1, n_units=16, n_treated=4, size=2.0)
    evaluate_into(folder, [(case.claim, case.panel)], briefs=False)
    assert not (folder / "verdicts.csv").is_symlink()
    assert outside.read_text() == "mine"


TEXTS = [f.name for f in fields(ie.Claim) if f.name in {"id", "innovation", "outcome", "family", "source", "statement",
                                                        "registered_on", "published_on", "version_of"}]  # fmt: skip


@pytest.mark.parametrize("name", [*TEXTS, "treated", "organisation"])
def test_markup_in_any_text_is_shown_and_not_obeyed(name: str) -> None:
    ev = build("overstated")
    edition = Edition()
    if name == "organisation":
        edition = Edition(organisation=MARKUP)
    elif name == "treated":
        ev = build("overstated", treated=[MARKUP, "b"])
    else:
        ev = build("overstated", **{name: MARKUP})
    found = Reader(page(ev, None, edition).decode())
    assert not [tag for tag, _ in found.elements if tag in {"script", "iframe", "object", "embed"}]
    assert not [
        tag
        for tag, marks in found.elements
        for key, _ in dict(marks).items()
        if key.startswith("on")
    ]


def test_a_password_is_nowhere_in_what_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "hunter2SECRET"  # noqa: S105 - not one
    with caplog.at_level("DEBUG"), pytest.raises(InnoevalError) as caught:
        ie.records(
            f"postgres://reader:{secret}@127.0.0.1:1/city", unit="ward", opened="opened", table="t"
        )
    kept = [str(caught.value), repr(caught.value), caplog.text, str(caught.value.__cause__)]
    assert [text for text in kept if secret in text] == []
    from innoeval.sources.place import Place

    place = Place(table=pd.DataFrame(), origin="x", hidden=(secret,))
    assert secret not in repr(place)
