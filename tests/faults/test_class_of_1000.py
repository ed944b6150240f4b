"""A thousand people from a file, through real workers to a mail server: each once, in little memory, the site in use."""

import urllib.request
from pathlib import Path

import pytest

from tests.faults.place import Place, free_port

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "class-1000.csv"
MOST_MB = 400


@pytest.mark.slow
@pytest.mark.xdist_group("class")
def test_thousand_people_get_one_credential_certificate_and_mail_each(tmp_path):
    with Place(tmp_path, lease=120) as place:
        port = free_port()
        place.start_worker()
        place.start_beat()
        place.start("web", "-m", "gunicorn", "credentials_site.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "4")
        place.issue_file(SAMPLE)
        found = place.wait(1000, seconds=420)
        assert found[4] == 0
        assert place.sink.people() == dict.fromkeys([f"student{n:04}@example.org" for n in range(1, 1001)], 1)
        assert len(list((tmp_path / "media" / "pdf").rglob("*.pdf"))) == 1000
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            assert answer.status == 200
        print(place.run("manage.py", "invariants"))
        print("peak memory, MB:", place.peak)
        assert max(place.peak.values()) < MOST_MB, place.peak
