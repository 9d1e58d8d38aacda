"""The stack's own PostgreSQL cluster, on loopback, under RUN_DIR."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import psycopg2
from psycopg2 import sql

from stack.errors import StackError
from stack.settings import Stack

DATABASES = {"ckan": "ckan", "datastore": "ckan"}  # database -> owner
READER = "datastore_reader"


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin"))
    if not found:
        raise StackError("PostgreSQL 15 is missing: run `make system` as root, or install the package postgresql-15.")
    return found[0]


def _reachable(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether the postgres user may walk down to the folder."""
    return all(parent.stat().st_mode & 0o001 or parent.stat().st_uid == user.pw_uid for parent in folder.parents)


def _as_postgres(folder: Path) -> list[str]:
    """The prefix that runs a command as the postgres user: PostgreSQL refuses to run as root.

    Below a home folder that only root may enter, the server gets the one capability to walk through it.
    """
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    if _reachable(folder, user):
        return drop
    return [*drop, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


def data_dir(stack: Stack) -> Path:
    """Where the cluster's files are."""
    return stack.run_dir / "postgres"


def is_disposable(stack: Stack) -> bool:
    """Whether the data is thrown away after use: it must survive a kill, as in the tests, but no power cut."""
    return (stack.run_dir / "disposable").exists()


def command(stack: Stack) -> list[str]:
    """The command line of the server."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "120",
        "shared_buffers": "128MB",
        "log_min_messages": "warning",
        "default_toast_compression": "lz4",  # long texts are packed in a fifth of the time that its own way takes
    }
    if is_disposable(stack):
        settings |= {
            "fsync": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "jit": "off",
        }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    folder = data_dir(stack)
    server = [str(_binaries() / "postgres"), "-D", str(folder), "-p", str(stack.ports["postgres"]), *options]
    return [*_as_postgres(folder), *server]


def init(stack: Stack) -> None:
    """Make the cluster when there is none yet; a half-made one is made again."""
    folder = data_dir(stack)
    if (folder / ".complete").exists():
        return
    if folder.exists():
        subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir(mode=0o700)
    password = stack.run_dir / "initdb.password"
    password.touch(mode=0o600)
    password.write_text(stack.passwords["postgres"])
    if os.geteuid() == 0:
        for path in (folder, password):
            os.chown(path, pwd.getpwnam("postgres").pw_uid, -1)
    arguments = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--pwfile", str(password)]
    arguments += ["--no-sync"] if is_disposable(stack) else []
    made = subprocess.run(
        [*_as_postgres(folder), str(_binaries() / "initdb"), "-D", str(folder), *arguments],
        capture_output=True,
        text=True,
        cwd="/",
    )
    password.unlink()
    if made.returncode:
        raise StackError(f"The database cluster in {folder} can't be made: {made.stderr.strip().splitlines()[-1]}")
    (folder / ".complete").touch()


def connect(stack: Stack, database: str = "postgres") -> psycopg2.extensions.connection:
    """A superuser connection to one database of the cluster."""
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=stack.ports["postgres"],
        user="postgres",
        password=stack.passwords["postgres"],
        dbname=database,
        connect_timeout=5,
    )
    connection.autocommit = True
    return connection


def is_ready(stack: Stack) -> bool:
    """Whether the server takes connections."""
    try:
        connect(stack).close()
    except psycopg2.OperationalError:
        return False
    return True


def url(stack: Stack, database: str, user: str = "ckan") -> str:
    """The address of a database for CKAN."""
    password = stack.passwords["datastore_db" if user == READER else "ckan_db"]
    return f"postgresql://{user}:{password}@127.0.0.1:{stack.ports['postgres']}/{database}"


def _ensure_role(cursor: psycopg2.extensions.cursor, name: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    cursor.execute(
        sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %s").format(sql.Identifier(name)),
        [password],
    )


def ensure_databases(stack: Stack, suffix: str = "") -> None:
    """The roles and the databases, made where they are missing; ``suffix`` tells the tests' databases apart."""
    with connect(stack).cursor() as cursor:
        _ensure_role(cursor, "ckan", stack.passwords["ckan_db"])
        _ensure_role(cursor, READER, stack.passwords["datastore_db"])
        if is_disposable(stack):  # the tests write and empty whole tables, and want no trigger then
            cursor.execute("GRANT SET ON PARAMETER session_replication_role TO ckan")
        for name, owner in DATABASES.items():
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name + suffix])
            if not cursor.fetchone():
                statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
                cursor.execute(statement.format(sql.Identifier(name + suffix), sql.Identifier(owner)))


def copy_databases(stack: Stack, suffix: str) -> None:
    """Copy every database under a name with this suffix; nobody may be connected to them."""
    with connect(stack).cursor() as cursor:
        for name, owner in DATABASES.items():
            statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
            cursor.execute(statement.format(*map(sql.Identifier, (name + suffix, owner, name))))
