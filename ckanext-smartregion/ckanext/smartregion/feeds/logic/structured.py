"""What the feed says of one dataset, in the words of schema.org and of Croissant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.description.dataset import prepare
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.model import Version
from ckanext.smartregion.feeds.structured import croissant, schema_org

Dataset = dict[str, Any]
# What each is made of: the dataset as it is stored and as it is prepared, the portal, the language of the texts.
FORMS: dict[str, Callable[[Dataset, Dataset, Portal, str], dict[str, Any]]] = {
    "schemaorg": schema_org.dataset,
    "croissant": croissant.dataset,
}


def text(version: Version, form: str) -> str:
    """A published dataset in one of the forms, its texts in the language of the portal."""
    portal = current_portal()
    return _written(version.dataset or {}, portal, portal.language, (form,))[0]


def in_page(dataset_id: str, language: str) -> list[str]:
    """The texts of the scripts in the page of a dataset; none while it is not published."""
    version = model.current(dataset_id)
    if version is None or version.dataset is None:
        return []
    return _written(version.dataset, current_portal(), language, FORMS)


def _written(dataset: Dataset, portal: Portal, language: str, forms: Iterable[str]) -> list[str]:
    prepared = prepare(dataset, portal)
    return [schema_org.script(FORMS[form](dataset, prepared, portal, language)) for form in forms]
