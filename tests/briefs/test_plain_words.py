"""What the public reads: short sentences, plain words, and a reading age that most people have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.evaluations import STATUSES

from innoeval.briefs import Edition, story
from innoeval.briefs.story import Story
from innoeval.records import Evaluation

Build = Callable[..., Evaluation]
LONGEST, MEAN = 25, 18
#: Words of the craft, which a reader of the first page need not know.
JARGON = {
    "en": r"confidence|standard error|p-value|significan|estimand|estimator|counterfactual|regression"
    r"|covaria|coefficient|cluster|bootstrap|placebo|robust|parallel trend|fixed effect|heterogene"
    r"|autocorrel|stationar|\bATT\b|\bSMS\b|Maryland|\bhull\b|stressed|\bbase analysis|resolution"
    r"|breakdown|\bbias|endogen|confound|donor|synthetic|difference.in.difference|multiverse|pre-trend",
    "de": r"Konfidenz|Standardfehler|p-Wert|signifikan|Schätzer|kontrafaktisch|Regression|Kovaria"
    r"|Koeffizient|Cluster|Bootstrap|Placebo|robust|Parallel|fixe Effekte|heterogen|Autokorrel"
    r"|\bATT\b|\bSMS\b|Maryland|Auflösung|Verzerrung|endogen|Störgröße|Spender|synthetisch",
}  # fmt: skip
#: School years that a text asks of its readers, at most: for fourteen-year-olds in both languages.
GRADE = {"en": 8.0, "de": 9.0}


def first_page(told: Story) -> list[str]:
    """Every sentence that the public reads, without quotations: of the claim, of a record."""
    parts = [told.headline, told.summary, *told.claim[1:], told.against_caption, *told.strength,
             *told.evidence, told.figure_caption, *told.meaning, *told.limits, *told.notes]  # fmt: skip
    found = [
        s
        for part in parts
        for s in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„])", re.sub("\ue000.*?\ue001", "", part))
    ]
    return [sentence for sentence in found if len(words(sentence)) > 1]


def words(sentence: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[.,'’-][^\W_]+)*", sentence)


def syllables(word: str, code: str) -> int:
    """Syllables of a word by its vowels; a number counts as one."""
    if not re.search("[^\\W\\d_]", word):
        return 1
    lower = word.lower()
    if code == "de":
        return max(1, len(re.findall(r"aa|ee|oo|ie|ei|ai|eu|äu|au|[aeiouyäöü]", lower)))
    groups = len(re.findall(r"[aeiouy]+", lower))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouysxzcg]es$", lower)
    return max(1, groups - bool(silent))


def grade(sentences: list[str], code: str) -> float:
    """School years that a text asks for.

    English: Flesch-Kincaid grade level (Kincaid et al. 1975). German: first Vienna formula for
    non-fiction (Bamberger and Vanecek 1984).
    """
    every = [word for sentence in sentences for word in words(sentence)]
    n, per_sentence = len(every), len(every) / len(sentences)
    count = [syllables(word, code) for word in every]
    if code == "en":
        return 0.39 * per_sentence + 11.8 * sum(count) / n - 15.59
    share = [100 * sum(test) / n for test in (
        [c >= 3 for c in count], [len(word) > 6 for word in every], [c == 1 for c in count],
    )]  # fmt: skip
    return 0.1935 * share[0] + 0.1672 * per_sentence + 0.1297 * share[1] - 0.0327 * share[2] - 0.875


def briefs(build: Build, code: str) -> Iterator[tuple[str, Story]]:
    edition = Edition(language=code, audience="public")
    for status in STATUSES:
        for gate in ("clear", "problem", "cannot_tell"):
            yield f"{status}, {gate}", story(build(status, gate=gate), edition)
        yield f"{status}, up", story(build(status, better="higher", statement=""), edition)
        yield f"{status}, alone", story(build(status, comparison=False, treated=["Ash"]), edition)
    yield "nothing", story(build("not_evaluable", estimated=False), edition)
    yield "no size", story(build("x", found=(0.09, (0.06, 0.12)), size=None), edition)
    ev = build("supported")
    several = replace(ev, measured=replace(ev.measured, launches=("2024-07", "2024-09")))
    yield "several starts", story(several, edition)


@pytest.mark.parametrize("code", ["en", "de"])
def test_sentences_are_short(build: Build, code: str) -> None:
    for name, told in briefs(build, code):
        lengths = {sentence: len(words(sentence)) for sentence in first_page(told)}
        assert {s: n for s, n in lengths.items() if n > LONGEST} == {}, name
        assert sum(lengths.values()) / len(lengths) <= MEAN, name


@pytest.mark.parametrize("code", ["en", "de"])
def test_no_word_of_the_craft_is_needed(build: Build, code: str) -> None:
    for name, told in briefs(build, code):
        found = [s for s in first_page(told) if re.search(JARGON[code], s, re.IGNORECASE)]
        assert found == [], name


@pytest.mark.parametrize("code", ["en", "de"])
def test_a_fourteen_year_old_can_read_it(build: Build, code: str) -> None:
    grades = {name: grade(first_page(told), code) for name, told in briefs(build, code)}
    assert {name: g for name, g in grades.items() if g > GRADE[code]} == {}


def test_the_formulas_know_easy_from_hard() -> None:
    easy, hard = (
        ["The cat sat on the mat."],
        ["Heterogeneity-robust estimation necessitates identification assumptions."],
    )
    assert grade(easy, "en") < 2
    assert grade(hard, "en") > 12
    leicht, schwer = (
        ["Der Hund lief nach Haus."],
        ["Heterogenitätsrobuste Schätzverfahren benötigen Identifikationsannahmen."],
    )
    assert grade(leicht, "de") < 4
    assert grade(schwer, "de") > 12
