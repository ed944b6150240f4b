"""One place for every fault: making a database and an institution takes longer than most faults do."""

from pathlib import Path

import pytest

from tests.databases import one_at_a_time
from tests.faults.place import Place


@pytest.fixture(scope="session")
def seed(tmp_path_factory):
    """Where the first place of this run leaves its folders for others, in whatever process they are."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "laurel-seed"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def new_place(seed):
    """Makes a place of its own; whoever comes second waits for the folders of the first."""

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
