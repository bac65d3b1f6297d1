"""How far the answer hangs on the model: every admissible form and error model of one series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from innoeval.designs.its.choices import LONGEST
from innoeval.designs.its.form import CYCLES_BEFORE, SLOPE, Form, other_form
from innoeval.inference.serial import ARMA, REML, CalibratedREML, Serial
from innoeval.records.estimate import Component, Estimate, Interval

#: One more cycle of seasons than the base analysis needs, for a free effect of each season.
_CYCLES_FOR_FREE = CYCLES_BEFORE + 1
#: From so many periods on slow drift under noise is averaged over its shapes, with critical values
#: of its own. In fewer that doubles an interval, because what drifts cannot be told from a trend: there
#: it is fitted.
_DRIFT_TOLD = 72
Fit = Callable[[Form, Serial], Estimate | None]


def admissible(
    form: Form, before: int, after: int, choice: Serial
) -> tuple[tuple[str, Form, Serial], ...]:
    """Every model beside the base one that the numbers of periods admit, with its name.

    - The other form of trend: the long-run level where the base analysis has a trend, a linear
      trend where it has none.
    - The level alone where the base analysis lets the slope change too.
    - From 24 periods on, errors that are AR(2), and AR(1) under noise, which is slow drift that
      each period shows only roughly; only where the base analysis is by restricted likelihood.
    - A free effect of every season where 3 whole cycles of more than 7 periods lie before the
      launch.

    The list hangs on nothing but numbers of periods, so that no model is picked for its result.

    Examples
    --------
    >>> from innoeval.designs.its.form import choose_form
    >>> [name for name, _, _ in admissible(choose_form(48, 24, 12), 48, 24, CalibratedREML())]
    ['long-run level', 'level change only', 'AR(2) errors', 'drift under noise', 'free seasons']
    """
    other = "long-run level" if form.trend else "linear trend"
    found: list[tuple[str, Form, Serial]] = [(other, other_form(form), choice)]
    if form.slope:
        found.append(("level change only", replace(form, slope=False), choice))
    if before + after >= SLOPE and isinstance(choice, CalibratedREML | REML):
        found += [
            (name, form, errors) for name, errors in _others(before + after) if errors != choice
        ]
    if form.cycle > 7 and before >= _CYCLES_FOR_FREE * form.cycle:
        found.append(("free seasons", replace(form, harmonics=form.cycle // 2), choice))
    return tuple(found)


def _others(n: int) -> tuple[tuple[str, Serial], ...]:
    """Other error models for n periods, by name."""
    second: Serial = CalibratedREML(model="AR(2)") if n <= LONGEST else ARMA(order=(2, 0))
    drift: Serial = ARMA(order=(1, 1))
    if _DRIFT_TOLD <= n <= LONGEST:
        drift = CalibratedREML(model="AR(1) and noise")
    return ("AR(2) errors", second), ("drift under noise", drift)


def span(estimand: str, models: tuple[tuple[str, Form, Serial], ...], fit: Fit) -> Estimate | None:
    """One estimate for all admissible models: the hull of their intervals, and each by itself.

    Parameters
    ----------
    estimand
        What the base analysis estimates, in words.
    models
        From `admissible`; the first is the main alternative, whose effect is reported.
    fit
        Fits a form with an error model; None where too few periods are left.
    """
    fitted = [(name, found) for name, form, choice in models if (found := fit(form, choice))]
    if not fitted:
        return None
    hull = fitted[0][1].conf_int
    for _, found in fitted[1:]:
        hull = hull.hull(found.conf_int)
    named = ", ".join(name for name, _ in fitted)
    main = fitted[0][1]
    return replace(
        main,
        estimand=f"{estimand}; under other models of trend and errors",
        std_error=None,
        p_value=None,
        df=None,
        conf_int=Interval(*hull),
        inference=f"hull of the intervals of {len(fitted)} models: {named}"
        if len(fitted) > 1
        else f"under one other model: {named}",
        components=tuple(
            Component(
                term=name,
                estimate=found.effect,
                std_error=found.std_error,
                p_value=found.p_value,
                conf_low=found.conf_int.low,
                conf_high=found.conf_int.high,
            )
            for name, found in fitted
        ),
        choices=(f"Other models by the rule for the numbers of periods, taken together: {named}.",),
    )
