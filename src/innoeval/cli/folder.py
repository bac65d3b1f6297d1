"""A folder of results that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path


@contextmanager
def written_together(folder: Path) -> Iterator[Path]:
    """Give a hidden folder to write in; its files move to `folder` when all are there.

    Parameters
    ----------
    folder
        Where the files end up. It is made if it is missing; files of other names stay.

    Raises
    ------
    OSError
        Where `folder` cannot be made or written to: at once, before any work is done.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with written_together(Path(place, "out")) as draft:
    ...         _ = (draft / "a.txt").write_text("whole")
    ...     [path.relative_to(place).as_posix() for path in sorted(Path(place).rglob("*"))]
    ['out', 'out/a.txt']
    """
    # Beside the folder or in it, so that the files move by renaming, never by copying.
    anchor = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    draft = Path(tempfile.mkdtemp(prefix=".innoeval-", dir=anchor))
    try:
        yield draft
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(draft.iterdir())
        for path in files:
            if (folder / path.name).is_dir():
                raise IsADirectoryError(
                    EISDIR, "a folder of that name is in the way", str(folder / path.name)
                )
        for path in files:
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
