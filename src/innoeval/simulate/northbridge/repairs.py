"""Housing repairs: a trend that ran anyway, a kinder count, and reminders that backfired."""

from __future__ import annotations

import numpy as np

from innoeval.records.claim import Claim
from innoeval.simulate.northbridge.places import DISTRICTS
from innoeval.simulate.northbridge.service import Metric, Service

TRIAGE = ("Ashfield", "Canal", "Docks", "Greenhill", "Lakeside", "Meadow", "Quarry", "Westgate")
CHECKLIST = ("Abbey", "Brook", "Fairview", "Kingsway", "Northgate", "Parkside", "Riverside")
REMINDERS = ("Canal", "Castle", "Foundry", "Harbour", "Market", "Mill", "Orchard", "Southgate")


def repairs() -> Service:
    """Repairs of council homes in 24 wards, by month."""
    service = Service(
        name="repairs",
        title="Housing repairs triage",
        about="Repairs of council homes in 24 wards: median days to a repair, the share done right first time, the\n"
        "share of appointments missed, complaints and jobs.",
        unit="ward",
        period="month",
        freq="month",
        first="2019-04",
        n_periods=60,
        units=DISTRICTS,
        seed=4102,
        roles={
            "outcomes": ["median_days", "right_first_time", "missed_share"],
            "balancing": {"complaints": "lower"},
            "denominator": "jobs",
        },
    )
    _triage(service)
    _checklist(service)
    _reminders(service)
    complaints = service.draw("complaints", Metric(level=31, spread=4, noise=3, rho=0.2, shock=1))
    service.record("complaints", complaints)
    jobs = service.draw("jobs", Metric(level=265, spread=35, noise=14, rho=0.2, shock=6, season=28))
    service.record("jobs", jobs)
    return service


def _triage(service: Service) -> None:
    without = service.draw(
        "median_days", Metric(level=19, spread=1.6, noise=0.7, rho=0.3, shock=0.4, season=1.3)
    )
    # New vans reached these wards one by one over the years; nothing happened at the launch.
    without -= 0.1 * np.arange(service.n_periods) * service.reached(TRIAGE, service.first)
    service.record("median_days", without, decimals=1, low=1.0)
    windows = (("2021-10", "2022-09"), ("2023-04", "2024-03"))
    service.announce(
        Claim(
            id="repairs-triage",
            innovation="Triage of repairs by phone",
            outcome="median_days",
            better="lower",
            treated=TRIAGE,
            start="2022-10",
            size=1.5,
            scale="absolute",
            smallest_effect=0.5,
            windows=windows,
            family="repairs",
            source="Housing committee report, June 2024",
            statement="Since triage by phone began, tenants wait a day and a half less.",
            registered_on="2022-09-05",
            published_on="2024-06-11",
            cost=96000,
        ),
        without=without,
        actual=without,
        fault="pre_trend",
        allowed=("refuted", "overstated", "inconclusive"),
        why="These wards had been getting faster for years; triage changed nothing.",
    )


def _checklist(service: Service) -> None:
    without = service.draw(
        "right_first_time", Metric(level=0.71, spread=0.025, noise=0.016, rho=0.3, shock=0.005)
    )
    recounted = service.reached(CHECKLIST, "2022-07")
    recorded = without + 0.08 * recounted
    service.record("right_first_time", recorded, decimals=4, high=1.0)
    rules = np.where(recounted > 0, "2022: no call-back in 7 days", "2019: no call-back in 28 days")
    service.record("right_first_time_rule", rules)
    service.announce(
        Claim(
            id="repairs-checklist",
            innovation="Checklist for repair visits",
            outcome="right_first_time",
            better="higher",
            treated=CHECKLIST,
            start="2022-07",
            size=8,
            scale="percentage_points",
            smallest_effect=2,
            windows=(("2021-07", "2022-06"), ("2022-07", "2023-06")),
            definition_changes=["2022-07"],
            family="repairs",
            source="Housing association award entry, 2023",
            statement="Repairs done right first time are up by eight points.",
            published_on="2023-09-18",
            cost=11000,
        ),
        without=without,
        actual=without,
        fault="definition_break",
        allowed=("not_evaluable",),
        why="From the launch on these wards count call-backs for 7 days instead of 28.",
        roles={"version": "right_first_time_rule"},
    )


def _reminders(service: Service) -> None:
    without = service.draw(
        "missed_share", Metric(level=0.112, spread=0.010, noise=0.009, rho=0.3, shock=0.003)
    )
    actual = without + 0.025 * service.reached(REMINDERS, "2022-04")
    service.record("missed_share", actual, decimals=4, high=1.0)
    service.announce(
        Claim(
            id="repairs-reminders",
            innovation="Text reminders instead of calls",
            outcome="missed_share",
            better="lower",
            treated=REMINDERS,
            start="2022-04",
            size=3,
            scale="percentage_points",
            smallest_effect=1,
            family="repairs",
            source="Supplier case study, 2023",
            statement="Text reminders cut missed appointments by three percentage points.",
            published_on="2023-11-02",
            cost=54000,
        ),
        without=without,
        actual=actual,
        fault="harmful",
        allowed=("harmful",),
        why="Tenants ignored the texts: missed appointments rose by two and a half points.",
    )
