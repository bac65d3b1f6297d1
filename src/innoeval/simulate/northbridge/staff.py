"""Staff: a pay rise at the same time, a well measured nothing, and the worst teams recovering."""

from __future__ import annotations

import numpy as np

from innoeval.records.claim import Claim, Event
from innoeval.simulate.northbridge.places import TEAMS
from innoeval.simulate.northbridge.service import Metric, Service

ROSTERS = ("Adult care", "Catering", "Child care", "Cleaning", "Fleet", "Home help", "Parks",
           "School meals", "Waste")  # fmt: skip
FOUR_DAYS = ("Archives", "Benefits", "Building control", "Communications", "Energy", "Finance",
             "Food safety", "Housing advice", "Legal", "Licensing", "Planning", "Procurement",
             "Registry", "Tax")  # fmt: skip


def staff() -> Service:
    """Survey and time sheets of 36 teams, by quarter."""
    service = Service(
        name="staff",
        title="Staff engagement",
        about="Survey and time sheets of 36 teams: engagement from 1 to 10, overtime hours a head and month, sick\n"
        "days a head, the share who answer the survey, and headcount.",
        unit="team",
        period="quarter",
        freq="quarter",
        first="2013-Q1",
        n_periods=46,
        units=TEAMS,
        seed=4106,
        roles={
            "outcomes": ["engagement", "overtime_hours", "sick_days"],
            "balancing": {"response_share": "higher"},
            "denominator": "headcount",
        },
    )
    _rosters(service)
    _four_days(service)
    _coaching(service)
    response = service.draw("response_share", Metric(level=0.68, spread=0.04, noise=0.03, rho=0.2))
    service.record("response_share", response, decimals=4, high=1.0)
    headcount = service.draw("headcount", Metric(level=46, spread=8, noise=1.2, rho=0.8))
    service.record("headcount", headcount)
    return service


def _rosters(service: Service) -> None:
    base = service.draw("engagement", Metric(level=6.4, spread=0.4, noise=0.2, rho=0.3, shock=0.05))
    without = base + 0.5 * service.reached(ROSTERS, "2021-Q1")
    service.record("engagement", without, decimals=2, low=1.0, high=10.0)
    service.announce(
        Claim(
            id="self-rostering",
            innovation="Teams write their own rosters",
            outcome="engagement",
            better="higher",
            treated=ROSTERS,
            start="2021-Q1",
            size=0.5,
            scale="absolute",
            smallest_effect=0.1,
            windows=(("2020-Q1", "2020-Q4"), ("2021-Q1", "2021-Q4")),
            events=[Event(period="2021-Q1", scope="treated", what="pay rise for front-line teams")],
            family="staff",
            source="Staff magazine, spring 2022",
            statement="Engagement is up by half a point since teams write their own rosters.",
            published_on="2022-03-28",
            cost=15000,
        ),
        without=without,
        actual=without,
        fault="co_event",
        allowed=("not_evaluable",),
        why="The same teams got a pay rise in the same quarter, and no other team did.",
    )


def _four_days(service: Service) -> None:
    without = service.draw(
        "overtime_hours", Metric(level=9.0, spread=1.1, noise=0.42, rho=0.2, shock=0.3, season=0.6)
    )
    without -= 1.7 * service.reached(service.units, "2020-Q2")
    service.record("overtime_hours", without, decimals=1)
    service.announce(
        Claim(
            id="four-day-week",
            innovation="Four-day week in teams drawn by lot",
            outcome="overtime_hours",
            better="lower",
            treated=FOUR_DAYS,
            start="2020-Q2",
            size=0.20,
            scale="relative",
            smallest_effect=0.08,
            windows=(("2019-Q2", "2020-Q1"), ("2020-Q2", "2021-Q1")),
            events=[Event(period="2020-Q2", scope="all", what="cap on overtime in every team")],
            family="staff",
            source="Interview of the head of personnel, 2021",
            statement="A fifth less overtime shows that the four-day week works.",
            published_on="2021-06-14",
            assignment="lottery",
        ),
        without=without,
        actual=without,
        fault="null",
        allowed=("refuted",),
        why="Overtime fell in every team when it was capped; in the teams drawn by lot no further.",
    )


def _coaching(service: Service) -> None:
    without = service.draw(
        "sick_days", Metric(level=3.4, spread=0.25, noise=0.5, rho=0.6, shock=0.1, season=0.35)
    )
    launch = service.calendar.position("2019-Q1")
    excess = without - without[:, : launch - 4].mean(axis=1, keepdims=True)
    worst = np.argsort(excess[:, launch - 4 : launch].mean(axis=1))[-8:]
    coached = tuple(sorted(service.units[row] for row in worst))
    service.record("sick_days", without, decimals=2)
    windows = (("2018-Q1", "2018-Q4"), ("2019-Q1", "2019-Q4"))
    fall = -service.before_after(without, coached, windows)
    service.announce(
        Claim(
            id="team-coaching",
            innovation="Coaching for strained teams",
            outcome="sick_days",
            better="lower",
            treated=coached,
            start="2019-Q1",
            size=float(np.round(fall, 1)),
            scale="absolute",
            smallest_effect=0.2,
            windows=windows,
            family="staff",
            source="Health at work programme, evaluation 2020",
            statement="Coached teams call in sick much less than the year before.",
            published_on="2020-05-25",
            cost=43000,
        ),
        without=without,
        actual=without,
        fault="bad_spell",
        allowed=("refuted", "overstated", "inconclusive"),
        why="The teams were chosen after their worst year; a worst year is mostly followed by a better one.",
    )
