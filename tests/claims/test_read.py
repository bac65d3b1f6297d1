"""The door for claims: every way of writing a register gives the same claims, or a named fault."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval import Claim, Event, read_claims
from innoeval.claims.fields import COLUMNS
from innoeval.errors import ClaimError, InnoevalError, SourceError

DESK = Claim(
    id="desk", innovation="One-stop desk", outcome="median_days", better="lower",
    treated={"North": "2023-01", "East": "2023-04"}, size=0.15, smallest_effect=0.05,
    windows=(("2022-07", "2022-12"), ("2023-07", "2023-12")),
    events=(
        Event(period="2023-03", scope="all", what="new permit law"),
        Event(period="2023-06", scope=("North", "West"), what="road works; a strike"),
    ),
    definition_changes=("2022-01", "2022-06"), looks=("2023-02", "2023-05"), family="permits", source="Press release",
    statement="15 % faster", registered_on="2022-11-01", published_on="2024-02-01",
    cost=412000, assignment="observational",
)  # fmt: skip
FLAT = {
    "id": "desk", "innovation": "One-stop desk", "outcome": "median_days", "better": "lower",
    "treated": "North: 2023-01; East: 2023-04", "size": "15 %", "smallest_effect": "0.05",
    "windows": "2022-07 to 2022-12; 2023-07 to 2023-12",
    "events": "2023-03 | all | new permit law; 2023-06 | North, West | road works; a strike",
    "definition_changes": "2022-01; 2022-06", "looks": "2023-02; 2023-05", "family": "permits", "source": "Press release",
    "statement": "15 % faster", "registered_on": "2022-11-01", "published_on": "2024-02-01",
    "cost": "412000", "assignment": "observational",
}  # fmt: skip
NESTED = FLAT | {
    "treated": {"North": "2023-01", "East": "2023-04"},
    "size": 0.15,
    "windows": {"before": ["2022-07", "2022-12"], "after": ["2023-07", "2023-12"]},
    "events": [
        {"period": "2023-03", "scope": "all", "what": "new permit law"},
        {"period": "2023-06", "scope": ["North", "West"], "what": "road works; a strike"},
    ],
    "definition_changes": ["2022-01", "2022-06"],
    "looks": ["2023-02", "2023-05"],
    "cost": 412000,
}
LEAST = {"id": "desk", "innovation": "Desk", "outcome": "days", "better": "lower",
         "treated": "North", "start": "2023-01", "size": "0.15"}  # fmt: skip


def one(**cells: object) -> Claim:
    """The claim of the least register, with some cells written otherwise."""
    (claim,) = read_claims(pd.DataFrame([LEAST | cells]))
    return claim


def refusal(**cells: object) -> str:
    """The message with which the least register is refused, with some cells written otherwise."""
    with pytest.raises(InnoevalError) as caught:
        one(**cells)
    return str(caught.value)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def _write(text: str, name: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def test_one_claim_in_every_format(tmp_path: Path, write):
    flat = pd.DataFrame([FLAT])
    flat.to_csv(tmp_path / "a.csv", index=False)
    flat.to_csv(tmp_path / "b.csv", index=False, sep=";", encoding="utf-8-sig")
    flat.to_excel(tmp_path / "a.xlsx", index=False)
    flat.to_parquet(tmp_path / "a.parquet")
    lists = [event | {"scope": ["all"]} if event["scope"] == "all" else event
             for event in NESTED["events"]]  # fmt: skip
    typed = NESTED | {"treated": FLAT["treated"], "events": lists}
    pd.DataFrame([typed]).to_parquet(tmp_path / "b.parquet")
    write(json.dumps([NESTED], indent=1), "a.json")
    write(json.dumps([FLAT]), "b.json")
    write(yaml.safe_dump([NESTED]), "a.yaml")
    write(yaml.safe_dump([FLAT]), "b.yml")
    read = {path.name: read_claims(path) for path in sorted(tmp_path.iterdir())}
    assert len(read) == 9
    for name, register in read.items():
        assert register["desk"] == DESK, name
        assert register["desk"].digest == DESK.digest
        assert register.origin == name
    assert read_claims(flat)["desk"] == DESK
    assert read_claims(pd.DataFrame([NESTED]))["desk"] == DESK


@pytest.mark.parametrize(
    ("scale", "cell", "size"),
    [
        (None, "15%", 0.15),
        ("relative", "15 %", 0.15),
        ("Relative", "12.3 %", 0.123),
        (None, "0,15", 0.15),
        (None, 0.15, 0.15),
        ("percentage_points", "5 pp", 5),
        ("percentage points", "5 points", 5),
        ("percentage points", "4,5 percentage points", 4.5),
        ("percentage_points", "5", 5),
        ("absolute", "1 234,5", 1234.5),
        ("absolute", "1,234.5", 1234.5),
        ("absolute", 12, 12),
    ],
)
def test_sizes_that_read_in_one_way(scale, cell, size):
    assert one(scale=scale, size=cell, smallest_effect=cell).size == size
    assert one(scale=scale, size=cell, smallest_effect=cell).smallest_effect == size


@pytest.mark.parametrize(
    ("scale", "cell", "message"),
    [
        ("relative", "15", "size 15 on the scale 'relative' means 1,500 %; write 0.15 for 15 %"),
        ("percentage_points", "5 %", ("size is '5 %' and the scale is percentage_points; write a "
         "number of points without %, or say scale relative")),
        ("absolute", "5%", "size is '5%' and the scale is absolute; write a plain number"),
        ("relative", "5 pp", "size is '5 pp' and the scale is relative; say scale percentage_points"),
        ("absolute", "1,234", "'1,234' can be 1234 or 1.234; leave out signs of thousands"),
        ("relative", "0", "size is 0.0; an improvement is a positive number"),
        ("relative", "-0.15", "size is -0.15; an improvement is a positive number"),
        ("relative", "a lot", "'a lot' is not a number; write a number such as 0.15 or 15 %"),
        ("relative", "0.15 ± 0.1", "'0.15 ± 0.1' is not a number"),
        ("parts", "0.15", "scale is 'parts'; write relative or absolute or percentage_points"),
        ("percentage_points", "150", "size 150 percentage points; a share has 100 points at most"),
    ],
)  # fmt: skip
def test_sizes_that_are_refused_with_their_row(scale, cell, message):
    found = refusal(scale=scale, size=cell)
    assert message in found
    column = "scale" if scale == "parts" else "size"
    assert found.startswith(f"the data frame, row 2, column '{column}': claim 'desk': ")


def test_no_size_at_all():
    assert one(size=None).size is None
    assert one(size="").size is None
    assert one(size=float("nan")).size is None


@pytest.mark.parametrize(
    ("treated", "start", "starts"),
    [
        ("North", "2023-01", {"North": "2023-01"}),
        ("North; East ;", "2023-01", {"North": "2023-01", "East": "2023-01"}),
        (["North", "East"], "2023-01", {"North": "2023-01", "East": "2023-01"}),
        ("North: 2023-01;East:2023-04", None, {"North": "2023-01", "East": "2023-04"}),
        ("Ward: North: 2023-01", None, {"Ward: North": "2023-01"}),
        ("Bristol, City of", "2023-Q1", {"Bristol, City of": "2023-Q1"}),
        ("North", 2011.0, {"North": "2011"}),
        ("North", pd.Timestamp("2023-01-15"), {"North": "2023-01-15"}),
        ({"North": 2011}, None, {"North": "2011"}),
    ],
)
def test_treated_units_and_their_starts(treated, start, starts):
    assert one(treated=treated, start=start).treated == starts


@pytest.mark.parametrize(
    ("treated", "start", "message"),
    [
        ("North: 2023-01; North: 2023-05", None,
         "the unit 'North' has two starts (2023-01 and 2023-05); a unit starts once"),
        ("North: 2023-01; North: 2023-01", None, "the unit 'North' is named twice"),
        ("North; East; North", "2023-01", "the unit 'North' is named 2 times; name it once"),
        ("North: 2023-01; East", None, "the unit 'East' has no start; write 'East: 2023-01'"),
        ("North: 2023-01", "2023-02", "treated names a start for each unit, and start is filled"),
        ("North", None, "treated= lists units but no start"),
        ({"North": 2011}, "2012", "start= is given, and treated= names a start for each unit"),
        (";", "2023-01", "no treated unit is named"),
    ],
)  # fmt: skip
def test_treated_units_that_are_refused(treated, start, message):
    assert message in refusal(treated=treated, start=start)


def test_windows_in_one_cell_or_in_four():
    windows = (("2022-07", "2022-12"), ("2023-07", "2023-12"))
    ends = {"before_first": "2022-07", "before_last": "2022-12", "after_first": "2023-07",
            "after_last": "2023-12"}  # fmt: skip
    assert one(**ends).windows == windows
    for text in ("2022-07 to 2022-12; 2023-07 to 2023-12", "2022-07–2022-12;2023-07 – 2023-12",
                 "2022-07 - 2022-12; 2023-07 - 2023-12"):  # fmt: skip
        assert one(windows=text).windows == windows
    assert one(windows=[["2022-07", "2022-12"], ["2023-07", "2023-12"]]).windows == windows
    assert "before_last, after_first, after_last empty" in refusal(before_first="2022-07")
    assert "windows and before_first are both filled" in refusal(windows="a to b; c to d", **ends)
    assert "write '2022-07 to 2022-12; 2023-07 to 2023-12'" in refusal(windows="2022")


def test_events_that_are_refused():
    for cell in ("a new law", "2023-03 | a new law", [{"period": "2023-03", "what": "law"}],
                 [{"period": "2023-03", "scope": "all", "what": "law", "why": "?"}]):  # fmt: skip
        assert "is not a period, a scope and what happened; write '2023-03 | all" in refusal(
            events=cell
        )
    assert one(events="2023-03 | Treated | law").events[0].scope == "treated"
    assert one(events="2023-03 | North | law").events[0].scope == ("North",)


def test_adopters_are_a_list_or_name_a_start_each():
    assert one(adopters="South; West").adopters == {
        "North": "2023-01", "South": "2023-01", "West": "2023-01"
    }  # fmt: skip
    dated = {"North": "2023-01", "South": "2023-04"}
    assert one(adopters="South: 2023-04").adopters == dated
    assert one(adopters={"South": "2023-04"}).adopters == dated
    assert "a start for some units only" in refusal(adopters="South: 2023-04; West")


def test_fields_that_hold_too_much():
    assert "column 'family': claim 'desk': it holds several values" in refusal(family=["a", "b"])
    assert "column 'definition_changes'" in refusal(definition_changes={"a": 1})
    assert "cost" in refusal(cost="much")


def test_every_fault_of_every_claim_is_listed_with_its_row(write):
    path = write(
        "id,innovation,outcome,better,treated,start,size\n"
        "a,Desk,days,lower,North,2023-01,0.1\n"
        "\n"
        "b,,days,sideways,North,2023-01,-3\n"
        "a,Desk,days,lower,North,2023-01,15\n"
        ",Desk,days,lower,North,2023-01,\n",
        "claims.csv",
    )
    with pytest.raises(ClaimError) as caught:
        read_claims(path)
    message = str(caught.value)
    assert message.startswith("6 faults:")
    for line in (
        "claims.csv, rows 2, 5, column 'id': 'a' stands there 2 times; give each its own",
        "claims.csv, row 4, column 'innovation': it is empty; every row needs one",
        "claims.csv, row 6, column 'id': it is empty; every row needs one",
        "claims.csv, row 4, column 'better': claim 'b': better is 'sideways'; write lower or",
        "claims.csv, row 4, column 'size': claim 'b': size is -3.0; an improvement is a positive",
        "claims.csv, row 5, column 'size': claim 'a': size 15 on the scale 'relative'",
    ):
        assert line in message


def test_columns_that_are_missing_or_not_known(write):
    path = write("id,inovation,outcome,better,treated\na,b,c,d,e\n", "claims.csv")
    with pytest.raises(SourceError, match="no column 'innovation'; did you mean 'inovation'"):
        read_claims(path)
    assert "the column 'smallest_efect' is not known; did you mean 'smallest_effect'?" in refusal(
        smallest_efect="0.1"
    )
    path = write("id,innovation,outcome,better,treated\na,b,c,lower,North,2023-01\n", "claims.csv")
    with pytest.raises(SourceError, match="row 2: there are more cells than columns"):
        read_claims(path)


def test_periods_and_names_stay_as_they_are_written(write):
    text = (
        "- {id: 007, innovation: Desk, outcome: days, better: lower, treated: {NO: 2011, 1e3: 2012},"
        " size: 0.10}\n"
        "- id: b\n  innovation: null\n  outcome: days\n  better: lower\n  treated: [yes]\n"
        "  start: 2023-01-15\n"
    )
    with pytest.raises(ClaimError, match=r"a.yaml, row 2, column 'innovation': it is empty"):
        read_claims(write(text, "a.yaml"))
    register = read_claims(write(text.replace("null", "Lobby"), "a.yaml"))
    assert register["007"].treated == {"NO": "2011", "1e3": "2012"}
    assert register["b"].treated == {"yes": "2023-01-15"}
    assert register.rows == (1, 2)
    text = (
        '[{"id": 1, "innovation": "D", "outcome": "d", "better": "lower",\n"treated": {"N": 2011}'
    )
    register = read_claims(write(text + ', "size": 0.10, "cost": null}]', "a.json"))
    assert register["1"].treated == {"N": "2011"}
    assert register["1"].size == 0.1


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("- id: a\n  treated: {North: 1, North: 2}\n", "a.yaml",
         "a.yaml, row 2: this is not YAML that can be read (the key 'North' stands twice in one"),
        ("- id: [\n", "a.yaml", "this is not YAML that can be read"),
        ("- !!python/object/apply:os.system [ls]\n", "a.yaml", "could not determine a constructor"),
        ("- {[a]: b}\n", "a.yaml", "a key that is not a text"),
        ("claims: 1\n", "a.yaml", "a.yaml: there is no list of claims"),
        ("# nothing\n", "a.yaml", "a.yaml: there is no list of claims"),
        ("[]", "a.yaml", "the list of claims is empty"),
        ("- desk\n- {id: b}\n", "a.yaml", "a.yaml, row 1: 'desk' is no mapping"),
        ("", "a.yaml", "a.yaml: the file is empty"),
        ("[" * 100000, "a.json", "it is nested too deep"),
        ('[{"treated": {"N": 1, "N": 2}}]', "a.json", "the key 'N' stands twice"),
        ('[{"id": 1},\n{"id": 2]', "a.json", "a.json, row 2: this is not a JSON list"),
        ('{"id": 1}', "a.json", "a.json, row 1: this is not a JSON list"),
        ('[{"id": 1}] x', "a.json", "Extra data"),
        ('[{"id": 1},]', "a.json", "this is not a JSON list"),
        ("[]", "a.json", "the list of claims is empty"),
        ("id,innovation,outcome,better,treated\n", "a.csv", "no row of data below it"),
        ("x", "a.doc", "a.doc: a file that ends in '.doc' is not read"),
    ],
)  # fmt: skip
def test_files_that_are_not_what_they_seem(write, text, name, message):
    with pytest.raises(InnoevalError) as caught:
        read_claims(write(text, name))
    assert message in str(caught.value)


def test_absent_files_and_other_things(tmp_path: Path):
    with pytest.raises(SourceError, match=r"claims.yaml: there is no such file"):
        read_claims(tmp_path / "claims.yaml")
    with pytest.raises(SourceError, match="claims cannot be read from a dict"):
        read_claims({})
    path = tmp_path / "claims.yaml"
    path.write_bytes("- {id: é}".encode("latin-1"))
    with pytest.raises(SourceError, match=r"claims.yaml, row 1: byte 0xE9"):
        read_claims(path)


CELLS = st.one_of(
    st.none(), st.text(max_size=6), st.floats(), st.integers(), st.booleans(),
    st.sampled_from(["15 %", "5 pp", "A: 2023; B", "a|b|c", "a to b; c to d", ";", "lower"]),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(COLUMNS), CELLS, max_size=5))
def test_any_cells_make_a_claim_or_a_named_fault(changes):
    with contextlib.suppress(InnoevalError):
        one(**changes)


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(st.text(max_size=40), st.text("[]{}:,- \n&*!?|>'\"%@`a1", max_size=30)),
       name=st.sampled_from(["any.yaml", "any.json", "any.csv"]))  # fmt: skip
def test_any_text_is_a_register_or_a_named_fault(tmp_path_factory, text, name):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(text.encode("utf-8", "replace"))
    with contextlib.suppress(InnoevalError):
        read_claims(path)
