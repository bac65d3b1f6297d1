"""Which donors imitate the treated units, as it stands in a brief."""

from __future__ import annotations

from dataclasses import replace

from tests.designs.donor_panels import factors
from tests.evaluations import build
from tests.panels import claim_on, panel_of

from innoeval.briefs.language import language
from innoeval.briefs.mixture import mixture
from innoeval.briefs.story import story
from innoeval.evaluate import evaluate
from innoeval.records import Component, Evaluation

ENGLISH = language("en")


def mixed(*parts: tuple[str, float]) -> Evaluation:
    ev = build("overstated")
    assert ev.estimate is not None
    components = tuple(Component(term=term, estimate=value) for term, value in parts)
    return replace(ev, estimate=replace(ev.estimate, components=components))


def test_weights_and_what_changes_without_each_are_told() -> None:
    told = mixture(
        mixed(
            ("weight of North", 0.52), ("weight of South", 0.4), ("weight of #East", 0.05),
            ("weight of West", 0.03), ("effect without North", -1.0), ("effect without South", -1.9),
            ("effect without #East", -1.35), ("effect without West", -1.5),
            ("effective number of donors", 2.31), ("misfit before the start", 0.04),
        ),
        ENGLISH,
        most=2,
    )  # fmt: skip
    assert told.startswith("North 52 %, without it −1.0")
    assert "South 40 %, without it −1.9" in told
    assert "2 more with 8 % together, without any one of them −1.5" in told
    assert "As diverse as 2.3 units of equal weight." in told
    assert "misses by 0.04" in told


def test_a_single_donor_has_nothing_without_it() -> None:
    assert mixture(mixed(("weight of North", 1.0)), ENGLISH, most=6).startswith(
        "North 100 %. The effect"
    )


def test_units_that_are_not_named_and_were_not_left_out_have_a_weight_only() -> None:
    told = mixture(
        mixed(("weight of North", 0.7), ("weight of South", 0.2), ("weight of East", 0.1)),
        ENGLISH,
        most=1,
    )
    assert told.startswith("North 70 %; 2 more with 30 % together")
    assert "without" not in told.partition("The effect")[0]


def test_designs_without_donors_say_nothing() -> None:
    assert mixture(build("overstated"), ENGLISH, most=6) == ""
    assert mixture(build("not_evaluable"), ENGLISH, most=6) == ""
    assert mixture(build("not_evaluable", estimated=False), ENGLISH, most=6) == ""
    assert "Imitated by" not in dict(story(build("overstated")).method)


def test_it_stands_in_the_brief_of_a_synthetic_design() -> None:
    outcomes = factors(1, n=24)
    outcomes[0, 12:] -= 5.0
    ev = evaluate(claim_on([0], 12, size=2.0, better="lower"), panel_of(outcomes))
    assert ev.design == "SyntheticDiD"
    rows = dict(story(ev).method)
    largest = next(c for c in ev.estimate.components if c.term.startswith("weight of "))
    assert rows["Imitated by"].startswith(largest.term.removeprefix("weight of "))
    assert "without it" in rows["Imitated by"]
    assert "no p-value is below 1/24" in rows["Inference"]
