"""Is it true: what is published about standing, how often pages are opened, and lists that were checked."""

from verification.models.published import PublishedStatusList
from verification.models.receipt import VerificationItem, VerificationReceipt
from verification.models.view import PublicView

__all__ = ["PublicView", "PublishedStatusList", "VerificationItem", "VerificationReceipt"]
