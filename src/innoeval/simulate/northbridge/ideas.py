"""Participatory budgeting: an app that brings some ideas, and a school week nobody can judge."""

from __future__ import annotations

from innoeval.records.claim import Claim, Event
from innoeval.simulate.northbridge.places import DISTRICTS
from innoeval.simulate.northbridge.service import Metric, Service

APP = ("Brook", "Canal", "Castle", "Fairview", "Harbour", "Lakeside", "Mill", "Parkside",
       "Riverside", "Westgate")  # fmt: skip
SCHOOLS = ("Abbey", "Docks", "Market", "Northgate", "Quarry", "Southgate")


def ideas() -> Service:
    """Ideas for the citizens' budget in 24 districts, by quarter."""
    service = Service(
        name="ideas",
        title="Participatory budgeting ideas",
        about="Ideas for the citizens' budget in 24 districts: ideas per 10,000 residents, turnout of the vote, the\n"
        "share of ideas funded, and residents.",
        unit="district",
        period="quarter",
        freq="quarter",
        first="2013-Q1",
        n_periods=44,
        units=DISTRICTS,
        seed=4103,
        roles={
            "outcomes": ["ideas_per_10000", "turnout_share"],
            "balancing": {"funded_share": "higher"},
            "denominator": "residents",
        },
    )
    _app(service)
    _schools(service)
    funded = service.draw("funded_share", Metric(level=0.34, spread=0.03, noise=0.02, rho=0.1))
    service.record("funded_share", funded, decimals=4, high=1.0)
    residents = service.draw(
        "residents", Metric(level=14200, spread=1900, noise=60, rho=0.9, drift=12)
    )
    service.record("residents", residents)
    return service


def _app(service: Service) -> None:
    without = service.draw(
        "ideas_per_10000", Metric(level=24, spread=2.5, noise=1.6, rho=0.25, shock=1.0, season=3)
    )
    without += 4.6 * service.reached(service.units, "2020-Q3")
    actual = without * (1 + 0.12 * service.reached(APP, "2020-Q1"))
    service.record("ideas_per_10000", actual, decimals=2)
    service.announce(
        Claim(
            id="ideas-app",
            innovation="Ideas app for the citizens' budget",
            outcome="ideas_per_10000",
            better="higher",
            treated=APP,
            start="2020-Q1",
            size=0.35,
            scale="relative",
            smallest_effect=0.05,
            windows=(("2019-Q1", "2019-Q4"), ("2021-Q1", "2021-Q4")),
            events=[Event(period="2020-Q3", scope="all", what="citizens' budget doubled")],
            family="participation",
            source="Mayor's annual address, January 2022",
            statement="Thanks to the app we receive over a third more ideas than before.",
            published_on="2022-01-17",
            cost=185000,
        ),
        without=without,
        actual=actual,
        fault="overstated",
        allowed=("overstated",),
        why="The app brought 12 % more ideas; the rest came everywhere when the budget doubled.",
    )


def _schools(service: Service) -> None:
    without = service.draw(
        "turnout_share", Metric(level=0.27, spread=0.02, noise=0.04, rho=0.5, shock=0.01)
    )
    actual = without + 0.02 * service.reached(SCHOOLS, "2022-Q3")
    service.record("turnout_share", actual, decimals=4, high=1.0)
    service.announce(
        Claim(
            id="school-voting-week",
            innovation="Voting week in schools",
            outcome="turnout_share",
            better="higher",
            treated=SCHOOLS,
            start="2022-Q3",
            size=2,
            scale="percentage_points",
            smallest_effect=0.5,
            family="participation",
            source="Youth council report, 2023",
            statement="Turnout rose by two percentage points where schools held a voting week.",
            registered_on="2022-05-30",
            published_on="2023-12-01",
            cost=24000,
        ),
        without=without,
        actual=actual,
        fault="noisy",
        allowed=("inconclusive",),
        why="The two points are real, and turnout swings too much for anyone to see them.",
    )
