"""The story: every status has its sentences, and none says more than the results do."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import get_args

import numpy as np
import pytest
from tests.calibration import staggered_claims

import innoeval as ie
from innoeval.briefs import Story, story
from innoeval.records import Assumption, Estimate, Evaluation, Interval
from innoeval.records.companions import Companions
from innoeval.records.verdict import ICONS, Status

Build = Callable[..., Evaluation]
STATUSES = get_args(Status)
FORBIDDEN = re.compile(r"\bprove[sn]?\b|\bsignificant|\bimpact|no effect", re.IGNORECASE)


def everything(told: Story) -> str:
    """All words of a story in one text."""

    def flat(value: object) -> list[str]:
        if isinstance(value, dict):
            return [part for item in value.values() for part in flat(item)]
        if isinstance(value, (list, tuple)):
            return [part for item in value for part in flat(item)]
        return [str(value)]

    return " ".join(flat(asdict(told)))


@pytest.mark.parametrize(
    ("status", "headline", "summary"),
    [
        ("supported", "Holds up",
         "Median days to repair came out about 14.8 % lower than expected without it; 15 % was announced."),
        ("partly_supported", "Holds up in part",
         ("Median days to repair came out lower than expected without it, by at least 2 %. "
         "That the difference is as large as the 15 % announced is not shown.")),
        ("inconclusive", "Not substantiated: these data cannot tell",
         ("The likely range is too wide to tell the 15 % announced from no improvement at all: "
         "anything from 4 % higher to 16 % lower.")),
        ("overstated", "Does not hold up as announced: overstated",
         ("Median days to repair did come out lower than expected without it, but by about 6.1 % "
         "(at most 7.9 %), not by the 15 % announced.")),
        ("refuted", "Does not hold up: no meaningful improvement",
         "Any improvement was at most 2.1 %; from 5 % on it would matter."),
        ("harmful", "Does not hold up: it got worse",
         ("Median days to repair came out about 8.2 % higher than expected without it, "
         "where an improvement of 15 % was announced.")),
        ("not_evaluable", "Not substantiated: cannot be evaluated",
         ("The measure was recorded in another way from July 2024 on, the month of the start, "
         "and no unit was recorded both ways.")),
    ],
)  # fmt: skip
def test_each_status_is_told_with_its_numbers(
    build: Build, status: Status, headline: str, summary: str
) -> None:
    told = story(build(status))
    assert (told.status, told.icon) == (status, ICONS[status])
    assert (told.headline, told.summary) == (headline, summary)
    assert told.meaning
    assert told.limits
    assert told.evidence


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("better", ["lower", "higher"])
@pytest.mark.parametrize("gate", ["clear", "problem", "cannot_tell"])
def test_no_sentence_says_too_much(build: Build, status: Status, better: str, gate: str) -> None:
    ev = build(status, better=better, gate=gate, statement="")
    told = everything(story(ev))
    assert not FORBIDDEN.search(told)
    assert "washing" not in told
    assert not re.search(r"\bnan\b|\binf\b|None", told)


def test_directions_follow_the_claim(build: Build) -> None:
    lower, higher = (story(build("supported", better=b, statement="")) for b in ("lower", "higher"))
    assert "a fall of 15 %" in lower.claim[0]
    assert "a rise of 15 %" in higher.claim[0]
    assert "lower than expected" in lower.summary
    assert "higher than expected" in higher.summary
    assert "fell from 21.8 on average to 17.5" in lower.evidence[0]
    assert "rose from 21.8 on average to 23.6" in higher.evidence[0]


@pytest.mark.parametrize(
    ("scale", "claimed", "found", "words"),
    [
        ("absolute", 5, (1.29, (0.92, 1.67)), "by about 1.29 (at most 1.67), not by the 5 announced"),
        ("percentage_points", 15, (6.1, (4.3, 7.9)), "by about 6.1 points (at most 7.9 points), not by the 15 points"),
    ],
)  # fmt: skip
def test_sizes_keep_the_scale_of_the_claim(
    build: Build, scale: str, claimed: float, found: tuple[float, tuple[float, float]], words: str
) -> None:
    ev = build("x", scale=scale, size=claimed, smallest_effect=0.5, found=found)
    assert words in story(ev).summary


def test_the_evidence_is_told_from_the_plain_series_to_the_number_that_decides(
    build: Build,
) -> None:
    said = story(build("overstated")).evidence
    assert said[0] == (
        "In the 6 units that have it, median days to repair fell from 21.79 on average to 19.30 "
        "from July 2024 on."
    )
    assert said[1] == (
        "In the 8 comparison units it fell from 19.92 on average to 18.66. So part of that change "
        "would have come anyway."
    )
    assert said[2] == (
        "Without it, 20.56 would have been expected. The difference is 1.25, or 6.1 % lower "
        "(likely range: 4.3 to 7.9 % lower)."
    )
    assert said[3] == "The 15 % announced is more than that range holds."
    assert "The innovation accounts for about 47 % of it" in said[4]


def test_nothing_is_put_down_to_the_innovation_where_no_improvement_is_shown(build: Build) -> None:
    ev = build("overstated")
    assert ev.verdict.improvement_shown
    unsure = replace(ev, verdict=replace(ev.verdict, improvement_shown=False))
    assert "accounts for" in story(ev).evidence[4]
    assert "accounts for" not in " ".join(story(unsure).evidence)


def test_a_change_before_and_after_is_said_to_be_of_the_periods_that_the_claim_compares(
    build: Build,
) -> None:
    ev = build("overstated")
    windows = (("2023-07", "2023-12"), ("2024-07", "2024-12"))
    own, all_of_it = (replace(ev, claim=replace(ev.claim, windows=w)) for w in (windows, None))
    assert story(own).evidence[4].startswith("In the periods that the claim compares, before and")
    assert story(all_of_it).evidence[4].startswith("Before and after alone")


def test_others_that_stayed_are_no_part_of_the_change(build: Build) -> None:
    ev = build("overstated")
    path = ev.estimate.path
    nearly = 20 - 1e-7 * np.arange(len(path.observed))
    still = replace(ev, estimate=replace(ev.estimate, path=replace(path, comparison=nearly)))
    assert "it stayed at 20" in story(still).evidence[1]
    assert "would have come anyway" not in story(still).evidence[1]


def test_the_interval_that_decides_is_the_one_that_is_told(build: Build) -> None:
    stressed = " ".join(story(build("overstated", gate="problem")).evidence)
    assert "A check shows that an assumption behind this number does not hold" in stressed
    assert "about 4.9 % lower" in stressed
    hull = story(build("overstated", gate="cannot_tell"))
    assert "widens the likely range. It becomes: " in " ".join(hull.evidence)
    assert "the verdict rests on a more careful one" in hull.figure_caption


def test_a_claim_without_a_number_is_told_as_one(build: Build) -> None:
    told = story(build("x", found=(0.09, (0.06, 0.12)), size=None))
    assert "a fall, without a number" in told.claim[1]
    assert "no number was announced, and 5 % would matter" in told.summary
    open_ended = story(build("x", found=(0.06, (0.03, 0.09)), size=None, smallest_effect=None))
    assert "No number was announced that it could be held against" in open_ended.summary
    assert (
        "Neither a number nor a smallest effect was declared"
        in dict(open_ended.method)["Decision rule"]
    )


def test_data_without_bounds_are_told_as_such(build: Build) -> None:
    told = story(build("x", found=(0.06, (-math.inf, math.inf))))
    assert "the data set no bound in either direction" in told.summary
    upper = story(build("x", found=(0.06, (0.01, math.inf))))
    assert "the data set no upper bound" in " ".join(upper.evidence)


def test_without_an_estimate_there_is_no_figure_and_the_reason_is_given(build: Build) -> None:
    told = story(build("not_evaluable", estimated=False))
    assert (
        told.summary == "There are 2 periods before the start; at least 3 are needed on each side."
    )
    assert (told.figure_alt, told.against_alt, told.checks) == ("", "", ())
    assert told.figure_caption == "There is no figure, because no estimate can be given."
    assert told.checks_caption
    assert (told.certainty, told.dots) == ("Not graded", 0)


def test_a_single_series_says_that_there_is_no_comparison(build: Build) -> None:
    told = story(build("partly_supported", comparison=False, treated=["Ash"]))
    assert told.evidence[0].startswith("In Ash, median days to repair fell")
    assert told.evidence[1].startswith("There are no comparison units")
    assert told.strength[0] == "One series, held against its own earlier course."


def test_of_400_units_a_few_are_named(build: Build) -> None:
    told = story(build("supported", n_units=900, treated=[f"Ward {i}" for i in range(400)]))
    assert told.setting == "Median days to repair · 400 units · from July 2024 on"
    assert (
        "400 with the innovation (Ward 0, Ward 1, Ward 2 and 397 others)"
        in dict(told.method)["Sample"]
    )
    assert len(everything(told)) < 12_000


def test_what_no_check_looked_at_is_named(build: Build) -> None:
    ev = build("overstated")
    assert Assumption.no_spillover in ev.not_examined
    assert Assumption.no_spillover.plain in " ".join(story(ev).limits)
    assert Assumption.no_spillover.plain in dict(story(ev).method)["Not examined"].lower()


def test_harm_elsewhere_stands_on_the_first_page(build: Build) -> None:
    ev = build("supported")
    assert "got worse" not in story(ev).summary
    harm = replace(
        ev.findings[0], check="balancing", status="problem", probes=(Assumption.no_harm_elsewhere,),
        says="reopened got worse by 3; 1 would matter.",
    )  # fmt: skip
    told = story(replace(ev, findings=(*ev.findings, harm)))
    assert told.summary.endswith("But something else got worse: see below.")
    assert told.evidence[-1] == "Elsewhere: Reopened got worse by 3; 1 would matter."
    assert "what got worse elsewhere" in told.meaning[-1]


def test_checks_stand_problems_first_with_shape_word_and_share(build: Build) -> None:
    rows = story(build("overstated")).checks
    assert [row["status"] for row in rows] == [
        "problem",
        "cannot_tell",
        "clear",
        "clear",
        "not_applicable",
    ]
    assert (rows[0]["icon"], rows[0]["word"], rows[0]["share"]) == ("✗", "Problem", "60 % ± 26")
    assert rows[-1]["share"] == "–"


def test_the_rule_is_told_with_the_numbers_of_the_policy(build: Build) -> None:
    rule = dict(story(build("overstated")).method)["Decision rule"]
    for part in ("95 % interval", "begins above 7.5 %", "at or above 12 %", "80 % of the claim",
                 "Smallest effect that matters: 5 %."):  # fmt: skip
        assert part in rule
    default = dict(story(build("overstated", smallest_effect=None)).method)["Decision rule"]
    assert "by default 25 % of the claim, as none was declared" in default


def test_why_other_designs_were_not_used_is_told(build: Build) -> None:
    rows = dict(story(build("overstated")).method)
    assert rows["Not used, and why"].startswith("Segmented regression: there are comparison units")
    assert rows["Warnings"] == "Two months of Elm are missing and were left out."


def test_a_share_that_cannot_be_formed_is_told_in_outcome_units(build: Build) -> None:
    ev = build("overstated")
    assert isinstance(ev.estimate, Estimate)
    odd = replace(ev.estimate, observed=-5.0, baseline=-4.0, path=None)
    rows = dict(story(replace(ev, alternatives=(odd,))).method)
    assert "in outcome units" in rows["Beside it"]


def test_the_same_evaluation_gives_the_same_story(build: Build) -> None:
    ev = build("overstated")
    assert story(ev) == story(Evaluation.from_json(ev.to_json()))


def test_several_starts_are_told_as_several() -> None:
    scene = next(s for s in staggered_claims.SCENES if s.says.startswith("true"))
    claim, panel = staggered_claims.drawn(scene, 1000)
    ev = ie.evaluate(claim, panel)
    assert ev.measured.launches == ("2022-09", "2022-12")
    told = story(ev)
    own = "from each unit's own start on, between September 2022 and December 2022"
    assert told.setting.endswith(own)
    assert own in " ".join(told.claim)
    assert (
        "from September 2022 on. Not all of them started then; the last did in December 2022."
        in " ".join(told.evidence)
    )
    sample = " ".join(text for _, text in told.method)
    assert "20 periods before the first start" in sample
    assert "2 different starts, the last in December 2022" in sample
    assert ie.Evaluation.from_json(ev.to_json()).measured == ev.measured


def test_a_chance_is_told_only_where_the_analysis_that_it_is_of_decides(build: Build) -> None:
    ev = build("inconclusive")
    hull = replace(ev, verdict=replace(ev.verdict, deciding="hull"))
    base = replace(ev, verdict=replace(ev.verdict, deciding="base"))
    assert any("times in 100" in sentence for sentence in story(base).meaning)
    assert not any("times in 100" in sentence for sentence in story(hull).meaning)


def test_a_series_that_ends_at_the_start_has_no_before_and_after(build: Build) -> None:
    ev = build("overstated")
    path = ev.estimate.path
    ended = np.where(np.arange(len(path.observed)) < 18, path.observed, np.nan)
    short = replace(ev, estimate=replace(ev.estimate, path=replace(path, observed=ended)))
    assert story(ev).evidence[0].startswith("In the 6 units that have it")
    assert story(short).evidence[0].startswith("Without it, 20.56 would have been expected.")


def test_checks_that_could_not_tell_are_counted_under_the_limits(build: Build) -> None:
    ev = build("overstated")
    said = "1 check could not tell either way."
    sure = replace(ev, findings=tuple(f for f in ev.findings if f.status != "cannot_tell"))
    assert said in story(ev).limits
    assert not any("could not tell" in sentence for sentence in story(sure).limits)


def test_numbers_too_large_to_draw_are_a_line_in_place_of_the_small_figure(build: Build) -> None:
    huge = build("x", scale="absolute", size=1e250, smallest_effect=1e249, found=(5, (4, 6)))
    told = story(huge)
    assert told.against_caption == (
        "There is no small figure, because its numbers are too large or too small to draw."
    )
    assert told.against_alt == ""


def test_beside_the_verdict_stands_only_what_could_be_measured(build: Build) -> None:
    ev = build("overstated")
    none = "Without any improvement these data would surprise as much as 4.0 heads in a row."
    for known, words in (
        ({}, none),
        ({"s_claimed": 7.0}, f"{none} If all that was claimed were true, as much as 7.0."),
        ({"severity_shown": 0.9},
         f"{none} That there is more than 7.5 % was tested with a severity of 0.90 (at most 1)."),
    ):  # fmt: skip
        beside = Companions(readings=(), reach=Interval(0, 1), s_none=4.0, **known)
        told = story(replace(ev, verdict=replace(ev.verdict, companions=beside)))
        assert dict(told.method)["Beside it, never deciding"] == words


def test_many_events_are_named_in_part_and_counted(build: Build) -> None:
    events = [ie.Event(period="2024-08", scope="all", what=f"event {i}") for i in range(9)]
    rows = dict(story(build("overstated", events=events)).method)
    told = next(text for text in rows.values() if "event 5" in text)
    assert told.endswith("; and 3 more.")
    assert "event 6" not in told
