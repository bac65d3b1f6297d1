"""The evaluation: everything that was found about one claim, in one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.columns import Columns
from innoeval.records.display import card_html, card_text
from innoeval.records.estimate import Estimate
from innoeval.records.finding import Finding
from innoeval.records.flip import Flip
from innoeval.records.freeze import Frozen
from innoeval.records.policy import Policy
from innoeval.records.saved import dump, load
from innoeval.records.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a design was not used: printed as "why not"."""

    design: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a reader needs to know of the panel once the data are gone.

    `launch` is the first start; `launches` all of them in order, where there are several.
    `baseline_gap` is Hedges' g of the units' averages before the first start, treated less
    comparison units; None where it cannot be computed.
    """

    outcome: str
    first: str
    last: str
    launch: str
    n_periods: int
    n_units: int
    n_before: int
    n_after: int
    missing: int
    comparison: tuple[str, ...] = ()
    denominator: str | None = None
    recorded: tuple[str, ...] = ()
    launches: tuple[str, ...] = ()
    baseline_gap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A claim, what was estimated, what the checks found, and the verdict.

    Parameters
    ----------
    claim, policy, verdict
        The claim that was judged, the thresholds it was judged by, and the judgement.
    panel_fingerprint
        SHA-256 of the data.
    measured
        Extent of the data used, in numbers.
    design
        Design that decided; "" where none fits.
    objections
        Every other design, and why it was not used.
    estimate, stressed
        The base estimate, and the one with the design's main assumption relaxed.
    announced
        The promoter's own before-after number, recomputed.
    alternatives
        Estimates of other designs that fit; they never decide.
    findings
        Every check's answer.
    provenance
        Versions, source, seeds.
    flips
        What would change the verdict.
    columns
        What each column of the panel was for; None in records of versions that did not say it.
    """

    claim: Claim
    panel_fingerprint: str
    measured: Measured
    design: str
    objections: tuple[Objection, ...]
    estimate: Estimate | None
    stressed: Estimate | None
    announced: Estimate | None
    alternatives: tuple[Estimate, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    policy: Policy
    provenance: Mapping[str, str] = field(default_factory=Frozen[str, str])
    flips: tuple[Flip, ...] = ()
    columns: Columns | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "provenance", Frozen(self.provenance))

    @property
    def not_examined(self) -> tuple[Assumption, ...]:
        """What the design leans on and no check could probe."""
        leaned = self.estimate.assumptions if self.estimate else ()
        probed = {a for f in self.findings if f.status != "not_applicable" for a in f.probes}
        return tuple(assumption for assumption in leaned if assumption not in probed)

    def to_json(self) -> str:
        """The whole record as JSON text: the same record gives the same text."""
        return dump(self)

    @classmethod
    def from_json(cls, text: str) -> Evaluation:
        """The record that `to_json` wrote.

        Raises
        ------
        RecordError
            Where the text is not an evaluation, or one of another format version.
        """
        return load(cls, text)

    def _repr_html_(self) -> str:
        return card_html(self.claim, self.verdict, self.estimate, self.findings)

    def __str__(self) -> str:
        return card_text(self.claim, self.verdict, self.estimate, self.findings)

    # What a terminal shows; the record written out would fill hundreds of screens.
    __repr__ = __str__
