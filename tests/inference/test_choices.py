"""Choices are frozen, have the defaults that are told, and refuse what they cannot be."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, astuple

import pytest

from innoeval.errors import DesignError
from innoeval.inference import choices, donors, iid, serial
from innoeval.inference.choices import (
    CR2,
    CR3,
    HC,
    Clustered,
    Conley,
    ConleyTaber,
    DonaldLang,
    DriscollKraay,
    FermanPinto,
    Jackknife,
    Multiplier,
    Randomization,
    WildClusterBootstrap,
    columns_of,
    needs_cells,
)

SEED = 20260101
#: Defaults in the order of the parameters.
DEFAULTS = {
    HC: ("HC1",), Clustered: ("unit", "nonnested"), CR2: ("unit", "satterthwaite"), CR3: ("unit",),
    Jackknife: ("unit",), WildClusterBootstrap: ("rademacher", 9999, True, "unit", SEED),
    Multiplier: ("rademacher", 9999, SEED), DriscollKraay: (None, "none"),
    Randomization: ("own_noise", 4999, SEED), ConleyTaber: (4999, SEED),
    FermanPinto: (None, 4999, SEED), DonaldLang: (), iid.IID: (),
    serial.CalibratedREML: ("AR(1)",), serial.REML: (), serial.ARMA: ((2, 0),),
    serial.NeweyWest: (None, True), serial.PraisWinsten: (), serial.Independent: ("quasi",),
    serial.BlockConformal: (), donors.PlaceboInSpace: (True, 199), donors.Conformal: (),
    donors.JackknifePlus: (), donors.UnitJackknife: (), donors.PredictionInterval: (200,),
}  # fmt: skip


@pytest.mark.parametrize("choice", DEFAULTS, ids=lambda c: c.__name__)
def test_defaults_stand_and_cannot_be_changed(choice) -> None:
    made = choice()
    assert astuple(made) == DEFAULTS[choice]
    with pytest.raises((FrozenInstanceError, TypeError)):
        made.anything = 1
    with pytest.raises(TypeError):  # which number is which has to be said
        choice(*DEFAULTS[choice] or (1,))
    assert {made: 1}[choice()] == 1


def test_a_distance_is_asked_for_or_neighbours_never_both() -> None:
    assert astuple(Conley(coordinates=("x", "y"), cutoff=0.1)) == (
        ("x", "y"), 0.1, (), "great_circle", False
    )  # fmt: skip
    for wrong in ({}, {"coordinates": ("x", "y"), "cutoff": 1.0, "neighbours": (("a", "b"),)}):
        with pytest.raises(DesignError, match="either coordinates= with cutoff=, or neighbours="):
            Conley(**wrong)
    for cutoff in (0.0, -1.0, float("nan")):
        with pytest.raises(DesignError, match="must be above 0"):
            Conley(coordinates=("x", "y"), cutoff=cutoff)


def test_one_or_two_groupings() -> None:
    assert Clustered(by="region").groups == ("region",)
    assert Clustered(by=("region", "period")).groups == ("region", "period")
    for wrong in (("unit", "unit"), ("unit", "period", "region")):
        with pytest.raises(DesignError, match="must name one or two different groupings"):
            Clustered(by=wrong)
    assert CR2(by="unit", df="welch").df == "welch"
    with pytest.raises(DesignError, match="compare units"):
        CR2(by="region", df="welch")


@pytest.mark.parametrize(
    ("choice", "cells", "columns"),
    [(Clustered(), False, ()), (Clustered(by="period"), True, ()), (Clustered(by="region"), False, ("region",)),
     (Clustered(by=("region", "unit")), True, ("region",)), (HC(), True, ()), (DriscollKraay(), True, ()),
     (CR2(by="region"), False, ("region",)), (CR3(), False, ()), (WildClusterBootstrap(by="r"), False, ("r",)),
     (Jackknife(by="r"), False, ("r",)), (Conley(coordinates=("x", "y"), cutoff=1.0), False, ("x", "y")),
     (Conley(neighbours=(("a", "b"),)), False, ()), (FermanPinto(sizes="people"), False, ("people",)),
     (FermanPinto(), False, ()), (Randomization(), False, ())],
)  # fmt: skip
def test_what_a_choice_reads(choice: choices.Choice, cells: bool, columns: tuple[str, ...]) -> None:
    assert needs_cells(choice) == cells
    assert columns_of(choice) == columns
