from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from innoeval import Panel, read_panel
from innoeval.errors import SourceError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write some text (or bytes) to a file and give its path."""

    def _write(content: str | bytes, name: str = "permits.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write


@pytest.fixture
def read(write: Write) -> Callable[..., Panel]:
    """Read a panel of the columns ward, month and days from text."""

    def _read(content: str | bytes, name: str = "permits.csv", **options: object) -> Panel:
        roles = {"unit": "ward", "period": "month", "outcomes": ["days"]} | options
        return read_panel(write(content, name), **roles)

    return _read


@pytest.fixture
def refused(read: Callable[..., Panel]) -> Callable[..., str]:
    """The message with which some text is refused."""

    def _refused(content: str | bytes, name: str = "permits.csv", **options: object) -> str:
        with pytest.raises(SourceError) as caught:
            read(content, name, **options)
        return str(caught.value)

    return _refused
