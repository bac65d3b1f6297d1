"""Permits: a one-stop desk that works, and a fast lane in a single district."""

from __future__ import annotations

from innoeval.records.claim import Claim, Event
from innoeval.simulate.northbridge.places import DISTRICTS
from innoeval.simulate.northbridge.service import Metric, Service

ONE_STOP = ("Abbey", "Castle", "Eastgate", "Foundry", "Kingsway", "Market", "Orchard", "Southgate")


def permits() -> Service:
    """Building permits in 24 districts, by month."""
    service = Service(
        name="permits",
        title="Permits one-stop shop",
        about="Building permits in 24 districts: median days to a decision, open files, applications, and the share\n"
        "of decisions that had to be reopened.",
        unit="district",
        period="month",
        freq="month",
        first="2019-01",
        n_periods=66,
        units=DISTRICTS,
        seed=4101,
        roles={
            "outcomes": ["median_days", "backlog"],
            "balancing": {"reopened_share": "lower"},
            "denominator": "applications",
        },
    )
    _one_stop(service)
    _fast_lane(service)
    reopened = service.draw(
        "reopened_share", Metric(level=0.081, spread=0.009, noise=0.006, rho=0.2, shock=0.002)
    )
    service.record("reopened_share", reopened, decimals=4, high=1.0)
    applications = service.draw(
        "applications", Metric(level=142, spread=22, noise=9, rho=0.2, shock=4, season=14, peak=4)
    )
    service.record("applications", applications)
    return service


def _one_stop(service: Service) -> None:
    without = service.draw(
        "median_days", Metric(level=38, spread=3.6, noise=1.7, rho=0.35, shock=0.8, season=2.2)
    )
    without -= 1.1 * service.reached(service.units, "2023-03")
    actual = without * (1 - 0.15 * service.reached(ONE_STOP, "2023-01"))
    service.record("median_days", actual, decimals=1, low=1.0)
    service.announce(
        Claim(
            id="one-stop-desk",
            innovation="One-stop permit desk",
            outcome="median_days",
            better="lower",
            treated=ONE_STOP,
            start="2023-01",
            size=0.15,
            scale="relative",
            smallest_effect=0.05,
            windows=(("2022-01", "2022-12"), ("2023-01", "2023-12")),
            events=[Event(period="2023-03", scope="all", what="new state permit law")],
            family="permits",
            source="Council press release, 14 February 2024",
            statement="Permits 15 % faster: one desk instead of seven counters saves residents "
            "almost a week.",
            registered_on="2022-11-21",
            published_on="2024-02-14",
            cost=412000,
        ),
        without=without,
        actual=actual,
        fault="none",
        allowed=("supported",),
        why="The desk made permits 15 % faster; the new law helped every district alike.",
    )


def _fast_lane(service: Service) -> None:
    without = service.draw(
        "backlog", Metric(level=310, spread=45, noise=52, rho=0.75, shock=8, season=12, peak=6)
    )
    service.record("backlog", without)
    service.announce(
        Claim(
            id="fast-lane",
            innovation="Fast lane for small permits",
            outcome="backlog",
            better="lower",
            treated=["Riverside"],
            start="2023-04",
            size=0.20,
            scale="relative",
            windows=(("2022-04", "2023-03"), ("2023-04", "2024-03")),
            family="permits",
            source="Riverside district newsletter, May 2024",
            statement="A fifth of the backlog in Riverside has been cleared.",
            published_on="2024-05-06",
            cost=38000,
        ),
        without=without,
        actual=without,
        fault="few_units",
        allowed=("inconclusive",),
        why="Nothing changed; a single district with a restless backlog cannot show it.",
    )
