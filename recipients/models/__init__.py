"""Who earned it: what people did, people as issuers know them, batches, credentials, mails, claims and shares."""

from recipients.models.activity import Activity
from recipients.models.award import Award, RecipientList
from recipients.models.claim import AutoAccept, ClaimLink, Notice
from recipients.models.credential import AchievementCredential, CredentialRevision, Evidence
from recipients.models.earning import Earning
from recipients.models.email import MailStop, OutgoingEmail
from recipients.models.group import Group, GroupMember
from recipients.models.recipient import Recipient
from recipients.models.share import Share
from recipients.models.submission import Artefact, Marking, ReviewerInvite, Submission

__all__ = [
    "AchievementCredential",
    "Activity",
    "Artefact",
    "AutoAccept",
    "Award",
    "ClaimLink",
    "CredentialRevision",
    "Earning",
    "Evidence",
    "Group",
    "GroupMember",
    "MailStop",
    "Marking",
    "Notice",
    "OutgoingEmail",
    "Recipient",
    "RecipientList",
    "ReviewerInvite",
    "Share",
    "Submission",
]
