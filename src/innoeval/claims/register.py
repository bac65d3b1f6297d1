"""The register: claims in order, each with its place in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from innoeval.errors import ClaimError, Fault, nearest
from innoeval.records.claim import Claim
from innoeval.records.match import mismatches
from innoeval.records.panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRegister:
    """Claims that are looked at together, as a frozen record.

    Parameters
    ----------
    claims
        The claims, in order; each id once.
    origin
        Name of the file that held them.
    rows
        Row (or line) of each claim in that file; empty where there was none.

    Raises
    ------
    ClaimError
        Where two claims have one id.

    Examples
    --------
    >>> desk = Claim(id="desk", innovation="One-stop desk", outcome="median_days", better="lower",
    ...              treated=["North"], start="2023-01", size=0.15)
    >>> register = ClaimRegister(claims=(desk,))
    >>> len(register), register["desk"].size, "lobby" in register
    (1, 0.15, False)
    """

    claims: tuple[Claim, ...]
    origin: str = field(default="the register", compare=False)
    rows: tuple[int, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "claims", tuple(self.claims))
        ids = [claim.id for claim in self.claims]
        twice = [name for name in dict.fromkeys(ids) if ids.count(name) > 1]
        if twice:
            raise ClaimError(
                [
                    Fault(
                        found=f"the id '{name}' stands there {ids.count(name)} times",
                        remedy="give each claim its own",
                        origin=self.origin,
                        rows=tuple(
                            self.rows[i] for i, x in enumerate(ids) if x == name and self.rows
                        ),
                        column="id",
                    )
                    for name in twice
                ]
            )

    @property
    def digest(self) -> str:
        """SHA-256 of the claims, whatever their order: a later edit of any of them shows."""
        digests = sorted(claim.digest for claim in self.claims)
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()

    @property
    def ids(self) -> tuple[str, ...]:
        """Id of each claim, in order."""
        return tuple(claim.id for claim in self.claims)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.claims)

    def __len__(self) -> int:
        return len(self.claims)

    def __contains__(self, item: object) -> bool:
        return item in self.claims if isinstance(item, Claim) else item in self.ids

    def __getitem__(self, id: str) -> Claim:  # noqa: A002 - a claim's own word for it
        for claim in self.claims:
            if claim.id == id:
                return claim
        remedy = nearest(str(id), self.ids, "the claims are")
        raise ClaimError([Fault(found=f"there is no claim '{id}'", remedy=remedy,
                                origin=self.origin)])  # fmt: skip


def hold_against(register: ClaimRegister, panel: Panel) -> tuple[Fault, ...]:
    """Every reason why claims of a register cannot be held against a panel, all at once.

    Parameters
    ----------
    register, panel
        The two records.

    Returns
    -------
    Faults that name the register's file, row and column; empty if there are none.

    Examples
    --------
    >>> import pandas as pd
    >>> desk = Claim(id="desk", innovation="One-stop desk", outcome="days", better="lower",
    ...              treated=["Nroth"], start="2023-02", size=0.15)
    >>> frame = pd.DataFrame({"unit": ["North", "North"], "month": ["2023-01", "2023-02"],
    ...                       "days": [12.0, 10.0]})
    >>> panel = Panel(frame=frame, unit="unit", period="month", freq="month", outcomes=("days",))
    >>> for fault in hold_against(ClaimRegister(claims=(desk,), origin="a.csv", rows=(2,)), panel):
    ...     print(fault)
    a.csv, row 2, column 'treated': claim 'desk': the treated unit 'Nroth' is not in the data frame; did you mean 'North'?
    """
    faults: list[Fault] = []
    for i, claim in enumerate(register.claims):
        rows = (register.rows[i],) if register.rows else ()
        faults += placed(mismatches(claim, panel), register.origin, rows)
    return tuple(faults)


def placed(faults: tuple[Fault, ...], origin: str, rows: tuple[int, ...]) -> list[Fault]:
    """Faults of a claim, with its place in the file in front."""
    return [
        replace(
            fault,
            found=f"{fault.origin}: {fault.found}" if fault.origin else fault.found,
            origin=origin,
            rows=rows,
        )
        for fault in faults
    ]
