"""One dataset by itself, as the feed says it."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds import http, model
from ckanext.smartregion.feeds.changes import stream
from ckanext.smartregion.feeds.changes.blocks import Addresses
from ckanext.smartregion.feeds.forms import Form
from ckanext.smartregion.feeds.fragments import Fragment, document
from ckanext.smartregion.feeds.logic import publishing, sharing
from ckanext.smartregion.feeds.model import Piece, Version
from ckanext.smartregion.feeds.problems import Problem


@dataclass
class Alone:
    """The newest version of a public dataset in one profile and serialisation."""

    version: Version
    form: Form
    profile: str

    @property
    def tag(self) -> str:
        """The same as long as the bytes are the same."""
        return http.tag_of("dataset", self.version.seq, self.form.form, self.form.extension, self.profile)

    def text(self) -> str:
        """The whole document."""
        key = {"seq": self.version.seq, "profile": self.profile, "form": self.form.form}
        piece = ckan_model.Session.get(Piece, tuple(key.values()))
        if piece is None:
            message = tk._("This dataset does not belong to the profile %(profile)s. Ask for it without a profile.")
            raise Problem(404, message % {"profile": self.profile}, "profile")
        [shared], form = sharing.read(ckan_model.Session, [piece.shared]), self.form.form
        return document(form, (), [Fragment({form: piece.own}, {form: shared}, piece.links)])


def open_dataset(id_or_name: str, form: Form, profile: str) -> Alone:
    """The dataset in one format and profile.

    :raises Problem: 404, or 410 when it was published once
    """
    return Alone(published(id_or_name), form, profile)


def published(id_or_name: str) -> Version:
    """The newest version of a dataset that everybody may see; a stranger does not even learn that another one exists.

    :raises Problem: 404, or 410 when it was published once
    """
    publishing.publish()
    publishing.publish_first(id_or_name)
    version = model.current(id_or_name)
    if version is None:
        raise Problem(404, tk._("There is no published dataset of this name."))
    if version.kind == "Delete":
        raise withdrawn(version)
    return version


def withdrawn(version: Version) -> Problem:
    """That a dataset is gone, as it is told to programs; in RDF, in the words of the change feed."""
    message = tk._("This dataset was withdrawn on %(day)s.") % {"day": version.published.date().isoformat()}
    at = Addresses(catalog_uri().rstrip("/"))
    return Problem(410, message, statements=tuple(stream.activity(at, version)))
