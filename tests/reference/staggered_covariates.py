"""Writes staggered_covariates.csv: what csdid 0.4.3 (with drdid 1.1.7) finds for mpdta given lpop.

Run with the path of mpdta.csv where `pip install csdid==0.4.3 drdid==1.1.7` was done:
`python tests/reference/staggered_covariates.py mpdta.csv`. Both follow R's did and DRDID.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pandas as pd

COMPARISON = {"never_treated": "nevertreated", "not_yet_treated": ["notyettreated"]}


def main() -> None:
    """Write one row for each method, comparison, cohort and period."""
    from csdid.att_gt import ATTgt  # not among this project's dependencies

    warnings.simplefilter("ignore")
    frame = pd.read_csv(sys.argv[1])
    frame = frame.astype({"countyreal": int, "first_treat": int, "year": int})
    rows = []
    for method in ("dr", "ipw", "reg"):
        for ours, theirs in COMPARISON.items():
            found = ATTgt(
                yname="lemp", gname="first_treat", idname="countyreal", tname="year",
                xformla="lemp~lpop", data=frame, control_group=theirs,
            ).fit(est_method=method, base_period="universal", bstrap=False).results  # fmt: skip
            columns = (found["group"], found["year"], found["att"], found["se"])
            for cohort, period, effect, error in zip(*columns, strict=True):
                if pd.notna(error):
                    rows.append((method, ours, int(cohort), int(period), effect, error))
    names = ["method", "comparison", "cohort", "period", "estimate", "std_error"]
    out = Path(__file__).with_suffix(".csv")
    pd.DataFrame(rows, columns=names).to_csv(out, index=False, float_format="%.12g")


if __name__ == "__main__":
    main()
