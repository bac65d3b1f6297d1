"""Records made by hand, one for each figure, and how figures are read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from tests.panels import claim_on, panel_of
from tests.portfolio.portfolios import made

from innoeval import plots
from innoeval.plots import theme
from innoeval.records import Component, Estimate, Evaluation, Interval, SpecificationCurve
from innoeval.records.companions import Companions, Reading
from innoeval.records.comparisons import Comparisons
from innoeval.records.placebos import Placebos
from innoeval.records.pooled import Pooled
from innoeval.records.portfolio import Portfolio
from innoeval.records.window_pairs import WindowPairs
from innoeval.stats.all_windows import all_pairs

#: Name of a figure -> what draws it on axes, and what says it in words.
Case = tuple[Callable[[Axes | None], Axes], Callable[[], str]]


def estimate(*parts: Component, **more: Any) -> Estimate:
    """An estimate with parts."""
    fields = {
        "design": "CallawaySantAnna", "estimand": "", "effect": -1.5, "std_error": 0.25,
        "conf_int": Interval(-2, -1), "p_value": None, "better": "lower", "baseline": 10.0,
        "observed": 8.5, "n_units": 21, "n_treated": 1, "n_clusters": 21, "n_obs": 400, "inference": "",
    }  # fmt: skip
    return Estimate(**{**fields, **more}, components=parts)


def study(first: int = -8, last: int = 6) -> Estimate:
    """Effects by event time: none before, −1.5 from the start on; a band around each."""
    return estimate(*(
        Component(
            term=f"event time {t}", event_time=t, estimate=value, std_error=0.3,
            conf_low=value - 0.6, conf_high=value + 0.6, band_low=value - 0.9, band_high=value + 0.9,
        )
        for t in range(first, last + 1)
        if t != -1
        for value in [0.2 * np.sin(t) - 1.5 * (t >= 0)]
    ))  # fmt: skip


HONEST = pd.DataFrame(
    {"m": [0, 0.5, 1, 2], "conf_low": [-2.0, -2.6, -3.5, -np.inf], "conf_high": [-1.0, -0.3, 0.9, np.inf]}
)  # fmt: skip
HONEST.attrs["target"] = "average of the effects at event times 0 to 6"
HONEST.attrs["restriction"] = "trends part by at most m times the largest such change before it"


def in_space(many: int = 19, *, named: bool = True) -> Placebos:
    """Placebos of other units: small effects both ways, and a real one that is larger."""
    effect = np.linspace(-0.9, 0.8, many)
    return Placebos(
        claim="c", outcome="days", design="SyntheticControl", kind="space", name="North",
        labels=tuple(f"unit {i:03d}" for i in range(many)) if named else (), effect=effect,
        low=np.full(many, np.nan), high=np.full(many, np.nan), misfit=np.full(many, 0.5), real=-1.6,
        real_misfit=0.4,
    )  # fmt: skip


def in_time(many: int = 9) -> Placebos:
    """Placebos of earlier starts."""
    effect = 0.3 * np.sin(np.arange(many))
    months = tuple(f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(many + 6))
    return Placebos(
        claim="c", outcome="days", design="DifferenceInDifferences", kind="time", name=months[-1],
        labels=months[:many], effect=effect, low=effect - 0.5, high=effect + 0.5, real=-1.6,
        real_low=-2.1, real_high=-1.1,
    )  # fmt: skip


def pairs_of(n: int = 36, launch: int = 24, most: int | None = None) -> WindowPairs:
    """All pairs of windows of a wave that rises by 1 at the start; the best of one length stated."""
    series = np.sin(np.arange(n)) + (np.arange(n) >= launch)
    found = all_pairs(series, launch, ((3, 6, 12), (3, 6, 12)), most)
    stated = int(np.where(found.before[:, 1] - found.before[:, 0] == 5, found.rise, -9).argmax())
    return WindowPairs(
        claim="c", outcome="days", periods=tuple(f"{2000 + i}" for i in range(n)),
        before=found.before, after=found.after, improvement=found.rise, stated=stated,
        percentile=0.93, pairs=len(found.rise),
    )  # fmt: skip


def imitation(many: int = 6) -> Estimate:
    """An estimate of a design with donors, one of which has a negative weight."""
    weights = np.append(np.linspace(0.4, 0.05, many - 1), -0.12)
    return estimate(
        *(Component(term=f"weight of Ward {i}", estimate=w) for i, w in enumerate(weights)),
        *(Component(term=f"effect without Ward {i}", estimate=-1.5 + 0.4 * w) for i, w in enumerate(weights)),
        Component(term="effective number of donors", estimate=3.4),
        design="SyntheticControl", n_units=max(21, many + 5),
    )  # fmt: skip


def comparisons(cohorts: int = 3) -> Comparisons:
    """Comparisons of some cohorts with each other and with units never treated."""
    rows = []
    for i in range(cohorts):
        rows.append((f"{2000 + i}", "never", "never treated", 0.3, -2.0 + 0.2 * i))
        for k in range(i + 1, cohorts):
            rows.append((f"{2000 + i}", f"{2000 + k}", "not yet treated", 0.1, -1.8 + 0.1 * k))
            rows.append((f"{2000 + k}", f"{2000 + i}", "already treated", 0.07, 0.9 - 0.2 * i))
    treated, comparison, kind, weight, effect = zip(*rows, strict=True)
    share = np.array(weight) / sum(weight)
    return Comparisons(
        claim="c", outcome="days", coefficient=float(share @ np.array(effect)), treated=treated,
        comparison=comparison, kind=kind, weight=share, estimate=np.array(effect),
    )  # fmt: skip


def lengthened(ev: Evaluation, n: int, launch: int) -> Evaluation:
    """The evaluation with a path of so many numbered periods, a wave that falls by 2 at the start."""
    period = tuple(str(i) for i in range(n))
    expected = 20 + np.sin(np.arange(n) / 7.0)
    after = np.arange(n) >= launch
    observed = expected + 0.2 * np.cos(np.arange(n) * 3.0) - 2.0 * after
    half = np.where(after, 0.8, np.nan)
    path = replace(
        ev.estimate.path, period=period, observed=observed, counterfactual=expected,
        effect=observed - expected, low=expected - half, high=expected + half, comparison=expected - 2,
    )  # fmt: skip
    return replace(
        ev,
        estimate=replace(ev.estimate, path=path),
        measured=replace(ev.measured, launch=period[launch]),
    )


def accompanied(ev: Evaluation) -> Evaluation:
    """The evaluation with companions: 8 % found, 4 to 12."""
    reading = Reading(
        analysis="base", improvement=0.08, interval=Interval(0.04, 0.12), df=(20.0, 20.0), level=0.95,
        least=0.0, unit=1.0, bend=0.0,
    )  # fmt: skip
    beside = Companions(readings=(reading,), reach=Interval(-0.05, 0.2))
    return replace(ev, verdict=replace(ev.verdict, companions=beside))


def claims(many: int = 25) -> Portfolio:
    """Claims of 5 to 25 %, half of which hold; one found far below all others."""
    statuses = ("supported", "overstated", "inconclusive", "refuted", "harmful", "partly_supported")
    rows: list[dict[str, object]] = []
    for i in range(many):
        size = 0.05 + 0.2 * (i % 11) / 10
        found = size * (1, 0.4, 0.9, 0.05, -0.4, 0.7)[i % 6]
        rows.append({
            "id": f"claim {i}", "announced": size, "estimate": found, "found_low": found - 0.04,
            "found_high": found + 0.04, "status": statuses[i % 6], "scale": "relative",
        })  # fmt: skip
    rows[1]["estimate"] = -3.0
    rows[2]["announced"] = None
    return made(rows)


def looks(many: int = 5) -> pd.DataFrame:
    """Looks at one claim: the interval narrows until an improvement is shown."""
    k = np.arange(many)
    half, wide = 2 / (1 + k), 2.4 / (1 + 0.8 * k)
    found = 0.6 + 0.1 * np.sin(k)
    return pd.DataFrame({
        "look": [f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(many)], "estimate": found,
        "conf_low": found - half, "conf_high": found + half, "always_low": found - wide,
        "always_high": found + wide,
        "suggestion": np.where(found > half, "stop: an improvement is shown",
                               "go on: these data cannot tell yet"),
    })  # fmt: skip


def versions() -> pd.DataFrame:
    """Two sequences of versions."""
    return pd.DataFrame({
        "sequence": ["first"] * 3 + ["other"] * 2, "version": [1, 2, 3, 1, 2],
        "id": ["first", "second, with a name that runs on and on", "third", "other", "another"],
        "scale": "relative", "estimate": [0.0, 0.05, 0.12, -0.1, 0.02],
        "conf_low": [-0.1, -0.08, 0.03, -0.18, -np.inf], "conf_high": [0.1, 0.18, 0.2, -0.02, np.inf],
        "suggestion": ["go on: these data cannot tell yet"] * 2 + ["stop: an improvement is shown",
                       "stop: it got worse", "stop: an improvement that matters is ruled out"],
    })  # fmt: skip


def curve(many: int = 60) -> SpecificationCurve:
    """A specification curve with two dimensions."""
    effect = np.linspace(-0.4, 2.0, many)
    return SpecificationCurve(
        claim="c", outcome="days", effect=effect, low=effect - 0.6, high=effect + 0.6,
        choice=np.column_stack([np.arange(many) % 2, np.arange(many) % 3]).astype(float),
        dimensions=(("earlier trend", ("ignored", "goes on")), ("baseline", ("all", "half", "third"))),
        claimed=1.5, supports=0.2, improves=0.6, place=0.2,
    )  # fmt: skip


def sites(many: int = 7) -> Pooled:
    """Sites of one innovation."""
    found = np.linspace(0.02, 0.2, many)
    frame = pd.DataFrame({
        "id": [f"site {i}" for i in range(many)], "estimate": found, "std_error": 0.03,
        "conf_low": found - 0.06, "conf_high": found + 0.06, "weight": 1 / many, "without": 0.1,
        "without_error": 0.02,
    })  # fmt: skip
    return Pooled(
        group="desk", scale="relative", estimate=0.11, std_error=0.02, conf_int=Interval(0.07, 0.15),
        p_value=0.001, df=many - 1, new_site=Interval(-0.02, 0.24), plug_in=Interval(0, 0.2),
        chance_better=0.95, tau=0.05, i2=0.5, q=9.0, q_p_value=0.1, sites=frame,
    )  # fmt: skip


def cases(build: Callable[..., Evaluation]) -> dict[str, Case]:
    """Every figure on a usual record."""
    ev = build("overstated")
    values = np.arange(80.0).reshape(8, 10)
    values[3, 4] = np.nan
    panel, claim = panel_of(values), claim_on([0, 1], 6)

    def case(name: str, *of: Any) -> Case:
        draw, words = getattr(plots, name), getattr(plots, f"describe_{name}")
        return (lambda ax: draw(*of, ax=ax)), (lambda: words(*of))

    return {
        "counterfactual": case("counterfactual", ev),
        "findings": case("findings", ev),
        "claim_against_estimate": case("claim_against_estimate", ev),
        "control_chart": case("control_chart", ev),
        "severity_curve": case("severity_curve", accompanied(ev)),
        "event_study": case("event_study", study(), HONEST),
        "event_study_of_evaluation": case("event_study", ev),
        "placebos_in_space": case("placebo_distribution", in_space()),
        "placebos_in_time": case("placebo_distribution", in_time()),
        "window_multiverse": case("window_multiverse", pairs_of()),
        "specification_curve": case("specification_curve", curve()),
        "donor_weights": case("donor_weights", imitation()),
        "bacon_decomposition": case("bacon_decomposition", comparisons()),
        "portfolio_map": case("portfolio_map", claims()),
        "sequence_of_looks": case("sequence", looks()),
        "sequence_of_versions": case("sequence", versions(), "first"),
        "forest": case("forest", sites()),
        "coverage": case("coverage", panel, claim),
    }


def finished(draw: Callable[[Axes | None], Axes], width: float = 0, height: float = 0) -> Figure:
    """The figure as it is laid out: of its own size, or of one that is given."""
    from matplotlib import pyplot as plt

    if width:
        figure, ax = theme.canvas(width, height)
        draw(ax)
    else:
        figure = draw(None).figure.figure
        plt.close(figure)
    with theme.look():
        figure.draw_without_rendering()
    return figure


def texts(figure: Figure) -> list[Text]:
    """Every word that is shown; matplotlib keeps labels of ticks beyond the limits, unseen."""
    unseen: set[Text] = set()
    for ax in (a for top in figure.axes for a in (top, *top.child_axes)):
        for axis in (ax.xaxis, ax.yaxis):
            drawn = set(axis._update_ticks()) if ax.axison and axis.get_visible() else set()
            ticks = {*axis.majorTicks, *axis.minorTicks} - drawn
            unseen |= {label for tick in ticks for label in (tick.label1, tick.label2)}
            if not ax.axison:
                unseen.add(axis.label)
    return [
        text for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in unseen
    ]  # fmt: skip


def outside(figure: Figure) -> list[str]:
    """Words that leave the figure."""
    page = figure.bbox
    found = []
    for text in texts(figure):
        box = text.get_window_extent()
        if (
            box.x0 < page.x0 - 1
            or box.x1 > page.x1 + 1
            or box.y0 < page.y0 - 1
            or box.y1 > page.y1 + 1
        ):
            found.append(text.get_text())
    return found


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of words that cover each other; slanted ones are left out."""
    boxes = [
        (text.get_text(), text.get_window_extent().padded(-1))
        for text in texts(figure)
        if text.get_rotation() in {0, 90}
    ]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.overlaps(other)]


def snapshot(figure: Figure) -> str:
    """A figure as text: its words, and the data of its marks to three figures."""
    out = []
    for k, ax in enumerate(a for top in figure.axes for a in (top, *top.child_axes)):
        out.append(f"axes {k}")
        for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
            ticks = [t.label1.get_text() for t in axis._update_ticks()] if ax.axison else []
            out.append(
                f"  {name}: {axis.get_label_text()} [{', '.join(t.replace(chr(10), ' ') for t in ticks)}]"
            )
        here = [t.get_text().replace("\n", " / ") for t in texts(figure) if t.axes is ax]
        out += [f"  says {words}" for words in here]
        for line in ax.lines:
            dashes = "" if line.get_linestyle() in {"-", "None"} else " dashed"
            out.append(f"  {line.get_marker()}{dashes} {_told(line.get_xydata())}")
        for part in ax.collections:
            if isinstance(part, PathCollection):
                out.append(f"  points {_told(np.asarray(part.get_offsets()))}")
            elif isinstance(part, LineCollection) and part.get_segments():
                out.append(f"  bars {_told(np.concatenate(part.get_segments()))}")
        out += [f"  box {_told(np.array([p.get_bbox().min, p.get_bbox().max]))}" for p in ax.patches
                if hasattr(p, "get_bbox")]  # fmt: skip
    return "\n".join(out) + "\n"


def _told(points: np.ndarray) -> str:
    points = np.asarray(points, dtype=float)
    shown = points if len(points) <= 8 else np.concatenate([points[:4], points[-4:]])
    told = " ".join(f"({float(f'{x:.3g}'):g}, {float(f'{y:.3g}'):g})" for x, y in shown)
    return told.replace("-0,", "0,").replace("-0)", "0)") + (
        f" of {len(points)}" if len(points) > 8 else ""
    )
