"""The container's configuration has the options of the stack, and says what it lacks."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ckan import config

from stack import ini
from stack.settings import Stack

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
SECRETS = {
    "POSTGRES_PASSWORD",
    "CKAN_DB_PASSWORD",
    "DATASTORE_DB_PASSWORD",
    "REDIS_PASSWORD",
    "SECRET_KEY",
    "JWT_SECRET",
}
MAIL = ("smtp.server", "smtp.starttls", "smtp.user", "smtp.password", "smtp.mail_from", "smtp.reply_to")
GIVEN = {"SITE_URL": "https://data.example.org"} | {name: f"{name.lower()}-value" for name in SECRETS}


def load(name):
    spec = importlib.util.spec_from_file_location(f"docker_{name}", DOCKER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


configure = load("configure")


@pytest.fixture
def stack(tmp_path):
    ports = dict.fromkeys(("web", "postgres", "redis", "solr", "supervisor", "demo"), 1)
    secrets = ("postgres", "ckan_db", "datastore_db", "redis", "supervisor", "session", "jwt", "accounts")
    return Stack(tmp_path, ports, dict.fromkeys(secrets, "secret"))


def options():
    return dict(configure.read(DOCKER / "options.ini")[configure.SECTION])


def variables(path):
    return re.findall(r"^([A-Z_]+)=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_container_sets_the_options_that_the_stack_sets_and_those_of_mail(stack):
    assert set(options()) == set(ini.own_options(stack)) | set(MAIL)


def test_container_knows_every_option_of_mail_that_ckan_has():
    declared = yaml.safe_load(Path(config.__file__).with_name("config_declaration.yaml").read_text(encoding="utf-8"))
    keys = {option["key"] for group in declared["groups"] for option in group["options"]}

    assert {key for key in keys if key.startswith("smtp.")} == set(MAIL)


def test_mail_leaves_a_container_as_its_environment_says(tmp_path):
    said = {
        "SMTP_SERVER": "smtp.example.org:587",
        "SMTP_STARTTLS": "true",
        "SMTP_USER": "portal",
        "SMTP_PASSWORD": "a=b;c#d",
        "MAIL_FROM": "portail@example.org",
        "MAIL_REPLY_TO": "aide@example.org",
    }
    configure.write(tmp_path / "ckan.ini", GIVEN | said)

    written = configure.read(tmp_path / "ckan.ini")[configure.SECTION]
    assert [written[name] for name in MAIL] == list(said.values())
    assert said.keys() == set(re.findall(r"^#([A-Z_]+)=", (DOCKER / "env.example").read_text(), re.MULTILINE))


def test_no_mail_leaves_a_container_without_a_sender(tmp_path):
    configure.write(tmp_path / "ckan.ini", GIVEN)

    written = configure.read(tmp_path / "ckan.ini")[configure.SECTION]
    assert [written[name] for name in MAIL] == ["localhost", "false", "", "", "", ""]


def test_configuration_joins_common_options_with_the_environment(tmp_path):
    target = tmp_path / "ckan.ini"

    configure.write(target, GIVEN)

    written = configure.read(target)[configure.SECTION]
    assert written["ckan.site_url"] == "https://data.example.org"
    assert written["sqlalchemy.url"] == "postgresql://ckan:ckan_db_password-value@postgres/ckan"
    assert written["ckan.locale_default"] == "fr"


def test_configuration_can_be_read_by_its_owner_only(tmp_path):
    target = tmp_path / "ckan.ini"

    configure.write(target, GIVEN)

    assert target.stat().st_mode & 0o077 == 0


def test_all_missing_values_are_named_at_once(tmp_path):
    environment = {"PATH": os.environ["PATH"], "SITE_URL": "https://data.example.org"}

    ended = subprocess.run(
        [sys.executable, DOCKER / "configure.py", tmp_path / "ckan.ini"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    named = "CKAN_DB_PASSWORD, DATASTORE_DB_PASSWORD, JWT_SECRET, REDIS_PASSWORD, SECRET_KEY"
    assert ended.stderr == f"These variables need a value: {named}. docker/env.example explains each of them.\n"


def test_empty_value_counts_as_missing_where_none_is_foreseen():
    with pytest.raises(configure.MissingError, match="SECRET_KEY"):
        configure.filled({"SECRET_KEY": "${SECRET_KEY}"}, {"SECRET_KEY": ""})


def test_example_of_the_environment_names_every_required_variable():
    required = set(re.findall(r"\$\{([A-Z_]+)\}", (DOCKER / "options.ini").read_text()))
    required |= set(re.findall(r"\$\{([A-Z_]+):\?\}", (DOCKER / "compose.yaml").read_text()))

    # ${NAME} in the head comment of options.ini explains the notation.
    assert required - {"NAME"} <= {name for name, _ in variables(DOCKER / "env.example")}


def test_example_of_the_environment_holds_no_secret():
    assert {name for name, value in variables(DOCKER / "env.example") if not value} == SECRETS
