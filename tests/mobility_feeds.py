"""Small feeds of mobility as tests serve them: a GTFS archive, GBFS files, OCPI locations."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from ckanext.smartregion.harvest.records import Candidate

AGENCY = (
    "agency_id,agency_name,agency_url,agency_timezone,agency_lang\n1,{name},https://www.letec.be,Europe/Brussels,fr\n"
)
TABLES = {
    "agency.txt": AGENCY.format(name="TEC"),
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Namur Gare,50.4686,4.8621\nB,Jambes,50.4567,4.8729\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\n4,1,4,3\n5,1,5,3\nT,1,T,0\n",
    "trips.txt": "route_id,service_id,trip_id\n4,W,t1\n4,W,t2\n5,W,t3\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "W,1,1,1,1,1,0,0,20260105,20260703\n",
    "calendar_dates.txt": "service_id,date,exception_type\nW,20260704,1\nW,20270101,2\n",
    "feed_info.txt": "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version\n"
    "OTW,https://www.otw.be,fr,20260101,20991231,2026.1\n",
    "stop_times.txt": "trip_id,stop_id\n",
}


def archive(
    tables: Mapping[str, str | bytes | None] = {}, folder: str = "", announced: Mapping[str, int] = {}
) -> bytes:
    """A GTFS archive: the usual tables with some replaced, added, or taken away by None; always the same bytes.

    announced: sizes in bytes that its directory tells of tables that are smaller.
    """
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in {**TABLES, **tables}.items():
            if content is not None:
                info = zipfile.ZipInfo(folder + name, (2026, 1, 2, 3, 4, 6))
                info.compress_type = zipfile.ZIP_DEFLATED
                opened.writestr(info, content)
                info.file_size = announced.get(name, info.file_size)
    return memory.getvalue()


def gbfs(data: Any, version: str = "2.3", **others: Any) -> str:
    """A GBFS file."""
    return json.dumps({"last_updated": 1640887163, "ttl": 60, "version": version, "data": data} | others)


def location(number: int | str, **facts: Any) -> dict[str, Any]:
    """An OCPI location with one charging point of 11 kW in Namur."""
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 16,
        "last_updated": "2025-03-16T10:10:02Z",
    }
    evse = {
        "uid": f"E{number}",
        "status": "AVAILABLE",
        "connectors": [connector],
        "last_updated": "2026-03-16T10:10:02Z",
    }
    return {
        "country_code": "BE",
        "party_id": "ABC",
        "id": f"L{number}",
        "publish": True,
        "coordinates": {"latitude": "50.4686", "longitude": "4.8621"},
        "evses": [evse],
        "operator": {"name": "Exemple"},
        "last_updated": "2026-03-16T10:10:02Z",
    } | facts


def envelope(data: Any, code: int = 1000) -> str:
    """What an OCPI server wraps its data in."""
    return json.dumps({"data": data, "status_code": code, "status_message": "?", "timestamp": "2026-01-01T00:00:00Z"})


def told(candidate: Candidate) -> dict[str, Any]:
    """What was found, by rule; that the territory knows none of the operators of these tests goes without saying."""
    return {each.rule: each.value for each in candidate.findings if each.rule != "publisher-unknown"}
