"""The PDF: readable, accessible, archival, the same every time, and deaf to what claims say."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader

from innoeval.briefs import story
from innoeval.briefs.attached import series_csv
from innoeval.briefs.typst import pdf
from innoeval.errors import BriefError
from innoeval.records import Evaluation

Build = Callable[..., Evaluation]
NASTY: dict[str, Any] = {
    "innovation": '#panic("no") $x$ *b* <script>',
    "statement": '#import "x.typ": * \\ \' [a](b) @ref `raw` // c \x07 \x00 \n new \u202e \ud800 日本 😀',
    "outcome": "#v(1cm)",
    "family": "#set text(99pt)",
    "source": '= head "q" \\',
    "treated": ["#A", "$B$", "C\\D"],
}


def reader(ev: Evaluation) -> PdfReader:
    return PdfReader(BytesIO(pdf(ev)))


def text_of(brief: PdfReader) -> str:
    """All words of a PDF on one line; only spaces that do not break become plain ones."""
    pages = "\n".join(page.extract_text() for page in brief.pages)
    return re.sub(r"\s+", " ", pages.replace("\u200b", ""))


@pytest.fixture(scope="module")
def brief(build: Build) -> PdfReader:
    return reader(build("overstated"))


@pytest.fixture(scope="module")
def nasty(build: Build) -> PdfReader:
    return reader(build("overstated", **NASTY))


def elements(brief: PdfReader) -> Iterator[Any]:
    """Every element of the structure tree, in reading order."""
    waiting = [brief.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop(0).get_object()
        if not hasattr(node, "get"):
            continue
        if "/S" in node:
            yield node
        children = node.get("/K", [])
        children = children.get_object() if hasattr(children, "get_object") else children
        waiting = [*(children if isinstance(children, list) else [children]), *waiting]
        waiting = [item for item in waiting if not isinstance(item, int)]


def test_every_sentence_of_the_story_stands_in_the_file(build: Build, brief: PdfReader) -> None:
    told, found = story(build("overstated")), text_of(brief)
    parts = [
        told.title,
        told.headline,
        told.summary,
        *told.claim,
        *told.evidence,
        *told.meaning,
        *told.limits,
    ]
    parts += [row["says"] for row in told.checks] + [text for _, text in told.method]
    assert [part for part in parts if part not in found] == []
    for heading in (
        "The claim",
        "What the evidence shows",
        "Strength of evidence",
        "Checks",
        "Method",
    ):
        assert heading in found


def test_the_file_says_what_it_is(brief: PdfReader) -> None:
    assert brief.metadata is not None
    assert brief.metadata.title == "Repairs triage assistant: evidence brief"
    root = brief.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    about = root["/Metadata"].get_data().decode()
    for mark in ("<pdfuaid:part>1<", "<pdfaid:part>3<", "<pdfaid:conformance>A<"):
        assert mark in about


def test_figures_have_words_and_tables_have_headers(build: Build, brief: PdfReader) -> None:
    told = story(build("overstated"))
    kinds = [element["/S"] for element in elements(brief)]
    alts = [str(element["/Alt"]) for element in elements(brief) if "/Alt" in element]
    assert alts == [told.against_alt, told.figure_alt]
    assert kinds.count("/H1") == 1
    assert kinds.count("/TH") == 4 + 2 + 2


def test_the_record_and_the_series_are_inside(build: Build, brief: PdfReader) -> None:
    ev = build("overstated")
    inside = {name: content[0] for name, content in brief.attachments.items()}
    assert set(inside) == {"evaluation.json", "series.csv"}
    assert inside["evaluation.json"].decode() == ev.to_json()
    assert Evaluation.from_json(inside["evaluation.json"].decode()) == ev
    assert inside["series.csv"].decode() == series_csv(ev.estimate.path)  # type: ignore[union-attr]


def test_the_series_are_written_in_full(build: Build) -> None:
    path = build("overstated").estimate.path  # type: ignore[union-attr]
    assert path is not None
    rows = list(csv.DictReader(StringIO(series_csv(path))))
    assert [row["period"] for row in rows] == list(path.period)
    assert np.array_equal([float(row["observed"]) for row in rows], path.observed)
    assert rows[0]["low"] == ""


def test_the_same_input_gives_the_same_bytes(build: Build) -> None:
    ev = build("overstated")
    assert pdf(ev) == pdf(Evaluation.from_json(ev.to_json()))


def test_the_date_comes_from_the_claim_and_not_from_a_clock(build: Build, brief: PdfReader) -> None:
    assert brief.metadata is not None
    assert str(brief.metadata.creation_date)[:10] == "2025-03-12"
    numbered = build("supported", periods=tuple("123456"), launch=3, start="4", published_on="")
    assert str(reader(numbered).metadata.creation_date)[:10] == "2000-01-01"  # type: ignore[union-attr]


def test_what_a_claim_says_is_shown_and_never_obeyed(nasty: PdfReader) -> None:
    found = text_of(nasty)
    for part in (
        '#panic("no") $x$ *b* <script>',
        '#import "x.typ": * \\ \' [a](b) @ref `raw` // c [U+0007] [U+0000] new [U+202E] [U+D800]',
        "#v(1cm)",
        "#set text(99pt)",
        '= head "q" \\',
        "#A, $B$ and C\\D",
    ):
        assert part in found, part


def test_letters_that_no_typeface_holds_are_boxes_and_the_brief_says_so(nasty: PdfReader) -> None:
    found = text_of(nasty)
    # Both letters share a box; the text layer names the second one apart, for search and speech.
    content = nasty.pages[0].get_contents()
    assert content is not None
    assert b"ActualText<FEFF%04X>" % ord("本") in content.get_data()
    assert "日" in found
    assert "This typeface lacks 2 characters of the claim; a box stands for each" in found


def test_a_lone_surrogate_is_kept_in_the_record(build: Build, nasty: PdfReader) -> None:
    record = nasty.attachments["evaluation.json"][0].decode()
    assert Evaluation.from_json(record).claim == build("overstated", **NASTY).claim


def test_long_words_many_findings_and_no_estimate_still_make_pages(build: Build) -> None:
    ev = build("inconclusive")
    many = build(
        "inconclusive", findings=ev.findings * 6, statement="Long" * 200, innovation="Name" * 50
    )
    assert len(reader(many).pages) <= 4
    none = reader(build("not_evaluable", estimated=False))
    assert len(none.pages) == 1
    assert set(none.attachments) == {"evaluation.json"}
    assert "No check was run" in text_of(none)


def test_words_from_right_to_left_and_emoji_are_set(build: Build) -> None:
    found = text_of(
        reader(build("supported", statement="خفض الوقت 15 % 😀👩‍👧", innovation="שירות חדש"))
    )
    assert "15 %" in found


def test_a_missing_typeface_is_an_error_and_never_an_empty_page(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    from innoeval.plots import theme

    monkeypatch.setattr(theme, "font_folders", lambda: ())
    with pytest.raises(BriefError, match=r"lacks a typeface .*source sans pro.*install both again"):
        pdf(build("not_evaluable", estimated=False))
