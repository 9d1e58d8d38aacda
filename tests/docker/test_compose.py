"""The containers are the stack of `make run` in other clothes: same services, same commands, same versions."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from stack import postgres, services
from stack.settings import Stack

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
# These prepare the others and end.
ONCE = {name for name, service in SERVICES.items() if service["restart"] == "no"}


@pytest.fixture
def stack(tmp_path):
    names = ("web", "postgres", "redis", "solr", "supervisor", "demo")
    ports = {name: 20000 + number for number, name in enumerate(names)}
    secrets = ("postgres", "ckan_db", "datastore_db", "redis", "supervisor", "session", "jwt", "accounts")
    return Stack(tmp_path, ports, dict.fromkeys(secrets, "secret"))


def text(name):
    return (DOCKER / name).read_text(encoding="utf-8")


def test_compose_file_follows_the_specification():
    schema = json.loads((Path(__file__).parent / "compose.schema.json").read_text())

    jsonschema.Draft202012Validator(schema).validate(COMPOSE)


def test_services_are_those_of_the_stack_without_the_demonstration(stack):
    running = {service.name for service in services.all_services(stack)}

    assert set(SERVICES) - ONCE == running - {"demo"}


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_container_runs_the_command_of_the_stack(stack, name):
    command = next(service.command for service in services.portal(stack) if service.name == name)
    words = " ".join(command[command.index(str(stack.ini)) + 1 :])

    assert re.search(rf'{name}\) exec "\$\{{ckan\[@\]\}}" {re.escape(words)} ;;', text("entrypoint"))


def test_container_serves_with_the_settings_of_the_stack(stack):
    web = next(service.command for service in services.portal(stack) if service.name == "web")

    assert "stack/gunicorn.conf.py" in " ".join(web)
    assert f'--config stack/gunicorn.conf.py --bind "0.0.0.0:${{WEB_PORT:-5000}}" {web[-1]}' in text("entrypoint")


def test_every_word_that_compose_says_is_known_to_the_entrypoint():
    words = {service["command"][0] for service in SERVICES.values() if service["image"] == "smartregion"}

    assert [
        word for word in words if f" {word})" not in text("entrypoint") and f"= {word} ]" not in text("entrypoint")
    ] == []


def test_lasting_services_are_watched_and_restarted():
    lasting = {name: service for name, service in SERVICES.items() if name not in ONCE}

    assert all(service["restart"] == "unless-stopped" for service in lasting.values())
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []


def test_every_named_volume_is_declared_and_used():
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]

    assert {mount for mount in mounts if not mount.startswith(".")} == set(COMPOSE["volumes"])


def test_services_wait_for_services_that_exist():
    awaited = {name for service in SERVICES.values() for name in service.get("depends_on", {})}

    assert awaited <= set(SERVICES)


def test_portal_is_not_reachable_from_outside_without_a_decision():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published == ["${WEB_ADDRESS:-127.0.0.1:5000}:5000"]


def test_postgresql_has_the_version_of_the_stack():
    major = re.search(r"postgresql-(\d+)", (ROOT / "stack/install").read_text())[1]

    assert SERVICES["postgres"]["image"].startswith(f"postgres:{major}-")
    assert f"postgresql-client-{major}" in text("Dockerfile")


def test_solr_has_the_version_of_the_stack():
    project = (ROOT / "stack/solr-server/pom.xml").read_text()
    version = re.search(r"<(?:solr\.)?version>(9\.[\d.]+)<", project)[1]

    assert SERVICES["solr"]["image"] == f"solr:{version}"


def test_databases_and_roles_are_those_of_the_stack():
    script = text("postgres/databases.sh")

    assert re.findall(r"CREATE DATABASE (\w+) OWNER (\w+)", script) == list(postgres.DATABASES.items())
    assert set(re.findall(r"CREATE ROLE (\w+)", script)) == {*postgres.DATABASES.values(), postgres.READER}


def test_image_is_made_from_debian_by_the_steps_of_the_makefile():
    dockerfile = text("Dockerfile")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = re.findall(r"^RUN (?:.* && )?make (\w+)$", dockerfile, re.MULTILINE)

    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"debian:bookworm-slim"}
    assert steps == ["system", "venv"]
    assert [step for step in steps if not re.search(rf"^{step}:", makefile, re.MULTILINE)] == []


def test_image_copies_only_what_exists():
    sources = re.findall(r"^COPY ((?!--from).+) \S+$", text("Dockerfile"), re.MULTILINE)

    assert [path for line in sources for path in line.split() if not (ROOT / path).exists()] == []


def test_build_sees_neither_secrets_nor_local_settings():
    ignored = text("Dockerfile.dockerignore").splitlines()

    assert ignored[0] == "*"
    assert {"config/local.ini", "docker/.env"} <= set(ignored)
    assert ".env" in text(".gitignore").splitlines()
