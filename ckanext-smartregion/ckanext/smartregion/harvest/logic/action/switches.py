"""Actions of harvesting, switches of a source: made from the table of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import ticking
from ckanext.smartregion.harvest.logic import schema, showing
from ckanext.smartregion.harvest.switches import SWITCHES, Switch

Action = Callable[[Context, dict[str, Any]], dict[str, Any]]


def _action(switch: Switch) -> Action:
    """The action that turns a switch."""

    def turn(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
        tk.check_access(f"smartregion_source_{switch.verb}", context, data_dict)
        row = showing.find(data_dict["id"])
        for fact, value in switch.sets.items():
            setattr(row, fact, value)
        if switch.signed and not getattr(row, switch.signed):
            setattr(row, switch.signed, model.now())
            setattr(row, f"{switch.signed}_by", context.get("user"))
        row.next_run = ticking.next_run(row)
        ckan_model.Session.commit()
        return showing.source(row)

    turn.__name__ = turn.__qualname__ = f"smartregion_source_{switch.verb}"
    turn.__doc__ = f"""{switch.does}{switch.more}.

    :param id: name or id of the source
    :returns: {switch.gives}
    """
    return validate(schema.named)(turn)


smartregion_source_approve = _action(SWITCHES["approve"])
smartregion_source_disable = _action(SWITCHES["disable"])
smartregion_source_enable = _action(SWITCHES["enable"])
smartregion_source_pause = _action(SWITCHES["pause"])
smartregion_source_resume = _action(SWITCHES["resume"])
