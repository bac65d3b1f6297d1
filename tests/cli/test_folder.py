"""Results appear together or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from innoeval.cli.folder import written_together


def write(folder: Path, *, fail: bool = False) -> None:
    with written_together(folder) as draft:
        (draft / "a.json").write_text("{}")
        (draft / "b.pdf").write_text("x")
        if fail:
            raise RuntimeError


def test_a_folder_in_the_way_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out" / "b.pdf").mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match="in the way"):
        write(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.pdf"]


def test_an_error_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        write(tmp_path / "out", fail=True)
    assert list(tmp_path.iterdir()) == []
