"""Languages: catalogues say the same things, and a brief in one has no sentence of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from string import Formatter
from typing import Any

import pytest
from tests.evaluations import STATUSES

import innoeval as ie
from innoeval import checks
from innoeval.briefs import Edition, languages, story
from innoeval.briefs.html import page
from innoeval.briefs.language import ENGLISH_FROM, ENGLISH_TO, language
from innoeval.errors import BriefError
from innoeval.records import Assumption, Component, Evaluation, Event, Standard

Build = Callable[..., Evaluation]
ENGLISH, GERMAN = language("en"), language("de")
OTHERS = [code for code in languages() if code != "en"]
#: Words that no German sentence has.
ENGLISH_WORDS = re.compile(
    r"\b(?:the|and|of|is|were|that|this|with|from|not|which|its|by|to|it|no|for|are|be)\b"
)


def places(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


def texts(value: Any) -> Iterator[str]:
    """Every text inside a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)


def unmarked(text: str, claimed: tuple[str, ...]) -> str:
    """What is left without English that is marked, and without what the claim itself says."""
    left = re.sub(f"{ENGLISH_FROM}[^{ENGLISH_TO}]*{ENGLISH_TO}", "", text)
    for said in sorted(claimed, key=len, reverse=True):
        left = left.replace(said, "")
    return left


def evaluations(build: Build) -> Iterator[Evaluation]:
    """Every status, gate and direction, with and without what may be missing."""
    for status in STATUSES:
        for gate in ("clear", "problem", "cannot_tell"):
            yield build(status, gate=gate)
        yield build(status, better="higher", statement="", source="", published_on="")
        yield build(status, comparison=False, treated=["Ash"])
    yield build("not_evaluable", estimated=False)
    yield build("x", found=(0.09, (0.06, 0.12)), size=None)
    yield build("x", found=(0.06, (0.03, 0.09)), size=None, smallest_effect=None)
    for ends in ((-float("inf"), float("inf")), (0.01, float("inf")), (-float("inf"), 0.16)):
        yield build("x", found=(0.06, ends))
    yield build("x", scale="percentage_points", size=15, smallest_effect=1, found=(6.1, (1, 7.9)))
    scored = Standard(name="EPOC minimum", score="not met of 4", rule="the rule of it")
    ev = build("supported")
    yield replace(ev, verdict=replace(ev.verdict, standards=(scored,)))
    yield build("supported", events=[Event(period="2024-03", scope="all", what="Umzug")])


@pytest.mark.parametrize("code", OTHERS)
def test_catalogues_have_the_same_messages_with_the_same_places(code: str) -> None:
    ours, theirs = ENGLISH.messages, language(code).messages
    own = {name for name in theirs if name.startswith("recorded.")}
    assert set(ours) == set(theirs) - own
    odd = {
        name: (ours[name], theirs[name])
        for name in ours
        if places(ours[name]) != places(theirs[name])
    }
    assert odd == {}
    same = {
        name
        for name in ours
        if ours[name] == theirs[name] and re.search("[a-z]{4}", re.sub("{.*?}", "", ours[name]))
    }
    assert same <= {f"month.{i}" for i in (4, 8, 9, 11)} | {
        "finding.problem",
        "figure.start",
    }


@pytest.mark.parametrize("code", OTHERS)
def test_every_check_and_assumption_is_translated(code: str) -> None:
    own = {name for name in language(code).messages if name.startswith("recorded.")}
    asked = {f"recorded.question.{check.name}" for check in checks.CHECKS}
    assert own == asked | {f"recorded.assumption.{assumption}" for assumption in Assumption}


def test_every_message_that_counts_has_both_forms() -> None:
    for code in languages():
        messages = language(code).messages
        forms = {name.rpartition(".")[0] for name in messages if name.endswith((".one", ".many"))}
        assert {f"{name}.{form}" for name in forms for form in ("one", "many")} <= set(messages)


def test_no_message_is_there_for_nothing() -> None:
    """A message that nothing asks for is work for every translator."""
    from importlib.resources import files

    folder = files("innoeval.briefs")
    code = "".join(
        f.read_text(encoding="utf-8")
        for place in (folder, folder / "templates")
        for f in place.iterdir()
        if f.name.endswith((".py", ".typ", ".html"))
    )
    unused = [
        name for name in ENGLISH.messages if not any(part in code for part in _asked_as(name))
    ]
    assert unused == []


def _asked_as(name: str) -> list[str]:
    """How code may ask for a message: whole, by its last part, or put together from its parts."""
    stem = re.sub(r"\.(?:one|many)$", "", name)
    start, _, last = stem.rpartition(".")
    built = re.sub(r"(?:_[a-z]+|\d.*)$", "", last)
    quoted = [f"{quote}{text}{quote}" for quote in "'\"" for text in (stem, last)]
    parts = [
        f"page-says.{last}",
        f"says_{last}",
        f"{start}.{{",
        f"{stem}.{{",
        f"{built}_{{",
        f"{built}{{",
    ]
    return quoted + parts


def test_a_brief_in_german_has_no_english_sentence_of_its_own(build: Build) -> None:
    for ev in evaluations(build):
        told = story(ev, Edition(language="de"))
        claim = ev.claim
        claimed = (claim.statement, claim.innovation, claim.source.rstrip("."), claim.family,
                   claim.outcome, claim.outcome.replace("_", " "), *claim.units)  # fmt: skip
        for text in texts(asdict(told)):
            assert not ENGLISH_WORDS.search(unmarked(text, tuple(filter(None, claimed)))), text


def test_what_records_say_is_marked_as_english_and_the_first_page_hardly_needs_it(
    build: Build,
) -> None:
    ev = build("overstated")
    told = story(ev, Edition(language="de"))
    says = {row["says"] for row in told.checks}
    assert says == {f"{ENGLISH_FROM}{finding.says}{ENGLISH_TO}" for finding in ev.findings}
    first = [told.summary, *told.claim, *told.strength, *told.evidence, *told.meaning, *told.limits]
    assert ENGLISH_FROM not in "".join(first)
    assert (
        f'<span lang="en">{ev.findings[3].says}</span>'
        in page(ev, None, Edition(language="de")).decode()
    )
    assert ENGLISH_FROM not in "".join(texts(asdict(story(ev))))


def test_nobody_can_mark_a_text_from_outside(build: Build) -> None:
    ev = build("supported", statement=f"{ENGLISH_FROM}x{ENGLISH_TO}", innovation="\ue000")
    assert ENGLISH_FROM not in "".join(story(ev, Edition(language="de")).claim)


def test_numbers_and_dates_follow_the_language(build: Build) -> None:
    ev = build("supported")
    told = story(ev, Edition(language="de"))
    assert "etwa 14,8 % niedriger" in told.summary
    assert "Veröffentlicht: 12. März 2025." in told.claim[-1]
    assert GERMAN.number(-1234567.891, 2) == "−1.234.567,89"
    assert GERMAN.percent(0.955) == "95,5 %"
    assert [GERMAN.when(p) for p in ("2023-Q2", "2023-05-01", "7")] == [
        "2. Quartal 2023", "1. Mai 2023", "Periode 7",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [0.0, -0.04, 7.0, 1234.5, -9876543.21])
def test_numbers_are_as_the_unicode_locale_data_have_them(number: float) -> None:
    babel = pytest.importorskip("babel.numbers", reason="Babel is not installed")
    for code in languages():
        theirs = babel.format_decimal(number, format="#,##0.0", locale=code).replace("-", "−")
        assert language(code).number(number, 1) == (
            theirs if float(f"{number:.1f}") else "0" + theirs.lstrip("−0")
        )


def test_an_unknown_language_is_refused_with_those_known(build: Build, tmp_path: Any) -> None:
    with pytest.raises(
        BriefError, match=r"no catalogue of the language 'fr'; the languages are de, en"
    ):
        ie.write_brief(build("supported"), tmp_path / "a.pdf", language="fr")
    with pytest.raises(BriefError, match=r"the language '\.\./en'"):
        ie.write_brief(build("supported"), tmp_path / "a.pdf", language="../en")
    assert list(tmp_path.iterdir()) == []


def test_donors_are_told_in_german(build: Build) -> None:
    ev = build("overstated")
    parts = {"weight of Nord": 0.6, "weight of Süd": 0.4, "effect without Nord": -1.0,
             "effect without Süd": -1.2, "effective number of donors": 1.9,
             "misfit before the start": 0.04}  # fmt: skip
    components = tuple(Component(term=term, estimate=value) for term, value in parts.items())
    mixed = replace(ev, estimate=replace(ev.estimate, components=components))  # type: ignore[type-var]
    row = dict(story(mixed, Edition(language="de")).method)["Nachgebildet aus"]
    assert row.startswith("Nord 60 %, ohne sie −1,00")
    assert not ENGLISH_WORDS.search(row)
