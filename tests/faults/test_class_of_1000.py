"""A class from a file, through real workers to a mail server: each person once, in little memory, the site in use.

LAUREL_FAULTS=full (`make faults`) takes all thousand, otherwise every twentieth of them.
"""

import contextlib
import csv
import urllib.request
from pathlib import Path

import pytest

from tests.faults.exact import exact
from tests.faults.place import FULL, free_port

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "class-1000.csv"
EVERY = 1 if FULL else 20
MOST_MB = 400


@pytest.mark.slow
@pytest.mark.xdist_group("class")
def test_class_gets_one_credential_certificate_and_mail_each(tmp_path, new_place):
    head, *rows = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = rows[::EVERY]
    everybody = [row[1] for row in csv.reader(rows)]
    with contextlib.closing(new_place(tmp_path, lease=120)) as place:
        port = free_port()
        place.start_worker()
        place.start_beat()
        place.start("web", "-m", "gunicorn", "credentials_site.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "4")
        (tmp_path / "class.csv").write_text(head + "".join(rows), encoding="utf-8")
        place.issue_file(tmp_path / "class.csv")
        found = place.wait(len(rows), seconds=420)
        assert found[4] == 0
        assert place.sink.people() == dict.fromkeys(everybody, 1)
        assert len(
            [file for file in (tmp_path / "media" / "pdf").rglob("*") if file.suffix in {".pdf", ".tail"}]
        ) == len(rows)
        exact(place, len(rows), printed_again=20)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            assert answer.status == 200
        print("peak memory, MB:", place.peak)
        assert max(place.peak.values()) < MOST_MB, place.peak
