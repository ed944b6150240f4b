"""A whole Laurel of its own for faults: engines, migrations, an institution, real workers, a mail server that counts."""

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
from aiosmtpd.controller import Controller

from credentials_site import embedded

ROOT = Path(__file__).resolve().parents[2]
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
    """Start with `with Place(tmp_path) as place`; nothing is left behind."""

    def __init__(self, folder, *, lease=5):
        self.folder = Path(folder)
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
            "STORAGE_URL": f"file://{self.folder}/media",
            "WORK_LEASE_SECONDS": str(lease),
            "MAIL_LEASE_SECONDS": str(lease * 2),
            "SWEEP_SECONDS": "2",
        }
        self.children = {}
        self.peak = {}

    def __enter__(self):
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("-c", PREPARE)
        return self

    def __exit__(self, *_exc):
        self.stop()
        self.mail.stop()
        embedded._started.pop(self.engines.data, None)
        self.engines.stop()

    def stop(self):
        """End every child, and theirs."""
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.children.clear()

    def empty(self):
        """As it was before anybody was issued anything: engines and institution stay."""
        self.stop()
        with psycopg.connect(self.environment["MIGRATION_DATABASE_URL"]) as connection:
            connection.execute("TRUNCATE recipients_award, recipients_recipient, recipients_outgoingemail CASCADE")
        self.sink.got.clear()
        shutil.rmtree(self.folder / "media" / "pdf", ignore_errors=True)

    def run(self, *command):
        made = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stdout + made.stderr
        return made.stdout

    def start(self, name, *command):
        log = (self.folder / f"{name}.log").open("ab")
        self.children[name] = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def start_worker(self, name="worker"):
        options = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-n", f"{name}@faults"]
        queues = ["-c", "2", "-Q", "sign,render,mail,default"]
        self.start(name, "-m", "celery", "-A", "credentials_site", "worker", "-l", "warning", *queues, *options)

    def start_beat(self):
        schedule = str(self.folder / "beat")
        self.start("beat", "-m", "celery", "-A", "credentials_site", "beat", "-l", "warning", "-s", schedule)

    def issue(self, people, name="people.csv"):
        file = self.folder / name
        rows = [f"Person {number},person{number}@example.org" for number in range(people)]
        file.write_text("name,email\n" + "\n".join(rows) + "\n")
        self.issue_file(file)

    def issue_file(self, file):
        options = ["--issuer", "faults", "--achievement", "endurance", "--yes", "--send-at-once", "--no-wait"]
        self.run("manage.py", "issue", str(file), *options)

    def kill_something(self, rng):
        """SIGKILL to the worker's parent or to one of its children; a killed parent is started again."""
        parent = self.children["worker"]
        children = _children_of(parent.pid)
        if children and rng.random() < 0.6:
            os.kill(rng.choice(children), signal.SIGKILL)
            return "child"
        for child in children:
            os.kill(child, signal.SIGKILL)
        parent.kill()
        parent.wait()
        self.start_worker()
        return "parent"

    def counts(self):
        """Counted by SQL of our own, not by the code under test."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            connection.execute("SELECT set_config('app.issuer', '*', false)")
            return connection.execute(textwrap.dedent(COUNTS)).fetchone()

    def wait(self, people, *, seconds):
        """Until everything is signed, printed and sent; the counts at the end."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.note_memory()
            try:
                found = self.counts()
            except psycopg.OperationalError:
                found = (0, 0, 0, 0, 0)
            if found[:4] == (people, people, people, people):
                return found
            time.sleep(0.5)
        logs = {name: (self.folder / f"{name}.log").read_text()[-1500:] for name in self.children}
        raise AssertionError(f"not done after {seconds} s: {self.counts()} of {people}; {logs}")

    def note_memory(self):
        """Highest resident memory of each process of the product, in MB, by name and pid."""
        for name, child in self.children.items():
            for pid in (child.pid, *_children_of(child.pid)):
                if found := _resident(pid):
                    self.peak[(name, pid)] = max(found, self.peak.get((name, pid), 0))


COUNTS = """
SELECT count(*), count(signed_at), count(rendered_at),
  (SELECT count(DISTINCT credential_id) FROM recipients_outgoingemail WHERE kind = 'offer' AND sent_at IS NOT NULL),
  (SELECT count(*) FROM recipients_outgoingemail WHERE unsure_at IS NOT NULL)
FROM recipients_achievementcredential
"""


def _children_of(pid):
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
