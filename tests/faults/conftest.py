"""One place for every fault: making a database and an institution takes longer than most faults do."""

import pytest

from tests.faults.place import Place


@pytest.fixture(scope="session")
def ground(tmp_path_factory):
    with Place(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.fixture
def place(ground):
    """The place with nobody issued anything and no child running; so it is left, too."""
    yield ground
    ground.empty()
