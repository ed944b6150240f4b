"""A whole Laurel of its own for faults: engines, an institution, real workers, a mail server that counts.

Migrating takes longer than most faults do: the first place of a run leaves a dump of its database, from which others begin.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

import psycopg
import redis
from aiosmtpd.controller import Controller

from credentials_site import embedded
from credentials_site.backups import database

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("LAUREL_FAULTS") == "full"
# What a place may begin from: a database that is migrated, and one with an institution as well.
MIGRATED, PREPARED = "migrated.dump", "prepared.dump"
QUEUES = ("sign", "render", "mail", "default")
logging.getLogger("mail.log").setLevel(logging.WARNING)

PREPARE = """
import django; django.setup()
from badges import designing, laying_out, publishing
from issuers import opening
from issuers.models import User
from issuers.tenancy import scope
user = User.objects.create_user("registrar@example.org", name="Registrar")
issuer = opening.open_issuer(user, name="Fault College", slug="faults", email="badges@example.org")
opening.approve(issuer)
with scope(issuer):
    made = designing.begin(issuer, user, name="Endurance")
    # The plainest certificate: it is printed in a third of the time, and what is counted is the same.
    laying_out.from_starter(made, starter="minimal", choices={})
    made.refresh_from_db()
    designing.save_words(made, user, edits=made.edits, description="Held on.", criteria="Did not stop.")
    publishing.publish(made, user)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_superuser(sockets, program, *options):
    """pg_dump or pg_restore: owners and grants come along."""
    subprocess.run([database.program(program), f"--host={sockets}", "--username=postgres", *options], check=True)


class Sink:
    """Takes every mail and keeps who got it, with its Message-ID."""

    def __init__(self):
        self.got = []

    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.split(b"\r\n\r\n")[0].decode(errors="replace")
        ids = [line.split(":", 1)[1].strip() for line in head.splitlines() if line.lower().startswith("message-id:")]
        self.got.append((envelope.rcpt_tos[0], ids[0]))
        return "250 taken"

    def people(self):
        return Counter(to for to, _id in self.got)


class Place:
    """Start with `with Place(tmp_path) as place`; nothing is left behind. `seed` is a folder that places of a run share."""

    def __init__(self, folder, *, lease=5, seed=None):
        self.folder = Path(folder)
        self.seed = Path(seed) if seed else None
        self.engines = embedded.start(self.folder / "data", ephemeral=True)
        self.sink = Sink()
        port = free_port()
        self.mail = Controller(self.sink, hostname="127.0.0.1", port=port)
        self.mail.start()
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))},
            **self.engines.environment(),
            "DJANGO_SETTINGS_MODULE": "credentials_site.settings.test",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "STORAGE_URL": f"file://{self.media}",
            "WORK_LEASE_SECONDS": str(lease),
            "MAIL_LEASE_SECONDS": str(lease * 2),
            "SWEEP_SECONDS": "2",
        }
        # What was answered is kept: the ephemeral engine may forget half a second when it is shot.
        own = self.environment["DATABASE_URL"]
        self.environment["DATABASE_URL"] = f"{own}{'&' if '?' in own else '?'}options=-c%20synchronous_commit%3Don"
        self.children = {}
        self.peak = {}
        self.longest_queue = 0

    @property
    def media(self):
        return self.folder / "media"

    @property
    def postgres(self):
        return next(one for one in self.engines._servers if one is not self.valkey)

    @property
    def valkey(self):
        """The broker's process."""
        return next(one for one in self.engines._servers if "--unixsocket" in one.args)

    @property
    def broker(self):
        return redis.Redis(unix_socket_path=str(self.engines.sockets / "valkey.sock"))

    def __enter__(self):
        if self.seed and (self.seed / PREPARED).exists():
            shutil.copytree(self.seed / "media", self.media)
            self._load(PREPARED)
        else:
            self._make()
        return self

    def __exit__(self, *_exc):
        self.close()

    def close(self):
        self.stop()
        self.mail.stop()
        embedded._started.pop(self.engines.data, None)
        self.engines.stop()

    # The run's first place is made, others begin from what it left.

    def _make(self):
        if self.seed and (self.seed / MIGRATED).exists():
            self._load(MIGRATED)
        else:
            self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("-c", PREPARE)
        if self.seed:
            shutil.copytree(self.media, self.seed / "media")
            as_superuser(self.engines.sockets, "pg_dump", "--format=custom", f"--file={self.seed / 'new'}", "laurel")
            (self.seed / "new").rename(self.seed / PREPARED)

    def _load(self, name):
        as_superuser(self.engines.sockets, "pg_restore", "--exit-on-error", "--dbname=laurel", str(self.seed / name))

    # Faults.

    def _end_postgres(self, how):
        server = self.postgres
        server.send_signal(how)
        server.wait(30)
        self.engines._servers.remove(server)

    def restart_database(self, *, away=0.0):
        """As `pg_ctl stop -m immediate`: nothing is written down, the log is replayed at the start."""
        self._end_postgres(signal.SIGQUIT)
        time.sleep(away)
        self.engines._launch_postgres()

    def stop_broker(self):
        server = self.valkey
        server.kill()
        server.wait(10)
        self.engines._servers.remove(server)

    def start_broker(self):
        self.engines._launch_valkey()

    def kill_something(self, rng):
        """SIGKILL to the worker's parent or to one of its children; a killed parent is started again."""
        parent = self.children["worker"]
        children = children_of(parent.pid)
        if children and rng.random() < 0.6:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(children), signal.SIGKILL)
            return "child"
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        parent.kill()
        parent.wait()
        self.start_worker()
        return "parent"

    # Processes.

    def stop(self, *names):
        """End every child, or those named, and theirs."""
        for name in names or list(self.children):
            child = self.children.pop(name, None)
            if child is None:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def stop_gracefully(self, name="worker"):
        """SIGTERM, as `docker stop` sends it; the seconds until it has ended."""
        child, began = self.children.pop(name), time.monotonic()
        child.terminate()
        try:
            child.wait(120)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        return time.monotonic() - began

    def empty(self):
        """As it was before anybody was issued anything: engines, institution and the clock that ticks stay."""
        self.stop(*[name for name in self.children if name != "beat"])
        with psycopg.connect(self.environment["MIGRATION_DATABASE_URL"]) as connection:
            connection.execute(
                "TRUNCATE recipients_award, recipients_recipient, recipients_outgoingemail, recipients_tally,"
                " recipients_keptanswer CASCADE"
            )
        self.sink.got.clear()
        self.broker.flushall()
        shutil.rmtree(self.media / "pdf", ignore_errors=True)
        self.longest_queue = 0

    def run(self, *command, **environment):
        made = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        return made.stdout

    def start(self, name, *command, before=(), **environment):
        log = (self.folder / f"{name}.log").open("ab")
        self.children[name] = subprocess.Popen(
            [*before, sys.executable, *command],
            cwd=ROOT,
            env={**self.environment, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def start_worker(self, name="worker", app="credentials_site", before=(), queues=QUEUES, **environment):
        options = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-n", f"{name}@faults"]
        options += ["-c", "2", "-Q", ",".join(queues)]
        command = ["-m", "celery", "-A", app, "worker", "-l", "warning", *options]
        self.start(name, *command, before=before, **environment)

    def start_beat(self):
        """Once a place: it sleeps between its ticks, whatever happens to the others."""
        if "beat" not in self.children or self.children["beat"].poll() is not None:
            schedule = str(self.folder / "beat")
            self.start("beat", "-m", "celery", "-A", "credentials_site", "beat", "-l", "warning", "-s", schedule)

    # Work and what it came to.

    def issue(self, people, name="people.csv", **names):
        file = self.folder / name
        rows = [f"{names.get(f'p{n}', f'Person {n}')},person{n}@example.org" for n in range(people)]
        file.write_text("name,email\n" + "\n".join(rows) + "\n")
        self.issue_file(file)

    def issue_file(self, file):
        options = ["--issuer", "faults", "--achievement", "endurance", "--yes", "--send-at-once", "--no-wait"]
        self.run("manage.py", "issue", str(file), *options)

    def ask(self, sql):
        """Rows of a statement of our own, not of the code under test."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("SELECT set_config('app.issuer', '*', false)")
            return connection.execute(sql).fetchall()

    def write(self, sql):
        """A minute that passes, say, without waiting for it."""
        with psycopg.connect(self.environment["MIGRATION_DATABASE_URL"], autocommit=True) as connection:
            connection.execute(sql)

    def counts(self):
        """Credentials, signed, printed, mailed, and mails that say that they may be a repeat."""
        return self.ask(textwrap.dedent(COUNTS))[0]

    def queued(self):
        """Messages that wait for a worker, in all queues."""
        with contextlib.suppress(redis.RedisError):
            self.longest_queue = max(self.longest_queue, sum(self.broker.llen(queue) for queue in QUEUES))
        return self.longest_queue

    def wait(self, people, *, seconds, until=None):
        """Until everything is signed, printed and sent, or `until(counts)`; the counts at the end."""
        deadline = time.monotonic() + seconds
        done = until or (lambda found: found[:4] == (people, people, people, people))
        while time.monotonic() < deadline:
            self.note_memory()
            self.queued()
            try:
                found = self.counts()
            except psycopg.OperationalError:
                found = (0, 0, 0, 0, 0)
            if done(found):
                return found
            time.sleep(0.3)
        logs = {name: (self.folder / f"{name}.log").read_text()[-1500:] for name in self.children}
        raise AssertionError(f"not done after {seconds} s: {self.counts()} of {people}; {logs}")

    def note_memory(self):
        """Highest resident memory of each process of the product, in MB, by name and pid."""
        for name, child in self.children.items():
            for pid in (child.pid, *children_of(child.pid)):
                if found := _resident(pid):
                    self.peak[(name, pid)] = max(found, self.peak.get((name, pid), 0))


COUNTS = """
SELECT count(*), count(signed_at), count(rendered_at),
  (SELECT count(DISTINCT credential_id) FROM recipients_outgoingemail WHERE kind = 'offer' AND sent_at IS NOT NULL),
  (SELECT count(*) FROM recipients_outgoingemail WHERE unsure_at IS NOT NULL)
FROM recipients_achievementcredential
"""


def children_of(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _resident(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def seeded():
    """A generator whose seed is printed, so that a failure can be run again: LAUREL_FAULTS_SEED."""
    seed = int(os.environ.get("LAUREL_FAULTS_SEED", time.time_ns() % 1_000_000))
    print(f"LAUREL_FAULTS_SEED={seed}")
    return random.Random(seed)
