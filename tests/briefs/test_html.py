"""The web page: whole in one file, readable by everybody, and deaf to what claims say."""

from __future__ import annotations

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from gzip import decompress
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import innoeval as ie
from innoeval.briefs import story
from innoeval.briefs.attached import series_csv
from innoeval.briefs.html import DARK, LIGHT, page
from innoeval.plots import theme
from innoeval.records import Evaluation

Build = Callable[..., Evaluation]
READABLE, VISIBLE = 4.5, 3.0
VOID = {"meta", "br", "img"}
NASTY: dict[str, Any] = {
    "innovation": '<img src=x onerror=alert(1)> "><script>alert(1)</script>',
    "statement": "</p></main><script>alert(2)</script> $title ${x} $$ &amp; <!-- \x00 \u202e \ud800 ' خفض 😀 "
    + "L" * 5000,
    "outcome": "<b>out--></svg><style>*{display:none}",
    "family": "<i>",
    "source": "javascript:alert(3) " + "x" * 5000,
    "treated": ["<A>", "שירות", '"q" onload="x'],
}


class Reader(HTMLParser):
    """Elements, words and ids of a page; refuses tags that do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def every(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def read(ev: Evaluation) -> Reader:
    return Reader(page(ev).decode())


@pytest.fixture(scope="module")
def brief(build: Build) -> Reader:
    return read(build("overstated"))


@pytest.fixture(scope="module")
def nasty(build: Build) -> Reader:
    return read(build("overstated", **NASTY))


def test_every_sentence_of_the_story_stands_on_the_page(build: Build, brief: Reader) -> None:
    told = story(build("overstated"))
    parts = [told.kicker, told.title, told.setting, told.headline, told.summary, told.certainty,
             told.against_caption, told.figure_title, told.figure_caption]  # fmt: skip
    parts += [*told.claim, *told.strength, *told.evidence, *told.meaning, *told.limits]
    parts += [
        text
        for row in told.checks
        for text in (row["question"], row["word"], row["icon"], row["says"])
    ]
    parts += [
        text
        for rows in (told.method, told.provenance, told.digests)
        for row in rows
        for text in row
    ]
    assert [part for part in parts if part not in brief.text] == []


def test_the_page_runs_and_loads_nothing(brief: Reader, nasty: Reader) -> None:
    for found in (brief, nasty):
        names = {tag for tag, _ in found.elements}
        assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
        for tag, attributes in found.elements:
            assert not [name for name in attributes if name.startswith("on")]
            assert "src" not in attributes
            target = attributes.get("href", attributes.get("xlink:href", "#"))
            assert target.startswith("data:" if tag == "a" else "#")
        policy = next(m["content"] for m in found.every("meta") if "http-equiv" in m)
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")


def test_it_can_be_heard_and_walked_through(build: Build, brief: Reader) -> None:
    told = story(build("overstated"))
    assert brief.every("html") == [{"lang": "en-GB"}]
    order = [tag for tag, _ in brief.elements]
    assert Counter(order)["h1"] == Counter(order)["main"] == 1
    assert [tag for tag in order if re.fullmatch(r"h\d", tag)] == ["h1"] + ["h2"] * 11
    assert order.index("header") < order.index("main") < order.index("footer")
    drawings = [d for d in brief.every("svg") if "aria-hidden" not in d]
    assert [d["role"] for d in drawings] == ["img"] * 3
    spoken = [d["aria-label"].replace("\u00a0", " ") for d in drawings]
    assert spoken == [told.against_alt, told.figure_alt, told.figure_alt]
    heads = [head["scope"] for head in brief.every("th")]
    assert heads == ["col"] * 4 + ["row"] * len(told.checks)


def test_names_are_given_once_and_every_reference_arrives(brief: Reader) -> None:
    names = Counter(a["id"] for _, a in brief.elements if "id" in a)
    assert {name: n for name, n in names.items() if n > 1} == {}
    wanted = [a["aria-labelledby"] for _, a in brief.elements if "aria-labelledby" in a]
    wanted += [
        name
        for _, a in brief.elements
        for v in a.values()
        for name in re.findall(r"url\(#(.*?)\)", v)
    ]
    assert set(wanted) <= set(names)
    assert "w-hatch" in wanted


def test_figures_follow_the_page_into_the_dark(build: Build) -> None:
    for status in ("supported", "overstated", "harmful", "inconclusive"):
        drawn = "".join(re.findall(r"<svg.*?</svg>", page(build(status)).decode(), re.DOTALL))
        assert re.findall(r"(?<!href=\")#[0-9a-fA-F]{3,8}\b(?!\")", drawn) == []
        used = set(re.findall(r"var\(--([\w-]+)\)", drawn))
        assert {"ink", "observed", "expected"} <= used <= set(LIGHT)
    assert set(LIGHT) == set(DARK)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_page(colours: dict[str, str]) -> None:
    inks = ["ink", "muted", "link", "observed", "expected", "comparison", *theme.FINDINGS]
    low = {ink: theme.contrast(colours[ink], colours["paper"]) for ink in inks}
    assert {ink: value for ink, value in low.items() if value < READABLE} == {}
    for line in ("observed", "expected"):
        for ground in ("gap", "band"):
            assert theme.contrast(colours[line], colours[ground]) >= VISIBLE
    for banner in theme.VERDICTS.values():
        assert theme.contrast(banner, "#FFFFFF") >= READABLE


def test_the_record_and_the_series_are_inside(build: Build, brief: Reader) -> None:
    ev = build("overstated")
    inside = {a["download"]: b64decode(a["href"].split(",", 1)[1]) for a in brief.every("a")}
    assert set(inside) == {"evaluation.json.gz", "series.csv"}
    assert Evaluation.from_json(decompress(inside["evaluation.json.gz"]).decode()) == ev
    assert inside["series.csv"].decode() == series_csv(ev.estimate.path)  # type: ignore[union-attr]
    with_panel = Reader(page(ev, "ward,days\nA,1\n").decode()).every("a")
    assert with_panel[-1]["download"] == "panel.csv"
    assert b64decode(with_panel[-1]["href"].split(",", 1)[1]) == b"ward,days\nA,1\n"


def test_the_same_input_gives_the_same_bytes(build: Build) -> None:
    ev = build("overstated")
    made = page(ev)
    assert made == page(Evaluation.from_json(ev.to_json()))
    assert len(made) <= 120_000


def test_what_a_claim_says_is_shown_and_never_obeyed(build: Build, nasty: Reader) -> None:
    told = story(build("overstated", **NASTY))
    for part in (told.title, told.setting, told.summary, *told.claim):
        assert " ".join(part.split()) in nasty.text
    assert "<script>alert(1)</script>" in nasty.text
    assert "$title ${x} $$ &amp; <!-- [U+0000] [U+202E] [U+D800] '" in nasty.text
    assert "LLLL…" in nasty.text
    assert len(nasty.every("style")) == 1
    assert len(nasty.text) < 15_000


def test_with_nothing_said_and_nothing_estimated_there_is_still_a_page(build: Build) -> None:
    quiet = read(build("inconclusive", statement="", source="", family=""))
    assert "is said to have brought" in quiet.text
    none = read(build("not_evaluable", estimated=False))
    assert "No check was run" in none.text
    assert "There is no figure, because no estimate can be given." in none.text
    assert none.every("table") == []
    assert [a["download"] for a in none.every("a")] == ["evaluation.json.gz"]


def test_it_is_written_by_its_suffix_whole_or_not_at_all(build: Build, tmp_path: Path) -> None:
    ev = build("supported")
    path = ie.write_brief(ev, tmp_path / "brief.html")
    assert path.read_bytes() == page(ev)
    assert list(tmp_path.iterdir()) == [path]
