"""Names of error models, and what is said of every choice that was made before results."""

from __future__ import annotations

from innoeval.designs.its.form import Form, declared
from innoeval.designs.its.series import Series
from innoeval.designs.its.timing import Interruption, Terms
from innoeval.errors import DesignError
from innoeval.inference.serial import (
    ARMA,
    REML,
    BlockConformal,
    CalibratedREML,
    Independent,
    NeweyWest,
    PraisWinsten,
    Serial,
)

#: Averaging over shapes keeps a matrix of n by n for each.
LONGEST = 400


def serial_choice(
    errors: str, lags: int | None, order: tuple[int, int], dispersion: str, family: str = "gaussian"
) -> Serial:
    """The frozen choice that a name stands for.

    Counts and shares carry the noise of counting over whatever drifts, which AR(1) alone does not
    model: "calibrated" stands for AR(1) under noise where the family is theirs.

    Raises
    ------
    DesignError
        For a name that is not known, or a number that cannot be.

    Examples
    --------
    >>> serial_choice("newey_west", 1, (2, 0), "quasi")
    NeweyWest(lags=1, small_sample=True)
    """
    if lags is not None and (errors != "newey_west" or lags < 0):
        raise DesignError(
            f"lags={lags} with errors='{errors}': lags are Newey-West's, 0 or more; the order of "
            "errors='arma' is order=(p, q)"
        )
    if errors == "arma" and (min(order) < 0 or not 1 <= sum(order) <= 4):
        raise DesignError(f"order is {order}; give (p, q) with one to four terms, such as (2, 0)")
    if dispersion not in {"quasi", "one"}:
        raise DesignError(f"dispersion is '{dispersion}'; write 'quasi' or 'one'")
    known: dict[str, Serial] = {
        "calibrated": CalibratedREML(model="AR(1)" if family == "gaussian" else "AR(1) and noise"),
        "calibrated_ar2": CalibratedREML(model="AR(2)"),
        "calibrated_noise": CalibratedREML(model="AR(1) and noise"),
        "reml": REML(),
        "arma": ARMA(order=order),
        "newey_west": NeweyWest(lags=lags),
        "prais_winsten": PraisWinsten(),
        "ols": Independent(dispersion="one" if dispersion == "one" else "quasi"),
        "conformal": BlockConformal(),
    }
    if errors not in known:
        names = " or ".join(repr(name) for name in known)
        raise DesignError(f"SegmentedRegression knows no errors '{errors}'; write {names}")
    return known[errors]


def inference_objections(
    choice: object, series: Series, form: Form, family: str
) -> tuple[str, ...]:
    """Why an error model does not fit a series; empty if it does."""
    if not isinstance(choice, Serial):
        said = (
            f"{type(choice).__name__} is inference for many units, and there is one series; use "
            "CalibratedREML, REML, ARMA, NeweyWest, PraisWinsten, Independent or BlockConformal"
        )
        return (said,)
    found = []
    if series.gaps and isinstance(choice, NeweyWest | PraisWinsten | BlockConformal):
        found.append(
            f"{type(choice).__name__} needs every period, and {', '.join(series.gaps[:8])} are "
            "missing; use errors='calibrated' or 'reml', which count true distances"
        )
    if isinstance(choice, CalibratedREML) and choice.model != "AR(1)" and series.n > LONGEST:
        found.append(
            f"averaging over shapes of {choice.model} is for up to {LONGEST} periods, and there are "
            f"{series.n}; use errors='arma' or inference=CalibratedREML()"
        )
    if isinstance(choice, BlockConformal):
        if form.trend or form.slope:
            found.append(
                "block-conformal inference sets no bound beside a linear trend; declare "
                "trend=False, slope=False, or use errors='calibrated'"
            )
        if family != "gaussian":
            found.append("block-conformal inference is for family='gaussian'")
    if isinstance(choice, Independent) and choice.dispersion == "one" and family in {
        "gaussian", "negative_binomial",
    }:  # fmt: skip
        found.append(f"dispersion='one' is for counts and shares, not for family='{family}'")
    return tuple(found)


def choices_of(
    series: Series,
    terms: Terms,
    when: Interruption,
    periods: tuple[str, ...],
    *,
    family: str,
    choice: Serial,
    by_rule: bool,
) -> tuple[str, ...]:
    """What was settled before the outcome was looked at, in sentences."""
    inside = [i for i, used in enumerate(terms.horizon) if used]
    first, last = (periods[series.first + i] for i in (inside[0], inside[-1]))
    before = int(series.present[: series.launch].sum())
    said = [
        declared(before, int(series.present[series.launch :].sum()), by_rule=by_rule),
        f"Effect averaged over the {len(inside)} periods from {first} to {last}.",
    ]
    if when.delay:
        said.append(f"Declared: {_periods(when.delay)} of delay, counted as before the launch.")
    if when.transition:
        said.append(f"Declared: {_periods(when.transition)} of transition, set aside.")
    if when.others:
        said.append(f"Declared: other interruptions in {', '.join(when.others)}.")
    if when.until:
        said.append(f"Declared: taken away again in {when.until}.")
    if when.dose is not None:
        said.append("Declared: the effect is in proportion to the exposure.")
    modelled = f": {series.said}" if series.said else ", the default"
    said.append(f"Outcome family {family.replace('_', ' ')}{modelled}.")
    usual = serial_choice("calibrated", None, (2, 0), "quasi", family)
    default = ", the default" if choice == usual else ""
    model = f" ({choice.model})" if isinstance(choice, CalibratedREML) else ""
    said.append(f"Error model {type(choice).__name__}{model}{default}.")
    return tuple(said)


def _periods(count: int) -> str:
    return f"{count} period{'' if count == 1 else 's'}"
