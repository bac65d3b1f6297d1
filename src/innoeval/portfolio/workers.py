"""Workers: joblib with whatever backend the caller has configured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from innoeval.errors import RunError


def workers() -> int:
    """How many workers the configured backend has."""
    from joblib import effective_n_jobs

    return int(effective_n_jobs(None))


def share_a_disk() -> bool:
    """Whether the workers are processes of this machine, which can leave files for this one."""
    from joblib.parallel import get_active_backend

    return type(get_active_backend()[0]).__name__ == "LokyBackend" and workers() > 1


@contextmanager
def processes(n: int) -> Iterator[None]:
    """Work in so many processes of this machine; −1: as many as it has cores.

    Parameters
    ----------
    n
        Number of processes.
    """
    from joblib import parallel_config

    with parallel_config("loky" if n != 1 else "sequential", n_jobs=n):
        yield


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Work on a Dask cluster.

    Parameters
    ----------
    address
        Of its scheduler.

    Raises
    ------
    RunError
        Where Dask is not installed, or no scheduler answers.
    """
    from joblib import parallel_config

    try:
        from distributed import Client
    except ImportError:
        raise RunError(
            "Dask is not installed; pip install 'innoeval[dask]', or use --jobs"
        ) from None
    try:
        client = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise RunError(
            f"no Dask scheduler answers at '{address}' ({error}); check the address, or use --jobs"
        ) from None
    with client, parallel_config("dask", client=client):
        yield


def each(work: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """Results of a function on many tasks, as they come, in no particular order.

    Tasks are drawn from their stream only a few ahead of the workers.

    Parameters
    ----------
    work
        A function that can be pickled.
    tasks
        Positional arguments for each call. An array among them that comes again is shipped once.

    Raises
    ------
    WorkerLostError
        Where a worker was killed.
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import BrokenProcessPool

    begun = iter(tasks)
    first = next(begun, None)
    if first is None:
        # A call of joblib leaves an empty folder in shared memory behind, even one for nothing.
        return
    parallel = Parallel(return_as="generator_unordered", max_nbytes=1, batch_size=1)
    results = parallel(delayed(work)(*task) for task in chain([first], begun))
    try:
        yield from results
    except BrokenProcessPool as error:
        raise WorkerLostError from error
    except Exception as error:
        # Dask's own name for it; Dask is there only where somebody uses it.
        if type(error).__name__ == "KilledWorker":
            raise WorkerLostError from error
        raise
    finally:
        results.close()


class WorkerLostError(Exception):
    """A worker was killed: by the system for its memory, or by hand."""
