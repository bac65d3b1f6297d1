"""Libraries: sharing that works, a small pilot, and a winter held against a summer."""

from __future__ import annotations

from innoeval.records.claim import Claim
from innoeval.simulate.northbridge.places import LIBRARIES
from innoeval.simulate.northbridge.service import Metric, Service

SHARING = ("Ashfield", "Canal", "Central", "Docks", "Foundry", "Harbour", "Hillcrest", "Lakeside",
           "Market", "Northgate", "Priory", "Station")  # fmt: skip
LOUNGE = ("Castle", "Fairview", "Highfield", "Mill", "Old Town", "Quarry", "Weir")
COURIER = ("Abbey", "Brook", "Kingsway", "Orchard", "Southgate", "Westgate")


def libraries() -> Service:
    """Thirty libraries of the city and its boroughs, by month."""
    service = Service(
        name="libraries",
        title="Library sharing between boroughs",
        about="Thirty libraries: days a reader waits for a reserved book, visits, loans to other boroughs, the share\n"
        "of books lost, and active members.",
        unit="library",
        period="month",
        freq="month",
        first="2018-01",
        n_periods=78,
        units=LIBRARIES,
        seed=4104,
        roles={
            "outcomes": ["reservation_days", "visits", "borough_loans"],
            "balancing": {"lost_share": "lower"},
            "denominator": "active_members",
        },
    )
    _sharing(service)
    _lounge(service)
    _courier(service)
    lost = service.draw("lost_share", Metric(level=0.017, spread=0.002, noise=0.0015, rho=0.2))
    service.record("lost_share", lost, decimals=4, high=1.0)
    members = service.draw(
        "active_members", Metric(level=5200, spread=800, noise=70, rho=0.8, shock=20)
    )
    service.record("active_members", members)
    return service


def _sharing(service: Service) -> None:
    without = service.draw(
        "reservation_days", Metric(level=17, spread=1.8, noise=0.9, rho=0.3, shock=0.4, season=0.9)
    )
    actual = without * (1 - 0.24 * service.reached(SHARING, "2022-07"))
    service.record("reservation_days", actual, decimals=1, low=1.0)
    service.announce(
        Claim(
            id="shared-catalogue",
            innovation="One catalogue for all boroughs",
            outcome="reservation_days",
            better="lower",
            treated=SHARING,
            start="2022-07",
            size=0.25,
            scale="relative",
            smallest_effect=0.05,
            windows=(("2021-07", "2022-06"), ("2022-07", "2023-06")),
            family="libraries",
            source="Library consortium, annual report 2023",
            statement="Readers get a reserved book a quarter sooner.",
            registered_on="2022-04-04",
            published_on="2023-10-09",
            cost=138000,
        ),
        without=without,
        actual=actual,
        fault="none",
        allowed=("supported",),
        why="Books arrive 24 % sooner: a quarter is honest rounding.",
    )


def _lounge(service: Service) -> None:
    without = service.draw(
        "visits", Metric(level=8400, spread=700, noise=260, rho=0.3, shock=110, season=900, peak=0)
    )
    service.record("visits", without)
    windows = (("2022-06", "2022-08"), ("2022-11", "2023-01"))
    service.announce(
        Claim(
            id="reading-lounge",
            innovation="Reading lounge",
            outcome="visits",
            better="higher",
            treated=LOUNGE,
            start="2022-09",
            size=0.20,
            scale="relative",
            smallest_effect=0.05,
            windows=windows,
            family="libraries",
            source="Post of the culture department, February 2023",
            statement="Reading lounges draw a crowd: a fifth more visitors since they opened.",
            published_on="2023-02-08",
            cost=72000,
        ),
        without=without,
        actual=without,
        fault="calendar_mismatch",
        allowed=("refuted",),
        why="Libraries are full in winter and empty in summer, with a lounge or without.",
    )


def _courier(service: Service) -> None:
    without = service.draw(
        "borough_loans", Metric(level=240, spread=25, noise=15, rho=0.4, shock=4, season=12)
    )
    actual = without + 30 * service.reached(COURIER, "2022-01")
    service.record("borough_loans", actual)
    service.announce(
        Claim(
            id="book-courier",
            innovation="Book courier between boroughs",
            outcome="borough_loans",
            better="higher",
            treated=COURIER,
            start="2022-01",
            size=35,
            scale="absolute",
            smallest_effect=8,
            windows=(("2021-01", "2021-06"), ("2023-01", "2023-06")),
            family="libraries",
            source="Borough partnership newsletter, August 2023",
            statement="Every library with the courier lends 35 more books a month to neighbours.",
            published_on="2023-08-24",
            cost=61000,
        ),
        without=without,
        actual=actual,
        fault="none",
        allowed=("partly_supported", "supported"),
        why="The courier brings 30 more loans a month; six restless libraries show some of them.",
    )
