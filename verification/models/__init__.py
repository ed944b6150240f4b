"""Is it true: what is published about standing, and how often pages are opened."""

from verification.models.published import PublishedStatusList
from verification.models.view import PublicView

__all__ = ["PublicView", "PublishedStatusList"]
