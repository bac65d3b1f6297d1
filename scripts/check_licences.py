"""Every pinned package has a licence that scripts/licences.toml allows; every dependency is pinned.

Nothing is asked of the network: licences are read from the packages that are installed. Known
vulnerabilities are not looked up here, as that needs one: `pip-audit -r requirements.lock`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

REPO = Path(__file__).parents[1]


def plain(name: str) -> str:
    """A package's name as it is compared: extras and signs left out."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;(]", name.strip())[0]).lower()


def pinned() -> dict[str, str]:
    """Name -> version of each package in requirements.lock."""
    lines = (REPO / "requirements.lock").read_text(encoding="utf-8").splitlines()
    entries = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    loose = [line for line in entries if not re.match(r"[\w.\[\],-]+==\S+", line)]
    if loose:
        raise SystemExit(f"requirements.lock does not pin {', '.join(loose)}; run make lock")
    return {plain(line): line.split("==")[1].split(";")[0].strip() for line in entries}


def licence(package: Distribution) -> str:
    """The licence that a package declares: its expression, its classifiers, or its text's first line."""
    about = package.metadata
    classifiers = [
        value.rpartition(":: ")[2]
        for value in about.get_all("Classifier") or []
        if value.startswith("License ::") and not value.endswith("OSI Approved")
    ]
    said = about.get("License-Expression") or "; ".join(classifiers) or about.get("License") or ""
    return said.strip().split("\n")[0][:80] or "none declared"


def main() -> int:
    """Print what is not allowed; exit code 1 where there is anything."""
    known = tomllib.loads((REPO / "scripts" / "licences.toml").read_text(encoding="utf-8"))
    allowed, single = set(known["allowed"]), known["packages"]
    faults, counts = [], dict.fromkeys(sorted(allowed), 0)
    versions = pinned()
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(x for e in project["optional-dependencies"].values() for x in e),
    ]
    faults += [
        f"{plain(x)} is not pinned; run make lock" for x in wanted if plain(x) not in versions
    ]
    for name, version in versions.items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            faults.append(f"{name} {version} is not installed, so that its licence is not known")
            continue
        said = single.get(name) or licence(package)
        if name not in single and said not in allowed:
            faults.append(
                f"{name} {version} has the licence '{said}', which scripts/licences.toml does not allow"
            )
        elif name not in single:
            counts[said] += 1
    faults += [
        f"scripts/licences.toml speaks of {name}, which is not pinned"
        for name in single
        if name not in versions
    ]
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(versions)} packages are pinned; their licences are allowed.")
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
