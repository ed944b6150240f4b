"""What can be earned: achievements, their looks and what these are made from, and the frozen versions that credentials point at."""

from badges.models.achievement import Achievement, Alignment
from badges.models.design import BadgeDesign, CertificateDesign, CertificatePreview
from badges.models.kit import BrandKit, Picture, Signatory
from badges.models.version import AchievementVersion

__all__ = [
    "Achievement",
    "AchievementVersion",
    "Alignment",
    "BadgeDesign",
    "BrandKit",
    "CertificateDesign",
    "CertificatePreview",
    "Picture",
    "Signatory",
]
