"""Colours that can be read, settings that do not leak."""

from __future__ import annotations

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest

from innoeval.plots import decomposition, theme

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


#: How colours look to those who lack one kind of cone (Machado, Oliveira & Fernandes 2009,
#: doi:10.1109/TVCG.2009.113).
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def seen(colour: str, blindness: str) -> np.ndarray:
    """A colour in CIELAB, as it is seen."""
    shares = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(BLINDNESS[blindness]) @ linear, 0, 1)
    share = TO_XYZ @ linear / np.array([0.9505, 1, 1.089])
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize(
    "colours",
    [
        (theme.OBSERVED, theme.EXPECTED, theme.COMPARISON),
        tuple(colour for _, colour in decomposition._KINDS.values()),
    ],
)
def test_lines_and_kinds_are_told_apart_without_one_kind_of_cone(
    colours: tuple[str, ...], blindness: str
) -> None:
    apart = [
        np.linalg.norm(seen(one, blindness) - seen(other, blindness))
        for one, other in combinations(colours, 2)
    ]
    assert min(apart) > 10  # a difference of 2 is just noticed side by side
