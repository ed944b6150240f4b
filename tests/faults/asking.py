"""A program that awards through the API and does not give up: it sends the same again, with the same key, until it is answered."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter

TOKEN = """
import django; django.setup()
from datetime import timedelta
from issuers import clock, entrusting
from issuers.models import Issuer, Scope, User
from issuers.tenancy import scope
from badges.models import Achievement
issuer = Issuer.objects.get(slug="faults")
with scope(issuer):
    made = entrusting.make(
        issuer, User.objects.get(email="registrar@example.org"), name="Faults", scopes=Scope.values,
        expires_at=clock.now() + timedelta(days=1), request_key=%r,
    )
    print(made[1], Achievement.objects.get().public_id)
"""


def token(place):
    """A new token of the place's institution, and the id of its achievement."""
    return tuple(place.run("-c", TOKEN % uuid.uuid4().hex).split())


class Asker:
    """One program. `refused` counts what came instead of an answer."""

    def __init__(self, address, told):
        self.address, self.told, self.refused = address, told, Counter()

    def award(self, achievement, people, *, key=None, seconds=120):
        """The answer to one award, whatever happens meanwhile."""
        body = json.dumps({"achievement": achievement, "recipients": people, "send_at_once": True}).encode()
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), "Content-Type": "application/json"}
        return self.asked("POST", "/awards", body, headers, seconds)

    def get(self, path, seconds=60):
        return self.asked("GET", path, None, {}, seconds)

    def asked(self, method, path, body, headers, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            wait = 0.3
            try:
                named = {"Authorization": f"Bearer {self.told}", **headers}
                request = urllib.request.Request(f"{self.address}/api/v1{path}", body, named, method=method)
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as problem:
                self.refused[problem.code] += 1
                if problem.code < 500 and "Retry-After" not in problem.headers:
                    raise AssertionError(f"{problem.code}: {problem.read().decode()}") from problem
                if problem.code == 500:
                    self.refused[problem.read().decode()[:300]] += 1
                # A test does not wait as long as it is asked to: what matters is that it comes again.
                wait = min(float(problem.headers.get("Retry-After", 1)), 0.5)
            except OSError as away:
                self.refused[type(away).__name__] += 1
            time.sleep(wait)
        raise AssertionError(f"not answered within {seconds} s: {self.refused}")
