"""The PDF for those who hear it: every status, in both languages, for both audiences."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest
from tests.briefs.pdf_structure import examined
from tests.evaluations import STATUSES

from innoeval.briefs import Edition, story
from innoeval.briefs.story import Story
from innoeval.briefs.typst import pdf
from innoeval.records import Evaluation

Build = Callable[..., Evaluation]
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><path d="M0 0h9v3H0z"/></svg>'
EDITIONS = [
    Edition(language=code, audience=audience, organisation=owner, logo=LOGO if owner else b"",
            logo_kind="svg")
    for code, audience, owner in (
        ("en", "technical", ""), ("de", "public", "Stadt Nordbrück"),
        ("en", "public", "City of Northbridge"), ("de", "technical", ""),
    )
]  # fmt: skip
#: Every status in one edition; all of them together take half a minute.
SOME = [(status, EDITIONS[i % 4]) for i, status in enumerate(STATUSES)]
REST = [pair for pair in product(STATUSES, EDITIONS) if pair not in SOME]


def named(value: object) -> str:
    if isinstance(value, Edition):
        return f"{value.language}-{value.audience}"
    return str(value)


def plain(text: str) -> str:
    """Text as the tree has it: without marks of language or direction."""
    return " ".join(re.sub("[\ue000\ue001\u2068\u2069]", "", text).split())


def in_order(told: Story) -> list[str]:
    """The sentences of a story in the order in which they are read."""
    parts = [told.kicker, told.title, told.setting, told.headline, told.summary, told.page["claim"],
             *told.claim, told.page["evidence"], *told.evidence, told.page["against"],
             told.against_caption, told.page["strength"], told.certainty, *told.strength,
             told.page["series"], told.figure_caption, told.page["meaning"], *told.meaning,
             told.page["limits"], *told.limits]  # fmt: skip
    if told.technical:
        parts.append(told.page["checks"])
        parts += [row[key] for row in told.checks for key in ("question", "word", "says")]
        parts.append(told.page["method"])
        parts += [text for row in told.method for text in row]
        parts.append(told.page["provenance"])
        parts += [text for row in (*told.provenance, *told.digests) for text in row]
    return [*map(plain, parts), *told.notes]


def examine(build: Build, status: str, edition: Edition) -> None:
    ev = build(status)
    content, told = pdf(ev, None, edition), story(ev, edition)
    top, faults = examined(content)
    assert faults == []
    heard, at = top.words, 0
    for part in in_order(told):
        found = heard.find(part, at)
        assert found >= at, f"'{part}' is not heard after '{heard[at - 60 : at]}'"
        at = found + len(part)
    headings = [e for e in top.every() if re.fullmatch(r"H\d", e.kind)]
    assert [e.kind for e in headings] == ["H1"] + ["H2"] * (len(headings) - 1)
    assert len(headings) == (12 if told.technical else 9)
    alts = [alt for alt in (told.logo_alt, told.against_alt, told.figure_alt) if alt]
    assert [e.alt for e in top.every() if e.kind == "Figure"] == alts
    if edition.language == "de" and told.technical and told.checks:
        english = " ".join(e.words for e in top.every() if e.lang.startswith("en"))
        assert all(plain(row["says"]) in english for row in told.checks)


@pytest.mark.parametrize(("status", "edition"), SOME, ids=named)
def test_it_is_heard_whole_and_in_order(build: Build, status: str, edition: Edition) -> None:
    examine(build, status, edition)


@pytest.mark.slow
@pytest.mark.parametrize(("status", "edition"), REST, ids=named)
def test_so_is_every_other(build: Build, status: str, edition: Edition) -> None:
    examine(build, status, edition)
