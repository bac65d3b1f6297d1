"""The rule that fired, in words."""

from __future__ import annotations

from innoeval.decide.regions import Bar
from innoeval.records.claim import Claim
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.records.verdict import PLAIN, Status


def reason(status: Status, interval: Interval, held: Bar, claim: Claim) -> str:
    """The rule that fired, with its numbers."""
    low, high = (size(end, claim) for end in interval)
    shown, over = size(held.shown, claim), size(held.overstated, claim)
    plain = PLAIN[status]
    if held.claimed is None:
        least = (
            "improvement of at least " + low if interval.low > 0 else "an improvement may be absent"
        )
        return (
            f"{plain} No size was announced and none declared to matter: {least}, at most {high}."
        )
    match status:
        case "supported" | "partly_supported":
            rule = f"At least {low} is shown; more than {shown} had to be."
        case "inconclusive":
            rule = _fitting(interval, low, high)
        case "overstated":
            rule = f"The improvement is at most {high}; under {over} a claim of {size(held.claimed, claim)} does not stand."
        case "refuted":
            rule = f"The improvement is at most {high}; from {size(held.cut, claim)} on it would matter."
        case _:
            rule = f"The change for the better is at most {high}."
    return f"{plain} {rule}"


def _fitting(interval: Interval, low: str, high: str) -> str:
    """What fits data that cannot tell; an end that they do not set is not given one."""
    if interval.low == -float("inf"):
        return (
            "They rule nothing out."
            if interval.high == float("inf")
            else f"Anything up to {high} fits them."
        )
    if interval.high == float("inf"):
        return f"Anything from {low} upwards fits them."
    return f"Anything from {low} to {high} fits them."


def remarks(claim: Claim, held: Bar) -> tuple[str, ...]:
    """What else a reader must know of the bar that was used."""
    said = []
    if claim.smallest_effect is None and held.smallest is not None:
        said.append(
            f"No smallest effect that matters was declared; {size(held.smallest, claim)}, "
            "a quarter of the claim, is taken by default."
            if held.claimed and abs(held.smallest / held.claimed - 0.25) < 1e-9
            else f"No smallest effect was declared; {size(held.smallest, claim)} is taken by default."
        )
    if held.claimed is not None and held.smallest is not None and held.claimed < held.smallest:
        said.append(
            "Even if true, the claimed improvement is smaller than what was declared to matter."
        )
    if claim.size is None and held.claimed is not None:
        said.append("No size was announced; the smallest effect that matters stands in for it.")
    return tuple(said)


def size(value: float, claim: Claim) -> str:
    """A size in the claim's own words."""
    if abs(value) == float("inf"):
        return "any size" if value > 0 else "any size of worsening"
    match claim.scale:
        case "relative":
            return f"{amount(100 * value)} %"
        case "percentage_points":
            return f"{amount(value)} point{'' if amount(value) == '1' else 's'}"
        case _:
            return amount(value)


def lower(sentence: str) -> str:
    """The sentence as it goes on after a comma."""
    return sentence[:1].lower() + sentence[1:]
