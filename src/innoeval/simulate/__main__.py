"""Write the sample: `python -m innoeval.simulate data/sample --page docs/sample.md`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from innoeval.simulate.page import page
from innoeval.simulate.sample import write_sample


def main(arguments: list[str] | None = None) -> int:
    """Write the sample to the folder that is named; 0 if it is there, 1 if it cannot be written."""
    parser = argparse.ArgumentParser(
        prog="python -m innoeval.simulate",
        description="Write the sample: an invented city's service metrics, what was announced, and the truth.",
    )
    parser.add_argument("directory", type=Path, help="folder to write to, such as data/sample")
    parser.add_argument("--page", type=Path, help="file for the page that tells each claim's story")
    given = parser.parse_args(arguments)
    try:
        folder = write_sample(given.directory)
        if given.page is not None:
            draft = given.page.with_name(f".{given.page.name}.draft")
            draft.write_bytes(page().encode())
            draft.replace(given.page)
    except OSError as error:
        sys.stderr.write(
            f"{error.filename} cannot be written: {error.strerror}; name another place\n"
        )
        return 1
    sys.stdout.write(f"The sample is in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
