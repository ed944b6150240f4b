"""Signed copies of status lists."""

from django.db import models

from issuers.models import StatusList
from issuers.models.key import signed_with
from issuers.tenancy import TenantModel


class PublishedStatusList(TenantModel):
    """The signed list as last served. The bits themselves are derived from the credentials."""

    status_list = models.OneToOneField(
        StatusList, on_delete=models.PROTECT, related_name="published", db_constraint=False
    )
    encoded = models.TextField(help_text="encodedList of the signed text, to see whether it is still true.")
    signed = models.TextField()
    signed_with = signed_with()
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.status_list)
