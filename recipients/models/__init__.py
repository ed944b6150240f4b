"""Who earned it: people as issuers know them, batches, credentials, mails, claims and shares."""

from recipients.models.award import Award, RecipientList
from recipients.models.claim import AutoAccept, ClaimLink, Notice
from recipients.models.credential import AchievementCredential, CredentialRevision, Evidence
from recipients.models.email import MailStop, OutgoingEmail
from recipients.models.recipient import Recipient
from recipients.models.share import Share

__all__ = [
    "AchievementCredential",
    "AutoAccept",
    "Award",
    "ClaimLink",
    "CredentialRevision",
    "Evidence",
    "MailStop",
    "Notice",
    "OutgoingEmail",
    "Recipient",
    "RecipientList",
    "Share",
]
