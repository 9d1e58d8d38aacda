"""`gtfs`: a static GTFS feed, one archive at one address, as one dataset with its window, lines and stops."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ckanext.smartregion.belgium import today
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping import gtfs as gtfs_mapping
from ckanext.smartregion.harvest.mapping.mobility import OPTIONS, finished, licences
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading import reader
from ckanext.smartregion.harvest.records import Candidate, Cursor, Option, Page, Record, Source

MEGABYTE = 1024 * 1024
# The largest feed of Wallonia has 85 MB.
MOST_MEGABYTES = 200


class Gtfs:
    """Downloads the archive where it has changed; a child process sums up its tables."""

    kind = "gtfs"
    title = {
        "fr": "Horaires GTFS",
        "nl": "GTFS-dienstregeling",
        "de": "GTFS-Fahrplan",
        "en": "GTFS timetable",
    }
    options = (
        *COMMON,
        *OPTIONS,
        Option(
            "realtime_trip_updates",
            {
                "fr": "Adresse GTFS-RT des retards et suppressions",
                "nl": "GTFS-RT-adres van vertragingen en afschaffingen",
                "de": "GTFS-RT-Adresse der Verspätungen und Ausfälle",
                "en": "GTFS-RT address of delays and cancellations",
            },
        ),
        Option(
            "realtime_vehicle_positions",
            {
                "fr": "Adresse GTFS-RT des positions de véhicules",
                "nl": "GTFS-RT-adres van de posities van voertuigen",
                "de": "GTFS-RT-Adresse der Fahrzeugpositionen",
                "en": "GTFS-RT address of vehicle positions",
            },
        ),
        Option(
            "realtime_alerts",
            {
                "fr": "Adresse GTFS-RT des perturbations",
                "nl": "GTFS-RT-adres van de verstoringen",
                "de": "GTFS-RT-Adresse der Störungen",
                "en": "GTFS-RT address of disruptions",
            },
        ),
        Option(
            "max_megabytes",
            {
                "fr": "Taille maximale de l’archive, en mégaoctets",
                "nl": "Grootste omvang van het archief, in megabyte",
                "de": "Größter Umfang des Archivs, in Megabyte",
                "en": "Largest size of the archive, in megabytes",
            },
            default=MOST_MEGABYTES,
            type=int,
        ),
    )
    newest_first = False
    ages = True  # a timetable is over one day, though its archive did not change

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """The one record of the feed: what its tables say, summed up."""
        most = int(source.options.get("max_megabytes") or MOST_MEGABYTES) * MEGABYTE
        with tempfile.TemporaryDirectory(prefix="gtfs-") as folder:
            archive = Path(folder, "feed.zip")
            ask.download(source.url, archive, accept="application/zip, */*;q=0.5", max_bytes=most)
            summary = reader.read("gtfs", b"", source.url, path=str(archive))
        return Page((Record(source.url, summary, address=source.url),))

    def map(self, record: Record, source: Source) -> Candidate:
        """The summary of the feed as a candidate."""
        stated, contradictions = licences(source, record.payload.get("licences", []))
        found = gtfs_mapping.draft(record.payload, source) | {"license": stated}
        told = [*gtfs_mapping.findings(record.payload, today()), *contradictions]
        return finished(found, source, (*record.changes, *gtfs_mapping.changes(record.payload)), told)
