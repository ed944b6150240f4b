"""Embedded engines: own servers, shared by a second process, nothing left behind, another major version refused."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]


def _python(code, **environment):
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "MIGRATION_DATABASE_URL"}}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env={**env, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


HOLD = """
    import sys
    from credentials_site import embedded
    engines = embedded.start()
    print(engines.environment()["DATABASE_URL"], engines.owner, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    process = _python(HOLD, LAUREL_DATA=str(tmp_path / "data"))
    url, owner = process.stdout.readline().split()
    yield process, url, owner
    process.kill()
    process.wait()


def _connects(url):
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _gone_soon(url):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if not _connects(url):
            return True
        time.sleep(0.1)
    return False


def test_second_process_shares_the_servers_of_the_first(holder, tmp_path):
    _, url, owner = holder

    second = _python(HOLD, LAUREL_DATA=str(tmp_path / "data"))
    shared = second.stdout.readline().split()
    second.communicate("")

    assert owner == "True"
    assert shared == [url, "False"]
    assert _connects(url)


def test_roles_are_restricted_when_the_cluster_is_new(holder):
    _, url, _ = holder

    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname IN ('app', 'migrator') ORDER BY 1"
        ).fetchall()

    assert rows == [("app", False, False, False), ("migrator", False, True, True)]


def test_nothing_stays_when_the_launcher_is_killed(holder):
    process, url, _ = holder

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert _gone_soon(url)


def test_cluster_starts_again_after_a_kill(holder, tmp_path):
    process, url, _ = holder
    process.send_signal(signal.SIGKILL)
    process.wait()

    again = _python(HOLD, LAUREL_DATA=str(tmp_path / "data"))
    said = again.stdout.readline().split()
    again.communicate("")

    assert said == [url, "True"]


def test_other_major_version_is_refused_with_the_remedy(holder, tmp_path):
    first, url, _ = holder
    with psycopg.connect(url.replace("app@", "postgres@")) as connection:  # where it lies depends on who runs it
        cluster = Path(connection.execute("SHOW data_directory").fetchone()[0])
    first.communicate("")
    (cluster / "PG_VERSION").write_text("15\n")

    process = _python(HOLD, LAUREL_DATA=str(tmp_path / "data"))
    _, error = process.communicate("")

    assert process.returncode != 0
    assert "written by PostgreSQL 15" in error
    assert "docs/operations.md" in error
    assert (cluster / "PG_VERSION").read_text() == "15\n"


def test_folders_of_an_ephemeral_run_are_removed(tmp_path):
    process = _python(
        """
        import sys
        from pathlib import Path
        from credentials_site import embedded
        engines = embedded.start(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd(), ephemeral=True)
        """.replace("Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd()", f"Path({str(tmp_path / 'short')!r})")
    )

    process.communicate("")

    assert process.returncode == 0
    assert not (tmp_path / "short").exists()
