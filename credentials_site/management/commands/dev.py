"""Everything on this machine in one terminal: engines, migrations, web, worker, beat and, on an empty folder, the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import IO, Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from credentials_site import embedded
from issuers.models import Issuer

COLOURS = {"web": "36", "worker": "35", "beat": "33", "seed": "32"}
GRACE = 25.0


class Child:
    """One process of ours: its lines are prefixed; it dies with us, whatever happens to us."""

    def __init__(self, name: str, *command: str, may_end: bool = False) -> None:
        self.name, self.may_end = name, may_end
        # A session of its own: Ctrl-C reaches this process alone, which then stops the children in order.
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
            env={**os.environ, **_scratch(), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            preexec_fn=embedded.die_with_parent,  # noqa: PLW1509 -- set before any thread of the child exists
        )
        assert self.process.stdout is not None
        threading.Thread(target=self._pump, args=(self.process.stdout,), daemon=True).start()

    def _pump(self, lines: IO[str]) -> None:
        mark = f"{self.name:<7}|"
        if sys.stdout.isatty():
            mark = f"\033[{COLOURS[self.name]}m{mark}\033[0m"
        for line in lines:
            sys.stdout.write(f"{mark} {line}")
            sys.stdout.flush()

    def go(self) -> None:
        """The word for a child that waits for the end of its input."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def stop(self) -> None:
        """TERM to the main process only: Celery then finishes what it is doing."""
        if self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        """After the grace the whole group goes."""
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Command(BaseCommand):
    help = "Starts everything on this machine: database, broker, migrations, web, worker and scheduler."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-seed", action="store_true", help="Start empty, without the demo institution.")

    def handle(self, *args: Any, no_seed: bool, **options: Any) -> None:
        # From the environment, for SITE_URL is made of it too.
        port = int(os.environ.get("PORT", "8000"))
        self._refuse_second(port)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        # Importing takes longest: the web server does it on the second core while this process migrates.
        children = [_web(port)]
        try:
            empty = self._prepare_database()
            children[0].go()
            if empty and not no_seed:
                children.append(Child("seed", "manage.py", "seed", may_end=True))
            if self._answers(port, stop, children):
                self._announce()
                children += _workers()
            dead = self._watch(stop, children)
        finally:
            for child in children:
                child.stop()
            for child in children:
                child.wait()
        if dead:
            raise CommandError(
                f"{dead.name} stopped with exit code {dead.process.returncode}; its last lines are above."
            )
        self.stdout.write("Stopped.")

    def _prepare_database(self) -> bool:
        """Migrated and checked; whether the demo is still to be made."""
        from credentials_site.management.commands import seed  # noqa: PLC0415 -- slow to import; the web server starts first

        call_command("migrate", verbosity=0, interactive=False)
        self.check(databases=["default"])
        empty = not Issuer.objects.exists() or seed.unfinished()
        connections.close_all()
        return empty

    def _refuse_second(self, port: int) -> None:
        engines = embedded.running()
        if engines is not None and not engines.owner and not self._free(port):
            raise CommandError(
                f"Laurel is already running on this folder: {settings.SITE_URL} (Ctrl-C stops it there)."
            )
        if not self._free(port):
            raise CommandError(
                f"Port {port} is taken by another program. Stop it, or choose another: PORT=8001 make run"
            )
        if engines is not None and not engines.owner:
            raise CommandError("Another command is using the data folder: let it finish, then start again.")

    def _free(self, port: int) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True

    def _answers(self, port: int, stop: threading.Event, children: list[Child]) -> bool:
        """Whether the first page came, before Ctrl-C or a death."""
        while not stop.is_set() and not _dead(children):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                    return True
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        return False

    def _announce(self) -> None:
        self.stdout.write(self.style.SUCCESS(f"\n  Open {settings.SITE_URL}   (Ctrl-C stops everything)"))
        if settings.MAILBOX_SHOWN:
            self.stdout.write(f"  Mails are kept at {settings.SITE_URL}/mailbox/\n")
        self.stdout.flush()

    def _watch(self, stop: threading.Event, children: list[Child]) -> Child | None:
        """Until Ctrl-C, or until a child that should live has died."""
        while not stop.wait(0.3):
            if dead := _dead(children):
                return dead
        return None


def _web(port: int) -> Child:
    options = f"-c python:credentials_site.held -b 127.0.0.1:{port} --workers 2 --threads 12"
    quiet = "--access-logfile - --no-control-socket --timeout 60"
    return Child("web", "-m", "gunicorn", "credentials_site.wsgi", *options.split(), *quiet.split())


def _workers() -> list[Child]:
    """Once the first page answers: until then they would only compete with it for the processor."""
    # As root, in a container or on a fresh machine, Celery warns at length; nothing here unpickles.
    celery = ("-W", "ignore:You're running", "-m", "celery", "-A", "credentials_site", "--quiet")
    return [
        Child("worker", *celery, "worker", "-l", "warning", "-c", "2", "-Q", "sign,render,mail,default,desk", *_QUIET),
        # In memory: sweeps every half minute need no file, and a file torn by a hard stop would keep beat from starting.
        Child("beat", *celery, "beat", "-l", "warning", "-S", "celery.beat:Scheduler"),
    ]


def _scratch() -> dict[str, str]:
    engines = embedded.running()
    return {"TMPDIR": str(engines.scratch())} if engines else {}


_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def _dead(children: list[Child]) -> Child | None:
    for child in children:
        code = child.process.poll()
        if code is not None and not (child.may_end and code == 0):
            return child
    return None
