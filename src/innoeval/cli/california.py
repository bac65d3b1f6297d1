"""A real case: California's question to every driver about organ donation."""

from __future__ import annotations

from innoeval.records.claim import Claim
from innoeval.records.panel import Panel
from innoeval.sources import read_panel

PUBLISHED = (
    "−2.2 points with a standard error of 0.6 (Huntington-Klein, The Effect, chapter 18, on the data of "
    "Kessler and Roth 2014). That error counts one treated state as if it were many; our interval is "
    "as wide as the changes that states show when nothing was introduced."
)


def california() -> tuple[Claim, Panel] | None:
    """The claim and the panel of 27 states; None where the gallery extra is not installed.

    From July 2011 on, California no longer let applicants for a driving licence pass over the
    question whether to register as an organ donor: they had to answer yes or no. The register was
    expected to grow. No size was announced; that 1 percentage point is the least that would
    matter is our choice.
    """
    try:
        from causaldata import organ_donations
    except ImportError:
        return None
    table = organ_donations.load_pandas().data
    quarters = table["Quarter"].str.replace(r"Q(\d)(\d{4})", r"\2-Q\1", regex=True)
    frame = table.assign(Quarter=quarters)[["State", "Quarter", "Rate"]]
    frame.columns = ["state", "quarter", "registration_rate"]
    panel = read_panel(frame, unit="state", period="quarter", outcomes=["registration_rate"])
    claim = Claim(
        id="california-organ-donors",
        innovation="Drivers must answer yes or no to organ donation",
        outcome="registration_rate",
        better="higher",
        treated={"California": "2011-Q3"},
        smallest_effect=1,
        scale="percentage_points",
        source="Kessler and Roth 2014, NBER working paper 20378",
    )
    return claim, panel
