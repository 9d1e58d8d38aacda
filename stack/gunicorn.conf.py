"""gunicorn: two processes with four threads each, loaded once and forked."""

import gc
import os

from ckanext.smartregion.command import start_quickly

start_quickly()
workers = int(os.environ.get("SMARTREGION_WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
preload_app = True
timeout = 120
graceful_timeout = 10
accesslog = "-"
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(L)ss'
wsgi_app = "stack.wsgi:application"


def when_ready(server: object) -> None:
    """What is loaded stays: the processes share it as long as nobody looks through it for waste."""
    gc.freeze()


def post_fork(server: object, worker: object) -> None:
    """Connections must not be shared between processes."""
    from ckan import model

    model.Session.remove()
    if model.meta.engine:
        model.meta.engine.dispose(close=False)
