"""Findings on real data: `python -m tests.calibration.gallery > docs/gallery.md`.

Needs the folder of published data (`INNOEVAL_SHARED_DATA`, or `shared/data` beside the checkout).
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from tests.calibration.checks import STATUSES, state_windows

from innoeval import evaluate
from innoeval.records import Claim, Evaluation, Panel, Policy
from innoeval.records.display import amount
from innoeval.sources import read_panel

#: Placebo claims on emergency departments, and sites that each pretends to have changed.
PLACEBOS, SITES, SEED = 200, 10, 20261124
#: A base interval above zero is false here; `comparator_drift` and `placebo_units` speak only then.
SHOWN = "the base interval shows an improvement, wrongly"


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A published case: what was claimed, and what the literature found."""

    title: str
    story: str
    claim: Claim
    panel: Panel


def folder() -> Path:
    """The folder of published data."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    return Path(os.environ.get("INNOEVAL_SHARED_DATA", beside))


def exhibits(data: Path) -> Iterator[Exhibit]:
    """Every published case."""
    yield Exhibit(
        title="California's tobacco programme (Proposition 99)",
        story="Announced as a fall of 27.3 packs a head, which is what difference in differences gives; "
        "synthetic difference in differences gives 15.6 (Arkhangelsky et al. 2021).",
        panel=read_panel(data / "california_prop99.csv", unit="state", period="year",
                         outcomes=["packs"]),
        claim=Claim(id="prop-99", innovation="Tobacco tax and programme", outcome="packs",
                    better="lower", treated=["California"], start="1989", size=27.3,
                    scale="absolute"),
    )  # fmt: skip
    castle = pd.read_csv(data / "castle_doctrine.csv")
    starts = castle.dropna(subset="effyear").groupby("state")["effyear"].first().astype(int)
    starts = starts[(starts > castle["year"].min()) & (starts <= castle["year"].max())]
    yield Exhibit(
        title="Castle doctrine laws and homicide",
        story="Put forward as a deterrent; here as a claim that homicides fall by 5 % (in logarithms). "
        "Cheng & Hoekstra (2013) find a rise of about 8 %.",
        panel=read_panel(castle, unit="state", period="year", outcomes=["l_homicide"]),
        claim=Claim(id="castle", innovation="Castle doctrine", outcome="l_homicide", better="lower",
                    treated={s: str(y) for s, y in starts.items()}, size=0.05, scale="absolute"),
    )  # fmt: skip
    ehec = pd.read_csv(data / "ehec_medicaid.csv")
    ehec = ehec.dropna(subset="dins")
    years = ehec.dropna(subset="yexp2").groupby("stfips")["yexp2"].first().astype(int)
    yield Exhibit(
        title="Medicaid expansion and insurance",
        story="More people insured by 5 points; the event study of the Mixtape sessions finds 4.6 points in the "
        "first year.",
        panel=read_panel(ehec, unit="stfips", period="year", outcomes=["dins"]),
        claim=Claim(id="medicaid", innovation="Medicaid expansion", outcome="dins",
                    better="higher", treated={s: str(y) for s, y in years.items()
                                              if y <= int(ehec["year"].max())},
                    size=5.0, scale="percentage_points"),
    )  # fmt: skip
    divorce = pd.read_csv(data / "divorce_suicide.csv")
    divorce["state"] = "state " + divorce["stfips"].astype(str)
    divorce["year"] = divorce["year"].astype(int)
    reform = divorce.dropna(subset="_nfd").groupby("state")["_nfd"].first().astype(int)
    always = reform[reform <= int(divorce["year"].min())].index
    divorce = divorce[~divorce["state"].isin(always)]
    reform = reform[~reform.index.isin(always)]
    yield Exhibit(
        title="No-fault divorce and female suicide",
        story="Announced as 3.08 fewer suicides per million, the two-way regression of Goodman-Bacon (2021), whose "
        "significance goes once errors are clustered by state. States with earlier laws are left out.",
        panel=read_panel(divorce[["state", "year", "asmrs"]], unit="state", period="year",
                         outcomes=["asmrs"]),
        claim=Claim(id="divorce", innovation="Unilateral divorce", outcome="asmrs", better="lower",
                    treated={s: str(y) for s, y in reform.items()}, size=3.08, scale="absolute"),
    )  # fmt: skip
    belts = pd.read_csv(data / "uk_seatbelts.csv")
    belts["month"] = belts["year"].astype(str) + "-" + belts["month"].astype(str).str.zfill(2)
    belts["country"] = "Great Britain"
    for seat, size, control in (
        ("drivers", 0.23, "rear"),
        ("front", 0.30, "rear"),
        ("rear", 0.2, ""),
    ):
        yield Exhibit(
            title=f"The seat belt law of 1983: {seat}",
            story=f"Killed or seriously injured, {seat} seat"
            + ("s, for whom nothing changed: a claim about them is false." if not control else
               f"; Harvey & Durbin (1986) find a fall of {100 * size:.0f} %. Rear seats, for whom the law changed "
               "nothing, are the negative control; pedestrians are not in this file."),
            panel=read_panel(belts[["country", "month", "drivers", "front", "rear"]], unit="country",
                             period="month", outcomes=[seat],
                             negative_controls=[control] if control else []),
            claim=Claim(id=f"belts-{seat}", innovation="Seat belt law", outcome=seat, better="lower",
                        treated=["Great Britain"], start="1983-02", size=size),
        )  # fmt: skip


def told(exhibit: Exhibit) -> list[str]:
    """Section of the page about one case."""
    ev = evaluate(exhibit.claim, exhibit.panel)
    lines = [f"## {exhibit.title}\n", f"{exhibit.story}\n"]
    estimate = ev.estimate
    if estimate is not None:
        value, interval = estimate.on_scale(exhibit.claim.scale)
        percent = 100 if exhibit.claim.scale == "relative" else 1
        unit = {"relative": " %", "percentage_points": " points"}.get(exhibit.claim.scale, "")
        lines.append(
            f"**{ev.verdict.status.replace('_', ' ')}** ({ev.design}, certainty "
            f"{ev.verdict.certainty.replace('_', ' ')}): improvement {amount(percent * value)}{unit} "
            f"({amount(percent * interval.low)} to {amount(percent * interval.high)}).\n"
        )
    lines.append(" ".join(ev.verdict.reasons) + "\n")
    lines += ["| status | check | says |", "|---|---|---|"]
    for status in ("problem", "cannot_tell", "clear"):
        lines += [
            f"| {status.replace('_', ' ')} | `{f.check}` | {f.says} |"
            for f in ev.findings if f.status == status
        ]  # fmt: skip
    if ev.flips:
        lines.append("\nWhat would change it: " + " ".join(flip.says for flip in ev.flips))
    return [*lines, ""]


def emergency_departments(data: Path) -> Panel:
    """Large emergency departments in all 36 months, with the share of waits over four hours."""
    frame = pd.read_csv(data / "nhs_ae_attendances.csv")
    frame = frame[frame["type"].astype(str) == "1"].copy()
    frame["month"] = frame["period"].str[:7]
    full = frame.groupby("org_code")["month"].transform("nunique") == frame["month"].nunique()
    frame = frame[full & (frame.groupby("org_code")["attendances"].transform("min") >= 1000)]
    frame["over_4h"] = 100 * frame["breaches"] / frame["attendances"]
    return read_panel(
        frame[["org_code", "month", "over_4h", "breaches", "attendances", "admissions"]],
        unit="org_code", period="month", outcomes=["over_4h", "admissions"],
        numerator="breaches", denominator="attendances",
    )  # fmt: skip


def placebos(panel: Panel, count: int) -> Iterator[tuple[str, Evaluation]]:
    """Claims about departments drawn by lot, and months drawn by lot, when nothing happened."""
    rng = np.random.default_rng(SEED)
    for number in range(count):
        launch = panel.periods[int(rng.integers(12, 25))]
        units = rng.choice(panel.units, SITES, replace=False).tolist()
        outcome, size, scale = (
            ("over_4h", 3.0, "percentage_points")
            if number % 2
            else ("admissions", 0.05, "relative")
        )
        claim = Claim(
            id=f"placebo-{number}", innovation="None", outcome=outcome, better="lower",
            treated=units, start=launch, size=size, scale=scale,
        )  # fmt: skip
        yield outcome, evaluate(state_windows(claim, panel), panel, policy=Policy())


def counted(panel: Panel, count: int) -> list[str]:
    """Section of the page about placebo claims."""
    statuses: Counter[tuple[str, str]] = Counter()
    problems: Counter[tuple[str, str]] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    for outcome, ev in placebos(panel, count):
        statuses[outcome, ev.verdict.status] += 1
        statuses[outcome, SHOWN] += ev.estimate is not None and ev.estimate.improvement_int.low > 0
        found = [f for f in ev.findings if f.status == "problem"]
        problems.update((outcome, f.check) for f in found)
        problems[outcome, "any statistical"] += any(f.p_value is not None for f in found)
        problems[outcome, "any"] += bool(found)
        asked.update((outcome, f.check) for f in ev.findings if f.status != "not_applicable")
    outcomes = ("admissions", "over_4h")
    half = {o: sum(statuses[o, status] for status in STATUSES) for o in outcomes}
    intro = (
        f"{count} claims about {SITES} of {len(panel.units)} large emergency departments of the NHS (type 1, all 36 "
        "months), drawn by lot, with a start drawn by lot, when nothing happened: half say that admissions fell by "
        "5 %, half that the share of waits over four hours fell by 3 points. Every problem is a false alarm.\n"
    )
    lines = [
        "## Placebo claims on emergency departments\n", intro,
        "| | " + " | ".join(f"{o} ({half[o]} claims)" for o in outcomes) + " |",
        "|---|" + "---|" * len(outcomes),
    ]  # fmt: skip
    lines += [
        f"| verdict: {status.replace('_', ' ')} | "
        + " | ".join(str(statuses[o, status]) for o in outcomes) + " |"
        for status in STATUSES
    ]  # fmt: skip
    lines.append(f"| {SHOWN} | " + " | ".join(str(statuses[o, SHOWN]) for o in outcomes) + " |")
    for name in sorted({name for _, name in asked} | {"any statistical", "any"}):
        cells = [
            str(problems[o, name]) if name in {"any", "any statistical"} or asked[o, name] else "–"
            for o in outcomes
        ]
        lines.append(f"| problem: {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--placebos", type=int, default=PLACEBOS)
    asked = parser.parse_args()
    data = folder()
    print("# Gallery: what the checks find in published cases\n")
    print(
        "Made by `python -m tests.calibration.gallery > docs/gallery.md` from public data that are not part of this "
        "repository. Claims are worded by us; every number, finding and sentence comes from `evaluate` with the "
        "default policy. Checks that could not run are left out.\n"
    )
    for exhibit in exhibits(data):
        print("\n".join(told(exhibit)), flush=True)
    print("\n".join(counted(emergency_departments(data), asked.placebos)))


if __name__ == "__main__":
    main()
