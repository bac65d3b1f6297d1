"""Critical values on disk: shared, whole or absent, never in the way."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from innoeval.stats import kept_tables
from innoeval.stats.calibrated import DRAWS, TRUE, Tables, _tables, tables
from innoeval.stats.series import segmented

SHAPES = ((3,), (2, 4))
ARRAYS = (np.array([1.0, 2.0, 3.0]), np.arange(8.0).reshape(2, 4))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(kept_tables.VARIABLE, str(tmp_path / "tables"))
    _tables.cache_clear()
    return tmp_path / "tables"


def made(seed: int = 1, draws: int = 300) -> Tables:
    return tables(segmented(14, 7, trend=True, slope=False), np.eye(3)[1:2], draws=draws, seed=seed)


def test_what_is_kept_comes_back(place: Path) -> None:
    assert kept_tables.recall("a", SHAPES) is None
    kept_tables.keep("a", ARRAYS)
    for found, kept in zip(kept_tables.recall("a", SHAPES) or (), ARRAYS, strict=True):
        np.testing.assert_array_equal(found, kept)
    assert [path.name for path in place.iterdir()] == ["a.table"]


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "folder"])
def test_a_damaged_file_counts_as_absent(place: Path, harm: str) -> None:
    kept_tables.keep("a", ARRAYS)
    path = place / "a.table"
    content = path.read_bytes()
    path.unlink()
    match harm:
        case "cut":
            path.write_bytes(content[:-3])
        case "changed":
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case "empty":
            path.write_bytes(b"")
        case _:
            path.mkdir()
    assert kept_tables.recall("a", SHAPES) is None


def test_the_next_process_reads_what_the_first_simulated(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made()
    assert len(list(place.iterdir())) == 1
    _tables.cache_clear()

    def never(*_: object) -> None:
        raise RuntimeError("simulated again")

    monkeypatch.setattr("innoeval.stats.calibrated._simulate", never)
    for ours, read in zip(first, made(), strict=True):
        np.testing.assert_array_equal(ours, read)
    _tables.cache_clear()
    with pytest.raises(RuntimeError, match="simulated again"):
        made(seed=2)


def test_a_damaged_table_is_simulated_again_and_mended(place: Path) -> None:
    first = made()
    (path,) = place.iterdir()
    path.write_bytes(b"rubbish")
    _tables.cache_clear()
    np.testing.assert_array_equal(made().sizes, first.sizes)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("named", ["off", "OFF", "0", ""])
def test_it_can_be_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(kept_tables.VARIABLE, named)
    kept_tables.keep("a", ARRAYS)
    assert kept_tables.folder() is None
    assert kept_tables.recall("a", SHAPES) is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv(kept_tables.VARIABLE, str(blocked / "tables"))
    kept_tables.keep("a", ARRAYS)
    assert kept_tables.recall("a", SHAPES) is None


def test_the_platform_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(kept_tables.VARIABLE, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kept_tables.folder() == tmp_path / "innoeval"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    assert kept_tables.folder() is None


def test_the_oldest_go(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_tables, "MOST", 2)
    for age, name in enumerate(["a", "b", "c"]):
        kept_tables.keep(name, ARRAYS)
        if (path := place / f"{name}.table").exists():
            os.utime(path, (1000 + age, 1000 + age))
    kept_tables.keep("d", ARRAYS)
    assert sorted(path.stem for path in place.iterdir()) == ["c", "d"]


def _keep_often(_: int) -> int:
    for _ in range(20):
        kept_tables.keep("same", ARRAYS)
        if kept_tables.recall("same", SHAPES) is None:
            return 1
    return 0


def test_processes_share_a_folder_without_a_lock(place: Path) -> None:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_keep_often, range(2)) == [0, 0]
    assert [path.name for path in place.iterdir()] == ["same.table"]


def test_a_name_depends_on_all_that_the_table_does() -> None:
    X = segmented(20, 10, trend=True, slope=False)
    names = {
        kept_tables.digest(X, 1), kept_tables.digest(X, 2), kept_tables.digest(X[:, :2], 1),
        kept_tables.digest(X.T, 1), kept_tables.digest(X + 1e-12, 1),
    }  # fmt: skip
    assert len(names) == 5
    assert DRAWS * len(TRUE) * 3 * 4 < 1e6  # a table of three contrasts stays under a megabyte


def test_a_folder_that_cannot_be_written_to_leaves_nothing_half_written(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    kept_tables.keep("a", ARRAYS)
    assert list(place.iterdir()) == []
    assert kept_tables.recall("a", SHAPES) is None


def test_each_platform_has_its_folder_for_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(kept_tables.VARIABLE, raising=False)
    monkeypatch.setenv("LOCALAPPDATA", "C:/Users/me/AppData/Local")
    monkeypatch.setenv("HOME", "/house/me")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for platform, folder in (
        ("win32", "C:/Users/me/AppData/Local/innoeval"),
        ("darwin", "/house/me/Library/Caches/innoeval"),
        ("linux", "/house/me/.cache/innoeval"),
    ):
        monkeypatch.setattr(kept_tables.sys, "platform", platform)
        assert kept_tables.folder() == Path(folder)
    monkeypatch.setattr(kept_tables.sys, "platform", "win32")
    monkeypatch.delenv("LOCALAPPDATA")
    assert kept_tables.folder() is None
