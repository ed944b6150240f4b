"""One place for every fault: making a database and an institution takes longer than most faults do."""

from pathlib import Path

import pytest
from django.db import connections

from tests.databases import TEMPLATE, is_copied, one_at_a_time
from tests.faults.place import MIGRATED, Place, as_superuser


@pytest.fixture(scope="session")
def seed(tmp_path_factory, django_db_setup):
    """Where the first place of this run leaves its database for others, in whatever process they are."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "laurel-seed"
    folder.mkdir(exist_ok=True)
    if is_copied():  # what this run's own tests begin from is migrated already
        with one_at_a_time(folder, "migrated"):
            if not (folder / MIGRATED).exists():
                sockets = connections["migrator"].get_connection_params()["host"]
                as_superuser(sockets, "pg_dump", "--format=custom", f"--file={folder / 'new'}", TEMPLATE)
                (folder / "new").rename(folder / MIGRATED)
    return folder


@pytest.fixture(scope="session")
def new_place(seed):
    """Makes a place of its own; whoever comes second waits for what the first leaves."""

    def make(folder, **options):
        with one_at_a_time(seed, "seed"):
            place = Place(Path(folder), seed=seed, **options)
            return place.__enter__()

    return make


@pytest.fixture(scope="session")
def ground(tmp_path_factory, new_place):
    made = new_place(tmp_path_factory.mktemp("faults"))
    yield made
    made.close()


@pytest.fixture
def place(ground):
    """The place with nobody issued anything and no worker running; so it is left, too."""
    yield ground
    ground.empty()
