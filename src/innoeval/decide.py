"""The rule: from intervals and findings to a verdict. No panel, no clock, no random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.display import amount
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.finding import Finding, FindingStatus
from innoeval.records.policy import Policy
from innoeval.records.verdict import (
    MARKS,
    PLAIN,
    Certainty,
    Deciding,
    Standard,
    Status,
    Verdict,
)

_LADDER: tuple[Certainty, ...] = ("very_low", "low", "moderate", "high")
#: Where certainty starts, by the most that the design can reach on the Maryland scale.
_START: dict[int, int] = {1: 0, 2: 1, 3: 2, 4: 3, 5: 3}
_EDGE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What an interval is held against, on the claim's scale.

    Parameters
    ----------
    claimed
        c; None where neither a size nor a smallest effect was declared.
    smallest
        δ; None likewise.
    shown, overstated
        max(δ, κc), which must be exceeded, and τc, under which a claim counts as overstated.
    """

    claimed: float | None
    smallest: float | None
    shown: float
    overstated: float

    @property
    def cut(self) -> float:
        """Under this the improvement is not meaningful: δ, or τc where that is smaller."""
        return self.overstated if self.smallest is None else min(self.smallest, self.overstated)


def bar(claim: Claim, policy: Policy) -> Bar:
    """The bar that a claim sets itself under a policy.

    Examples
    --------
    15 % claimed, 5 % matters: more than half of the claim, 7.5 %, must be shown.

    >>> claim = Claim(id="c", innovation="i", outcome="o", better="lower", treated=["A"],
    ...               start="2021", size=.15, smallest_effect=.05)
    >>> bar(claim, Policy()).shown
    0.075
    """
    smallest = claim.smallest_effect
    if smallest is None and claim.size is not None:
        smallest = policy.default_smallest * claim.size
    claimed = claim.size if claim.size is not None else smallest
    if claimed is None or smallest is None:
        # Nothing to fall short of: only an improvement, harm, or neither can be shown.
        return Bar(claimed=None, smallest=None, shown=float("inf"), overstated=0.0)
    return Bar(
        claimed=claimed,
        smallest=smallest,
        shown=max(smallest, policy.shown_share * claimed),
        overstated=policy.overstated_below * claimed,
    )


def status_of(interval: Interval, bar: Bar) -> Status:
    """The one region of the plane of intervals that an interval lies in.

    Parameters
    ----------
    interval
        Interval of the improvement, on the claim's scale.
    bar
        What the claim is held against.

    Examples
    --------
    >>> held = Bar(claimed=10, smallest=2, shown=5, overstated=8)
    >>> [status_of(Interval(*ends), held) for ends in
    ...  [(6, 12), (1, 12), (-1, 12), (1, 7), (-1, 1), (-3, -1)]]
    ['supported', 'partly_supported', 'inconclusive', 'overstated', 'refuted', 'harmful']
    """
    low, high = interval
    if high < 0:
        return "harmful"
    if high >= bar.overstated:
        if low > bar.shown:
            return "supported"
        return "partly_supported" if low > 0 else "inconclusive"
    return "overstated" if high >= bar.cut else "refuted"


def margin(interval: Interval, bar: Bar) -> float:
    """Smallest shift of an interval, either way, that changes its status; infinite if none does.

    Examples
    --------
    (6, 12) stays "supported" until its lower end falls by 1, to 5:

    >>> margin(Interval(6, 12), Bar(claimed=10, smallest=2, shown=5, overstated=8))
    1
    """
    low, high = interval
    now = status_of(interval, bar)
    crossings = [low - bar.shown, low, high - bar.overstated, high - bar.cut, high]
    scale = max((abs(x) for x in (*crossings, 1.0) if abs(x) != float("inf")), default=1.0)
    changing = []
    for crossing in crossings:
        if abs(crossing) == float("inf"):
            continue
        for nudge in (-_EDGE * scale, _EDGE * scale):
            moved = Interval(low - crossing + nudge, high - crossing + nudge)
            if status_of(moved, bar) != now:
                changing.append(abs(crossing))
    return min(changing, default=float("inf"))


def decide(
    claim: Claim,
    estimate: Estimate | None,
    stressed: Mapping[Assumption, Estimate],
    findings: tuple[Finding, ...],
    policy: Policy,
    *,
    relaxes: Assumption | None = None,
    sms_level: int = 0,
    obstacles: tuple[str, ...] = (),
) -> Verdict:
    """Judge a claim.

    Parameters
    ----------
    claim
        What was announced.
    estimate
        Base estimate; None where no design fits.
    stressed
        Estimates with one assumption given up each.
    findings
        What the checks found.
    policy
        The thresholds.
    relaxes
        Main assumption of the design: where no check could probe it, its stressed analysis joins.
    sms_level
        The most that the design can reach on the Maryland scale.
    obstacles
        Why no design fits, where `estimate` is None.
    """
    fatal = tuple(f for f in findings if _is_fatal(f, policy))
    if estimate is None or fatal:
        reasons = obstacles if estimate is None else tuple(f.says for f in fatal)
        return Verdict(
            status="not_evaluable",
            mark=MARKS["not_evaluable"],
            certainty="very_low",
            reasons=tuple(f"Cannot be evaluated, because {_lower(reason)}" for reason in reasons),
            claimed=bar(claim, policy).claimed,
            smallest=bar(claim, policy).smallest,
        )
    held = bar(claim, policy)
    _, base = estimate.on_scale(claim.scale)
    main = _main_gate(findings, relaxes, claim, policy)
    opened = _opened(findings, main, relaxes, estimate, policy)
    interval, deciding, why = _interval(base, stressed, claim, opened, policy)
    status = status_of(interval, held)
    certainty, downgrades = _certainty(claim, estimate, findings, main, relaxes, policy, sms_level)
    return Verdict(
        status=status,
        mark=MARKS[status],
        certainty=certainty,
        reasons=(_reason(status, interval, held, claim), *why, *_remarks(claim, held)),
        downgrades=downgrades,
        interval=interval,
        deciding=deciding,
        claimed=held.claimed,
        smallest=held.smallest,
        improvement_shown=interval.low > 0,
        material_shown=held.smallest is not None and interval.low > held.smallest,
        resolution=_resolution(claim, estimate, held),
        breakdown=_finite(margin(interval, held)),
        standards=_maryland(claim, main, sms_level),
    )


def _is_fatal(finding: Finding, policy: Policy) -> bool:
    return (
        finding.status == "problem"
        and finding.severity == "fatal"
        and finding.check in policy.fatal
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A stressed analysis that was let into the decision, how, and why."""

    relaxes: Assumption
    replaces: bool
    why: str


def _main_gate(
    findings: tuple[Finding, ...], relaxes: Assumption | None, claim: Claim, policy: Policy
) -> FindingStatus:
    """What is known of the design's main assumption; a lottery settles parallel trends."""
    if relaxes == Assumption.parallel_trends and claim.assignment in {"randomised", "lottery"}:
        return "clear"
    names = {gate.check for gate in policy.gates if gate.relaxes == relaxes}
    statuses = {f.status for f in findings if f.check in names}
    order: tuple[FindingStatus, ...] = ("problem", "cannot_tell", "clear")
    return next((status for status in order if status in statuses), "cannot_tell")


def _opened(
    findings: tuple[Finding, ...],
    main: FindingStatus,
    relaxes: Assumption | None,
    estimate: Estimate,
    policy: Policy,
) -> tuple[_Opened, ...]:
    """Stressed analyses that a check lets in, the design's main one first."""
    told = {f.check: f for f in findings}
    opened = []
    for gate in policy.gates:
        finding = told.get(gate.check)
        if gate.relaxes == relaxes:
            status, why = main, finding.says if finding else "nothing probes the main assumption."
        elif finding is None or gate.relaxes not in estimate.assumptions:
            continue
        else:
            status, why = finding.status, finding.says
        if status == "problem":
            opened.append(_Opened(gate.relaxes, gate.problem == "replaces", why))
        elif status == "cannot_tell" or policy.strict:
            opened.append(_Opened(gate.relaxes, replaces=False, why=why))
    return tuple(opened)


def _interval(
    base: Interval,
    stressed: Mapping[Assumption, Estimate],
    claim: Claim,
    opened: tuple[_Opened, ...],
    policy: Policy,
) -> tuple[Interval, Deciding, tuple[str, ...]]:
    """The interval that decides: base, stressed, or their hull."""
    replaced = any(item.replaces for item in opened) and not policy.strict
    members = [] if replaced else [base]
    why = []
    for item in opened:
        estimate = stressed.get(item.relaxes)
        unknown = Interval(float("-inf"), float("inf"))
        members.append(estimate.on_scale(claim.scale)[1] if estimate else unknown)
        if item.replaces and not policy.strict:
            why.append(f"The stressed analysis decides: {_lower(item.why)}")
    if policy.strict:
        why.append("The policy is strict: base and stressed analyses must agree.")
    elif opened and not replaced:
        why.append(f"Base and stressed analyses must agree: {_lower(opened[0].why)}")
    hull = members[0]
    for member in members[1:]:
        hull = hull.hull(member)
    deciding: Deciding = "stressed" if replaced else "hull" if opened else "base"
    return hull, deciding, tuple(why)


def _reason(status: Status, interval: Interval, held: Bar, claim: Claim) -> str:
    """The rule that fired, with its numbers."""
    low, high = (_size(end, claim) for end in interval)
    shown, over = _size(held.shown, claim), _size(held.overstated, claim)
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
            rule = f"Anything from {low} to {high} fits them."
        case "overstated":
            rule = f"The improvement is at most {high}; under {over} a claim of {_size(held.claimed, claim)} does not stand."
        case "refuted":
            rule = f"The improvement is at most {high}; from {_size(held.cut, claim)} on it would matter."
        case _:
            rule = f"The change for the better is at most {high}."
    return f"{plain} {rule}"


def _remarks(claim: Claim, held: Bar) -> tuple[str, ...]:
    said = []
    if claim.smallest_effect is None and held.smallest is not None:
        said.append(
            f"No smallest effect that matters was declared; {_size(held.smallest, claim)}, "
            "a quarter of the claim, is taken by default."
            if held.claimed and abs(held.smallest / held.claimed - 0.25) < _EDGE
            else f"No smallest effect was declared; {_size(held.smallest, claim)} is taken by default."
        )
    if held.claimed is not None and held.smallest is not None and held.claimed < held.smallest:
        said.append(
            "Even if true, the claimed improvement is smaller than what was declared to matter."
        )
    if claim.size is None and held.claimed is not None:
        said.append("No size was announced; the smallest effect that matters stands in for it.")
    return tuple(said)


def _certainty(
    claim: Claim,
    estimate: Estimate,
    findings: tuple[Finding, ...],
    main: FindingStatus,
    relaxes: Assumption | None,
    policy: Policy,
    sms_level: int,
) -> tuple[Certainty, tuple[str, ...]]:
    """Design level less one step for each named downgrade."""
    rung = _START.get(_sms_design(claim, sms_level), 0)
    downgrades = []
    if main == "problem":
        downgrades.append("The main assumption of the design is shown not to hold.")
    elif main == "cannot_tell":
        downgrades.append("The main assumption of the design could not be shown to hold.")
    if sms_level >= 3 and estimate.n_treated <= policy.few_treated:
        plural = "s" if estimate.n_treated > 1 else ""
        downgrades.append(f"Only {estimate.n_treated} treated unit{plural}.")
    # The main assumption is counted above, and a lack of comparison units by the design's level.
    counted = {"no_comparison"} | {
        gate.check for gate in policy.gates if gate.problem == "replaces"
    }
    downgrades += [
        finding.says
        for finding in findings
        if finding.status == "problem"
        and finding.severity != "note"
        and (
            finding.check not in counted or (sms_level >= 3 and finding.check == "placebo_in_time")
        )
    ]
    return _LADDER[max(0, rung - len(downgrades))], tuple(downgrades)


def _sms_design(claim: Claim, sms_level: int) -> int:
    """Only a declared assignment lifts a design with a comparison above level 3."""
    declared = {"randomised": 5, "lottery": 5, "cutoff": 4}.get(claim.assignment, 0)
    return max(sms_level, declared) if sms_level >= 3 else sms_level


def _maryland(claim: Claim, main: FindingStatus, sms_level: int) -> tuple[Standard, ...]:
    """Maryland Scientific Methods Scale: the most that the design can reach, and what it reached."""
    reach = _sms_design(claim, sms_level)
    design = Standard(
        name="Maryland SMS, design",
        score=str(reach),
        rule={
            1: "before and after without a comparison group",
            2: "one interrupted time series without a comparison group",
            3: "before and after with a comparison group",
            4: "assignment by a cut-off, as declared",
            5: "assignment by lot, as declared",
        }.get(reach, "no design"),
    )
    scored, rule = reach, design.rule
    if reach == 3:
        scored = 3 if main == "clear" else 2
        rule = (
            "a comparison group, and common trends before the start shown"
            if main == "clear"
            else "a comparison group, and common trends before the start not shown"
        )
    return design, Standard(name="Maryland SMS, scored", score=str(scored), rule=rule)


def _resolution(claim: Claim, estimate: Estimate, held: Bar) -> float | None:
    """(c − what must be shown) / standard error, on the claim's scale."""
    if estimate.std_error is None or estimate.std_error <= 0 or held.claimed is None:
        return None
    unit = {"relative": abs(estimate.baseline), "percentage_points": estimate.whole / 100}
    return (held.claimed - held.shown) / (estimate.std_error / unit.get(claim.scale, 1.0))


def _size(value: float, claim: Claim) -> str:
    """A size in the claim's own words."""
    if abs(value) == float("inf"):
        return "any size" if value > 0 else "any size of worsening"
    match claim.scale:
        case "relative":
            return f"{amount(100 * value)} %"
        case "percentage_points":
            return f"{amount(value)} points"
        case _:
            return amount(value)


def _finite(value: float) -> float | None:
    return value if abs(value) != float("inf") else None


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
