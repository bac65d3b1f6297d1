"""A claim and a panel as a single series sees them: objections, form, and fits of any model."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from innoeval.designs.base import Arrangement, arrange
from innoeval.designs.its.choices import LONGEST, choices_of, inference_objections
from innoeval.designs.its.fit import fit_segments
from innoeval.designs.its.form import Form, choose_form
from innoeval.designs.its.record import Frame, conformal_record, record
from innoeval.designs.its.series import (
    Series,
    cut,
    length_objections,
    listed,
    one_start,
    spacing_objections,
)
from innoeval.designs.its.timing import Interruption, Terms, terms_of, timing_objections
from innoeval.designs.rates import Totals, family_objections, totals
from innoeval.errors import DesignError, PanelError
from innoeval.inference.serial import REML, BlockConformal, CalibratedREML, Serial
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import Floats
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.families import FAMILIES, IDENTITY, Family
from innoeval.stats.reml import reml

if TYPE_CHECKING:
    from innoeval.designs.its.segmented import SegmentedRegression

#: A model needs so many periods more than it has columns.
FEWEST_LEFT = 3
#: So small a share of negative values among whole numbers looks like mistakes in counts.
FEW_NEGATIVE = 0.1
#: Above this autocorrelation a series can hardly be told from one that wanders.
WANDERS = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What an estimate says of the design it comes from."""

    design: str
    estimand: str
    assumptions: tuple[Assumption, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesCase:
    """One series, ready to be fitted in any form with any error model."""

    settings: SegmentedRegression
    panel: Panel
    claim: Claim
    policy: Policy
    totals: Totals
    series: Series
    form: Form
    when: Interruption
    named: Named
    _terms: dict[Form, Terms] = field(default_factory=dict, repr=False)

    @property
    def family(self) -> Family:
        """The outcome's family."""
        return FAMILIES[self.settings.family]

    @property
    def choice(self) -> Serial:
        """The error model that the settings name; AR(1) in series too long to average over shapes."""
        if self.settings.errors == "calibrated" and self.series.n > LONGEST:
            return CalibratedREML()
        return self.settings.choice

    @property
    def error_objections(self) -> tuple[str, ...]:
        """Why the error model that the settings name does not fit the series; empty if it does."""
        return inference_objections(self.choice, self.series, self.form, self.settings.family)

    def terms(self, form: Form) -> Terms:
        """Columns of a form; kept, as one fit asks for them several times."""
        if form not in self._terms:
            self._terms[form] = terms_of(self.series, form, self.when, self.panel)
        return self._terms[form]

    def estimate(self, form: Form, choice: Serial) -> Estimate:
        """The estimate of one form and error model."""
        series, settings = self.series, self.settings
        if faults := inference_objections(choice, series, form, settings.family):
            raise DesignError(f"{self.named.design} cannot be fitted: {'; '.join(faults)}")
        terms = self.terms(form)
        exact = False
        if isinstance(choice, BlockConformal):
            fitted = None
        else:
            fitted = fit_segments(
                series, terms, choice, self.family, level=self.policy.level, seed=self.policy.seed
            )
            exact = fitted.serial.exact
        by_rule = (settings.trend, settings.slope, settings.seasonal, settings.harmonics)
        frame = Frame(
            design=self.named.design,
            estimand=f"{self.named.estimand}; {form.plain}",
            assumptions=self.named.assumptions,
            better=self.claim.better,
            periods=self.panel.periods,
            level=self.policy.level,
            whole=share_unit(self.panel, self.claim.outcome),
            warnings=(
                *self._warnings(form, exact=exact),
                *(() if fitted is None or exact else self._wandering(terms, choice, fitted.serial.rho)),
            ),
            choices=choices_of(
                series, terms, self.when, self.panel.periods,
                family=settings.family, choice=choice, by_rule=by_rule == (None,) * 4,
            ),
        )  # fmt: skip
        if fitted is None:
            return conformal_record(series, terms, frame)
        return record(series, terms, fitted, frame)

    def affords(self, form: Form) -> bool:
        """Whether enough periods are left beside the columns of a form."""
        X = self.terms(form).X[self.series.present]
        return len(X) - X.shape[1] >= FEWEST_LEFT and _full_rank(X.tobytes(), X.shape[1])

    def _wandering(self, terms: Terms, choice: Serial, rho: float | None) -> tuple[str, ...]:
        """The warning of a series that may wander; error models that cannot see it are told so."""
        blind = self.family.link is IDENTITY and not isinstance(choice, (CalibratedREML, REML))
        if blind:
            here = self.series.present
            y = np.where(here, self.series.events, 0.0)
            rho = float(reml(y, terms.X, terms.contrasts, here[None]).rho[0])
        if rho is None or rho <= WANDERS:
            return ()
        rough = (
            "the errors that were asked for are too small then, and errors='reml' would be wider"
            if blind
            else "the interval is then a rough one"
        )
        said = (
            "Each period resembles the last so much that the series may wander without a trend "
            f"of its own; {rough}."
        )
        return (said,)

    def _warnings(self, form: Form, *, exact: bool) -> tuple[str, ...]:
        """What a reader must know before using the number."""
        said, series = [], self.series
        n, cycle = int(series.present.sum()), self.settings.seasonal or self.panel.calendar.cycle
        if exact:
            said.append(
                "The series lies on the fitted lines without any error, so nothing shows how far "
                "it strays by chance; the interval sets no bound."
            )
        if n < 24:
            said.append(
                f"The series has only {n} periods; the form of its trend is assumed more than seen."
            )
        if form.cycle < 2 <= cycle and cycle >= 4:
            said.append("Seasons are not allowed for: too few whole cycles lie before the launch.")
        if series.gaps:
            said.append(
                f"Missing inside the series, and not filled in: {listed(series.gaps)}; the periods "
                "around them count at their true distance."
            )
        if series.trimmed:
            said.append(
                f"Left out at the ends, where a treated unit has no value: {listed(series.trimmed)}."
            )
        if odd := _hardly_counts(series):
            periods = tuple(self.panel.periods[series.first + t] for t in odd)
            said.append(
                f"'{self.claim.outcome}' holds whole numbers and is negative in {listed(periods)}; if it "
                "counts something these are mistakes: correct them, or leave them empty."
            )
        if young := _provisional(self.panel, self.claim):
            said.append(
                f"Values that may still change, for late records or cases still open: {listed(young)}."
            )
        return tuple(said)


#: The last series that were looked at: one evaluation asks for the same several times.
_examined: tuple[tuple[Arrangement, Asked, SeriesCase | tuple[str, ...]], ...] = ()


class Asked(NamedTuple):
    """What is to be made of a claim's series.

    `settings` of the segmented regression; `policy`; what an estimate says of its design; whether
    the comparison units' average is taken off.
    """

    settings: SegmentedRegression
    policy: Policy
    named: Named
    against: bool = False


def examine(panel: Panel, claim: Claim, asked: Asked) -> SeriesCase | tuple[str, ...]:
    """The series of a claim, ready to be fitted; or why it cannot be judged here."""
    global _examined  # noqa: PLW0603 - replaced whole, so that threads may share it
    arrangement = arrange(panel, claim)
    for known, before, found in _examined:
        if known is arrangement and before == asked:
            return found
    made = _examine(panel, claim, arrangement, asked)
    _examined = (*_examined[-1:], (arrangement, asked, made))
    return made


def objections_to(panel: Panel, claim: Claim, asked: Asked) -> tuple[str, ...]:
    """Why a series cannot be judged here; empty if it can."""
    found = examine(panel, claim, asked)
    return found if isinstance(found, tuple) else found.error_objections


def prepare(panel: Panel, claim: Claim, asked: Asked) -> SeriesCase:
    """The series of a claim, ready to be fitted.

    Raises
    ------
    DesignError
        With every objection, where there is one.
    """
    found = examine(panel, claim, asked)
    if isinstance(found, tuple):
        raise DesignError(f"{asked.named.design} cannot be fitted: {'; '.join(found)}")
    return found


def _examine(
    panel: Panel, claim: Claim, arrangement: Arrangement, asked: Asked
) -> SeriesCase | tuple[str, ...]:
    settings, policy = asked.settings, asked.policy
    found = () if settings.dose else one_start(arrangement, panel.periods)
    if asked.against and arrangement.treated.all():
        found += ("no unit went without the innovation, so there is no comparison series",)
    found = found or family_objections(panel, claim, arrangement, FAMILIES[settings.family])
    dose = _dose(settings, panel, arrangement)
    if isinstance(dose, str):
        found += (dose,)
    found += _case_objections(settings, panel, arrangement)
    if found or isinstance(dose, str):
        return found
    together = _totals(settings, panel, claim, arrangement, against=asked.against)
    if dose is not None:
        together = together._replace(value=np.where(np.isfinite(dose), together.value, np.nan))
    launch, when = int(arrangement.launches[0]), _when(settings, dose)
    found = length_objections(together.value, launch, policy.minimum_side)
    found = found or spacing_objections(together.value, panel.periods, panel.freq)
    found += timing_objections(when, launch, together.value, panel, policy.minimum_side)
    if found:
        return found
    case = _case(panel, claim, arrangement, asked, together, when)
    return _term_objections(case) or case


def _term_objections(case: SeriesCase) -> tuple[str, ...]:
    """Why the base form's terms cannot be estimated; empty if they can."""
    terms = case.terms(case.form)
    if not terms.horizon.any():
        return ("no period is left in which the innovation can act; shorten transition= or delay=",)
    if case.affords(case.form):
        return ()
    said = (
        f"{int(case.series.present.sum())} periods cannot bear {terms.X.shape[1]} terms, or two of "
        "them cannot be told apart; declare fewer (slope=False, seasonal=1, fewer interruptions)"
    )
    return (said,)


def _case(
    panel: Panel, claim: Claim, arrangement: Arrangement, asked: Asked, together: Totals,
    when: Interruption,
) -> SeriesCase:  # fmt: skip
    settings, launch = asked.settings, int(arrangement.launches[0])
    series = cut(together, launch, panel.periods, int(arrangement.treated.sum()))
    start = series.launch + when.delay
    before = int(series.present[:start].sum())
    after = int(series.present[start + when.transition :].sum())
    form = choose_form(
        before, after, settings.seasonal or panel.calendar.cycle, trend=settings.trend,
        slope=settings.slope if settings.slope is not None or when.stepwise else False,
        harmonics=settings.harmonics,
    )  # fmt: skip
    return SeriesCase(
        settings=settings, panel=panel, claim=claim, policy=asked.policy, totals=together,
        series=series, form=form, when=when, named=asked.named,
    )  # fmt: skip


def _totals(
    settings: SegmentedRegression, panel: Panel, claim: Claim, arrangement: Arrangement, *,
    against: bool,
) -> Totals:  # fmt: skip
    together = totals(panel, claim, arrangement, FAMILIES[settings.family])
    if settings.cases:
        cases = panel.matrix(settings.cases)[arrangement.treated].sum(axis=0)
        known = np.isfinite(together.value) & (cases > 0)
        value = np.where(known, together.value, np.nan)
        return together._replace(
            value=value, events=value, size=np.where(known, cases, np.nan),
            said=f"each period counts by its {settings.cases}",
        )  # fmt: skip
    if not against:
        return together
    others = arrangement.outcomes[~arrangement.treated].mean(axis=0)
    difference = together.value - others
    return together._replace(value=difference, events=difference, added=others)


def _case_objections(
    settings: SegmentedRegression, panel: Panel, arrangement: Arrangement
) -> tuple[str, ...]:
    """Why the numbers of cases cannot be used; empty if they can."""
    if not settings.cases:
        return ()
    try:
        cases = panel.matrix(settings.cases)[arrangement.treated]
    except PanelError as error:
        return (f"the number of cases cases='{settings.cases}' is not there: {error}",)
    if np.nanmin(cases, initial=0.0) < 0:
        return (f"the number of cases '{settings.cases}' is negative in some period",)
    return ()


def _when(settings: SegmentedRegression, dose: Floats | None) -> Interruption:
    return Interruption(
        delay=settings.delay, transition=settings.transition, until=settings.until,
        others=settings.interruptions, dose=dose,
    )  # fmt: skip


def _dose(
    settings: SegmentedRegression, panel: Panel, arrangement: Arrangement
) -> Floats | str | None:
    """Average exposure of the treated units, (T,); a sentence where it cannot be had."""
    ours = arrangement.treated
    if not settings.dose:
        return None
    if settings.dose == "share":
        time = np.arange(arrangement.n_periods)
        return np.asarray((time >= arrangement.starts[ours][:, None]).mean(axis=0))
    try:
        return np.asarray(panel.matrix(settings.dose)[ours].mean(axis=0))
    except PanelError as error:
        return f"the exposure dose='{settings.dose}' is not there: {error}"


def _hardly_counts(series: Series) -> tuple[int, ...]:
    """Places of the few negative values among whole numbers that are positive otherwise."""
    known = series.value[series.present]
    negative = np.flatnonzero(series.value < 0)
    few = len(negative) <= FEW_NEGATIVE * len(known) and (known == np.round(known)).all()
    return tuple(negative.tolist()) if few and series.added is None else ()


def _provisional(panel: Panel, claim: Claim) -> tuple[str, ...]:
    """Periods in which a value of a treated unit may still change."""
    if panel.provisional is None:
        return ()
    marked = np.nan_to_num(panel.matrix(panel.provisional)[arrange(panel, claim).treated]) > 0
    return tuple(panel.periods[t] for t in np.flatnonzero(marked.any(axis=0)))


@lru_cache(maxsize=64)
def _full_rank(columns: bytes, k: int) -> bool:
    """Whether k columns, (n, k) as bytes, can be told apart; kept, as series of a shape share them."""
    X = np.frombuffer(columns).reshape(-1, k)
    size = np.sqrt((X**2).sum(axis=0))
    return bool(size.all() and np.linalg.matrix_rank(X / size) == X.shape[1])
