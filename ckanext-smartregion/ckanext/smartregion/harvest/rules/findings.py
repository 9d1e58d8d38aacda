"""What could not be mapped, told instead of guessed: each finding names the field and keeps the value as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ckanext.smartregion.harvest.records import Draft, Finding
from ckanext.smartregion.harvest.rules import agents, codes, dates, languages, resources
from ckanext.smartregion.harvest.rules.addresses import is_local, is_web, is_words

Found = tuple[str, Any]
CODED = {
    "access_rights": "access-right",
    "availability": "planned-availability",
    "status": "distribution-status",
    "hvd_category": "hvd-category",
}
RELATED = ("documentation", "is_referenced_by", "has_version")
SHAPES = ("geom", "bbox", "centroid")


def found(stated: Draft, draft: Draft, today: dt.date) -> tuple[Finding, ...]:
    """Every finding on a record: `stated` is what its source says, `draft` what the rules made of it."""
    return tuple(
        Finding(name, field, value) for name, find in FINDERS.items() for field, value in find(stated, draft, today)
    )


def _each(stated: Draft, *fields: str) -> Iterator[Found]:
    """Each value of some fields of the dataset and its resources."""
    return _values(_parts(stated), fields)


def _values(parts: Iterable[tuple[str, Draft]], fields: tuple[str, ...]) -> Iterator[Found]:
    """Each value of some fields once, where it stands first; a list gives each of its values."""
    seen: set[tuple[str, str]] = set()
    for path, part in parts:
        for field in fields:
            values = part.get(field, ())
            for value in values if isinstance(values, list) else [values] if values else ():
                if (field, str(value)) not in seen:
                    seen.add((field, str(value)))
                    yield f"{path}{field}", value


def _parts(stated: Draft) -> Iterator[tuple[str, Draft]]:
    yield "", stated
    for index, resource in enumerate(stated.get("resources", ())):
        yield f"resources[{index}].", resource


def _licence_unread(stated: Draft, draft: Draft, _: dt.date) -> Iterator[Found]:
    """Texts that name no licence, of the dataset or of a file, where nothing beside them names one either."""
    fields = ("license",) if codes.licence(resources.said(stated, resources.LICENCE_TEXTS)) else resources.LICENCE_TEXTS
    unread = [(path, part) for path, part in _parts(stated) if not codes.licence(resources.said(part, fields))]
    return _values((each for each in unread if each[0] or not draft.get("license_id")), fields)


def _licences_differ(stated: Draft, *_: Any) -> Iterator[Found]:
    """One thing under more than one licence."""
    for path, part in _parts(stated):
        names = [text for text in resources.said(part, resources.LICENCE_TEXTS) if codes.licence_of(text)]
        if len({codes.licence_of(text) for text in names}) > 1:
            yield f"{path}license", names
            return


def _theme_unread(stated: Draft, draft: Draft, _: dt.date) -> Iterator[Found]:
    """Categories in words; addresses of other lists of themes only where no theme was found at all."""
    unread = (each for each in _each(stated, "theme") if not codes.theme([each[1]]) and not codes.hvd([each[1]]))
    return (each for each in unread if "://" not in each[1] or not draft.get("theme"))


def _frequency_unread(stated: Draft, draft: Draft, _: dt.date) -> Iterator[Found]:
    if stated.get("frequency") and not draft.get("frequency"):
        yield "frequency", stated["frequency"]


def _date_unread(stated: Draft, *_: Any) -> Iterator[Found]:
    return (each for each in _each(stated, "issued", "modified") if not dates.read(each[1]))


def _date_ahead(_: Draft, draft: Draft, today: dt.date) -> Iterator[Found]:
    """A day that has not come yet: of tomorrow only, for midnight comes earlier in the east."""
    last = (today + dt.timedelta(days=1)).isoformat()
    return (each for each in _each(draft, "issued", "modified") if each[1][:10] > last)


def _dates_crossed(_: Draft, draft: Draft, __: dt.date) -> Iterator[Found]:
    issued, modified = draft.get("issued", ""), draft.get("modified", "")
    exact = min(len(issued), len(modified), 10)  # "2024" is not before "2024-05-01"
    if exact and modified[:exact] < issued[:exact]:
        yield "modified", f"{modified} < {issued}"


def _period_unread(stated: Draft, *_: Any) -> Iterator[Found]:
    return ((field, value) for field, value in _each(stated, "temporal_coverage") if not dates.periods([value]))


def _language_unread(stated: Draft, *_: Any) -> Iterator[Found]:
    return ((field, value) for field, value in _each(stated, "language") if not languages.coded(value))


def _format_unread(stated: Draft, *_: Any) -> Iterator[Found]:
    """A format or a media type that says nothing to us, and no other sign of what the file is."""
    unknown = [
        {key: value for key, value in each.items() if key in ("format", "mimetype")}
        if codes.file_type(each) is None and is_web(each.get("url"))
        else {}
        for each in stated.get("resources", ())
    ]
    return _each({"resources": unknown}, "format", "mimetype")


def _place_unread(stated: Draft, draft: Draft, _: dt.date) -> Iterator[Found]:
    """Outlines that are no shape."""
    outlines = {shape for place in draft.get("spatial_coverage", ()) for shape in SHAPES if shape in place}
    for index, place in enumerate(stated.get("spatial_coverage", ())):
        yield from (
            (f"spatial_coverage[{index}].{shape}", place[shape])
            for shape in SHAPES
            if place.get(shape) and shape not in outlines
        )


def _code_unread(stated: Draft, *_: Any) -> Iterator[Found]:
    for field, name in CODED.items():
        yield from (each for each in _each(stated, field) if not codes.coded(name, each[1]))


def _law_missing(_: Draft, draft: Draft, __: dt.date) -> Iterator[Found]:
    """A high-value category without the law that makes the dataset one."""
    if draft.get("hvd_category") and not draft.get("applicable_legislation"):
        yield "hvd_category", draft["hvd_category"]


def _publisher_unknown(_: Draft, draft: Draft, __: dt.date) -> Iterator[Found]:
    named = [agent.get("name") or agent.get("uri", "") for agent in draft.get("publisher", ())]
    if named and not any(map(agents.owner_of, named)):
        yield "publisher", named[0]


def _publishers_several(stated: Draft, *_: Any) -> Iterator[Found]:
    if len(stated.get("publisher", ())) > 1:
        yield "publisher", [agent.get("name") or agent.get("uri", "") for agent in stated["publisher"]]


def _mail_unread(stated: Draft, *_: Any) -> Iterator[Found]:
    for index, contact in enumerate(stated.get("contact", ())):
        if contact.get("email") and not agents.mail(contact["email"]):
            yield f"contact[{index}].email", contact["email"]


def _address_unread(stated: Draft, *_: Any) -> Iterator[Found]:
    return (each for each in _each(stated, *RELATED) if is_words(each[1]))


def _file_nowhere(stated: Draft, draft: Draft, _: dt.date) -> Iterator[Found]:
    """Distributions without an address that others can open: the first, for a catalogue may have thousands of them."""
    kept = {resource["url"] for resource in draft.get("resources", ())}
    for index, resource in enumerate(stated.get("resources", ())):
        address = resource.get("url", "").strip()
        if not is_web(address) or (is_local(address) and address not in kept):
            yield f"resources[{index}].url", address
            return


def _files_many(stated: Draft, draft: Draft, _: dt.date) -> Iterator[Found]:
    if len(draft.get("resources", ())) == resources.MOST < len(stated["resources"]):
        yield "resources", len(stated["resources"])


FINDERS: dict[str, Callable[[Draft, Draft, dt.date], Iterable[Found]]] = {
    "licence-unread": _licence_unread,
    "licences-differ": _licences_differ,
    "theme-unread": _theme_unread,
    "frequency-unread": _frequency_unread,
    "date-unread": _date_unread,
    "date-ahead": _date_ahead,
    "dates-crossed": _dates_crossed,
    "period-unread": _period_unread,
    "language-unread": _language_unread,
    "format-unread": _format_unread,
    "place-unread": _place_unread,
    "code-unread": _code_unread,
    "law-missing": _law_missing,
    "publisher-unknown": _publisher_unknown,
    "publishers-several": _publishers_several,
    "mail-unread": _mail_unread,
    "address-unread": _address_unread,
    "file-nowhere": _file_nowhere,
    "files-many": _files_many,
}
