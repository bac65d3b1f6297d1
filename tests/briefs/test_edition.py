"""Editions: whose brief it is, for whom, and a logo that is looked at before it is shown."""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.briefs.test_html import Reader

import innoeval as ie
from innoeval.briefs import Edition, edition
from innoeval.briefs.html import page
from innoeval.briefs.typst import pdf
from innoeval.errors import BriefError
from innoeval.records import Evaluation

Build = Callable[..., Evaluation]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3">{}</svg>'


def png(width: int = 3, height: int = 2) -> bytes:
    """A grey picture, by hand."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def saved(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", png()),
        ("logo.svg", SVG.format('<path id="a" d="M0 0h9v3H0z" fill="#123456"/>')),
    ],
)
def test_name_and_logo_stand_at_the_head_of_both(
    build: Build, tmp_path: Path, name: str, content: bytes | str
) -> None:
    logo, ev = saved(tmp_path, name, content), build("supported")
    said = {"organisation": "City of Northbridge", "logo": logo}
    made = PdfReader(ie.write_brief(ev, tmp_path / "a.pdf", **said))  # type: ignore[arg-type]
    assert "City of Northbridge" in made.pages[0].extract_text()
    assert made.metadata is not None
    assert made.metadata.author == "City of Northbridge"
    written = ie.write_brief(ev, tmp_path / "a.html", **said)  # type: ignore[arg-type]
    read = Reader(written.read_text(encoding="utf-8"))
    (image,) = read.every("img")
    assert image["alt"] == "Logo of City of Northbridge"
    assert b64decode(image["src"].partition(",")[2]) == logo.read_bytes()
    assert "img-src data:" in written.read_text(encoding="utf-8")
    assert pdf(ev, None, edition(**said)) == pdf(ev, None, edition(**said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>", '<image href="https://x.org/y.png"/>', "<foreignObject/>",
        '<a href="javascript:x()"/>', '<path onload="x()"/>', "<style>@import url(x)</style>",
        '<rect fill="url(http://x.org/#a)"/>', '<use href="file:///etc/passwd#a"/>', "<image xlink:href='/etc/passwd'/>",
        '<svg:script xmlns:svg="http://www.w3.org/2000/svg"/>', '<use xlink:href = "data:image/svg+xml;base64,PA=="/>',
    ],
)  # fmt: skip
def test_a_drawing_that_runs_or_loads_something_is_refused(tmp_path: Path, inside: str) -> None:
    logo = saved(tmp_path, "logo.svg", SVG.format(inside))
    with pytest.raises(BriefError, match="runs or loads something"):
        edition(organisation="A", logo=logo)


def test_entities_are_refused_before_they_are_read(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG.format(
        "<text>&b;</text>"
    )
    with pytest.raises(BriefError, match="runs or loads something"):
        edition(organisation="A", logo=saved(tmp_path, "logo.svg", bomb))


def test_a_drawing_that_refers_to_itself_is_taken(tmp_path: Path) -> None:
    inside = '<defs><path id="a" d="M0 0"/></defs><use href="#a"/><rect fill="url(#a)"/>'
    assert (
        edition(organisation="A", logo=saved(tmp_path, "a.svg", SVG.format(inside))).logo_kind
        == "svg"
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.jpg", b"\xff\xd8", "is neither .png nor .svg"),
        ("logo.png", b"GIF89a", "is called .png and is no whole PNG"),
        ("logo.png", png()[:-8], "is no whole PNG"),
        ("logo.png", png().replace(b"IDAT", b"IDAT!", 1), "is no whole PNG"),
        ("logo.png", png(5000, 1), "5,000 × 1 pixels, and 4,000 is the most"),
        ("logo.png", png() + b"x" * 70_000, "70 kB, and 60 kB is the most"),
        ("logo.svg", "<svg><g></svg>", "is no SVG that can be read"),
        ("logo.svg", "<html/>", "holds no <svg>"),
        ("logo.svg", b"\xff\xfe<", "is not in UTF-8"),
    ],
    ids=["jpeg", "gif", "cut", "broken", "wide", "large", "open", "page", "utf-16"],
)
def test_a_logo_that_is_none_is_refused(
    build: Build, tmp_path: Path, name: str, content: bytes | str, said: str
) -> None:
    logo = saved(tmp_path, name, content)
    with pytest.raises(BriefError, match=re.escape(said)):
        ie.write_brief(build("supported"), tmp_path / "a.pdf", organisation="A", logo=logo)
    assert not (tmp_path / "a.pdf").exists()


def test_what_is_no_file_is_no_logo(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent.png"):
        with pytest.raises(BriefError, match="is no file; name a PNG or SVG file"):
            edition(organisation="A", logo=place)


def test_a_logo_needs_a_name_to_be_read_out(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="a logo needs organisation="):
        edition(logo=saved(tmp_path, "logo.png", png()))


def test_an_unknown_audience_is_refused_with_those_known(build: Build, tmp_path: Path) -> None:
    with pytest.raises(
        BriefError, match="no audience 'press'; the audiences are public, technical"
    ):
        ie.write_brief(build("supported"), tmp_path / "a.pdf", audience="press")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_public_reads_the_first_page_and_technicians_the_same_and_more(
    build: Build, code: str
) -> None:
    ev = build("inconclusive")
    public, technical = (
        Reader(page(ev, None, Edition(language=code, audience=audience)).decode())  # type: ignore[arg-type]
        for audience in ("public", "technical")
    )
    names = [head["id"] for head in technical.every("h2")]
    assert [head["id"] for head in public.every("h2")] == names[:8]
    assert names[8:] == ["checks", "method", "provenance"]
    assert public.every("table") == []
    assert [a["download"] for a in public.every("a")] == ["evaluation.json.gz", "series.csv"]
    assert (
        len(PdfReader(BytesIO(pdf(ev, None, Edition(language=code, audience="public")))).pages) == 1
    )
