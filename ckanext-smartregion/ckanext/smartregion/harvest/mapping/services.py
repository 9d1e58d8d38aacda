"""What becomes of descriptions that are no data: the option that kinds with services and applications share. Pure."""

from __future__ import annotations

from ckanext.smartregion.harvest.records import Option, Source

NO_DATA = frozenset({"service", "application", "software"})
SERVICES = Option(
    "services",
    {
        "fr": "Services et applications décrits seuls : keep (les reprendre) ou leave (les laisser de côté)",
        "nl": "Alleenstaande diensten en toepassingen: keep (opnemen) of leave (overslaan)",
        "de": "Einzeln beschriebene Dienste und Anwendungen: keep (übernehmen) oder leave (auslassen)",
        "en": "Services and applications described by themselves: keep (take them over) or leave (leave them out)",
    },
    default="keep",
    choices=("keep", "leave"),
)


def is_left_out(source: Source, level: str) -> bool:
    """Whether a source leaves out what is described at this level."""
    return source.options.get("services") == "leave" and level in NO_DATA
