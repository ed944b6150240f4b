"""pytest plugin: an ephemeral PostgreSQL and Valkey of this run's own, started before the settings are read.

Loaded by `-p tests.engines` in pyproject.toml. Workers of xdist inherit the environment and make databases of their own.
"""

import gc
import os
import tempfile
from pathlib import Path

# Before anything of the product is imported: its Celery application would choose the settings of development.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_site.settings.test")

from credentials_site import embedded  # noqa: E402

# A process of the suite holds a million objects that live to its end: they are looked through less often.
gc.set_threshold(20_000, 25, 25)

# Names the folder of the run's own engines: they are new, and nobody else's.
OWN = "LAUREL_TEST_ENGINES"
_engines = None

if "DATABASE_URL" not in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
    _engines = embedded.start(Path(tempfile.mkdtemp(prefix="laurel-test-")), ephemeral=True)
    os.environ.update({**_engines.environment(), OWN: str(_engines.data)})


def pytest_report_header():
    return f"engines: {os.environ['DATABASE_URL']}  {os.environ['REDIS_URL']}"


def pytest_unconfigure():
    if _engines:
        _engines.stop()
