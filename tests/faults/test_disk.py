"""A disk that is full, a file that may not grow, a folder that may not be written to, half a file."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.faults.runs import Half, half

import innoeval as ie
from innoeval.errors import RecordError, RunError
from innoeval.portfolio.store import Store


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, for whom no folder is read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_grow_loses_nothing(run: Half) -> None:
    before = Store(run.folder).parts
    with files_of_at_most(3000), pytest.raises(RunError, match=r"File too large.*go on with"):
        run.go_on()
    assert Store(run.folder).parts == before
    assert run.whole()


def test_a_disk_that_is_full_loses_nothing() -> None:
    """A disk of its own; where none can be mounted, tests/portfolio/test_store.py has a patched one."""
    with tempfile.TemporaryDirectory() as place:
        mounted = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", place]
        try:
            subprocess.run(mounted, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("no disk can be mounted here")
        try:
            run = half(Path(place, "run.parquet"))
            rest = Path(place, "others")
            free = os.statvfs(place)
            rest.write_bytes(b"x" * ((free.f_bavail - 1) * free.f_bsize))
            with pytest.raises(RunError, match=r"no space left.*what is done is kept: free some"):
                run.go_on()
            assert len(Store(run.folder).parts) == 2
            rest.unlink()
            assert run.whole()
        finally:
            subprocess.run(["umount", place], check=True)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="has no such rights")
def test_a_folder_that_may_not_be_written_to_is_told() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)  # so that somebody else may read it
        run = half(Path(place, "run.parquet"))
        assert run.whole()  # everything is loaded before rights are given up
        for part in Store(run.folder).parts[:2]:
            part.unlink()
        run.folder.chmod(0o555)
        closed = Path(place, "closed")
        closed.mkdir(mode=0o555)
        before = Store(run.folder).parts
        with as_nobody():
            with pytest.raises(RunError, match=r"Permission denied.*what is done is kept: mend"):
                run.go_on()
            with pytest.raises(RunError, match="cannot be written to"):
                run._replace(folder=closed / "run.parquet").go_on()
            assert len(ie.read_portfolio(run.folder)) == 2
        assert Store(run.folder).parts == before
        run.folder.chmod(0o755)
        assert run.whole()


@pytest.mark.parametrize(("share", "retry"), [(0, False), (0.3, True), (0.999, False)])
def test_half_a_file_is_named_and_done_again(run: Half, share: float, retry: bool) -> None:
    part = Store(run.folder).parts[0]
    content = part.read_bytes()
    part.write_bytes(content[: int(share * len(content))])
    with pytest.raises(RunError, match=r"part-.*cannot be read.*move it away, and its claims"):
        run.go_on(retry=retry)
    with pytest.raises(RecordError, match=r"part-.*cannot be read"):
        ie.read_portfolio(run.folder).tidy()
    part.rename(run.folder.parent / part.name)
    assert run.whole()
