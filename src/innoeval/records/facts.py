"""What the card of a record says: label and value of each fact, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.records.card import Facts, amount, named, sized, span

if TYPE_CHECKING:
    from innoeval.records.claim import Claim
    from innoeval.records.estimate import Estimate
    from innoeval.records.panel import Panel


def of_claim(claim: Claim) -> Facts:
    """What a card says of a claim."""
    starts = sorted(set(claim.treated.values()))
    since = f", from {starts[0]} on" if len(starts) == 1 else f", from {starts[0]} to {starts[-1]}"
    size = "no number" if claim.size is None else sized(claim.size, claim.scale)
    least = "" if claim.smallest_effect is None else sized(claim.smallest_effect, claim.scale)
    windows = " against ".join(f"{first} to {last}" for first, last in claim.windows or ())
    events = (f"{event.period}: {event.what}" for event in claim.events)
    return (
        ("Id", claim.id),
        ("Outcome", f"{claim.outcome}, {claim.better} is better"),
        ("Announced", f"an improvement of {size}" if claim.size is not None else size),
        ("Smallest that matters", least),
        ("Treated", named(claim.units) + since),
        ("Assignment", "" if claim.assignment == "observational" else claim.assignment),
        ("Windows", windows),
        ("Other events", "; ".join(events)),
        ("Family", claim.family),
        ("Statement", claim.statement),
        ("Source", claim.source),
        ("Published", claim.published_on),
        ("Version of", claim.version_of),
    )


def of_panel(panel: Panel) -> Facts:
    """What a card says of a panel."""
    cells = len(panel.units) * len(panel.periods)
    lacking = [
        f"{name} {n:,}" for name in panel.outcomes if (n := int(np.isnan(panel.matrix(name)).sum()))
    ]
    better = [f"{name} ({way} is better)" for name, way in panel.balancing.items()]
    return (
        ("Units", f"{len(panel.units):,} ({panel.unit}): {', '.join(panel.units[:5])}{' …' if len(panel.units) > 5 else ''}"),
        ("Periods", f"{len(panel.periods):,} ({panel.freq.replace('_', ' ')}): {panel.periods[0]} to {panel.periods[-1]}"),
        ("Outcomes", named(panel.outcomes)),
        ("Missing values", f"of {cells:,} each: {', '.join(lacking)}" if lacking else "none"),
        ("Balancing measures", named(better)),
        ("Numerator", panel.numerator or ""),
        ("Denominator", panel.denominator or ""),
        ("Recording version", panel.version or ""),
        ("Covariates", named(panel.covariates)),
        ("Cannot have moved", named(panel.negative_controls)),
    )  # fmt: skip


def of_estimate(estimate: Estimate) -> Facts:
    """What a card says of an estimate."""
    level = f"{100 * estimate.level:g} % interval"
    return (
        ("Estimates", estimate.estimand),
        ("Improvement", f"{amount(estimate.improvement)} ({level} {span(estimate.improvement_int)}), in outcome units"),
        ("Change", f"{amount(estimate.effect)}; {estimate.better} is better"),
        ("Observed", f"{amount(estimate.observed)} on average, against {amount(estimate.baseline)} expected without"),
        ("Standard error", "" if estimate.std_error is None else amount(estimate.std_error)),
        ("P-value", "" if estimate.p_value is None else f"{estimate.p_value:.3g}, of no effect"),
        ("Inference", estimate.inference),
        ("Sample", f"{estimate.n_units:,} units, {estimate.n_treated:,} of them treated; {estimate.n_obs:,} values"),
        ("Leans on", "; ".join(assumption.plain for assumption in estimate.assumptions)),
    )  # fmt: skip
