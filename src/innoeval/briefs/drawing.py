"""A drawing made of lines, areas and words, written as SVG for PDF and page alike.

Words stay words: they can be selected, searched and read by any face, and the file stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from innoeval.plots import theme

Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]
#: Size of the type, in points.
SIZE = 8.5
#: Width of a letter as a share of the size of the type, generously: a page may lack our face.
LETTER, BOLD_LETTER = 0.56, 0.61

#: The colours that a drawing may use, on paper.
PRINT: dict[str, str] = {
    "paper": theme.PAPER,
    "ink": theme.INK,
    "muted": theme.MUTED,
    "rule": theme.RULE,
    "grid": "#E3E7EB",
    "observed": theme.OBSERVED,
    "expected": theme.EXPECTED,
    "comparison": theme.COMPARISON,
    "gap": theme.GAP,
    "hatch": theme.HATCH,
    "band": theme.BAND,
}


def width_of(text: str, *, bold: bool = False) -> float:
    """About how wide a text is, in points."""
    return (BOLD_LETTER if bold else LETTER) * SIZE * len(text)


@dataclass(slots=True)
class Drawing:
    """Marks on a sheet; places are in points from its upper left corner.

    Parameters
    ----------
    name
        Begins the names inside the drawing; another one for each drawing of a page.
    width, height
        Of the sheet, in points.
    """

    name: str
    width: float
    height: float
    _parts: list[tuple[str, dict[str, str], str, str]] = field(default_factory=list)

    def line(
        self, places: Sequence[Place], ink: str, width: float, dashes: str = "", cap: str = "round"
    ) -> None:
        """A line through places; dashes as SVG has them."""
        style = {"stroke": ink, "fill": ""}
        more = f'stroke-width="{width:g}" stroke-linejoin="round" stroke-linecap="{cap}"'
        if dashes:
            more += f' stroke-dasharray="{dashes}"'
        self._parts.append(("path", style, f'd="{_path(places)}" {more}', ""))

    def dots(self, places: Iterable[Place], ink: str, width: float) -> None:
        """Round marks."""
        # A stretch too short to be seen: a mark without any length is drawn by no typesetter.
        drawn = "".join(f"M{x:.1f} {y:.1f}h.01" for x, y in places)
        more = f'd="{drawn}" stroke-width="{width:g}" stroke-linecap="round"'
        self._parts.append(("path", {"stroke": ink, "fill": ""}, more, ""))

    def area(self, places: Sequence[Place], ink: str) -> None:
        """A filled shape; the ink "hatched" is the gap with its hatching."""
        self._parts.append(("path", {"fill": ink}, f'd="{_path(places)}z"', ""))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        ink: str,
        *,
        anchor: Anchor = "start",
        bold: bool = False,
    ) -> None:
        """Words on their base line, with a rim of paper that keeps them clear of lines."""
        more = (
            f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" stroke-width="2.5" '
            'stroke-linejoin="round" paint-order="stroke"'
        )
        if bold:
            more += ' font-weight="bold"'
        self._parts.append(("text", {"fill": ink, "stroke": "paper"}, more, words))

    def svg(self, inks: Mapping[str, str], opening: str = "") -> str:
        """The drawing as SVG text.

        Parameters
        ----------
        inks
            Name of each ink to its colour.
        opening
            Further attributes of the drawing.
        """
        hatched = any("hatched" in style.values() for _, style, _, _ in self._parts)
        colours = {**inks, "hatched": f"url(#{self.name}-hatch)", "": "none"}
        drawn = []
        for tag, style, more, words in self._parts:
            said = ";".join(f"{what}:{colours[ink]}" for what, ink in style.items())
            inside = f">{escape(words)}</{tag}>" if words else "/>"
            drawn.append(f'<{tag} style="{said}" {more}{inside}')
        pattern = [self._pattern(inks)] if hatched else []
        start = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}"'
        )
        return "\n".join([f'{start} font-size="{SIZE:g}"{opening}>', *pattern, *drawn, "</svg>"])

    def _pattern(self, inks: Mapping[str, str]) -> str:
        return (
            f'<defs><pattern id="{self.name}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><path d="M0 0H5V5H0z" style="fill:{inks["gap"]}"/>'
            f'<path d="M0 0V5" style="stroke:{inks["hatch"]}" stroke-width="1.6"/></pattern></defs>'
        )


def _path(places: Sequence[Place]) -> str:
    """Places as the shortest path: steps with a tenth of a point."""
    said, at = [], (0.0, 0.0)
    for i, (x, y) in enumerate(places):
        here = (round(x, 1), round(y, 1))
        step = (
            f"{here[0] - at[0]:.1f} {here[1] - at[1]:.1f}" if i else f"{here[0]:.1f} {here[1]:.1f}"
        )
        said.append(("l" if i else "M") + step.replace(".0", ""))
        at = here
    return "".join(said).replace(" -", "-").replace("l-0-", "l0-")
