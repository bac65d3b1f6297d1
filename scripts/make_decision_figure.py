"""Draw docs/images/which-design.svg: which design decides, as questions and answers."""

from __future__ import annotations

from html import escape
from pathlib import Path

WIDTH, ROW, BOX, LEFT, RIGHT = 820, 74, 50, 20, 490
STEPS = (
    ("Two units that never got it, or not yet?", "no", "SegmentedRegression",
     "one series; certainty low at most"),
    ("Did the treated units start at more than one date?", "yes", "CallawaySantAnna",
     "imputation shown beside it"),
    ("One treated, 19 to imitate it, 8 periods before?", "yes", "SyntheticDiD",
     "synthetic control shown beside it"),
)  # fmt: skip
LAST = ("DifferenceInDifferences", "by randomisation with 5 treated units or fewer")
ALT = (
    "Three questions in order. Fewer than two comparison units: SegmentedRegression. Several start "
    "dates: CallawaySantAnna. One treated unit, at least 19 comparison units and 8 periods before the "
    "start: SyntheticDiD. Otherwise: DifferenceInDifferences."
)


def box(x: int, y: int, width: int, lines: tuple[str, ...], kind: str) -> str:
    """A box with one or two lines of words."""
    middle, step = x + width / 2, 18
    first = y + BOX / 2 + 5 - step * (len(lines) - 1) / 2
    words = "".join(
        f'<text x="{middle}" y="{first + step * k}" text-anchor="middle" class="{"strong" if kind == "answer" and k == 0 else ""}">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    corner = 4 if kind == "answer" else 24
    return f'<rect x="{x}" y="{y}" width="{width}" height="{BOX}" rx="{corner}" class="{kind}"/>{words}'


def arrow(x1: float, y1: float, x2: float, y2: float, word: str) -> str:
    """An arrow with its word."""
    across = y1 == y2
    at = ((x1 + x2) / 2, y1 - 7) if across else (x1 + 14, (y1 + y2) / 2 + 4)
    anchor = "middle" if across else "start"
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" marker-end="url(#tip)"/>'
        f'<text x="{at[0]}" y="{at[1]}" text-anchor="{anchor}" class="word">{word}</text>'
    )


def draw() -> str:
    """The figure."""
    height = ROW * (len(STEPS) + 1) + 20
    width = RIGHT - LEFT - 70
    parts = []
    for k, (question, word, design, more) in enumerate(STEPS):
        y = 20 + ROW * k
        other = "yes" if word == "no" else "no"
        parts += [
            box(LEFT, y, width, (question,), "question"),
            arrow(LEFT + width, y + BOX / 2, RIGHT - 4, y + BOX / 2, word),
            box(RIGHT, y, WIDTH - RIGHT - 20, (design, more), "answer"),
            arrow(LEFT + width / 2, y + BOX, LEFT + width / 2, y + ROW - 4, other),
        ]
    parts.append(box(LEFT, 20 + ROW * len(STEPS), width, LAST, "answer"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(ALT)}">'
        "<style>text{font:14px sans-serif;fill:#1b2733}.strong{font-weight:700}.word{font-style:italic}"
        ".question{fill:#fff;stroke:#3b5670}.answer{fill:#e8eff5;stroke:#3b5670;stroke-width:2}"
        "line{stroke:#3b5670;stroke-width:1.5}</style>"
        '<rect width="100%" height="100%" fill="#fff"/>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#3b5670"/></marker></defs>' + "".join(parts) + "</svg>\n"
    )


if __name__ == "__main__":
    Path(__file__).parents[1].joinpath("docs/images/which-design.svg").write_text(draw())
