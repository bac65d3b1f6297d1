"""What is no brief is refused before it is looked into."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from innoeval.briefs.read import LARGEST, read_evaluation
from innoeval.errors import RecordError


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"brief\.pdf' cannot be read \(no such file.*check the"):
        read_evaluation(tmp_path / "brief.pdf")


def test_a_file_larger_than_any_brief_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.touch()
    os.truncate(path, 10 * LARGEST + 1)  # a hole: it takes no room on the disk
    with pytest.raises(RecordError, match=r"'brief\.pdf' has more than 640 MB; no brief is that"):
        read_evaluation(path)
