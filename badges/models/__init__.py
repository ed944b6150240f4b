"""What can be earned, and by doing what: achievements, looks, frozen versions that credentials point at, opportunities, rules."""

from badges.models.achievement import Achievement, Alignment
from badges.models.assessment import Assessment, Resource, RubricCriterion, RubricLevel
from badges.models.design import BadgeDesign, CertificateDesign, CertificatePreview
from badges.models.kit import BrandKit, Picture, Signatory
from badges.models.misprint import Misprint
from badges.models.opportunity import ActivityKind, Opportunity
from badges.models.rule import Rule, RuleVersion
from badges.models.version import AchievementVersion

__all__ = [
    "Achievement",
    "AchievementVersion",
    "ActivityKind",
    "Alignment",
    "Assessment",
    "BadgeDesign",
    "BrandKit",
    "CertificateDesign",
    "CertificatePreview",
    "Misprint",
    "Opportunity",
    "Picture",
    "Resource",
    "RubricCriterion",
    "RubricLevel",
    "Rule",
    "RuleVersion",
    "Signatory",
]
