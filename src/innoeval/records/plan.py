"""The plan: how decisive data can be about a claim, said before any result."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from innoeval.records.claim import Claim
from innoeval.records.display import amount
from innoeval.records.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How often a true claim would get a status, with its Monte Carlo error."""

    status: Status
    share: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What these data can tell of a claim, from the noise before the start alone.

    Parameters
    ----------
    claim
        What is claimed.
    design
        The design that would decide; "" where none fits.
    before, after
        Periods before the first start, and from the last start on, that are planned with.
    period
        What a period is called, such as "month".
    obstacles
        Why nothing can be planned; all that follows is then missing.
    claimed, smallest, shown
        Claimed size, smallest effect that matters, and what must be shown, on the claim's scale.
    resolution
        R = (claimed − shown) / standard error expected of the base analysis.
    chances
        How often the claim would get each status if it were just true.
    supported, improvement_shown
        Chance that the claim, if just true, is supported; and that an improvement is shown at all.
    if_clear
        Chance of support if the base analysis alone decided: what lies between this and
        `supported` is the price of assumptions that the data cannot settle.
    detectable
        Smallest true claim, on the claim's scale, that is supported with 80 % chance; None where
        none is.
    enough
        Periods from the start on with which the resolution reaches 2.8 (80 % chance of support if
        the base analysis decides); None where that is not so within `longest`.
    supported_then
        Chance of support with so many periods; None where they are not more than planned with.
    longest
        So many periods were looked at; None where it was not asked.
    futures
        Number of imagined futures.
    rests_on
        What the plan takes for granted, in sentences.
    """

    claim: Claim
    design: str
    before: int
    after: int
    period: str
    obstacles: tuple[str, ...] = ()
    claimed: float | None = None
    smallest: float | None = None
    shown: float | None = None
    resolution: float | None = None
    chances: tuple[Chance, ...] = ()
    supported: float | None = None
    improvement_shown: float | None = None
    if_clear: float | None = None
    detectable: float | None = None
    enough: int | None = None
    supported_then: float | None = None
    longest: int | None = None
    futures: int = 0
    rests_on: tuple[str, ...] = ()

    @property
    def wait(self) -> int | None:
        """Periods still to wait beyond those planned with; None where waiting does not help."""
        return None if self.enough is None else max(0, self.enough - self.after)

    @property
    def says(self) -> tuple[str, ...]:
        """The plan in plain sentences."""
        if self.supported is None:
            return tuple(f"Cannot be planned, because {reason}" for reason in self.obstacles)
        span = f"{_counted(self.before, self.period)} before and {self.after} from the start on"
        said = [
            (
                f"With {span}, a claim that is exactly true would be found to hold up in "
                f"{_percent(self.supported)} of futures, and an improvement of any size be shown in "
                f"{_percent(self.improvement_shown)}."
            )
        ]
        if self.if_clear is not None and self.if_clear - self.supported > _NOTABLE:
            said.append(
                f"It would be {_percent(self.if_clear)} if nothing but the base analysis had to "
                "agree: the rest is the price of assumptions that these data cannot settle."
            )
        if self.resolution is not None:
            said.append(
                f"Resolution {self.resolution:.1f} standard errors; with 2.8 a true claim is "
                "supported in 80 % of cases."
            )
        said.append(
            f"A true improvement of {self.sized(self.detectable)} is the smallest that would be "
            "found to hold up with 80 % chance."
            if self.detectable is not None
            else "No size of improvement would be found to hold up with 80 % chance."
        )
        return (*said, *self._waiting())

    def _waiting(self) -> tuple[str, ...]:
        if self.longest is None:
            return ()
        if self.enough is None:
            return (
                (
                    f"Waiting does not help: even with {_counted(self.longest, self.period)} from "
                    "the start on, the resolution stays under 2.8."
                ),
            )
        if not self.wait:
            return (
                f"The resolution reaches 2.8 with {_counted(self.enough, self.period)} from the start on.",
            )
        return (
            (
                f"The resolution reaches 2.8 after {_counted(self.wait, self.period)} more; the chance "
                f"of support is then {_percent(self.supported_then)}."
            ),
        )

    def sized(self, value: float | None) -> str:
        """A size on the claim's scale, in words."""
        if value is None:
            return "–"
        if self.claim.scale == "relative":
            return f"{amount(100 * value)} %"
        ending = " points" if self.claim.scale == "percentage_points" else ""
        return f"{amount(value)}{ending}"

    def __str__(self) -> str:
        heading = f"Plan for {self.claim.id}" + (f" ({self.design})" if self.design else "")
        lines = [heading, *(f"  {said}" for said in self.says)]
        lines += [f"  Rests on: {sentence}" for sentence in self.rests_on]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.says)
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left;font-weight:normal'>"
            f"{chance.status.replace('_', ' ')}</th>"
            f"<td style='text-align:right'>{_percent(chance.share)} ± {100 * chance.error:.0f}</td></tr>"
            for chance in self.chances
        )
        table = (
            "<table><caption style='text-align:left;white-space:nowrap'>If the claim is exactly true</caption><thead><tr>"
            "<th scope='col' style='text-align:left'>Status</th><th scope='col'>Chance</th></tr>"
            f"</thead><tbody>{rows}</tbody></table>"
            if rows
            else ""
        )
        rests = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.rests_on)
        details = (
            f"<details style='margin-bottom:1em'><summary>What this rests on</summary><ul>{rests}</ul></details>"
            if rests
            else ""
        )
        return (
            "<section style='border:1px solid currentColor;border-radius:6px;padding:0 1em;max-width:60em'>"
            f"<h3>How decisive can these data be? {escape(self.claim.innovation)}</h3>"
            f"<ul>{said}</ul>{table}{details}</section>"
        )


#: A difference in chances that is worth a sentence.
_NOTABLE = 0.05


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
