"""The portal as a WSGI application; CKAN_INI names its configuration."""

import os
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

from ckan.cli import CKANConfigLoader
from ckan.common import config
from ckan.config.middleware import make_app
from ckan.lib import webassets_tools

from stack.assets import make_room


def compiled_once(folder: Path) -> FileSystemBytecodeCache:
    """Where compiled templates are kept: each process, and each start, would make some hundred of them anew."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
application.jinja_env.bytecode_cache = compiled_once(Path(config["ckan.storage_path"]) / "templates")
make_room(Path(webassets_tools.env.directory), (bundle.output for bundle in webassets_tools.env))
