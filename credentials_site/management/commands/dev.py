"""Everything on this machine in one terminal: engines, migrations, web, worker, beat and, on an empty folder, the demo."""

from __future__ import annotations

import os
import signal
import socket
import sys
import warnings
from argparse import ArgumentParser
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from credentials_site import embedded
from credentials_site.celery import app
from credentials_site.children import Family
from credentials_site.management.commands import seed
from issuers.models import Issuer

QUEUES = "sign,render,mail,default,desk"
_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


class Command(BaseCommand):
    help = "Starts everything on this machine: database, broker, migrations, web, worker and scheduler."
    requires_system_checks: list[str] = []
    announced = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-seed", action="store_true", help="Start empty, without the demo institution.")

    def handle(self, *args: Any, no_seed: bool, **options: Any) -> None:
        # From the environment, for SITE_URL is made of it too.
        port = int(os.environ.get("PORT", "8000"))
        self._refuse_second(port)
        call_command("migrate", verbosity=0, interactive=False)
        self.check(databases=["default"])
        empty = not Issuer.objects.exists() or seed.unfinished()
        connections.close_all()
        stopping: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda signum, _frame: stopping.append(signum))
        family = Family()
        try:
            self._start(family, port, demo=empty and not no_seed)
            while not stopping and not family.dead:
                family.listen(0.3)
                if not self.announced and _listening(port):
                    self._announce()
        finally:
            dead = family.dead
            family.stop()
        if dead:
            raise CommandError(f"{dead.name} stopped with exit code {dead.process.exitcode}; its last lines are above.")
        self.stdout.write("Stopped.")

    def _start(self, family: Family, port: int, *, demo: bool) -> None:
        """The web server first: it is what somebody waits for."""
        import_module("credentials_site.wsgi")
        family.add("web", partial(_web, port))
        if demo:
            family.add("seed", _seed, may_end=True)
        family.add("worker", partial(_celery, "worker", "-c", "2", "-Q", QUEUES, *_QUIET))
        # On its own, as on servers: a receiver that lets us wait holds nothing up. One process is enough, it talks on threads.
        family.add("webhook", partial(_celery, "worker", "-P", "solo", "-n", "webhook@%h", "-Q", "webhook", *_QUIET))
        # In memory: sweeps every half minute need no file, and a file torn by a hard stop would keep beat from starting.
        family.add("beat", partial(_celery, "beat", "-S", "celery.beat:Scheduler"))

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

    def _announce(self) -> None:
        self.announced = True
        self.stdout.write(self.style.SUCCESS(f"\n  Open {settings.SITE_URL}   (Ctrl-C stops everything)"))
        if settings.MAILBOX_SHOWN:
            self.stdout.write(f"  Mails are kept at {settings.SITE_URL}/mailbox/\n")
        self.stdout.flush()


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _web(port: int) -> None:
    from gunicorn.app import wsgiapp  # noqa: PLC0415 -- in the child alone

    options = (
        f"-b 127.0.0.1:{port} --preload --workers 2 --threads 12 --access-logfile - --no-control-socket --timeout 60"
        " --logger-class credentials_site.access_log.Tokenless"
    )
    sys.argv = ["gunicorn", "credentials_site.wsgi", *options.split()]
    wsgiapp.run()


def _seed() -> None:
    call_command("seed")


def _celery(command: str, *options: str) -> None:
    # As root, in a container or on a fresh machine, Celery warns at length; nothing here unpickles.
    warnings.filterwarnings("ignore", message="You're running")
    app.start(["--quiet", command, "-l", "warning", *options])
