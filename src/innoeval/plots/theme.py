"""One look for every figure and brief: colours that survive colour blindness and print, one face."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib import font_manager

from innoeval.errors import BriefError
from innoeval.records.finding import FindingStatus
from innoeval.records.verdict import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1B2430"
MUTED = "#566070"
RULE = "#C9CFD6"
GRID = "#E3E7EB"
PAPER = "#FFFFFF"
PANEL = "#F3F5F7"
OBSERVED = "#0B4F8A"
EXPECTED = "#A34700"
COMPARISON = "#5C6670"
GAP = "#D6E5F2"
HATCH = "#9DBEDA"
BAND = "#F6E3D3"

#: Banner of each verdict, behind white letters.
VERDICTS: dict[Status, str] = {
    "supported": "#155D3B",
    "partly_supported": "#1D5C73",
    "inconclusive": "#4B5563",
    "overstated": "#8A3B00",
    "refuted": "#7C1D2B",
    "harmful": "#5E1542",
    "not_evaluable": "#3A3F47",
}

#: Ink of each finding's word, on paper and on a tinted row.
FINDINGS: dict[FindingStatus, str] = {
    "problem": "#9B1C2E",
    "clear": "#155D3B",
    "cannot_tell": "#7A4B00",
    "not_applicable": "#566070",
}

#: Shape and word of each finding, so that nothing hangs on colour.
FINDING_WORDS: dict[FindingStatus, str] = {
    "problem": "Problem",
    "clear": "Clear",
    "cannot_tell": "Cannot tell",
    "not_applicable": "Not applicable",
}
FINDING_ICONS: dict[FindingStatus, str] = {
    "problem": "✗",
    "clear": "✓",
    "cannot_tell": "?",
    "not_applicable": "–",
}

#: Typeface, then where letters are looked for that it lacks; the last has a box for every script.
FACES = ("Source Sans Pro", "DejaVu Sans", "Last Resort High-Efficiency")
SIZE = 8.5


@cache
def font_folders() -> tuple[Path, ...]:
    """Folders of the fonts that figures and briefs use: the package's own, and matplotlib's."""
    return (Path(str(files("innoeval.plots") / "fonts")), Path(mpl.get_data_path(), "fonts", "ttf"))


@cache
def _register() -> None:
    """Make every face known to matplotlib: ours, and its own for boxes, which no list of fonts holds."""
    own, common = font_folders()
    for path in (*sorted(own.glob("*.otf")), common / "LastResortHE-Regular.ttf"):
        font_manager.fontManager.addfont(path)


@contextmanager
def look() -> Iterator[None]:
    """The theme while a figure is drawn; matplotlib's own settings are as before afterwards."""
    _register()
    with mpl.rc_context(
        {
            "font.family": list(FACES[:2]),
            "font.size": SIZE,
            "text.color": INK,
            "text.parse_math": False,  # a "$" in a metric's name is a "$"
            "text.usetex": False,
            "figure.facecolor": PAPER,
            "axes.facecolor": PAPER,
            "savefig.facecolor": "auto",
            "axes.edgecolor": MUTED,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.6,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.unicode_minus": True,
            "axes.formatter.useoffset": False,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "grid.color": GRID,
            "grid.linewidth": 0.6,
            "svg.hashsalt": "innoeval",
            "svg.fonttype": "path",
        }
    ):
        yield
        interactive = mpl.is_interactive()
    # A notebook turns this on when pyplot is first imported, maybe just now: that must outlast us,
    # or later figures would not show.
    mpl.interactive(interactive)


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure in inches with one pair of axes, known to no window and no notebook."""
    from matplotlib.figure import Figure

    with look():
        figure = Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)
        return figure, figure.add_subplot()


def axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, in the colours of the theme; or new ones that a notebook shows by itself.

    Letters here are dark: where a style or a notebook has a dark ground, the figure gets paper.
    """
    if ax is not None:
        ax.set_facecolor(PAPER)
        if _dark(ax.figure.get_facecolor()):
            ax.figure.set_facecolor(PAPER)
        ax.set_axisbelow(True)
        ax.tick_params(
            color=MUTED, labelcolor=INK, width=0.6, labelsize=SIZE, labelfontfamily=list(FACES[:2]),
            grid_color=GRID, grid_linewidth=0.6,
        )  # fmt: skip
        for side, spine in ax.spines.items():
            spine.set(edgecolor=MUTED, linewidth=0.6, visible=side in {"left", "bottom"})
        for word in (ax.xaxis.label, ax.yaxis.label):
            word.set(color=INK, fontsize=SIZE, fontfamily=list(FACES[:2]))
        return ax
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def finish(ax: Axes) -> None:
    """Names as they are: a "$" stays one, and a letter that the typeface lacks gets another or a box."""
    from matplotlib.text import Text

    _register()
    for text in ax.findobj(Text):
        text.set_parse_math(False)
        if boxed(text.get_text()):
            text.set(fontfamily=list(FACES), fontweight="normal")


def _dark(colour: object) -> bool:
    """Whether dark letters could not be read on a colour; one that is seen through counts as paper."""
    from matplotlib.colors import to_hex, to_rgba

    return to_rgba(colour)[3] > 0.5 and contrast(to_hex(colour), INK) < 4.5  # type: ignore[arg-type]


def svg(figure: Figure) -> bytes:
    """A figure as SVG, letters as outlines: the same figure gives the same bytes.

    Raises
    ------
    BriefError
        Where matplotlib cannot draw it.
    """
    buffer = BytesIO()
    with look(), warnings.catch_warnings():
        # A letter that no typeface holds is drawn as a box; the alternative text has it in full.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        warnings.filterwarnings("ignore", message=".* does not support .* natively")
        try:
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "innoeval"})
        except (ValueError, RuntimeError, OverflowError) as error:
            raise BriefError(
                f"a figure of the brief cannot be drawn ({error}); check the outcome for extreme "
                "values, and report this as a bug if there are none"
            ) from error
    return buffer.getvalue()


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 defines it: 1 (none) to 21.

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    dark, light = sorted(_luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def boxed(text: str) -> int:
    """How many different letters of a text no typeface here holds, so that a box stands for them.

    Examples
    --------
    >>> boxed("Größe 5 €"), boxed("日本")
    (0, 2)
    """
    return len({letter for letter in text if not letter.isspace()} - _letters())


@cache
def _letters() -> frozenset[str]:
    """Every letter that the first two faces hold."""
    from matplotlib.ft2font import FT2Font

    own, common = font_folders()
    paths = (own / "SourceSansPro-Regular.otf", common / "DejaVuSans.ttf")
    return frozenset(chr(code) for path in paths for code in FT2Font(str(path)).get_charmap())
