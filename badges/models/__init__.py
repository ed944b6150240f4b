"""What can be earned: achievements, their looks, and the frozen versions that credentials point at."""

from badges.models.achievement import Achievement, Alignment
from badges.models.design import BadgeDesign, CertificateDesign, CertificatePreview
from badges.models.version import AchievementVersion

__all__ = [
    "Achievement",
    "AchievementVersion",
    "Alignment",
    "BadgeDesign",
    "CertificateDesign",
    "CertificatePreview",
]
