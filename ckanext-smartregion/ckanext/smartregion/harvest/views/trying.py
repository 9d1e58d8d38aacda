"""What a page has a worker do: the preview of a source, the probe of an address, a removal. It shows how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from redis import RedisError

import ckan.plugins.toolkit as tk

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import trials
from ckanext.smartregion.harvest.engine.comparing import print_of


def preview(row: model.Source, *, anew: bool = False) -> trials.Trial:
    """The preview of a source as it stands: another one once its settings or its last run are others."""
    last = [[run.id, run.status] for run in model.runs(row.id, 1)]
    trial_id = trials.name("preview", row.id, print_of(row), row.grace, row.credentials, last)
    return _started(trial_id, "smartregion_source_preview", {"id": row.id}, anew=anew)


def probe(asked: Mapping[str, Any], *, anew: bool = False) -> trials.Trial:
    """The probe of an address, for the reader alone."""
    trial_id = trials.name("probe", tk.g.user, dict(asked))
    return _started(trial_id, "smartregion_source_probe", asked, anew=anew)


def removal(source_id: str, *, withdraw: bool) -> trials.Trial:
    """The removal of a source; one that was refused may be tried again."""
    trial_id = trials.name("removal", tk.g.user, source_id, withdraw)
    return _started(trial_id, "smartregion_source_delete", {"id": source_id, "withdraw": withdraw}, anew=True)


def mine(trial_id: str) -> trials.Trial | None:
    """A trial that the reader has asked for, if it is still kept."""
    trial = _kept(trial_id)
    return trial if trial and trial.user == tk.g.user else None


def login_of(trial: trials.Trial | None, url: str) -> dict[str, Any]:
    """The credentials that a probe was given, for an address on its own host: no other host is to see them."""
    if trial is None or "credentials" not in trial.asked or urlsplit(trial.asked["url"]).netloc != urlsplit(url).netloc:
        return {}
    return {"credentials": trial.asked["credentials"]}


def outcome(trial: trials.Trial | None) -> Any:
    """What came of a trial; None as long as nothing has."""
    return trials.result(trial.id) if trial and trial.state == "done" else None


def errors(trial: trials.Trial | None) -> dict[str, str]:
    """Why nothing will come of a trial, by field."""
    if trial is None or trial.live or trial.state == "done":
        return {}
    if trial.state == "refused":
        return trials.result(trial.id)
    return {tk._("Broken off"): tk._("The worker gave up. Look again; if that does not help, tell the portal's team.")}


def _kept(trial_id: str) -> trials.Trial | None:
    try:
        return trials.find(trial_id)
    except RedisError:
        return tk.abort(503, tk._("The queue of the workers does not answer. Try again in some minutes."))


def _started(trial_id: str, action: str, asked: Mapping[str, Any], *, anew: bool) -> trials.Trial:
    """The trial that is kept, or a new one."""
    trial = _kept(trial_id)
    if trial is None or (anew and not trial.live):
        try:
            trials.forget(trial_id)
            trials.begin(trial_id, action, asked, tk.g.user)
        except RedisError:
            trial = None
        trial = _kept(trial_id)
    return trial or tk.abort(503, tk._("The queue of the workers does not answer. Try again in some minutes."))
