"""The store: nothing half written, nothing lost, nothing mixed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pandas as pd
import pytest
from tests.portfolio.portfolios import copied, own_panels

import innoeval as ie
from innoeval.errors import RunError
from innoeval.portfolio import store as store_module
from innoeval.portfolio.store import Store
from innoeval.records import Claim, Panel, Policy

Small = tuple[list[Claim], dict[str, Panel]]


@pytest.fixture(scope="module")
def small() -> Small:
    return own_panels(6)


@pytest.fixture
def run(tmp_path: Path, small: Small) -> Path:
    """A run of which four of six claims are done."""
    claims, panels = small
    folder = tmp_path / "run.parquet"
    ie.evaluate_all(claims[:4], panels, resume=folder, chunk_size=2, progress=False)
    return folder


def test_a_run_goes_on_and_does_nothing_twice(
    run: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, panels = small
    before = {path: path.stat().st_mtime_ns for path in Store(run).parts}
    portfolio = ie.evaluate_all(claims, panels, resume=run, progress=False)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert portfolio.ids == tuple(claim.id for claim in claims)
    pd.testing.assert_frame_equal(
        portfolio.tidy(), ie.evaluate_all(claims, panels, progress=False).tidy()
    )
    pd.testing.assert_frame_equal(ie.read_portfolio(run).tidy(), portfolio.tidy())
    assert ie.read_portfolio(run).policy == Policy()


def test_the_run_is_a_dataset_for_any_reader(run: Path) -> None:
    assert sorted(pd.read_parquet(run, columns=["id"])["id"]) == ["c000", "c001", "c002", "c003"]


def test_another_policy_is_refused_with_what_differs(run: Path, small: Small) -> None:
    with pytest.raises(RunError, match=r"strict False and this one has True.*one policy"):
        ie.evaluate_all(*small, resume=run, policy=Policy(strict=True))


def test_other_designs_are_refused_with_what_differs(run: Path, small: Small) -> None:
    own = [ie.designs.DifferenceInDifferences()]
    with pytest.raises(RunError, match=r"designs auto and this one has \[DifferenceInDiff.*choice"):
        ie.evaluate_all(*small, resume=run, designs=own)
    other = run.parent / "other.parquet"
    once = ie.evaluate_all(*small, resume=other, designs=own, progress=False)
    again = ie.evaluate_all(*small, resume=other, designs=tuple(own), progress=False)
    pd.testing.assert_frame_equal(once.tidy(), again.tidy())


def test_another_version_is_refused_with_what_differs(
    run: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = {**store_module._versions(), "numpy": "1.0"}
    monkeypatch.setattr(store_module, "_versions", lambda: now)
    with pytest.raises(RunError, match=r"numpy \d\S+ and this one has 1\.0"):
        ie.evaluate_all(*small, resume=run)


def test_other_data_is_refused_with_the_claims(run: Path, small: Small) -> None:
    claims, panels = small
    other = {**panels, "c001": panels["c005"]}
    with pytest.raises(RunError, match="'c001' was evaluated on other data") as caught:
        ie.evaluate_all(claims, other, resume=run)
    assert len(caught.value.faults) == 1
    with pytest.raises(RunError, match="'c001' was evaluated on other data"):
        ie.evaluate_all(iter(claims), other, resume=run)


def test_an_edited_claim_is_refused_with_the_fields(run: Path, small: Small) -> None:
    claims, panels = small
    edited = copied(claims[1], size=0.5)
    with pytest.raises(RunError, match=r"another wording: size was 1\.0 and is 0\.5"):
        ie.evaluate_all([claims[0], edited, *claims[2:]], panels, resume=run)


def test_a_claim_that_is_left_out_is_refused(run: Path, small: Small) -> None:
    claims, panels = small
    with pytest.raises(RunError, match="'c000' was evaluated in this run and is not among"):
        ie.evaluate_all(claims[1:], panels, resume=run)


def test_a_full_disk_is_told_and_loses_nothing(
    run: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, panels = small

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = Store(run).parts
    with monkeypatch.context() as patch:
        patch.setattr(store_module.os, "fsync", full)
        with pytest.raises(RunError, match=r"no space left.*what is done is kept: free some"):
            ie.evaluate_all(claims, panels, resume=run, progress=False)
    assert Store(run).parts == before
    assert [path.name for path in run.iterdir() if path.name.startswith(".")] == []
    portfolio = ie.evaluate_all(claims, panels, resume=run, progress=False)
    assert len(portfolio) == len(claims)


def test_a_draft_of_a_killed_run_is_swept(run: Path, small: Small) -> None:
    (run / ".draft-left").write_bytes(b"half")
    ie.evaluate_all(*small, resume=run, progress=False)
    assert not (run / ".draft-left").exists()


def test_a_damaged_file_is_named(run: Path, small: Small) -> None:
    Store(run).parts[0].write_bytes(b"damaged")
    with pytest.raises(RunError, match=r"part-.*cannot be read.*move it away"):
        ie.evaluate_all(*small, resume=run)


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, small: Small) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="holds other files and no run"):
        ie.evaluate_all(*small, resume=tmp_path)
    with pytest.raises(RunError, match="is a file"):
        ie.evaluate_all(*small, resume=tmp_path / "notes.txt")
    with pytest.raises(RunError, match="holds no run"):
        ie.read_portfolio(tmp_path)


def test_two_runs_never_share_a_folder(run: Path, small: Small) -> None:
    store = Store(run)
    with store.held(), pytest.raises(RunError, match="another process is at work"):
        ie.evaluate_all(*small, resume=run, progress=False)


def test_failed_claims_can_be_tried_again(tmp_path: Path, small: Small) -> None:
    claims, panels = small
    lost = copied(claims[0], id="lost", treated=["Nowhere"], start="2023-01")
    every, where = [*claims[:2], lost], {**panels, "lost": panels["c000"]}
    folder = tmp_path / "run.parquet"
    ie.evaluate_all(every, where, resume=folder, progress=False)
    before = Store(folder).parts
    again = ie.evaluate_all(every, where, resume=folder, progress=False)
    assert Store(folder).parts == before
    assert len(before) == 3
    ie.evaluate_all(every, where, resume=tmp_path / "one.parquet", chunk_size=9, progress=False)
    again = ie.evaluate_all(
        every, where, resume=tmp_path / "one.parquet", retry=True, progress=False
    )
    assert len(again) == 3
    again = ie.evaluate_all(every, where, resume=folder, retry=True, progress=False)
    assert again.ids == ("c000", "c001", "lost")
    assert again.tidy()["error"].notna().sum() == 1


def test_folders_are_not_flushed_where_no_system_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(FileNotFoundError):
        store_module._flush(gone)
    monkeypatch.delattr(os, "O_DIRECTORY")
    store_module._flush(gone)
