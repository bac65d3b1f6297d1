"""What a brief says, word for word, for every verdict in both languages."""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.evaluations import STATUSES, build

from innoeval.briefs import Edition
from innoeval.briefs.html import page
from innoeval.briefs.language import languages

SNAPSHOTS = Path(__file__).with_name("snapshots")


class Words(HTMLParser):
    """The words of a page in reading order, those of its figures and alternative texts with them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = self.silent or tag == "style"
        told = dict(attrs)
        if said := told.get("aria-label") or told.get("alt"):
            self.lines.append(f"[{said}]")

    def handle_endtag(self, tag: str) -> None:
        self.silent = self.silent and tag != "style"

    def handle_data(self, data: str) -> None:
        if (said := " ".join(data.split())) and not self.silent:
            self.lines.append(said)


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("status", STATUSES)
def test_a_brief_says_what_it_said(status: str, code: str) -> None:
    """To write them anew: `INNOEVAL_SNAPSHOTS=write pytest tests/briefs/test_snapshots.py`."""
    written = page(build(status), edition=Edition(language=code, audience="public"))
    text = "\n".join(Words(written.decode()).lines) + "\n"
    path = SNAPSHOTS / f"{status}-{code}.txt"
    if os.environ.get("INNOEVAL_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")
