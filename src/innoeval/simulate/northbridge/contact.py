"""Customer contact: one centre and no comparison, with a dip, a pick of months, and a real gain."""

from __future__ import annotations

import numpy as np

from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.simulate.faults import flattering
from innoeval.simulate.northbridge.service import Metric, Service

CENTRE = ("Northbridge contact centre",)


def contact() -> Service:
    """The city's one contact centre, by month, over eight years."""
    service = Service(
        name="contact",
        title="Customer contact",
        about="The city's one contact centre, so that there is nothing to compare it with: minutes on hold, calls, the\n"
        "share of callers who hang up, satisfaction from 1 to 10, and all contacts.",
        unit="centre",
        period="month",
        freq="month",
        first="2016-01",
        n_periods=102,
        units=CENTRE,
        seed=4105,
        roles={
            "outcomes": ["wait_minutes", "calls", "abandoned_share"],
            "balancing": {"satisfaction": "higher"},
            "denominator": "contacts",
        },
    )
    _call_back(service)
    _chatbot(service)
    _headsets(service)
    satisfaction = service.draw("satisfaction", Metric(level=7.1, spread=0, noise=0.12, rho=0.3))
    service.record("satisfaction", satisfaction, decimals=2, low=1.0, high=10.0)
    contacts = service.draw(
        "contacts", Metric(level=41000, spread=0, noise=900, rho=0.4, season=1500)
    )
    service.record("contacts", contacts)
    return service


def _call_back(service: Service) -> None:
    without = service.draw(
        "wait_minutes", Metric(level=8.2, spread=0, noise=0.42, rho=0.3, season=0.5)
    )
    actual = without - 2.5 * service.reached(CENTRE, "2022-01")
    service.record("wait_minutes", actual, decimals=2)
    service.announce(
        Claim(
            id="call-back",
            innovation="Call-back instead of holding the line",
            outcome="wait_minutes",
            better="lower",
            treated=CENTRE,
            start="2022-01",
            size=2.5,
            scale="absolute",
            smallest_effect=0.5,
            windows=(("2021-01", "2021-12"), ("2022-01", "2022-12")),
            family="contact",
            source="Council press release, 20 March 2023",
            statement="Callers wait two and a half minutes less since we call them back.",
            registered_on="2021-10-18",
            published_on="2023-03-20",
            cost=88000,
        ),
        without=without,
        actual=actual,
        fault="none",
        allowed=("supported", "partly_supported"),
        why="Waiting fell by two and a half minutes at once and stayed there.",
    )


def _chatbot(service: Service) -> None:
    without = service.draw(
        "calls", Metric(level=21500, spread=0, noise=620, rho=0.3, season=500, peak=0)
    )
    # Wrong tax bills brought calls for three months; the chatbot opened when they had been mended.
    without += 4600 * service.reached(CENTRE, "2022-04", "2022-06")
    service.record("calls", without)
    service.announce(
        Claim(
            id="chatbot",
            innovation="Chatbot on the city's website",
            outcome="calls",
            better="lower",
            treated=CENTRE,
            start="2022-07",
            size=0.17,
            scale="relative",
            smallest_effect=0.05,
            windows=(("2022-04", "2022-06"), ("2022-07", "2023-06")),
            family="contact",
            source="Digital strategy, progress report 2023",
            statement="Our chatbot answers questions around the clock and saves every sixth call.",
            published_on="2023-08-30",
            cost=230000,
        ),
        without=without,
        actual=without,
        fault="bad_spell",
        allowed=("refuted", "overstated", "inconclusive"),
        why="Wrong tax bills had filled the line for three months before the launch; that passed.",
    )


def _headsets(service: Service) -> None:
    without = service.draw("abandoned_share", Metric(level=0.118, spread=0, noise=0.014, rho=0.3))
    service.record("abandoned_share", without, decimals=4, high=1.0)
    windows = _flattering_windows(service, without[0], "2021-07")
    fall = -service.before_after(without, CENTRE, windows)
    service.announce(
        Claim(
            id="quiet-headsets",
            innovation="Headsets that filter noise",
            outcome="abandoned_share",
            better="lower",
            treated=CENTRE,
            start="2021-07",
            size=float(np.round(100 * fall, 1)),
            scale="percentage_points",
            smallest_effect=1,
            windows=windows,
            family="contact",
            source="Supplier brochure, 2023",
            statement="Far fewer callers hang up since the headsets came.",
            published_on="2023-02-27",
            cost=19000,
        ),
        without=without,
        actual=without,
        fault="cherry_picked_window",
        allowed=("refuted", "overstated", "inconclusive"),
        why="Nothing changed; the two windows are the pair with the largest fall.",
    )


def _flattering_windows(
    service: Service, series: Floats, start: str
) -> tuple[tuple[str, str], tuple[str, str]]:
    launch, labels = service.calendar.position(start), service.calendar.labels
    before, after = flattering(-series, launch)
    return (labels[before[0]], labels[before[1]]), (labels[after[0]], labels[after[1]])
