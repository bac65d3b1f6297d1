"""Rules of the house that a reader of the code relies on, held for every file."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import innoeval

REPO = Path(__file__).parents[2]
SOURCES = sorted((REPO / "src" / "innoeval").rglob("*.py"))
LONGEST = 500
#: Folders of one machine; nothing that is committed may lean on them.
PLACES = ("/" + "work/", "/" + "tmp/", "/" + "root/", "/" + "home/", "/" + "opt/")


def named(path: Path) -> str:
    return path.relative_to(REPO).as_posix()


@pytest.fixture(scope="module")
def trees() -> list[tuple[str, ast.Module]]:
    """Every file of the source, read once; let go of at the end, as they are a million objects."""
    return [(named(path), ast.parse(path.read_text("utf-8"))) for path in SOURCES]


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPO, capture_output=True, check=False, text=True
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout, so the list of committed files is not known")
    return [REPO / name for name in listed.stdout.split("\0") if name and (REPO / name).is_file()]


def test_imports_only_run_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=REPO, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}


def test_statsmodels_api_is_never_imported(trees: list[tuple[str, ast.Module]]) -> None:
    def imports(node: ast.AST) -> bool:
        if isinstance(node, ast.Import):
            return any(alias.name == "statsmodels.api" for alias in node.names)
        return isinstance(node, ast.ImportFrom) and (
            node.module == "statsmodels.api"
            or (node.module == "statsmodels" and any(a.name == "api" for a in node.names))
        )

    assert [name for name, tree in trees if any(map(imports, ast.walk(tree)))] == []


def test_faults_are_errors_never_asserts(trees: list[tuple[str, ast.Module]]) -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
        or (isinstance(node, ast.ExceptHandler) and node.type is None)
    ]
    assert found == []


def test_every_public_name_can_be_imported() -> None:
    missing = [name for name in innoeval.__all__ if not hasattr(innoeval, name)]
    for room in ("checks", "designs", "plots", "records", "simulate", "sources", "briefs"):
        module = importlib.import_module(f"innoeval.{room}")
        missing += [f"{room}.{n}" for n in getattr(module, "__all__", ()) if not hasattr(module, n)]
    assert missing == []


def test_every_public_name_says_what_it_is() -> None:
    silent = [n for n in innoeval.__all__ if not (getattr(innoeval, n).__doc__ or "").strip()]
    assert silent == []


def test_the_package_ships_its_types_and_says_one_version() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))
    assert (REPO / "src" / "innoeval" / "py.typed").is_file()
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["src/innoeval"]
    assert project["project"]["version"] == innoeval.__version__


def test_committed_files_name_no_machine() -> None:
    found = []
    for path in committed():
        content = path.read_bytes()
        if b"\0" in content[:1024]:
            continue
        text = content.decode("utf-8", errors="replace")
        found += [f"{named(path)}: {place}" for place in PLACES if place in text]
    assert found == []


def test_the_lock_pins_every_dependency() -> None:
    lines = (REPO / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert [line for line in pins if "==" not in line] == []
    pinned = {line.split("==")[0].split("[")[0].lower().replace("_", "-") for line in pins}
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [
        *project["dependencies"],
        *extras["dev"],
        *extras["excel"],
        *extras["gallery"],
        *extras["warehouse"],
    ]
    names = {item.split(">")[0].split("[")[0].lower().replace("_", "-") for item in wanted}
    assert names - pinned == set()


def test_checks_stand_apart_from_each_other() -> None:
    folder = REPO / "src" / "innoeval" / "checks"
    shared = {"__init__", "base", "suite"}
    names = {path.stem for path in folder.glob("*.py")} - shared
    for name in names:
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        met = {other for other in names - {name} if f"innoeval.checks.{other}" in text}
        assert not met, f"{name} imports {met}"
