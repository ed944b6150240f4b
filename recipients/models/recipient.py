"""A person as one issuer knows them."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class RecipientQuerySet(TenantQuerySet["Recipient"]):
    """People, found by name or address within one issuer's rows."""

    def matching(self, words: str) -> RecipientQuerySet:
        found = self
        for word in words.split()[:6]:
            found = found.filter(
                models.Q(name__icontains=word)
                | models.Q(address_key__icontains=word)
                | models.Q(student_id__iexact=word)
            )
        return found

    def being(self, user: User) -> RecipientQuerySet:
        """Rows that are this person: linked to the account, or of an address that it has proved."""
        proved = EmailAddress.objects.filter(user=user, verified=True).values("email")
        return self.filter(models.Q(user=user) | models.Q(address_key__in=proved))


class Recipient(TenantModel):
    """One person of one issuer, told apart by `address_key` (issuers.cleaning). `user` is set once something is claimed."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="recipients")
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("email address"), max_length=254)
    address_key = models.CharField(max_length=254)
    student_id = models.CharField(_("student number"), max_length=60, blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="known_as")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    erased_at = models.DateTimeField(null=True)
    words_at = models.DateTimeField(
        null=True, help_text="When words to find them by were written; emptied by a trigger."
    )

    objects = TenantManager.from_queryset(RecipientQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "address_key"], name="one_recipient_an_address"),
            models.UniqueConstraint(fields=["issuer", "id"], name="recipient_issuer_id"),
        ]
        indexes = [
            models.Index(fields=["address_key"], name="recipient_by_address"),
            models.Index(fields=["id"], name="recipient_unread", condition=models.Q(words_at__isnull=True)),
            models.Index(
                fields=["created_at"],
                name="recipient_stranger",
                condition=models.Q(user__isnull=True, erased_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name
