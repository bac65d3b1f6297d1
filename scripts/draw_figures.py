"""Draws every figure of innoeval.plots on simulated data and writes the page that shows them.

Run it with `make pictures`, or alone: `python scripts/draw_figures.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from PIL import Image

import innoeval as ie

REPO = Path(__file__).resolve().parents[1]
IMAGES = REPO / "docs" / "images" / "figures"
PAGE = REPO / "docs" / "figures.md"
HEAD = """# Figures

Every function of `innoeval.plots` takes matplotlib axes (or makes them) and gives axes back; beside each stands one,
`describe_…`, that says in words what it shows, for readers who do not see it: here it is the text under each picture.
Kinds differ in shape, line or hatching, not in colour alone, and lines are named where they end. A figure takes a
record: a saved `Evaluation` can be drawn years later without its data. What an evaluation does not hold comes from one
verb, named below. Where nothing can be drawn, a `BriefError` says why.

All data here are simulated; `make pictures` draws the page anew.
"""


def figures() -> Iterator[tuple[str, str, Axes, str]]:
    """Title, code, axes and words of each figure."""
    plots, designs = ie.plots, ie.designs
    many = ie.simulate.draw(seed=1, size=1.5)
    ev = ie.evaluate(many.claim, many.panel)
    for title, name in (
        ("What happened, and what would have happened anyway", "counterfactual"),
        ("The claim against the estimate", "claim_against_estimate"),
        ("The answers of the checks", "findings"),
        ("How severely each size was tested", "severity_curve"),
        ("A control chart, which never decides", "control_chart"),
    ):
        yield (
            title,
            f"ie.plots.{name}(ev)",
            getattr(plots, name)(ev),
            getattr(plots, f"describe_{name}")(ev),
        )
    est = designs.CallawaySantAnna().fit(many.panel, many.claim)
    honest = ie.sensitivity.smoothness(est, m=[0, 0.02, 0.05, 0.1])
    yield (
        "Effects by period, with a band that holds all at once and honest bounds",
        ("est = ie.designs.CallawaySantAnna().fit(panel, claim)\n"
        "honest = ie.sensitivity.smoothness(est, m=[0, 0.02, 0.05, 0.1])\n"
        "ie.plots.event_study(est, honest)"),
        plots.event_study(est, honest), plots.describe_event_study(est, honest),
    )  # fmt: skip
    one = ie.simulate.draw(seed=1, n_units=20, n_treated=1, size=2.0)
    design = designs.SyntheticControl()
    space = designs.placebos_in_space(design, one.panel, one.claim)
    yield (
        "Placebos in space: other units taken for treated",
        ("found = ie.designs.placebos_in_space(ie.designs.SyntheticControl(), panel, claim)\n"
        "ie.plots.placebo_distribution(found)"),
        plots.placebo_distribution(space), plots.describe_placebo_distribution(space),
    )  # fmt: skip
    time = designs.placebos_in_time(designs.DifferenceInDifferences(), many.panel, many.claim)
    yield (
        "Placebos in time: earlier starts pretended",
        ("found = ie.designs.placebos_in_time(ie.designs.DifferenceInDifferences(), panel, claim)\n"
        "ie.plots.placebo_distribution(found)"),
        plots.placebo_distribution(time), plots.describe_placebo_distribution(time),
    )  # fmt: skip
    fit = design.fit(one.panel, one.claim)
    yield (
        "Donors of a synthetic control", "ie.plots.donor_weights(est)",
        plots.donor_weights(fit), plots.describe_donor_weights(fit),
    )  # fmt: skip
    picked = replace(many.claim, windows=(("2022-08", "2022-12"), ("2023-03", "2023-07")))
    pairs = ie.checks.window_multiverse(picked, many.panel)
    yield (
        "Every pair of windows that could have been announced",
        "ie.plots.window_multiverse(ie.checks.window_multiverse(claim, panel))",
        plots.window_multiverse(pairs), plots.describe_window_multiverse(pairs),
    )  # fmt: skip
    curve = ie.checks.specification_curve(many.claim, many.panel)
    yield (
        "Every reasonable analysis",
        "ie.plots.specification_curve(ie.checks.specification_curve(claim, panel))",
        plots.specification_curve(curve), plots.describe_specification_curve(curve),
    )  # fmt: skip
    starts = dict(
        zip(
            many.claim.treated,
            ["2022-05", "2022-09", "2023-01", "2023-05", "2023-09"] * 2,
            strict=True,
        )
    )
    staggered = replace(many.claim, treated=starts, start=None)
    parts = designs.bacon(many.panel, staggered)
    yield (
        "What a two-way regression averages",
        "ie.plots.bacon_decomposition(ie.designs.bacon(panel, claim))",
        plots.bacon_decomposition(parts), plots.describe_bacon_decomposition(parts),
    )  # fmt: skip
    yield (
        "Which cells a panel holds", "ie.plots.coverage(panel, claim)",
        plots.coverage(one.panel, one.claim), plots.describe_coverage(one.panel, one.claim),
    )  # fmt: skip
    looks = ie.portfolio.watch(
        many.claim, many.panel, ["2023-02", "2023-04", "2023-06", "2023-09", "2023-12"]
    )
    yield (
        "Looks at one claim, or versions of one innovation",
        ("ie.plots.sequence(ie.portfolio.watch(claim, panel, looks))\n"
        'ie.plots.sequence(ie.portfolio.versions(portfolio), of="first")'),
        plots.sequence(looks), plots.describe_sequence(looks),
    )  # fmt: skip
    portfolio = _portfolio()
    yield (
        "A portfolio: on the diagonal, what was announced was found", "ie.plots.portfolio_map(portfolio)",
        plots.portfolio_map(portfolio), plots.describe_portfolio_map(portfolio),
    )  # fmt: skip
    pooled = ie.pool(portfolio)["desk"]
    yield (
        "Sites of one innovation", 'ie.plots.forest(ie.pool(portfolio)["desk"])',
        plots.forest(pooled), plots.describe_forest(pooled),
    )  # fmt: skip


def _portfolio() -> ie.Portfolio:
    """Sixteen claims, each with a panel of its own; half of them announce too much."""
    claims, panels = [], {}
    for i, fault in enumerate(("none", "overstated", "null", "harmful") * 4):
        case = ie.simulate.draw(
            fault, seed=100 + i, n_units=16, n_treated=8, size=0.6 + 0.25 * (i % 8)
        )
        claim = replace(case.claim, id=f"site {i + 1}", innovation="desk")
        claims.append(claim)
        panels[claim.id] = case.panel
    return ie.evaluate_all(claims, panels)


def drawn(ax: Axes, path: Path) -> int:
    """Write a figure with few colours, so that it stays small; its size in bytes."""
    buffer = BytesIO()
    figure = ax.figure
    figure.savefig(buffer, format="png", dpi=90, metadata={"Software": None})
    picture = Image.open(buffer).convert("RGB").quantize(128, method=Image.Quantize.FASTOCTREE)
    picture.save(path, optimize=True)
    from matplotlib import pyplot as plt

    plt.close(figure)
    return path.stat().st_size


def page() -> None:
    """Every figure, with the code that draws it and its words."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    parts, total = [HEAD], 0
    for title, code, ax, words in figures():
        call = (
            code.rsplit("ie.plots.", 1)[1]
            if "placebo" not in code
            else code.split("designs.", 1)[1]
        )
        name = call.split("(")[0].replace("_", "-")
        total += drawn(ax, IMAGES / f"{name}.png")
        parts.append(
            f"## {title}\n\n```python\n{code}\n```\n\n![{title}](images/figures/{name}.png)\n\n{words}\n"
        )
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"{PAGE.relative_to(REPO)}: {len(parts) - 1} figures, {total // 1024} kB")


if __name__ == "__main__":
    page()
