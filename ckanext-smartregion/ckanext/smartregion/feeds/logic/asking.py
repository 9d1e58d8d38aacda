"""What a reader asks of a feed: parameters read, and refused with a sentence where they can't be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds import model, paging
from ckanext.smartregion.feeds.forms import FORMS, Form
from ckanext.smartregion.feeds.model import Standing
from ckanext.smartregion.feeds.paging import Cursor
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.profiles import DEFAULT, PROFILES
from ckanext.smartregion.schemas import dataset_contracts, vocabulary

FILTERS = ("organization", "municipality", "theme", "type")
NARROWING = (*FILTERS, "hvd", "modified_since", "q", "fq")
PARAMETERS = ("page", "cursor", "profile", *NARROWING)


@dataclass(frozen=True)
class Asked:
    """A page of a feed as it was asked for: by number, behind a cursor, or (neither) the first of a new walk.

    ``standing`` is where the log stood when a cursor was found to be good.
    """

    form: Form
    profile: str
    number: int | None
    cursor: Cursor | None
    standing: Standing | None
    facets: tuple[str, ...]
    since: dt.datetime | None
    search: Mapping[str, str]
    narrowing: Mapping[str, str]

    @property
    def parameters(self) -> dict[str, str]:
        """What every link of this walk repeats."""
        profile = {} if self.profile == DEFAULT else {"profile": self.profile}
        return {**profile, **self.narrowing}


def read(extension: str, given: Mapping[str, str]) -> Asked:
    """The page that these parameters ask for.

    :raises Problem: when one is unknown or can't be read, or when a walk is too old to be continued
    """
    refuse_others(given, PARAMETERS)
    if given.get("page") and given.get("cursor"):
        raise Problem(400, tk._("Ask for a page or follow a cursor, not both."), "cursor")
    cursor, standing = _cursor(given["cursor"]) if given.get("cursor") else (None, None)
    return Asked(
        form=form(extension),
        profile=_profile(given.get("profile") or DEFAULT),
        number=_number(given["page"]) if given.get("page") else None,
        cursor=cursor,
        standing=standing,
        facets=tuple(facets_in(given)),
        since=_moment(given["modified_since"]) if given.get("modified_since") else None,
        search={name: given[name] for name in ("q", "fq") if given.get(name)},
        narrowing={name: given[name] for name in NARROWING if given.get(name)},
    )


def refuse_others(given: Iterable[str], known: Collection[str]) -> None:
    """Refuse a parameter that is not known here: one that is passed over in silence would mislead."""
    if unknown := sorted(set(given) - set(known)):
        message = tk._("There is no parameter %(given)s here. Known are: %(known)s.")
        raise Problem(400, message % {"given": unknown[0], "known": ", ".join(known) or "-"}, unknown[0])


def form(extension: str) -> Form:
    """The format of an extension."""
    if extension not in FORMS:
        message = tk._("There is no feed in the format %(format)s. Ask for one of these: %(known)s.")
        raise Problem(404, message % {"format": extension, "known": ", ".join(FORMS)}, "format")
    return FORMS[extension]


def _profile(name: str) -> str:
    if name not in PROFILES:
        message = tk._("There is no profile %(given)s. Ask for one of these: %(known)s.")
        raise Problem(400, message % {"given": name, "known": ", ".join(PROFILES)}, "profile")
    return name


def named_by(header: str) -> str | None:
    """Which of our profiles an `Accept-Profile` header prefers, by their addresses; None where it names none."""
    names = {profile.conforms_to: name for name, profile in PROFILES.items()}
    asked = parse_accept_header(re.sub(r"[<>]", "", header), Accept)
    return next((names[iri] for iri, quality in asked if iri in names and quality > 0), None)


def _number(asked: str) -> int:
    if not asked.isdecimal() or int(asked) < 1:
        raise Problem(400, tk._("The page must be a whole number from 1. Start with page=1."), "page")
    return int(asked)


def _cursor(asked: str) -> tuple[Cursor, Standing]:
    found = paging.cursor(asked)
    standing = model.standing(found.snapshot if found else None)
    if found is None or found.snapshot > standing.newest:
        message = tk._("This cursor is none of ours. Follow the links of a page, or begin anew without a cursor.")
        raise Problem(400, message, "cursor")
    if found.snapshot < standing.oldest:
        message = tk._("This walk is too old to be continued. Begin anew without a cursor.")
        raise Problem(410, message, "cursor")
    return found, standing


def facets_in(given: Mapping[str, str]) -> list[str]:
    """The facets of the log that these filters name."""
    asked = {name: given[name] for name in FILTERS if given.get(name)}
    if "theme" in asked:
        asked["theme"] = _theme(asked["theme"])
    if "type" in asked and asked["type"] not in dataset_contracts():
        message = tk._("There are no datasets of the type %(given)s. Ask for one of these: %(known)s.")
        raise Problem(400, message % {"given": asked["type"], "known": ", ".join(dataset_contracts())}, "type")
    found = [f"{name}:{value}" for name, value in asked.items()]
    hvd = given.get("hvd")
    if hvd and hvd.lower() not in ("true", "1"):
        raise Problem(400, tk._("The feed can be narrowed to high-value datasets: write hvd=true."), "hvd")
    return [*found, "hvd"] if hvd else found


def _theme(asked: str) -> str:
    concept = vocabulary("data-theme").find(asked)
    if concept is None:
        known = ", ".join(each.code for each in vocabulary("data-theme").concepts)
        message = tk._("There is no theme %(given)s. Ask for one of these: %(known)s.")
        raise Problem(400, message % {"given": asked, "known": known}, "theme")
    return concept.code


def _moment(asked: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(asked)
    except ValueError:
        message = tk._("%(given)s is no date. Write it as 2026-01-31 or 2026-01-31T12:00:00.") % {"given": asked}
        raise Problem(400, message, "modified_since") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def as_validation_error(problem: Problem) -> Any:
    """The same refusal as an action of CKAN gives it."""
    if problem.status == 404 and problem.parameter != "format":
        return tk.ObjectNotFound(problem.detail)
    return tk.ValidationError({problem.parameter or "request": [problem.detail]})
