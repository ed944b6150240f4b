"""What tests of watching share: the token, and asking anew each time."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from credentials_site import heartbeat, readiness
from credentials_site.metrics import exposition

TOKEN = "a-token-of-the-watchers-0123456789"
AUTH = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def asked_anew(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(readiness, "_kept", (0.0, []))
    monkeypatch.setattr(readiness, "SECONDS", 0)
    monkeypatch.setattr(exposition, "_kept", (0.0, b""))
    monkeypatch.setattr(exposition, "SECONDS", 0)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "counted"))
    settings.METRICS_TOKEN = TOKEN
    heartbeat.beat()


def ready(client, **headers):
    answer = client.get("/readyz", headers=headers or AUTH)
    return answer.status_code, answer.json()


def figures(client):
    answer = client.get("/metrics", headers=AUTH)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, *sorted(s.labels.items())): s.value for family in families for s in family.samples}
