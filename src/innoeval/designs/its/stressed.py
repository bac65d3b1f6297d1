"""What stands beside the base fit of a series: stressed fits, windows, and the way back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from innoeval.designs.base import usual_spell
from innoeval.designs.its.case import SeriesCase
from innoeval.designs.its.fit import fit_segments
from innoeval.designs.its.form import Form
from innoeval.designs.its.span import admissible, span
from innoeval.designs.its.windows import Windows
from innoeval.errors import DesignError
from innoeval.inference.serial import BlockConformal, CalibratedREML, Serial
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Component, Estimate
from innoeval.records.freeze import read_only


def stressed_estimates(case: SeriesCase, choice: Serial) -> dict[Assumption, Estimate]:
    """Every other admissible model taken together, and the last spell set aside."""

    def fit(form: Form, errors: Serial) -> Estimate | None:
        if not case.affords(form):
            return None
        try:
            return case.estimate(form, errors)
        except DesignError:  # a count model that does not settle in this form
            return None

    present = case.series.present
    before, after = (int(part.sum()) for part in np.split(present, [case.series.launch]))
    models = admissible(case.form, before, after, choice)
    found = {}
    if (spanned := span(case.named.estimand, models, fit)) is not None:
        found[Assumption.trend_form] = spanned
    if spell := usual_spell(case.series.launch):
        spared = fit(replace(case.form, spared=spell), choice)
        if spared is not None:
            found[Assumption.no_mean_reversion] = spared
    return found


def windows_of(case: SeriesCase) -> Windows:
    """The treated units' series, ready for many windows.

    Periods of transition, and those after the innovation was taken away again, are absent.
    """
    when, series = case.when, case.series
    y = np.array(case.totals.value)
    start = series.first + series.launch + when.delay
    y[start : start + when.transition] = np.nan
    if when.until:
        y[case.panel.calendar.position(when.until) :] = np.nan
    return Windows(
        series=read_only(y),
        launch=start,
        cycle=case.form.cycle,
        calibrated=isinstance(case.settings.choice, CalibratedREML),
        seed=case.policy.seed,
    )


def with_reversal(case: SeriesCase, estimate: Estimate, choice: Serial) -> Estimate:
    """The estimate with the two contrasts of an innovation that was taken away again.

    Switching on and switching off must agree: their difference has its own column.
    """
    if not case.when.until or isinstance(choice, BlockConformal):
        return estimate
    terms, series = case.terms(case.form), case.series
    off = case.panel.calendar.position(case.when.until) - series.first
    gone = (np.arange(series.n) >= off).astype(np.float64)
    # δ₁ on − δ₂ off = δ₁ (exposed) + (δ₁ − δ₂) gone: the added column is their disagreement.
    k = terms.X.shape[1]
    both = replace(
        terms,
        X=np.column_stack([terms.X, gone]),
        left=np.column_stack([terms.left, 0 * gone]),
        effect=(*terms.effect, k),
        names=(*terms.names, "on less off"),
    )
    fitted = fit_segments(
        series, both, choice, case.family, level=case.policy.level, seed=case.policy.seed
    )
    if fitted.serial.exact:
        return estimate
    beta, V = fitted.serial.coefficients, fitted.serial.covariance
    level, reach = both.effect[0], float(fitted.serial.critical[-1])
    parts = []
    for name, weights in (
        ("switched on", {level: 1.0}),
        ("switched off", {level: 1.0, k: -1.0}),
        ("on less off", {k: 1.0}),
    ):
        w = np.zeros(k + 1)
        w[list(weights)] = list(weights.values())
        value, error = float(w @ beta), float(np.sqrt(w @ V @ w))
        parts.append(
            Component(
                term=name, estimate=value, std_error=error, statistic=value / error,
                p_value=fitted.serial.p_value(len(both.effect), value / error),
                conf_low=value - reach * error, conf_high=value + reach * error,
            )
        )  # fmt: skip
    said = list(estimate.warnings)
    if abs(value) > reach * error:
        said.append(
            f"Switching on and switching off do not agree: they differ by {amount(value)}, so that "
            "something else changed, or the effect stays."
        )
    return replace(estimate, components=(*estimate.components, *parts), warnings=tuple(said))
