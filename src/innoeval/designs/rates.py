"""Outcomes that are counts, rates or shares: what is modelled, over what, and what speaks against it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Arrangement, Mask
from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.records.match import mixed_shares, share_unit
from innoeval.records.panel import Panel
from innoeval.stats.families import Family

#: From one period to the next a denominator that grows or falls so many times has changed its unit.
_JUMP = 8.0
#: Denominators below this may jump for want of cases.
_SMALL = 20
#: An outcome that is mostly this close to numerator over denominator (a factor) is their ratio.
_RATIO = 1.5
#: An outcome may differ so much from numerator over denominator, as a share of its largest value.
_ROUNDED = 0.01


class Totals(NamedTuple):
    """The treated units together, by period: arrays (T,), `nan` where one of them has no value.

    `value` is the outcome in its own units. Modelled is `events` (counts, successes or the value
    itself) over `size` (denominator, trials or 1); with h the inverse of the link and η the linear
    predictor the outcome is expected at `scale` × h(η); of counts, `size` and `scale` are such that
    η is about 0. `said` tells this in a sentence. `added` is what was taken off the treated units'
    average, if anything was: the comparison units'.
    """

    value: Floats
    events: Floats
    size: Floats
    scale: Floats
    said: str
    added: Floats | None = None


def totals(panel: Panel, claim: Claim, arrangement: Arrangement, family: Family) -> Totals:
    """What a family models of the treated units of a claim.

    Values are averaged over the units; counts, denominators and trials are added up, so that a
    rate is that of all units together.
    """
    return group_totals(panel, claim, arrangement.treated, family)


def group_totals(panel: Panel, claim: Claim, ours: Mask, family: Family) -> Totals:
    """The same of any group of units, by their mask (N,)."""
    values = panel.matrix(claim.outcome)[ours]
    average, ones = np.asarray(values.mean(axis=0)), np.ones(values.shape[1])
    if family.name == "gaussian":
        return Totals(average, average, ones, ones, "")
    units = len(values)
    counts, sizes = counts_of(panel, claim, ours, family)
    count, size = counts.sum(axis=0), sizes.sum(axis=0)
    # Of counts the denominator's unit is free: in that of one case each, digits and whether a fit
    # settles do not hang on whether it counts persons or millions.
    unit = 1.0 if family.name == "binomial" else _cases_each(count, size)
    of = f" over {panel.denominator}" if panel.denominator else ""
    if _ascounts_of(panel, claim, values, family):
        said = f"{claim.outcome}{of}, as {_NAMED[family.name]}"
        known = np.isfinite(count + size)
        return Totals(
            np.where(known, average, np.nan), count, unit * size, unit * size / units, said
        )
    whole = share_unit(panel, claim.outcome) if family.name == "binomial" else _factor(
        values, counts, sizes
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = whole * count / size
    what = panel.numerator or f"{claim.outcome} × {panel.denominator or 1}"
    return Totals(
        pooled,
        count,
        unit * size,
        unit * whole * ones,
        f"{what}{of}, all units together, as {_NAMED[family.name]}",
    )


def _cases_each(count: Floats, size: Floats) -> float:
    """Cases over denominators, all periods together; 1 where there are none."""
    known = np.isfinite(count + size)
    cases, whole = float(count[known].sum()), float(size[known].sum())
    return cases / whole if cases > 0 and whole > 0 else 1.0


_NAMED = {
    "poisson": "counts (Poisson, log link)",
    "negative_binomial": "counts (negative binomial, log link)",
    "binomial": "shares (binomial, logit link)",
}


def counts_of(panel: Panel, claim: Claim, ours: Mask, family: Family) -> tuple[Floats, Floats]:
    """Events and denominators, (units, T)."""
    values = panel.matrix(claim.outcome)[ours]
    sizes = panel.matrix(panel.denominator)[ours] if panel.denominator else np.ones_like(values)
    if panel.numerator:
        counts = panel.matrix(panel.numerator)[ours]
    elif family.name == "binomial":
        counts = values / share_unit(panel, claim.outcome) * sizes
    else:
        counts = values if _ascounts_of(panel, claim, values, family) else values * sizes
    gone = ~np.isfinite(values + counts + sizes)
    return np.where(gone, np.nan, counts), np.where(gone, np.nan, sizes)


def _ascounts_of(panel: Panel, claim: Claim, values: Floats, family: Family) -> bool:
    """Whether the outcome itself is the number of events, and not a rate or share."""
    if panel.numerator is not None:
        return panel.numerator == claim.outcome
    return family.name != "binomial" and _is_count(values)


def _is_count(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return bool((known == np.round(known)).all())


def _factor(values: Floats, counts: Floats, sizes: Floats) -> float:
    """What a rate is per: 1, 1000, 100,000 …"""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = values * sizes / counts
    known = ratio[np.isfinite(ratio) & (counts > 0)]
    return float(np.median(known)) if known.size else 1.0


def family_objections(
    panel: Panel, claim: Claim, arrangement: Arrangement, family: Family, *, everybody: bool = False
) -> tuple[str, ...]:
    """Why a family does not fit the outcome of the treated units, or of everybody; empty if it does."""
    ours = np.ones_like(arrangement.treated) if everybody else arrangement.treated
    values = arrangement.outcomes[ours]
    if family.name == "gaussian":
        return _recorded_objections(panel, claim, ours, values)
    found = _value_objections(values, claim, family, counted=panel.numerator == claim.outcome)
    if panel.numerator and not panel.denominator:
        found.append(
            f"the numerator '{panel.numerator}' has no denominator; name denominator= in read_panel"
        )
    counts, sizes = counts_of(panel, claim, ours, family)
    found += _size_objections(panel, sizes)
    if found:
        return tuple(found)
    if family.name != "binomial" and not (
        _is_count(values) or panel.denominator or panel.numerator
    ):
        found.append(
            f"'{claim.outcome}' holds no whole numbers; name its numerator= or denominator=, or use "
            "family='gaussian'"
        )
    found += _consistency(panel, claim, values, counts, sizes, family)
    count, size = counts.sum(axis=0), sizes.sum(axis=0)
    known = np.isfinite(count)
    for side, part in (("before", slice(0, arrangement.launches[0])),
                       ("from", slice(arrangement.launches[0], None))):  # fmt: skip
        if known[part].any() and count[part][known[part]].sum() == 0:
            found.append(
                f"there is no case {side} the launch, so that no ratio can be estimated; use family='gaussian'"
            )
        elif family.name == "binomial" and known[part].any() and (
            count[part][known[part]] >= size[part][known[part]]
        ).all():  # fmt: skip
            found.append(
                f"the share is full in every period {side} the launch: no odds exist; use family='gaussian'"
            )
    return tuple(found)


def _recorded_objections(panel: Panel, claim: Claim, ours: Mask, values: Floats) -> tuple[str, ...]:
    """What an outcome that is taken as it is recorded cannot be, by its numerator and denominator.

    Rounding is no fault, and the two may belong to another outcome: only a value over no cases, a
    negative number of cases, and an outcome that is their ratio but changes its unit are.
    """
    if panel.denominator is None:
        return ()
    sizes = panel.matrix(panel.denominator)[ours]
    found = _empty_or_negative(panel, np.where(np.isfinite(values), sizes, np.nan))
    if panel.numerator is None or panel.numerator == claim.outcome or found:
        return tuple(found)
    counts = panel.matrix(panel.numerator)[ours]
    if np.nanmin(counts, initial=0.0) < 0:
        return (f"the numerator '{panel.numerator}' is negative somewhere; correct it",)
    per = _factor(values, counts, sizes)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.abs(np.log(values * sizes / counts / per))
    known = np.isfinite(away)
    broken = known & (away > np.log(_JUMP))
    if not broken.any() or (away[known] < np.log(_RATIO)).mean() < 0.5:
        return ()
    periods = [panel.periods[t] for t in np.flatnonzero(broken.any(axis=0))]
    said = (
        f"'{claim.outcome}' is '{panel.numerator}' over '{panel.denominator}' (per {per:g}), but not "
        f"in {_listed(periods)}, as if one of them had changed its unit; record them in one unit"
    )
    return (said,)


def _value_objections(values: Floats, claim: Claim, family: Family, *, counted: bool) -> list[str]:
    known = values[np.isfinite(values)]
    name = f"'{claim.outcome}'"
    if not known.size:
        return []
    if known.min() < 0:
        return [
            f"{name} takes the negative value {known.min():g}; counts and shares have none; correct it, or leave it empty"
        ]
    if family.name != "binomial" or counted:
        return []
    if known.max() > 100:
        return [
            f"{name} takes the value {known.max():g}; a share lies in 0 to 1 or 0 to 100; correct it"
        ]
    if mixed := mixed_shares(known):
        return [f"{name} {mixed}; record it in one way"]
    return []


def _size_objections(panel: Panel, sizes: Floats) -> list[str]:
    """A denominator of zero, a negative one, or one that changes its unit."""
    if panel.denominator is None:
        return []
    if found := _empty_or_negative(panel, sizes):
        return found
    name = f"the denominator '{panel.denominator}'"
    with np.errstate(invalid="ignore"):
        steps = np.abs(np.diff(np.log(sizes), axis=1)) > np.log(_JUMP)
        steps &= np.minimum(sizes[:, 1:], sizes[:, :-1]) >= _SMALL
    if steps.any():
        at = [panel.periods[t + 1] for t in np.flatnonzero(steps.any(axis=0))]
        found.append(
            f"{name} changes more than {_JUMP:g}-fold from one period to the next ({_listed(at)}), as "
            "if its unit had changed; record it in one unit"
        )
    return found


def _empty_or_negative(panel: Panel, sizes: Floats) -> list[str]:
    found = []
    for what, bad in (("zero", sizes == 0), ("negative", sizes < 0)):
        if bad.any():
            periods = [panel.periods[t] for t in np.flatnonzero(bad.any(axis=0))]
            found.append(
                f"the denominator '{panel.denominator}' is {what} in {_listed(periods)}; correct it, or "
                "leave the outcome empty there"
            )
    return found


def _consistency(
    panel: Panel, claim: Claim, values: Floats, counts: Floats, sizes: Floats, family: Family
) -> list[str]:
    """Whether the outcome is numerator over denominator, and shares are of a whole."""
    found = []
    if family.name == "binomial" and bool((counts > sizes * (1 + 1e-9)).any()):
        what = panel.numerator or claim.outcome
        of = panel.denominator or "1: name a denominator="
        found.append(f"'{what}' exceeds its denominator ({of}); a share has 100 % at most")
    if panel.numerator and panel.denominator and panel.numerator != claim.outcome:
        per = share_unit(panel, claim.outcome) if family.name == "binomial" else _factor(
            values, counts, sizes
        )  # fmt: skip
        away = np.abs(values - per * counts / sizes)
        if np.nanmax(away, initial=0.0) > _ROUNDED * np.nanmax(np.abs(values), initial=0.0):
            found.append(
                f"'{claim.outcome}' is not '{panel.numerator}' over '{panel.denominator}' "
                f"(per {per:g}); check which columns belong together"
            )
    return found


def _listed(periods: list[str]) -> str:
    rest = f" and {len(periods) - 6} more" if len(periods) > 6 else ""
    return ", ".join(periods[:6]) + rest
