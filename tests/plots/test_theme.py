"""Colours that can be read, settings that do not leak."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from innoeval.plots import theme

READABLE = 4.5


@pytest.mark.parametrize("status", sorted(theme.VERDICTS))
def test_white_letters_can_be_read_on_every_banner(status: str) -> None:
    assert theme.contrast(theme.VERDICTS[status], theme.PAPER) >= READABLE


@pytest.mark.parametrize("colour", [*theme.FINDINGS.values(), theme.INK, theme.MUTED])
def test_words_can_be_read_on_paper_and_on_tinted_rows(colour: str) -> None:
    assert theme.contrast(colour, theme.PAPER) >= READABLE
    assert theme.contrast(colour, theme.PANEL) >= READABLE


@pytest.mark.parametrize("colour", [theme.OBSERVED, theme.EXPECTED, theme.COMPARISON])
def test_names_of_lines_can_be_read(colour: str) -> None:
    assert theme.contrast(colour, theme.PAPER) >= READABLE


def test_a_finding_has_a_word_and_a_shape_of_its_own() -> None:
    assert len(set(theme.FINDING_WORDS.values())) == len(theme.FINDING_WORDS)
    assert len(set(theme.FINDING_ICONS.values())) == len(theme.FINDING_ICONS)


def test_the_look_leaves_no_trace_in_the_settings() -> None:
    mpl.rcParams["backend"]  # matplotlib settles its backend when first asked
    before = mpl.rcParams.copy()
    with theme.look():
        pass
    assert mpl.rcParams == before


def test_the_typeface_comes_with_the_package() -> None:
    from matplotlib.font_manager import FontProperties, findfont

    with theme.look():
        own = str(theme.font_folders()[0])
        for weight in ("normal", "bold"):
            face = FontProperties(family=[theme.FACES[0]], weight=weight)
            assert findfont(face, fallback_to_default=False).startswith(own)
