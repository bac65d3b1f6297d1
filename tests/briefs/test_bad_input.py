"""Whatever a claim or a series holds: one page, no silent gap, and nothing obeyed; PDF and page alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader
from tests.briefs.test_html import Reader

from innoeval.briefs import Edition, story
from innoeval.briefs.drawing import PRINT
from innoeval.briefs.figure_series import draw_series
from innoeval.briefs.html import page
from innoeval.briefs.language import language
from innoeval.briefs.typst import pdf
from innoeval.records import Evaluation, Path

Build = Callable[..., Evaluation]
PUBLIC = Edition(audience="public")
LONG = "Words that go on and on without an end in sight. " * 103
CASES: dict[str, dict[str, Any]] = {
    "markup": {"statement": "= head *b* `c` <b>d</b> </svg><script>e()</script> #import $g$ @h",
               "innovation": "#import <script>alert(1)</script>", "outcome": "#panic_<i>"},
    "right to left": {"statement": "خفض المكتب الجديد وقت الانتظار 15 %", "innovation": "שירות חדש",
                      "outcome": "זמן", "treated": ["צפון", "דרום"]},
    "emoji": {"statement": "Faster 😀👩‍👧 for all 🚀", "innovation": "🚀", "family": "🏠"},
    "5,000 letters": {"statement": LONG[:5000], "innovation": LONG[:5000], "outcome": "o" * 5000,
                      "source": LONG[:5000], "family": LONG[:5000]},
    "5,000 letters without a space": {"statement": "x" * 5000, "innovation": "y" * 5000,
                                      "treated": ["z" * 5000, "w" * 5000]},
    "nothing": {"statement": "", "source": "", "family": "", "published_on": ""},
    "400 units": {"treated": [f"Ward {i}" for i in range(400)]},
}  # fmt: skip


def text_of(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return re.sub(r"\s+", " ", "".join(p.extract_text() for p in pages).replace("\u200b", ""))


@pytest.mark.parametrize(
    ("case", "code"), [(case, "de" if i % 2 else "en") for i, case in enumerate(CASES)]
)
def test_the_public_gets_one_page_whatever_a_claim_says(build: Build, case: str, code: str) -> None:
    units = 900 if case == "400 units" else 14
    ev = build("overstated", gate="problem", n_units=units, **CASES[case])
    edition = Edition(language=code, audience="public", organisation="Ämter & <b>#Amt</b>")
    content = pdf(ev, None, edition)
    assert len(PdfReader(BytesIO(content)).pages) == 1
    found = text_of(content)
    told = story(ev, edition)
    assert told.headline in found
    assert "Ämter & <b>#Amt</b>" in found
    read = Reader(page(ev, None, edition).decode())
    assert told.summary.replace("\u2068", "\u2068") in read.text
    assert not {tag for tag, _ in read.elements} & {"script", "b", "i", "iframe"}
    assert len(read.text) < 8_000


@pytest.mark.parametrize("status", ["partly_supported", "inconclusive", "harmful"])
def test_everything_at_once_is_still_one_page(build: Build, status: str) -> None:
    ev = build(status, gate="cannot_tell", **CASES["5,000 letters"])
    harm = replace(ev.findings[2], probes=(next(iter(type(ev.findings[0].probes[0]))),), says=LONG)
    ev = replace(ev, findings=(*ev.findings, harm))
    content = pdf(ev, None, replace(PUBLIC, language="de"))
    assert len(PdfReader(BytesIO(content)).pages) == 1
    assert "Teile der Behauptung sind bei" in text_of(content)


def test_a_cut_claim_says_where_it_stands_in_full(build: Build) -> None:
    ev = build("supported", **CASES["5,000 letters"])
    said = "Parts of the claim are cut at “…”; the attached evaluation.json has them in full."
    assert said in text_of(pdf(ev, None, PUBLIC))
    for edition in (PUBLIC, Edition()):
        assert said in Reader(page(ev, None, edition).decode()).text
    assert said not in story(build("supported")).notes


def test_letters_that_the_typeface_lacks_are_counted_on_the_page(build: Build) -> None:
    ev = build("supported", **CASES["emoji"])
    assert re.search(
        r"This typeface lacks \d characters of the claim; a box stands",
        text_of(pdf(ev, None, PUBLIC)),
    )
    # A page is set in the reader's own faces, which have them.
    assert "🚀" in Reader(page(ev, None, PUBLIC).decode()).text


def ten_thousand(build: Build) -> Evaluation:
    periods = tuple(f"{i}" for i in range(10_000))
    return build("overstated", periods=periods, launch=5_000, start="5000", scale="absolute",
                 size=5, smallest_effect=0.5, found=(1.29, (0.92, 1.67)))  # fmt: skip


def test_a_series_of_ten_thousand_periods_is_drawn_by_its_extremes(build: Build) -> None:
    ev = ten_thousand(build)
    assert "10,000 periods" in story(ev).figure_alt
    drawn = draw_series(ev, language("en"), 499, 250, "s").svg(PRINT)
    assert len(drawn) < 60_000


@pytest.mark.slow
def test_ten_thousand_periods_are_one_page_with_all_of_them_attached(build: Build) -> None:
    made = PdfReader(BytesIO(pdf(ten_thousand(build), None, PUBLIC)))
    assert len(made.pages) == 1
    assert made.attachments["series.csv"][0].count(b"\n") == 10_001


def test_the_highest_and_the_lowest_value_are_among_those_drawn() -> None:
    from innoeval.briefs.figure_series import _kept

    values = np.sin(np.arange(10_000) * 0.7)
    values[[4_321, 8_765]] = 9.0, -9.0
    none = np.full(10_000, np.nan)
    path = Path(period=tuple(map(str, range(10_000))), observed=values, counterfactual=values,
                effect=none, low=none, high=none, comparison=none)  # fmt: skip
    kept = _kept(path, none)
    assert kept[[0, 4_321, 8_765, 9_999]].all()
    assert kept.sum() < 300


def with_values(ev: Evaluation, value: float) -> Evaluation:
    assert ev.estimate is not None
    path = ev.estimate.path
    assert path is not None
    values = np.full(len(path.period), value)
    return replace(
        ev,
        estimate=replace(ev.estimate, path=replace(path, observed=values, counterfactual=values)),
    )


@pytest.mark.parametrize(("value", "code"), [(np.nan, "de"), (1e300, "en")])
def test_a_figure_that_cannot_be_drawn_is_a_printed_line(
    build: Build, value: float, code: str
) -> None:
    ev = with_values(build("overstated"), value)
    edition = Edition(language=code)
    line = {"en": "There is no figure, because the series has no values that can be drawn.",
            "de": "Es gibt keine Abbildung, weil die Reihe keine Werte hat, die sich zeichnen lassen."}[code]  # fmt: skip
    assert story(ev, edition).figure_alt == ""
    assert line in text_of(pdf(ev, None, edition))
    assert line in Reader(page(ev, None, edition).decode()).text


def test_without_a_series_it_says_so(build: Build) -> None:
    ev = build("overstated")
    ev = replace(ev, estimate=replace(ev.estimate, path=None))  # type: ignore[type-var]
    assert "the design gives no series" in text_of(pdf(ev))


@pytest.mark.parametrize("value", [0.0, 5.0, -3.2e-9, 4.4e12])
def test_flat_tiny_and_huge_series_are_drawn(build: Build, value: float) -> None:
    ev = with_values(build("overstated"), value)
    assert story(ev).figure_alt
    assert pdf(ev, None, PUBLIC).startswith(b"%PDF-")
    drawn = re.findall(r"<svg.*?</svg>", page(ev, None, PUBLIC).decode(), re.DOTALL)
    assert len(drawn) == 3
    assert not re.search(r"\bnan|\binf", "".join(drawn))


def test_gaps_in_a_series_stay_gaps(build: Build) -> None:
    ev = build("overstated")
    assert ev.estimate is not None
    path = ev.estimate.path
    assert path is not None
    holed = path.observed.copy()
    holed[[3, 4, 5, 20, 29]] = np.nan
    ev = replace(ev, estimate=replace(ev.estimate, path=replace(path, observed=holed)))
    drawn = re.search(r'<svg[^>]*class="wide".*?</svg>', page(ev).decode(), re.DOTALL)
    assert drawn is not None
    lines = re.findall(
        r'style="stroke:var\(--observed\);fill:none" d="[^"]*" stroke-width="2.1"', drawn[0]
    )
    assert len(lines) == 3
