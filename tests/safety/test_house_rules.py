"""What the source may not do: run text as code, unpickle files, load YAML that makes objects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from innoeval.tables import read_table

SOURCES = Path(__file__).parents[2] / "src" / "innoeval"
#: Builtins that run a text, and calls that start a program or a shell.
RUNS = {"eval", "exec", "compile", "execfile"}
STARTS = {"os.system", "os.popen", "os.execv", "os.spawnl", "subprocess.run", "subprocess.Popen", "subprocess.call",
          "subprocess.check_output", "pty.spawn"}  # fmt: skip
PICKLES = {
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "marshal",
    "shelve",
    "joblib.load",
    "pandas.read_pickle",
}
#: A run hands its panels to the processes that it starts itself, in a private folder; no file of others is unpickled.
BETWEEN_OWN_PROCESSES = {"portfolio/panels.py"}


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(SOURCES).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(SOURCES.rglob("*.py"))
    ]


@cache
def called(tree: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@cache
def imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.fixture(scope="module", autouse=True)
def let_go() -> Iterator[None]:
    """What was read of the source is a million objects, which later tests need not carry along."""
    yield
    for kept in (trees, called, imported):
        kept.cache_clear()


def test_no_text_is_run_as_code_and_no_program_is_started() -> None:
    found = {name: called(tree) & (RUNS | STARTS) for name, tree in trees()}
    assert {name: calls for name, calls in found.items() if calls} == {}
    assert {name for name, tree in trees() if "subprocess" in imported(tree)} == set()


def test_no_file_is_unpickled() -> None:
    users = {name for name, tree in trees() if (imported(tree) | called(tree)) & PICKLES}
    assert users <= BETWEEN_OWN_PROCESSES
    loads = {
        n
        for n, tree in trees()
        for c in called(tree)
        if c.endswith(("read_pickle", ".load_pickle"))
    }
    assert loads == set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert ast.unparse(node.value) == "False", name


def test_yaml_is_loaded_by_safe_loaders_only() -> None:
    for name, tree in trees():
        calls = called(tree)
        assert not calls & {"yaml.load", "yaml.full_load", "yaml.unsafe_load", "yaml.load_all"}, (
            name
        )
        bases = {ast.unparse(base) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases}  # fmt: skip
        assert not {base for base in bases if base.endswith("Loader")} - {"yaml.SafeLoader"}, name
    from innoeval.claims.plain_yaml import PlainLoader

    assert {str(tag).rpartition(":")[2] for tag in PlainLoader.yaml_constructors} == {
        "None", "str", "seq", "map",
    }  # fmt: skip


def test_workbooks_are_read_as_values_and_never_calculated(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["ward", "days"])
    book.active.append(["North", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    (row,) = read_table(tmp_path / "a.xlsx", wanted=("ward",)).frame.to_dict("records")
    assert row["ward"] == "North"
    assert row["days"] not in {2, "2", "=1+1"}
    text = (SOURCES / "tables" / "files.py").read_text("utf-8")
    assert "data_only=True" in text
    assert "keep_vba" not in text


#: Writes a sample of its own making, which is kept byte for byte.
OWN_TEXTS = {"simulate/sample.py"}


def test_tables_are_written_without_formulas() -> None:
    writers = {
        name
        for name, tree in trees()
        if any(c.endswith((".to_csv", ".to_excel", "csv.writer", "csv.DictWriter")) for c in called(tree))
    }  # fmt: skip
    marked = {
        name
        for name, tree in trees()
        if "innoeval.tables.harmless" in imported(tree) or name == "tables/harmless.py"
    }
    assert writers - marked == OWN_TEXTS


def test_embedded_databases_fetch_nothing_by_themselves() -> None:
    """Whatever opens DuckDB says what it may reach."""
    opened = [
        {word.arg for word in node.keywords}
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("duckdb.connect")
    ]
    assert len(opened) == 2
    for said in opened:
        assert said & {"enable_external_access", "autoinstall_known_extensions"}


def test_every_promise_of_the_threat_model_names_a_test_that_is_there() -> None:
    repo = SOURCES.parents[1]
    text = (repo / "docs" / "trust" / "threat-model.md").read_text("utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")][1:]
    promises = [row for row in rows if not set(row[0]) <= set(" -")]
    assert len(promises) > 15
    for what, _, test in promises:
        named = re.findall(r"tests/[\w/.]+\w", test)
        assert named, what
        assert [path for path in named if not (repo / path).exists()] == [], what
