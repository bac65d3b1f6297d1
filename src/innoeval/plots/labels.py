"""Words in figures: short enough to fit, and far enough apart to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innoeval.plots import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Width of a letter as a share of the size of the type, generously.
LETTER = 0.54
#: A longer name is cut.
_LONGEST = 32


def short(name: str, most: int = _LONGEST) -> str:
    r"""A name on one line, cut where it is too long for a figure.

    Examples
    --------
    >>> short("North\nand East", 40), short("Royal Borough of Kensington", 12)
    ('North and East', 'Royal Borou…')
    """
    line = " ".join(name.split()) or "(no name)"
    return line if len(line) <= most else f"{line[: most - 1]}…"


def plain(outcome: str) -> str:
    """A metric's name as it stands on an axis.

    Examples
    --------
    >>> plain("median_days")
    'median days'
    """
    return short(outcome.replace("_", " "), 40)


def apart(wanted: list[float], least: float, bottom: float, top: float) -> list[float]:
    """Heights as near as may be to those wanted (in rising order), `least` apart and inside two ends.

    Examples
    --------
    >>> apart([0.0, 0.1, 5.0], 1.0, 0.0, 5.0)
    [0.0, 1.0, 5.0]
    """
    placed: list[float] = []
    for value in wanted:
        placed.append(max(value, placed[-1] + least) if placed else max(value, bottom))
    if placed and placed[-1] > top:
        placed[-1] = max(top, bottom)
        for i in range(len(placed) - 2, -1, -1):
            placed[i] = min(placed[i], placed[i + 1] - least)
    return placed


def width(ax: Axes) -> float:
    """Width of axes in points."""
    return float(ax.get_window_extent().width * 72 / ax.figure.dpi)


def height(ax: Axes) -> float:
    """Height of axes in points."""
    return float(ax.get_window_extent().height * 72 / ax.figure.dpi)


def broken(ax: Axes, text: str, share: float = 1.0) -> str:
    """A text in lines that fit into a share of the width of axes."""
    from textwrap import wrap

    # Before it is laid out, axes are narrower than they will be.
    letters = int(share * width(ax) / (0.8 * LETTER * theme.SIZE))
    return "\n".join(wrap(text, max(letters, 16)))


def heading(ax: Axes, text: str) -> None:
    """What a figure shows, above it on the left."""
    ax.set_title(
        broken(ax, text), loc="left", fontsize=theme.SIZE, color=theme.INK,
        fontfamily=list(theme.FACES[:2]),
    )  # fmt: skip


def minus(text: str) -> str:
    """Numbers with a true minus sign; hyphens within words stay.

    Examples
    --------
    >>> minus("-3.2 to 1, two-way")
    '−3.2 to 1, two-way'
    """
    import re

    return re.sub(r"(?<!\w)-(?=[\d.])", "−", text)


def beside(
    ax: Axes, at: tuple[float, float], text: str, colour: str, *, left: bool = False
) -> None:
    """A name beside a mark, on its right or left."""
    ax.annotate(
        text, at, xytext=(-7 if left else 7, 0), textcoords="offset points", va="center",
        ha="right" if left else "left", color=colour, fontsize=theme.SIZE, fontweight="bold",
        bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.4}, zorder=6,
    )  # fmt: skip
