"""Datasets made up by Hypothesis: every field that a feed writes, each absent, good or hostile."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ckanext.smartregion.schemas import vocabulary

from tests.feeds.examples import BASE, CBE, ORGANISATION, TYPES

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.dictionaries(st.sampled_from(["fr", "nl", "de", "en", "no tag"]), words, max_size=3)
addresses = st.sampled_from([
    "https://example.be/a", "http://example.be/b?c=(1,2)&d='e'", "www.example.be/f g", "https://example.be/é#h",
    "no address", "urn:x:y", "http://[broken", "", 'https://example.be/<"{}|\\^`%zz', CBE + "0999999999",
])  # fmt: skip
dates = st.sampled_from([
    "2024", "2024-05", "2024-05-01", "2024-05-01T10:00:00", "2024-05-01T10:00:00.123456", "2024-05-01T10:00:00Z",
    "soon",
])  # fmt: skip
numbers = st.sampled_from(["12.5", "3", 7, "-1", "NaN", "many", None])
durations = st.sampled_from(["P1D", "PT15M", "P", "daily"])
outlines = st.sampled_from([
    "POINT(4.87 50.47)", '{"type": "Point", "coordinates": [4.87, 50.47]}',
    "POLYGON((4.7 50.4, 5 50.4, 5 50.5, 4.7 50.4))",
    {"type": "Point", "coordinates": [4.87, 50.47]}, '{"type": "Point"}', "here", "POLYGON((", "{}",
])  # fmt: skip


def codes(name: str) -> st.SearchStrategy[str]:
    """A concept of a vocabulary by its address, its code, or something that is none."""
    known = vocabulary(name).concepts
    return st.sampled_from([*(each.uri for each in known), *(each.code for each in known[:3]), "no code", ""])


def several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A list, or what a form may have left instead of one."""
    return st.lists(strategy, max_size=3) | strategy


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A dictionary with some of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


agents = record(
    name=words, name_translated=names, email=st.sampled_from(["a@example.be", "mailto:a@example.be", "none"]),
    url=addresses, uri=addresses, type=codes("publisher-type"), identifier=words | addresses,
)  # fmt: skip
places = record(
    uri=addresses | codes("place"), text=words, geom=outlines, bbox=outlines, centroid=outlines,
)  # fmt: skip
services = record(
    title=words | names, title_translated=names, description=words, uri=addresses, endpoint_url=several(addresses),
    endpoint_description=addresses, conforms_to=several(addresses), documentation=several(addresses),
    landing_page=several(addresses), identifier=words | addresses, theme=several(codes("data-theme")),
    hvd_category=several(codes("hvd-category")), license=codes("licence") | addresses, keyword=several(words),
    access_rights=codes("access-right"), language=several(codes("language")),
)  # fmt: skip
# ckanext-dcat makes an address of whatever begins like one.
whole_addresses = addresses.filter(lambda address: address != "http://[broken")
texts_or_addresses = names | st.fixed_dictionaries({"fr": whole_addresses}) | words
resources = record(
    url=addresses, uri=addresses, url_type=st.sampled_from(["upload", "", None]), access_url=addresses,
    download_url=addresses, name=words, name_translated=names, description=words, description_translated=names,
    format=codes("file-type"), mimetype=st.sampled_from(["text/csv", "csv", "https://www.iana.org/assignments/x"]),
    compress_format=st.sampled_from(["application/zip", "zip"]), package_format=st.sampled_from(["application/x-tar"]),
    size=numbers, hash=st.sampled_from(["0f" * 32, "0a" * 20, "zz", ""]),
    hash_algorithm=st.sampled_from(["SHA-256", ""]),
    rights=texts_or_addresses, status=codes("distribution-status"), availability=codes("planned-availability"),
    license=codes("licence") | addresses, language=several(codes("language")), issued=dates, modified=dates,
    documentation=several(addresses), conforms_to=several(addresses), applicable_legislation=several(addresses),
    temporal_resolution=durations, spatial_resolution_in_meters=numbers, datastore_active=st.booleans(),
    schema=st.sampled_from(["", "bicycle-parking", "traffic-counts@1.0.0"]),
    access_services=st.lists(services, max_size=2),
    mobility_data_standard=codes("mobility-data-standard"), mobility_data_standard_version=words,
    sample=several(addresses), character_encoding=words,
    application_layer_protocol=codes("application-layer-protocol"), data_format_notes=names,
    communication_method=codes("communication-method"),
    conditions_for_access_and_usage=codes("conditions-for-access-and-usage"),
)  # fmt: skip
relations = record(relation=addresses, role=codes("relation-role") | addresses, uri=addresses)
activities = record(
    label=words, seeAlso=addresses, startedAtTime=dates, wasAssociatedWith=st.lists(agents, max_size=2), uri=addresses
)
optional = {
    "uri": addresses, "url": addresses, "title_translated": names, "title": words, "notes_translated": names | words,
    "tags_translated": st.dictionaries(st.sampled_from(["fr", "nl"]), st.lists(words, max_size=3)),
    "theme": several(codes("data-theme")), "frequency": codes("frequency"), "language": several(codes("language")),
    "access_rights": codes("access-right"), "license_id": codes("licence") | addresses, "license_url": addresses,
    "dcat_type": codes("dataset-type"), "hvd_category": several(codes("hvd-category")),
    "applicable_legislation": several(addresses | codes("legislation")), "organization": st.just(ORGANISATION),
    "publisher": st.lists(agents, max_size=2), "creator": st.lists(agents, max_size=2),
    "contact": st.lists(agents, max_size=2), "spatial_coverage": st.lists(places, max_size=3),
    "temporal_coverage": st.lists(record(start=dates, end=dates), max_size=2), "temporal_resolution": durations,
    "spatial_resolution_in_meters": numbers, "provenance": texts_or_addresses, "version": words, "version_notes": names,
    "identifier": words | addresses, "alternate_identifier": several(words), "issued": dates, "modified": dates,
    **dict.fromkeys(("conforms_to", "documentation", "related_resource", "has_version"), several(addresses)),
    **dict.fromkeys(("is_version_of", "previous_version", "source", "is_referenced_by"), several(addresses)),
    "in_series": st.lists(record(title=words, title_translated=names, uri=addresses) | words, max_size=2),
    "mobility_theme": several(codes("mobility-theme")), "transport_mode": several(codes("transport-mode")),
    "network_coverage": several(codes("network-coverage")), "nap_type": several(codes("nap-type")),
    "georeferencing_method": several(codes("georeferencing-method")),
    "intended_information_service": several(codes("intended-information-service")),
    "unit_of_measure": several(codes("unit")), "number_of_series": numbers,
    "qualified_relation": st.lists(relations, max_size=2), "provenance_activity": st.lists(activities, max_size=2),
    "metadata_created": dates, "metadata_modified": dates,
}  # fmt: skip


@st.composite
def datasets(draw: st.DrawFn) -> dict[str, Any]:
    """A dataset as it may be stored; its files have ids, all else is left to chance."""
    fields = draw(st.fixed_dictionaries({"type": st.sampled_from(TYPES)}, optional=optional))
    files = [{**each, "id": f"r{place}"} for place, each in enumerate(draw(st.lists(resources, max_size=2)))]
    if files and draw(st.booleans()):
        files[0]["url"] = f"{BASE}/dataset/jeu/r0.csv"
    return {"id": "jeu", "name": "jeu", **fields, "resources": files}
