"""The portal as the options of this deployment describe it."""

from __future__ import annotations

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion import config
from ckanext.smartregion.feeds.description.portal import Portal, read_portal


def current_portal() -> Portal:
    """The portal at this moment: its address, and the file and the options that tell about it."""
    return read_portal(
        catalog_uri(),
        file=config.feeds_catalogue(),
        publisher=config.feeds_publisher(),
        contact_email=config.feeds_contact_email(),
    )
