"""Pages for a browser to be tested on: a portfolio of 2,000, one of hostile claims, briefs, a notebook.

`python -m tests.browser.pages FOLDER` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

from tests.evaluations import STATUSES, build

import innoeval as ie
from innoeval.portfolio.report import write_portfolio
from innoeval.portfolio.rows import TIDY, failed, row
from innoeval.portfolio.store import packed
from innoeval.records import Claim, Evaluation, Policy
from innoeval.records.portfolio import Portfolio

MANY = 2000
FAMILIES = ("Housing repairs", "Planning", "Libraries", "Street lighting", "")
NAMES = ("One-stop permit desk", "Repairs triage assistant", "Text reminders", "Night buses", "Smart bins",
         "Reading mentors", "Online booking", "School street")  # fmt: skip
#: What nobody should ever call an innovation, and somebody will.
HOSTILE = (
    "\u200b",
    '<img src=x onerror="alert(1)">',
    "</script><script>alert(2)</script>",
    "</td></tr></table><h1>gone</h1>",
    '"><svg onload=alert(3)>',
    "<!-- <script> $title ${rows} $$ &amp; &lt;",
    "javascript:alert(4)",
    "=cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd",
    "שירות חדש \u202e txt.exe",
    "خدمة سريعة للجميع",
    "🚒🧑 faster 👩👧",
    "日本の窓口",
    "a\x00b\x07c\u2028d\x1b[31m",
    "W" * 5000,
    "many words " * 450,
    "__proto__",
    "{{constructor.constructor('alert(5)')()}}",
)


def renamed(ev: Evaluation, **other: object) -> Evaluation:
    """An evaluation of the same numbers under another claim."""
    claim = Claim(**{**{f.name: getattr(ev.claim, f.name) for f in fields(ev.claim)}, **other})
    return replace(ev, claim=claim)


def evaluated() -> list[Evaluation]:
    """Some real evaluations, with every check, and one made by hand for each status."""
    real = []
    for seed in range(8):
        case = ie.simulate.draw("none", seed=seed, n_units=24, n_treated=8, size=0.5 + seed % 3)
        real.append(ie.evaluate(case.claim, case.panel))
    return [*real, *map(build, STATUSES)]


def portfolio(n: int = MANY) -> Portfolio:
    """So many claims, of which one in forty failed."""
    known = evaluated()
    rows = []
    for i in range(n):
        ev = renamed(
            known[i * 7 % len(known)],
            id=f"claim-{i:04d}",
            innovation=f"{NAMES[i * 3 % len(NAMES)]} {i // 40 + 1}",
            family=FAMILIES[i % len(FAMILIES)],
        )
        lost = ValueError("the ward 'Nowhere' is not in the panel; name one that is")
        rows.append(failed(ev.claim, lost, "", "") if i % 40 == 7 else row(ev))
    return made(rows)


def hostile() -> Portfolio:
    """Claims whose every text is one of the hostile ones."""
    rows = []
    for i, text in enumerate(HOSTILE):
        ev = renamed(
            build(STATUSES[i % len(STATUSES)]),
            id=f"{i} {text}", innovation=text, family=text, statement=text, source=text,
            treated=[text.strip() or "unit"], start="2024-07",
        )  # fmt: skip
        rows.append(failed(ev.claim, ValueError(text), "", "") if i % 5 == 4 else row(ev))
    return made(rows)


def made(rows: Iterable[dict[str, object]]) -> Portfolio:
    return Portfolio(parts=(packed(list(rows)),), columns=TIDY, policy=Policy())


def notebook() -> str:
    """Records as a notebook shows them, one below the other, on a page that follows the reader's theme."""
    case = ie.simulate.draw("none", seed=1, n_units=24, n_treated=8, size=1.5)
    ev = ie.evaluate(case.claim, case.panel)
    shown = [
        ev.claim,
        case.panel,
        ev.estimate,
        ev,
        portfolio(80),
        build("overstated").claim,
        *map(build, STATUSES),
    ]
    shown += list(hostile())[:3]
    cards = "\n".join(record._repr_html_() for record in shown if record is not None)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title>'
        '<meta name="viewport" content="width=device-width"><style>:root { color-scheme: light dark; }'
        " body { background: Canvas; color: CanvasText; font: 14px/1.4 sans-serif; }"
        " td, th { padding: 6px; } section { margin-bottom: 12px; }</style></head>"
        f"<body><main><h1>Notebook</h1><h2>Out</h2>\n{cards}\n</main></body></html>\n"
    )


def write(folder: Path) -> None:
    """Write every page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_portfolio(portfolio(), folder / "portfolio.html")
    write_portfolio(hostile(), folder / "hostile.html", title=HOSTILE[2])
    (folder / "notebook.html").write_text(notebook(), encoding="utf-8")
    for status in STATUSES:
        ie.write_brief(build(status), folder / f"brief-{status}.html")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
