"""One place that was backed up: an institution with signed and printed credentials, one of them revoked."""

from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings
from django.utils import timezone

from credentials_site.backups import making, shape
from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential, ClaimLink
from tests import emptying
from tests.factories import ApiTokenFactory, IssuerFactory, UserFactory
from tests.published import deliver, intend, people, publish


def media_in(folder):
    """Settings of a media storage in a folder."""
    backend = "django.core.files.storage.FileSystemStorage"
    return {"BACKEND": backend, "OPTIONS": {"location": str(folder), "base_url": "/media/"}}


@pytest.fixture(scope="session")
def place(tmp_path_factory, django_db_setup, django_db_blocker):
    """What was issued, and the folder of its backup. The database is empty again afterwards."""
    folder = tmp_path_factory.mktemp("place")
    with django_db_blocker.unblock(), override_settings(STORAGES={"default": media_in(folder / "media")}):
        version = publish(IssuerFactory())
        intend(version, *people(4))
        deliver()
        default_storage.save("evidence/aa/notes.pdf", ContentFile(b"%PDF-1.4 handed in"))
        with across_issuers("a test looks"):
            ids = list(AchievementCredential.objects.order_by("pk").values_list("public_id", flat=True))
            shown = AchievementCredential.objects.filter(public_id=ids[0])
            shown.update(
                accepted_at=timezone.now(), claimed_at=timezone.now(), holder=UserFactory(), visibility="public"
            )
            AchievementCredential.objects.filter(public_id=ids[1]).update(revoked_at=timezone.now())
            token = ApiTokenFactory(issuer=version.issuer).told
            assert ClaimLink.objects.count() == 4
        said = []
        made = making.make(folder / "backups", said.append)
        emptying._delete("migrator")
    yield SimpleNamespace(folder=folder, store=folder / "backups", backup=made, ids=ids, said=said, token=token)


@pytest.fixture
def copied(place, tmp_path):
    """A copy of the backup that a test may damage."""
    import shutil

    store = tmp_path / "copied"
    shutil.copytree(place.store, store)
    return shape.find(store)
