"""The portal as a WSGI application; CKAN_INI names its configuration."""

import os
from pathlib import Path

from ckan.cli import CKANConfigLoader
from ckan.common import config
from ckan.config.middleware import make_app
from ckan.lib import webassets_tools
from ckan.lib.i18n import build_js_translations

from stack.assets import compiled_once, make_room

application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
application.jinja_env.bytecode_cache = compiled_once(Path(config["ckan.storage_path"]) / "templates")
make_room(Path(webassets_tools.env.directory), (bundle.output for bundle in webassets_tools.env))
build_js_translations()  # what scripts say; only CKAN's server for development does so by itself
