"""The RDF profiles of the feeds: which datasets each holds, and what it says otherwise than DCAT-AP. Pure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ckanext.smartregion.feeds.description import geographic, mobility, registers, statistical
from ckanext.smartregion.feeds.description.dataset import HVD_LAW, is_high_value
from ckanext.smartregion.feeds.description.tables import DATASET
from ckanext.smartregion.feeds.description.writing import Thing
from ckanext.smartregion.feeds.log import DEFAULT_PROFILE

Dataset = dict[str, Any]
DEFAULT = DEFAULT_PROFILE


class Profile(NamedTuple):
    """A profile: its name in addresses, its title per language, and the IRI of the standard that it keeps.

    ``holds`` says of a dataset, stored or prepared, whether it belongs here, ``narrowed`` makes of a prepared one what
    the profile allows, as ``narrowed_catalogue`` does with a catalogue, and ``dataset`` is the table it is written by.
    ``whole`` is whether the portal's own interfaces, which serve all datasets, belong to it.
    """

    name: str
    title: dict[str, str]
    conforms_to: str
    holds: Callable[[Dataset], bool]
    narrowed: Callable[[Dataset], Dataset] = lambda prepared: prepared
    narrowed_catalogue: Callable[[Dataset], Dataset] = lambda catalogue: catalogue
    dataset: Thing = DATASET
    whole: bool = True


_HOW: dict[str, dict[str, Any]] = {
    "dcat-ap": {"holds": lambda dataset: True},
    "dcat-ap-hvd": {
        "holds": is_high_value, "whole": False,
        "narrowed_catalogue": lambda catalogue: {**catalogue, "applicable_legislation": [HVD_LAW]},
    },
    "mobilitydcat-ap": {"holds": mobility.is_mobility, "narrowed": mobility.narrowed},
    "geodcat-ap": {
        "holds": geographic.is_geographic, "narrowed": geographic.narrowed, "dataset": geographic.DATASET,
        "narrowed_catalogue": geographic.with_one_name,
    },
    "bregdcat-ap": {"holds": registers.is_register, "narrowed": registers.narrowed, "dataset": registers.DATASET},
    "statdcat-ap": {
        "holds": statistical.is_statistical, "narrowed": statistical.narrowed, "dataset": statistical.DATASET,
    },
}  # fmt: skip


def _read() -> dict[str, Profile]:
    facts = yaml.load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: Profile(name, about["title"], about["conforms_to"], **_HOW[name]) for name, about in facts.items()}


PROFILES = _read()


def profiles_of(dataset: Dataset) -> list[str]:
    """The names of the profiles that a dataset, stored or prepared, belongs to, the default first."""
    return [name for name, profile in PROFILES.items() if profile.holds(dataset)]
