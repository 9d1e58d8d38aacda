"""Actions of regional layers: read by everybody, built by the Region's steward."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion import interface
from ckanext.smartregion.quality.layers import building, showing, waking
from ckanext.smartregion.quality.logic import schema
from ckanext.smartregion.schemas import ContractNotFound, table_contract
from ckanext.smartregion.schemas.layers import PREFIX
from ckanext.smartregion.translations import localised


@tk.side_effect_free
def smartregion_layer_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the regional layers, one per table contract, also those that were never built.

    :returns: rows of ``{"name", "title", "contract", "built", "sources", "municipalities", "municipalities_of", "rows",
        "rows_left_out", "dataset", "url"}`` by name; ``built`` and ``dataset`` are None where there is no layer
    """
    tk.check_access("smartregion_layer_list", context, data_dict)
    return showing.listed()


@tk.side_effect_free
@validate(schema.named)
def smartregion_layer_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a regional layer: its files, who is in it, and what is left out and why.

    :param id: name of the table contract, or of the layer's dataset
    :returns: as `smartregion_layer_list`, with ``licence``, ``coverage`` (by NIS code
        ``{"name", "rows", "publishes"}``), ``parts`` (see docs/layers.md), ``files``
        (``{"format", "resource", "size", "hash", "url"}``) and ``api``, the address at which rows are asked for
    """
    tk.check_access("smartregion_layer_show", context, data_dict)
    return showing.shown(_contract(data_dict["id"]))


@validate(schema.layer_build)
def smartregion_layer_build(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Build a regional layer anew from what is published now; where nothing has changed nothing is written.

    A layer that does not pass the gate raises ValidationError, and the former one stays online.

    :param id: name of the table contract, or of the layer's dataset
    :param background: whether a worker does it, and the answer does not wait (optional, default false)
    :returns: as `smartregion_layer_show`, with ``result``: ``written``, ``unchanged`` or ``empty``; in the background
        ``{"job": id of the job}``
    """
    tk.check_access("smartregion_layer_build", context, data_dict)
    name = _contract(data_dict["id"])
    if data_dict.get("background"):
        return {"job": waking.enqueue(name)}
    result = building.build(name)
    return showing.shown(name) | {"result": result}


def _contract(name: str) -> str:
    try:
        return table_contract(name.partition("@")[0].removeprefix(PREFIX)).name
    except ContractNotFound as error:
        raise tk.ObjectNotFound(localised(error.texts, interface.language())) from None
