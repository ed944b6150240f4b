"""How factories make rows, and the people and institutions that all of them begin with."""

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone
from factory.django import DjangoModelFactory

from issuers.models import Issuer, User
from issuers.tenancy import across_issuers


class Factory(DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with across_issuers("test data"):
            return super()._create(model_class, *args, **kwargs)


class UserFactory(Factory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        password = kwargs.pop("password", "correct horse battery staple")
        with across_issuers("test data"):
            user = User.objects.create_user(password=password, **kwargs)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class IssuerFactory(Factory):
    class Meta:
        model = Issuer

    name = factory.Sequence(lambda n: f"University {n}")
    slug = factory.Sequence(lambda n: f"university-{n}")
    email = factory.Sequence(lambda n: f"registrar{n}@example.org")
    website = "https://university.example.org"
    approved_at = factory.LazyFunction(timezone.now)


class TenantFactory(Factory):
    class Meta:
        abstract = True

    issuer = factory.SubFactory(IssuerFactory)


def of(factory_class):
    """A related row of the same issuer."""
    return factory.SubFactory(factory_class, issuer=factory.SelfAttribute("..issuer"))
