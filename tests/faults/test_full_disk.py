"""The disk of the certificates is full: rows wait and say so, nothing half-written stays, and all is whole when there is room.

A small file system of memory is mounted for the worker alone, in namespaces of its own. Where that is refused the test is
skipped aloud; tests/recipients/test_chunking.py says the same with a storage that answers as a full one does.
"""

import shutil
import subprocess

import pytest

from tests.faults.exact import exact
from tests.faults.place import FULL

INSIDE = ["unshare", "--user", "--map-root-user", "--mount"]
PEOPLE = 200 if FULL else 24
# Somebody else's file leaves room for none or the fewest.
DISK, LEFT = 20 * 1024 * 1024, 60_000
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def _refused():
    if not shutil.which("unshare"):
        return "there is no unshare"
    tried = [*INSIDE, "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]
    made = subprocess.run(tried, capture_output=True, text=True, check=False)
    return made.stderr.strip() if made.returncode else ""


REFUSED = _refused()


def _files(root):
    return [file for file in root.rglob("*") if file.is_file()]


@pytest.mark.skipif(bool(REFUSED), reason=f"NO SMALL DISK CAN BE MOUNTED HERE: {REFUSED}")
def test_full_disk_makes_the_batch_wait_and_room_completes_it(place):
    pdf = place.media / "pdf"
    pdf.mkdir(exist_ok=True)
    fill = f'head -c {DISK - LEFT} /dev/zero > "{pdf}/ballast"'
    mount = f'mount -t tmpfs -o size={DISK} tmpfs "{pdf}" && {fill} && exec "$@"'
    place.start_worker(before=[*INSIDE, "sh", "-c", mount, "sh"])
    place.start_beat()
    place.issue(PEOPLE)
    place.wait(PEOPLE, seconds=120, until=lambda _: place.ask(_WAITING)[0][0])
    waiting, attempts, failed = place.ask(_STATE)[0]
    printed = place.counts()[2]
    seen = _seen_by(place, pdf)
    print(f"{printed} printed, {waiting} wait with a reason, {len(_files(seen))} files")
    assert waiting > 0 and (attempts or 0) <= 1 and failed == 0
    named = {key for (key,) in place.ask("SELECT pdf FROM recipients_achievementcredential WHERE pdf <> ''")}
    assert all((seen.parent / key).stat().st_size for key in named)
    assert [file for file in _files(seen) if not file.stat().st_size and not file.name.endswith(".part")] == []

    (seen / "ballast").unlink()
    place.write("UPDATE recipients_achievementcredential SET lease_until = now() WHERE lease_until > now()")
    place.wait(PEOPLE, seconds=180)
    shutil.copytree(seen, pdf, dirs_exist_ok=True)  # out of the worker's file system, before it goes with it
    exact(place, PEOPLE, printed_again=4)


_WAITING = "SELECT count(*) FROM recipients_achievementcredential WHERE failure LIKE 'The disk is full%'"
_STATE = """
SELECT count(*) FILTER (WHERE failure LIKE 'The disk is full%'), max(attempts) FILTER (WHERE rendered_at IS NULL),
  count(failed_at) FROM recipients_achievementcredential
"""


def _seen_by(place, path):
    """A folder as the worker sees it."""
    return type(path)(f"/proc/{place.children['worker'].pid}/root{path}")
