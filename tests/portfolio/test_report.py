"""Reports of a portfolio: page and PDF, whole in one file, the same every time, deaf to what claims say."""

from __future__ import annotations

import json
import math
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from gzip import decompress
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from tests.briefs.pdf_structure import examined
from tests.browser.pages import HOSTILE, hostile, made, renamed
from tests.evaluations import STATUSES, build
from tests.portfolio.portfolios import own_panels

import innoeval as ie
from innoeval.briefs.html import DARK, LIGHT
from innoeval.errors import BriefError, RecordError
from innoeval.plots import theme
from innoeval.portfolio.report import told as telling
from innoeval.portfolio.report.claims_table import _offered
from innoeval.portfolio.report.entries import LABELS, entry, span
from innoeval.portfolio.report.page import DARK_INKS, INKS, page
from innoeval.portfolio.report.pdf import pdf
from innoeval.portfolio.report.told import PortfolioStory, told
from innoeval.portfolio.rows import failed, row
from innoeval.records.estimate import Interval
from innoeval.records.portfolio import Portfolio

SNAPSHOTS = Path(__file__).with_name("snapshots")
VOID = {"meta", "input", "br"}


class Reader(HTMLParser):
    """A page line by line, as somebody reads it, and its elements; tags must close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.lines: list[str] = [""]
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
        self.handle_data(" | " if tag in {"td", "option"} else "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in {"p", "h1", "h2", "h3", "li", "tr", "caption", "label", "title"}:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.lines[-1] += data.replace("\u00a0", " ")

    @property
    def text(self) -> str:
        """What is read, a line for each paragraph or row."""
        told = (" ".join(line.split()).strip("| ") for line in self.lines)
        return "\n".join(line for line in told if line) + "\n"


@pytest.fixture(scope="module")
def small() -> Portfolio:
    """A claim of each status, and one that failed."""
    rows = [
        row(renamed(build(status), id=f"c{i}", innovation=f"Desk {i}", family="ABC"[i % 3]))
        for i, status in enumerate(STATUSES)
    ]
    lost = renamed(build("supported"), id="c9", innovation="Lost desk", family="C").claim
    rows.append(failed(lost, ValueError("the unit 'Nowhere' is not in the panel"), "", ""))
    return made(rows)


@pytest.fixture(scope="module")
def story(small: Portfolio) -> PortfolioStory:
    return told(small, announced=["c1", "lost-1", "lost-2"])


@pytest.fixture(scope="module")
def nasty() -> PortfolioStory:
    return told(hostile(), title=HOSTILE[2])


def summaries(text: str) -> Iterator[list[object]]:
    """What each row opens to."""
    for packed in re.findall(r'id="b\d+">([^<]*)<', text):
        yield from json.loads(decompress(b64decode(packed)))


def test_the_page_reads_as_it_did(story: PortfolioStory) -> None:
    """To write it anew: `INNOEVAL_SNAPSHOTS=write pytest tests/portfolio/test_report.py`."""
    text, path = Reader(page(story).decode()).text, SNAPSHOTS / "portfolio_page.txt"
    text = text.replace(ie.Policy().digest, "(digest)")
    if os.environ.get("INNOEVAL_SNAPSHOTS") == "write":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_every_claim_has_a_row_and_a_summary(small: Portfolio, story: PortfolioStory) -> None:
    text = page(story).decode()
    assert [e.id for e in story.entries] == list(small.ids)
    opened = list(summaries(text))
    assert len(opened) == len(small)
    for ev, summary in zip(small, opened, strict=False):
        assert [question for question, *_ in summary[5]] == [c[0] for c in entry(ev).checks]  # type: ignore[attr-defined]
        assert summary[2] == [reason.replace("  ", " ") for reason in entry(ev).reasons]
    assert "The unit 'Nowhere' is not in the panel" in str(opened[-1])


def test_the_lead_and_the_denominator_count_every_claim(story: PortfolioStory) -> None:
    assert story.lead == (
        "Of 8 claims, 1 holds up, 1 holds up in part and 3 do not hold up.",
        "2 are not substantiated: the data cannot tell, which does not make a claim false.",
        "1 could not be evaluated because of an error; each says which, in the table.",
    )
    counts = {label: n for label, n, _ in story.denominator}
    assert counts["Announced"] == "10"
    assert counts["Dropped"] == "2"
    assert counts["Failed"] == counts["Not evaluable"] == "1"
    assert sum(count.n for count in story.counts) == 8
    assert [count.status for count in story.counts] == list(LABELS)


def test_lists_luck_and_tallies_are_told(tmp_path: Path) -> None:
    claims, panels = own_panels(6, size=3.0)
    portfolio = ie.evaluate_all(claims, panels, progress=False)
    said = told(portfolio)
    lists = ie.portfolio.two_lists(portfolio)
    for item in said.lists:
        table = getattr(lists, item.name)
        assert [said.entries[place].id for place in item.places] == table["id"].tolist()
        assert (
            f"{len(table)} of the {lists.denominator['tested']} claims tested" in item.says
            or not len(table)
        )
    assert len(said.lists[0].rows) + len(said.lists[1].rows) > 0
    assert re.search(
        r"the 6 that look best average .*; of that, .* is to be expected again", said.curse[0]
    )
    assert [name for name, *_ in said.tallies[0].rows] == [f"innovation {i}" for i in range(4)]
    assert [numbers[-1] for _, *numbers in said.tallies[0].rows] == ["2", "2", "1", "1"]


def test_what_a_page_may_do_is_its_own_style_and_script(story: PortfolioStory) -> None:
    text = page(story).decode()
    found = Reader(text)
    policy = next(a["content"] for tag, a in found.elements if "http-equiv" in a)
    for kind in ("style", "script"):
        inside = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert len(inside) == 1
        assert f"'sha256-{b64encode(sha256(inside[0].encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    names = {tag for tag, _ in found.elements}
    assert not names & {"link", "img", "iframe", "object", "embed", "form", "base"}
    assert not [
        a
        for _, attributes in found.elements
        for a in attributes
        if a.startswith("on") or a in {"src", "style"}
    ]


def test_names_are_given_once_and_every_reference_arrives(story: PortfolioStory) -> None:
    elements = Reader(page(story).decode()).elements
    names = [a["id"] for _, a in elements if "id" in a]
    assert len(names) == len(set(names))
    wanted = {a["href"][1:] for tag, a in elements if tag == "a"}
    wanted |= {a["aria-labelledby"] for _, a in elements if "aria-labelledby" in a}
    assert wanted <= set(names)


@pytest.mark.parametrize(("colours", "inks"), [(LIGHT, INKS), (DARK, DARK_INKS)])
def test_every_text_can_be_read_on_its_page(colours: dict[str, str], inks: dict[str, str]) -> None:
    assert set(inks) == set(LABELS)
    for ground in ("paper", "tint"):
        for ink in (*inks.values(), colours["ink"], colours["muted"], colours["link"]):
            assert theme.contrast(ink, colours[ground]) >= 4.5


def test_what_claims_say_is_shown_and_never_obeyed(nasty: PortfolioStory) -> None:
    text = page(nasty).decode()
    found = Reader(text)
    assert len([tag for tag, _ in found.elements if tag == "h1"]) == 1
    assert '<img src=x onerror="alert(1)">' in found.text
    assert "</script><script>alert(2)</script>" in found.text
    assert text.count("<script") == text.count("</script>") == 3
    assert "[U+0000]" in found.text
    assert "=cmd|'/c calc'!A0" in found.text
    assert max(map(len, found.text.splitlines())) < 2500


def test_the_same_claims_give_the_same_bytes(small: Portfolio, story: PortfolioStory) -> None:
    assert page(story) == page(told(small, announced=["lost-2", "c1", "lost-1"]))
    assert pdf(story) == pdf(told(small, announced=["lost-2", "c1", "lost-1"]))


@pytest.mark.parametrize("which", ["story", "nasty"])
def test_the_pdf_can_be_heard(which: str, request: pytest.FixtureRequest) -> None:
    said: PortfolioStory = request.getfixturevalue(which)
    tree, faults = examined(pdf(said))
    assert faults == []
    heard = tree.words
    for text in (*said.lead, *said.notes, *said.curse, *(e.says for e in said.entries)):
        if "\u2068" in text:
            continue  # pypdf gives letters that run to the left in the order of sight
        assert " ".join(text.split()[:6]).rstrip(".") in heard.replace("\u00a0", " ")
    assert len([e for e in tree.every() if e.kind == "Table"]) >= 3


def test_it_is_written_by_its_suffix_whole_or_not_at_all(
    small: Portfolio, story: PortfolioStory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ie.write_portfolio(small, tmp_path / "p.html", announced=["c1", "lost-1", "lost-2"])
    assert path.read_bytes() == page(story)
    assert ie.write_portfolio(small, tmp_path / "p.PDF").read_bytes().startswith(b"%PDF")
    with pytest.raises(BriefError, match=r"'.txt' names no format .* in .html, .pdf or, for a table, .csv"):  # fmt: skip
        ie.write_portfolio(small, tmp_path / "p.txt")
    with pytest.raises(BriefError, match="exists already"):
        ie.write_portfolio(small, path, overwrite=False)
    monkeypatch.setattr(telling, "MOST", 7)
    with pytest.raises(BriefError, match="has 8 claims, and a report holds at most 7"):
        ie.write_portfolio(small, tmp_path / "many.html")
    table = pd.read_csv(ie.write_portfolio(small, tmp_path / "p.csv"), encoding="utf-8-sig")
    assert list(table["id"]) == list(small.ids)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.PDF", "p.csv", "p.html"]


def test_a_portfolio_of_one_claim_and_of_none(tmp_path: Path) -> None:
    one = told(made([row(build("supported"))]))
    assert one.title == "Portfolio of 1 claim"
    assert one.tallies == ()
    assert "Fewer than three claims" in one.curse[0]
    assert Reader(page(one).decode()).text.count("Repairs triage assistant") == 1
    with pytest.raises(RecordError, match="no claim"):
        ie.write_portfolio(replace(made([row(build("supported"))]), parts=()), tmp_path / "p.html")


def test_a_range_without_ends_is_no_bound() -> None:
    assert span(Interval(-math.inf, math.inf), "relative") == "no bound"


def test_rows_without_a_family_are_under_none_of_its_choices() -> None:
    families = ("Housing", "", "Permits", "Housing", "")
    found = told(made(
        row(renamed(build("supported"), id=f"c{i}", family=name)) for i, name in enumerate(families)
    ))  # fmt: skip
    offered = {name: (choices, values) for name, choices, values in _offered(found, {})}
    assert offered["Family"] == ([("Housing", 2), ("Permits", 1)], [0, -1, 1, 0, -1])


def test_claims_are_tallied_by_what_was_asked_and_small_groups_are_counted() -> None:
    rows = [
        row(renamed(build("x", scale="absolute", size=2, smallest_effect=0.5, found=(1, (0.5, 1.5))),
                    id=f"{name}{i}", outcome=f"days {name}", family="all"))
        for name in "ABCDEF" for i in range(3)
    ]  # fmt: skip
    found = told(made(rows), by="outcome")
    (tally,) = found.tallies
    assert tally.heading == "Outcome"
    assert tally.rows == tuple((f"days {name}", "3", "3") for name in "ABCDEF")
    assert len(found.curse) == telling.GROUPS + 1
    assert found.curse[-1] == "1 further group is no larger."
