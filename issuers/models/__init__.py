"""Who may: people, institutions, keys, status lists, and what was done by whom."""

from issuers.models.audit import AuditEvent
from issuers.models.issuer import Invitation, Issuer, Membership, Role
from issuers.models.key import SigningKey
from issuers.models.sealed import SealedModel, sealed_models
from issuers.models.status import StatusList
from issuers.models.token import ApiToken, Scope
from issuers.models.user import AddressProof, User

__all__ = [
    "AddressProof",
    "ApiToken",
    "AuditEvent",
    "Invitation",
    "Issuer",
    "Membership",
    "Role",
    "Scope",
    "SealedModel",
    "SigningKey",
    "StatusList",
    "User",
    "sealed_models",
]
