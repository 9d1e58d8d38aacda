"""A stack's folders, ports, passwords and configuration are its own."""

import socket
import stat

import pytest

from stack import ini, postgres, settings
from stack.errors import StackError


@pytest.fixture
def of(monkeypatch, tmp_path):
    """The stack of a run dir."""

    def load(name="one", port=None):
        monkeypatch.setenv("RUN_DIR", str(tmp_path / name))
        monkeypatch.setenv("PORT", str(port)) if port else monkeypatch.delenv("PORT", raising=False)
        return settings.load()

    return load


def test_ports_and_passwords_are_chosen_once(of):
    first, second = of(), of()

    assert first == second
    assert first.passwords["ckan_db"] != first.passwords["postgres"]


def test_two_stacks_share_nothing(of):
    one, two = of("one", 5001), of("two", 5002)

    assert not set(one.ports.values()) & set(two.ports.values())
    assert not set(one.passwords.values()) & set(two.passwords.values())


def test_secrets_are_readable_by_their_owner_only(of):
    stack = of()
    ini.write(stack)

    for name in ("passwords.json", "ckan.ini", "test.ini"):
        assert stat.S_IMODE((stack.run_dir / name).stat().st_mode) == 0o600


def test_port_is_kept_until_another_is_asked_for(of):
    of(port=5123)

    assert of().ports["web"] == 5123
    assert of(port=5124).ports["web"] == 5124


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_port_that_is_none_is_refused_in_a_sentence(of, port):
    with pytest.raises(StackError, match="is not a port: choose"):
        of(port=port)


def test_taken_port_is_refused_with_what_to_do(of):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        stack = of(port=holder.getsockname()[1])

        with pytest.raises(StackError, match="make run PORT="):
            settings.move_taken_ports(stack)


def test_taken_internal_port_is_exchanged(of):
    stack = of(port=settings.free_port())
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", stack.ports["redis"]))
        holder.listen()
        taken = stack.ports["redis"]

        assert settings.move_taken_ports(stack).ports["redis"] != taken


def test_local_ini_has_the_last_word(of):
    stack = of()
    (stack.run_dir / "local.ini").write_text("[app:main]\nckan.site_title = Ma région\n", encoding="utf-8")

    ini.write(stack)

    assert "ckan.site_title = Ma région" in stack.ini.read_text(encoding="utf-8")


def test_tests_never_touch_the_portals_data(of):
    stack = of()
    portal, tests = ini.own_options(stack), ini.own_options(stack) | ini.test_options(stack, "test")

    for option in ("sqlalchemy.url", "ckan.datastore.write_url", "solr_url", "ckan.redis.url", "ckan.storage_path"):
        assert portal[option] != tests[option]


def test_database_runs_as_its_own_user_when_we_are_root(of, monkeypatch):
    stack = of()
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert postgres.command(stack)[:2] == ["setpriv", "--reuid=postgres"]
