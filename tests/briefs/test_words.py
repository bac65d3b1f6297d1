"""Words: text that others wrote is shown, never obeyed; sizes read right in either direction."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval.briefs import words
from innoeval.briefs.language import language
from innoeval.briefs.sizes import Sizes
from innoeval.records import Evaluation, Interval

Build = Callable[..., Evaluation]
ENGLISH = language("en")


@given(st.text(st.characters(), max_size=80))
def test_any_text_can_be_shown(text: str) -> None:
    shown = words.shown(text)
    shown.encode()  # no lone surrogate is left
    assert "\n" not in shown
    assert not any(words._visible(letter) != letter for letter in shown.strip("\u2068\u2069"))


def test_hidden_letters_become_visible() -> None:
    assert words.shown("a\x00b\u202ec\ue000\ud800") == "a[U+0000]b[U+202E]c[U+E000][U+D800]"


def test_words_from_right_to_left_are_kept_apart() -> None:
    assert words.shown("שלום 5") == "\u2068שלום 5\u2069"
    assert words.shown("abc 5") == "abc 5"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert words.shown("word " * 500).endswith("…")
    assert len(words.shown("word " * 500)) <= 500


def test_of_many_names_a_few_are_listed() -> None:
    assert (
        ENGLISH.listed([f"Ward {i}" for i in range(400)]) == "Ward 0, Ward 1, Ward 2 and 397 others"
    )


@pytest.mark.parametrize(
    ("texts", "day"),
    [
        (("2024-02-01", "2024-03"), date(2024, 2, 1)),
        (("", "2024-03"), date(2024, 3, 1)),
        (("last spring", "2024-W05"), date(2024, 1, 29)),
        (("", "17", "99999"), None),
    ],
)
def test_a_date_is_found_in_the_data_or_nowhere(texts: tuple[str, ...], day: date | None) -> None:
    assert words.day_of(*texts) == day


@pytest.mark.parametrize(
    ("ends", "lower", "higher"),
    [
        ((0.04, 0.08), "4.0 to 8.0 % lower", "4.0 to 8.0 % higher"),
        ((-0.08, -0.04), "4.0 to 8.0 % higher", "4.0 to 8.0 % lower"),
        ((-0.02, 0.03), "anything from 2.0 % higher to 3.0 % lower",
         "anything from 2.0 % lower to 3.0 % higher"),
        ((0.04, math.inf), "at least 4.0 % lower; the data set no upper bound",
         "at least 4.0 % higher; the data set no upper bound"),
        ((-math.inf, 0.04), "at most 4.0 % lower; the data set no bound in the other direction",
         "at most 4.0 % higher; the data set no bound in the other direction"),
        ((-math.inf, -0.04), "at least 4.0 % higher; the data set no bound beyond that",
         "at least 4.0 % lower; the data set no bound beyond that"),
        ((-math.inf, math.inf), "the data set no bound in either direction",
         "the data set no bound in either direction"),
    ],
)  # fmt: skip
def test_a_range_reads_right_whichever_way_is_better(
    build: Build, ends: tuple[float, float], lower: str, higher: str
) -> None:
    for better, said in (("lower", lower), ("higher", higher)):
        sizes = Sizes(ev=build("supported", better=better), say=ENGLISH, places=1, unit_places=1)
        assert sizes.span(Interval(*ends)) == said


def test_a_size_that_is_not_nothing_is_not_written_as_0(build: Build) -> None:
    sizes = Sizes(ev=build("supported"), say=ENGLISH, places=0, unit_places=1)
    assert sizes.size(0.0004) == "0.04 %"
    assert sizes.size(0.0) == "0 %"
