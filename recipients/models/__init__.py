"""Who earned it: what people did, people as issuers know them, batches, credentials, mails, claims, shares and applications."""

from recipients.models.activity import Activity
from recipients.models.activity_file import ActivityFile
from recipients.models.application import Application, ApplicationForm, Question
from recipients.models.award import Award, RecipientList
from recipients.models.check_in import CheckIn
from recipients.models.claim import AutoAccept, ClaimLink, Notice
from recipients.models.credential import ERASED, AchievementCredential, CredentialRevision, Evidence
from recipients.models.digest import Digest
from recipients.models.dry_run import DryRun, DryRunOutcome
from recipients.models.earning import Earning
from recipients.models.email import MailServer, MailStop, OutgoingEmail, Trouble
from recipients.models.event import EventCall, EventKey, EventMessage
from recipients.models.goal import Goal
from recipients.models.group import Group, GroupMember
from recipients.models.kept_answer import KeptAnswer
from recipients.models.leaderboard import LeaderboardEntry
from recipients.models.recipient import Recipient
from recipients.models.search_word import SearchWord
from recipients.models.share import Share
from recipients.models.submission import Artefact, Marking, ReviewerInvite, Submission
from recipients.models.tally import Tally
from recipients.models.webhook import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret, WebhookType

__all__ = [
    "ERASED",
    "AchievementCredential",
    "Activity",
    "ActivityFile",
    "Application",
    "ApplicationForm",
    "Artefact",
    "AutoAccept",
    "Award",
    "CheckIn",
    "ClaimLink",
    "CredentialRevision",
    "Digest",
    "DryRun",
    "DryRunOutcome",
    "Earning",
    "EventCall",
    "EventKey",
    "EventMessage",
    "Evidence",
    "Goal",
    "Group",
    "GroupMember",
    "KeptAnswer",
    "LeaderboardEntry",
    "MailServer",
    "MailStop",
    "Marking",
    "Notice",
    "OutgoingEmail",
    "Question",
    "Recipient",
    "RecipientList",
    "ReviewerInvite",
    "SearchWord",
    "Share",
    "Submission",
    "Tally",
    "Trouble",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookSecret",
    "WebhookType",
]
