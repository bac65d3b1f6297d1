"""Records in a notebook and in a terminal: nothing runs, nothing escapes, nothing fills a hundred screens."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.browser.pages import HOSTILE, made, renamed
from tests.evaluations import STATUSES, build
from tests.portfolio.test_report import Reader

import innoeval as ie
from innoeval.errors import DesignError
from innoeval.portfolio.rows import failed, row
from innoeval.records import Estimate, Event, Interval
from innoeval.records.companions import Companions

SNAPSHOTS = Path(__file__).with_name("snapshots")


@pytest.fixture(scope="module")
def records() -> dict[str, object]:
    ev = renamed(
        build("overstated"), events=[Event(period="2024-08", scope="all", what="new phone line")]
    )
    case = ie.simulate.draw(seed=1, n_units=20, n_treated=5)
    rows = [row(renamed(build(status), id=status)) for status in STATUSES]
    rows.append(failed(renamed(build(), id="lost").claim, ValueError("lost"), "", ""))
    return {
        "claim": ev.claim,
        "panel": case.panel,
        "estimate": ev.estimate,
        "evaluation": ev,
        "portfolio": made(rows),
    }


@pytest.mark.parametrize("name", ["claim", "panel", "estimate", "evaluation", "portfolio"])
def test_a_card_is_as_it_was(records: dict[str, object], name: str) -> None:
    """To write them anew: `INNOEVAL_SNAPSHOTS=write pytest tests/records/test_cards.py`."""
    record = records[name]
    html = record._repr_html_()  # type: ignore[attr-defined]
    shown = {"html": html.replace("><", ">\n<") + "\n", "txt": f"{record}\n"}
    for kind, text in shown.items():
        path = SNAPSHOTS / f"{name}.{kind}"
        if os.environ.get("INNOEVAL_SNAPSHOTS") == "write":
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8")
    names = {tag for tag, _ in Reader(html).elements}
    assert names <= {
        "section",
        "details",
        "summary",
        "h3",
        "ul",
        "li",
        "p",
        "b",
        "i",
        "span",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert "color:" not in html.replace("currentColor", "")
    heads = [a for tag, a in Reader(html).elements if tag == "th"]
    assert heads
    assert {a["scope"] for a in heads} <= {"row", "col"}


def test_a_terminal_shows_a_few_lines(records: dict[str, object]) -> None:
    for name in ("panel", "estimate", "evaluation", "portfolio"):
        assert repr(records[name]) == str(records[name])
        assert len(repr(records[name]).splitlines()) < 30


@pytest.mark.parametrize("text", HOSTILE)
def test_what_others_wrote_stays_text(text: str) -> None:
    ev = renamed(build(), id=f"x {text}", innovation=text, family=text, statement=text, source=text)
    for record in (ev, ev.claim, made([row(ev)])):
        found = Reader(record._repr_html_())
        assert not {"script", "img", "svg", "h1"} & {tag for tag, _ in found.elements}
    assert len(ev.claim._repr_html_()) < 8_000
    assert max(map(len, str(ev.claim).splitlines())) < 700


def test_a_portfolio_of_nothing_has_a_card() -> None:
    none = replace(made([row(build())]), parts=())
    assert none._repr_html_() == "<p>Portfolio of no claims</p>"
    assert repr(none) == "Portfolio of no claims"


def test_where_nothing_was_estimated_the_card_gives_the_reason_and_no_number() -> None:
    ev = build("not_evaluable", estimated=False)
    for shown in (str(ev), ev._repr_html_()):
        assert "there are 2 periods before the start" in shown
        assert "improvement of" not in shown
        assert "interval" not in shown
        assert "Standards of evidence" not in shown
    assert "Standards of evidence" in build("overstated")._repr_html_()


def test_beside_the_verdict_stands_only_what_could_be_measured() -> None:
    ev = build("overstated")
    some = Companions(readings=(), reach=Interval(0, 1), s_none=4.0)
    card = replace(ev, verdict=replace(ev.verdict, companions=some))._repr_html_()
    assert "If there were no improvement, these data would surprise as much as 4 heads" in card
    for unknown in ("severity", "times too large", "that matters, these data", "flat prior"):
        assert unknown not in card


def test_an_estimate_without_an_error_has_no_statistic() -> None:
    found = build("overstated").estimate
    assert found is not None
    row = replace(found, std_error=None).tidy().iloc[0]
    assert (row["estimate"], row["std_error"], row["statistic"]) == (found.effect, None, None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"effect": float("nan")}, "found no finite effect"),
        ({"observed": float("inf")}, "found no finite effect"),
        ({"conf_int": Interval(1.0, 0.0)}, "found the interval"),
        ({"conf_int": Interval(float("nan"), 0.0)}, "found the interval"),
    ],
)
def test_an_estimate_that_is_no_number_is_never_made(wrong: dict[str, object], words: str) -> None:
    found = build("overstated").estimate
    assert isinstance(found, Estimate)
    with pytest.raises(DesignError, match=f"DifferenceInDifferences {words}"):
        replace(found, **wrong)  # type: ignore[arg-type]


def test_effects_that_are_not_by_cohort_are_not_summed_up_in_another_way() -> None:
    found = build("overstated").estimate
    assert found is not None
    with pytest.raises(DesignError, match="keeps no effects by cohort and period; fit Callaway"):
        found.aggregate("event")
