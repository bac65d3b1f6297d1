"""A run that goes on: claims and data are those that it was begun with, or it says what differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.portfolio.portfolios import copied, own_panels

import innoeval as ie
from innoeval.errors import RunError
from innoeval.portfolio.earlier import of_other_data
from innoeval.portfolio.store import Done


@pytest.mark.parametrize("streamed", [False, True])
def test_a_claim_that_was_edited_is_told_with_what_it_was(
    tmp_path: Path, *, streamed: bool
) -> None:
    claims, panels = own_panels(2)
    lost = copied(claims[0], id="lost", treated=["Nowhere"], start="2023-01")
    panels["lost"] = panels["c000"]
    run = tmp_path / "run.parquet"
    ie.evaluate_all([*claims, lost], panels, resume=run, progress=False)
    edited = [claims[0], copied(claims[1], source="Council"), copied(lost, source="Council")]
    with pytest.raises(RunError) as caught:
        ie.evaluate_all(iter(edited) if streamed else edited, panels, resume=run, progress=False)
    first, *rest = (fault.found for fault in caught.value.faults)
    assert first == (
        "claim 'c001' was evaluated in another wording: source was '' and is 'Council'"
    )
    # One that failed left no wording behind; of a stream the first fault ends the run.
    assert rest == ([] if streamed else ["claim 'lost' was evaluated in another wording"])


def test_what_cannot_be_held_against_earlier_data_is_let_through(tmp_path: Path) -> None:
    (claim,), panels = own_panels(1)
    origin = str(tmp_path)
    before = Done(digest=claim.digest, panel="another")
    fault = of_other_data(claim, panels, before, origin, [])
    assert fault is not None
    assert fault.found.startswith(
        "claim 'c000' was evaluated on other data: the fingerprint was another"
    )
    unread = Done(digest=claim.digest, panel="")
    for panel_of, done in ((panels, None), (panels, unread), ({}, before)):
        assert of_other_data(claim, panel_of, done, origin, []) is None


def test_an_edited_claim_whose_file_is_gone_is_refused_all_the_same(tmp_path: Path) -> None:
    (claim,), panels = own_panels(1)
    fault = of_other_data(claim, panels, Done(digest="another", panel="p"), str(tmp_path), [])
    assert fault is not None
    assert fault.found == "claim 'c000' was evaluated in another wording"
    assert fault.remedy.startswith("use that wording, or give the new one its own id")
