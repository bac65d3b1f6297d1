"""Writing: all of the file or none of it, and a message that says what to do."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

import innoeval as ie
from innoeval.briefs import write
from innoeval.errors import BriefError
from innoeval.records import Evaluation, Panel

Build = Callable[..., Evaluation]


@pytest.fixture
def ev(build: Build) -> Evaluation:
    return build("not_evaluable", estimated=False)


def test_a_brief_is_written_where_it_is_said(ev: Evaluation, tmp_path: Path) -> None:
    path = ie.write_brief(ev, tmp_path / "brief.PDF")
    assert path.read_bytes().startswith(b"%PDF-")
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) & stat.S_IRUSR


@pytest.mark.parametrize("name", ["brief", "brief.docx", "brief.htm"])
def test_an_unknown_format_is_refused_with_those_known(
    ev: Evaluation, tmp_path: Path, name: str
) -> None:
    with pytest.raises(
        BriefError, match=r"names no format that is written yet; end it in \.pdf or \.html"
    ):
        ie.write_brief(ev, tmp_path / name)


def test_a_folder_that_is_not_there_is_named(ev: Evaluation, tmp_path: Path) -> None:
    with pytest.raises(BriefError, match=r"the folder '.*absent' does not exist; make it first"):
        ie.write_brief(ev, tmp_path / "absent" / "brief.pdf")
    (tmp_path / "file").touch()
    with pytest.raises(BriefError, match="is not a folder"):
        ie.write_brief(ev, tmp_path / "file" / "brief.pdf")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(BriefError, match="is a folder; name a file in it"):
        ie.write_brief(ev, tmp_path / "folder.pdf")


def test_a_file_may_be_kept_from_being_replaced(ev: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_text("mine")
    with pytest.raises(BriefError, match="exists already"):
        ie.write_brief(ev, path, overwrite=False)
    assert path.read_text() == "mine"
    assert ie.write_brief(ev, path).read_bytes().startswith(b"%PDF-")


def test_nothing_remains_of_a_brief_that_could_not_be_written(
    ev: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "brief.pdf"
    path.write_text("older")

    def fails(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(
        BriefError, match=r"cannot be written \(Permission denied\); make its folder writable"
    ):
        ie.write_brief(ev, path)
    assert [p.name for p in tmp_path.iterdir()] == ["brief.pdf"]
    assert path.read_text() == "older"


def test_a_folder_that_cannot_be_written_to(
    ev: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(BriefError, match="make its folder writable"):
        ie.write_brief(ev, tmp_path / "brief.pdf")
    assert list(tmp_path.iterdir()) == []


def test_the_panel_is_attached_if_it_is_the_one_evaluated(ev: Evaluation) -> None:
    frame = pd.DataFrame({"ward": ["A", "A"], "month": ["2023-01", "2023-02"], "days": [1.0, 2.5]})
    panel = Panel(frame=frame, unit="ward", period="month", freq="month", outcomes=("days",))
    text = write.panel_csv(replace(ev, panel_fingerprint=panel.fingerprint), panel)
    assert text == "ward,month,days\nA,2023-01,1.0\nA,2023-02,2.5\n"
    inside = PdfReader(BytesIO(write.pdf(ev, text))).attachments
    assert inside["panel.csv"][0].decode() == text
    with pytest.raises(BriefError, match="not the panel that was evaluated"):
        write.panel_csv(ev, panel)
