"""What an achievement is called, and what is said of it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from badges.forms.fields import ERRORS, DraftForm
from badges.models import Achievement
from issuers import cleaning
from issuers.forms.fields import LineField, NameField, refused_as_error

NAME_MOST, DESCRIPTION_MOST, MOST_TAGS, TAG_MOST = 120, 600, 20, 60

# The types of Open Badges 3.0, the common ones first.
TYPES = [
    ("Achievement", _("Achievement")),
    ("Badge", _("Badge")),
    ("Certificate", _("Certificate")),
    ("CertificateOfCompletion", _("Certificate of completion")),
    ("MicroCredential", _("Micro-credential")),
    ("Course", _("Course")),
    ("Competency", _("Competency")),
    ("Award", _("Award")),
    ("Membership", _("Membership")),
    ("CommunityService", _("Community service")),
    ("CoCurricular", _("Activity beside the curriculum")),
    ("Certification", _("Certification")),
    ("License", _("Licence")),
    ("LearningProgram", _("Learning programme")),
    ("Fieldwork", _("Fieldwork")),
    ("Assessment", _("Assessment")),
    ("Assignment", _("Assignment")),
    ("Diploma", _("Diploma")),
    ("Degree", _("Degree")),
    ("AssociateDegree", _("Associate degree")),
    ("BachelorDegree", _("Bachelor’s degree")),
    ("MasterDegree", _("Master’s degree")),
    ("DoctoralDegree", _("Doctoral degree")),
    ("ProfessionalDoctorate", _("Professional doctorate")),
    ("ResearchDoctorate", _("Research doctorate")),
    ("SecondarySchoolDiploma", _("Secondary school diploma")),
    ("GeneralEducationDevelopment", _("General education development")),
    ("ApprenticeshipCertificate", _("Apprenticeship certificate")),
    ("JourneymanCertificate", _("Journeyman certificate")),
    ("MasterCertificate", _("Master craftsman certificate")),
    ("QualityAssuranceCredential", _("Quality assurance credential")),
]
# Whose letters are in the bundled fonts; as BCP 47, which stands in the signed document.
_LANGUAGES = (
    *("en", "ar", "bg", "ca", "cs", "cy", "da", "de", "el", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "he", "hi"),
    *("hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "mk", "mr", "ms", "nb", "ne", "nl", "nn", "pl", "pt", "ro"),
    *("ru", "sk", "sl", "sq", "sr", "sv", "sw", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant"),
)


def languages() -> list[tuple[str, str]]:
    """Each language under its own name."""
    return [(code, str(LANG_INFO[code.lower()]["name_local"]).capitalize()) for code in _LANGUAGES]


class NewForm(forms.Form):
    """All that a draft needs to exist."""

    name = NameField(
        label=_("Name"), most=NAME_MOST, help_text=_("As it stands on the badge, the page and in search results.")
    )
    achievement_type = forms.ChoiceField(label=_("What kind of thing is it?"), choices=TYPES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= ERRORS


class CopyForm(forms.Form):
    """The name of a copy."""

    name = NameField(label=_("Name of the copy"), most=NAME_MOST, error_messages=dict(ERRORS))


class AmountField(forms.DecimalField):
    """Hours or credits; a comma before the decimals is as good as a point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=7, decimal_places=2, min_value=Decimal(0), required=False, **kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        return super().to_python(re.sub(r"^(\d+),(\d{1,2})$", r"\1.\2", text))


class TagsField(forms.CharField):
    """Words of one's own, separated by commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        tags: dict[str, None] = {}
        for part in re.split(r"[,;\n]", super().clean(value)):
            try:
                tag = cleaning.line(part, most=TAG_MOST).value
            except cleaning.Refused as refused:
                raise refused_as_error(refused) from refused
            if tag:
                tags[tag] = None
        if len(tags) > MOST_TAGS:
            found = {"most": MOST_TAGS, "found": len(tags)}
            raise ValidationError(_("%(found)s skills are too many; %(most)s fit. Remove some."), "too_many", found)
        return list(tags)


def _plain(number: Decimal | None) -> Decimal | None:
    """40 and not 40.00."""
    return number if number is None else Decimal(format(number.normalize(), "f"))


class WordsForm(DraftForm):
    """The words of the next version."""

    name = NameField(
        label=_("Name"),
        most=NAME_MOST,
        help_text=_("Up to 120 letters. Shown on the badge, the page and in search results."),
    )
    achievement_type = forms.ChoiceField(label=_("What kind of thing is it?"), choices=TYPES)
    description = LineField(
        label=_("In one sentence: what did the person do?"),
        most=DESCRIPTION_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say it as they would: “Guided five new students through their first year.” It is printed."),
    )
    tags = TagsField(
        label=_("Skills"),
        required=False,
        help_text=_("Words separated by commas. Skills of a framework, with their addresses, are under Criteria."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=languages, help_text=_("Of the words above; dates are printed in it.")
    )
    field_of_study = LineField(label=_("Field of study"), most=120, required=False)
    human_code = LineField(label=_("Code"), most=40, required=False, help_text=_("Such as MENT-201."))
    hours = AmountField(label=_("Hours"))
    credits = AmountField(label=_("Credits"))
    valid_months = forms.IntegerField(
        label=_("Valid for (months)"),
        min_value=1,
        max_value=1200,
        required=False,
        help_text=_("Left empty, it does not expire."),
    )
    suspendable = forms.BooleanField(
        label=_("Can be suspended"),
        required=False,
        help_text=_(
            "For licences and the like: a suspension can be lifted again. "
            "Otherwise a credential can only be revoked, which is for good."
        ),
    )

    def __init__(self, data: Any = None, files: Any = None, *, achievement: Achievement, **kwargs: Any) -> None:
        stored = {name: getattr(achievement, name) for name in STORED}
        stored |= {name: _plain(getattr(achievement, name)) for name in ("hours", "credits")}
        stored["suspendable"] = achievement.status_purpose == Achievement.Purpose.SUSPENSION
        super().__init__(data, files, achievement=achievement, initial=stored, **kwargs)
        language = self.fields["language"]
        if isinstance(language, forms.ChoiceField) and achievement.language not in dict(languages()):
            language.choices = [(achievement.language, achievement.language), *languages()]

    def words(self) -> dict[str, Any]:
        """What badges.designing.save_words takes."""
        found = {name: self.cleaned_data[name] for name in STORED}
        purpose = Achievement.Purpose.SUSPENSION if self.cleaned_data["suspendable"] else Achievement.Purpose.REVOCATION
        return {**found, "status_purpose": purpose}


STORED = [name for name in WordsForm.base_fields if name not in {"edits", "suspendable"}]
