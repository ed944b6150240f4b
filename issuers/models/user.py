"""People: staff and recipients are the same User."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes people; there are no superusers, the operator works by commands."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. The address here is the primary one; all of them are allauth's EmailAddress rows."""

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(_("email address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    if TYPE_CHECKING:
        emailaddress_set: Any  # allauth's reverse relation

    class Meta:
        verbose_name = _("person")

    def __str__(self) -> str:
        return self.name or self.email


class AddressProof(models.Model):
    """A six-digit code on its way to an address that a person says is theirs. The code is stored hashed."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="address_proofs")
    address = models.CharField(max_length=254)
    address_key = models.CharField(max_length=254)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "address_key"], name="address_proof_of")]

    def __str__(self) -> str:
        return self.address
