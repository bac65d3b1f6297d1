"""Every fault that `draw` knows, by theme."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from innoeval.simulate import faults, faults_measure, faults_sites, faults_telling, faults_timing
from innoeval.simulate.faults import Kind

#: Every fault by name; a new theme is one line here.
KINDS: Mapping[str, Kind] = MappingProxyType({
    **faults.KINDS,
    **faults_timing.KINDS,
    **faults_measure.KINDS,
    **faults_telling.KINDS,
    **faults_sites.KINDS,
})  # fmt: skip
