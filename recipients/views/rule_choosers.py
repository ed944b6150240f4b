"""What the builder of a rule offers to choose from: kinds, things, tags, units, credentials and groups that there are here."""

from __future__ import annotations

from django.db.models import F, Func

from badges.criteria.facts import HELD, MEMBER
from badges.forms.rule_fields import MOST_OFFERED, Choosers
from badges.models import Achievement, Opportunity
from badges.wording.kinds import KINDS
from badges.wording.names import Names
from issuers.models import Issuer
from recipients import knowing
from recipients.models import Group

_UNITS = ("hours", "minutes", "points", "percent")


def choosers(issuer: Issuer, achievement: Achievement, names: Names) -> Choosers:
    """For the rule of one achievement, which cannot ask for itself."""
    own = [one for one in knowing.kinds(issuer) if one not in KINDS]
    kinds = [(key, str(words.label)) for key, words in KINDS.items()]
    kinds += [(key, names.titles.get(("kind", key), key)) for key in own]
    others = Achievement.objects.filter(issuer=issuer).current().exclude(pk=achievement.pk).order_by("name", "id")
    groups = Group.objects.filter(issuer=issuer, archived_at__isnull=True).order_by("name", "id")
    opportunities = Opportunity.objects.filter(issuer=issuer).current()
    tags = opportunities.annotate(tag=Func(F("tags"), function="unnest")).values_list("tag", flat=True)
    units = opportunities.exclude(unit="").values_list("unit", flat=True).distinct()
    return Choosers(
        kinds=kinds,
        titles={named: title for named, title in names.titles.items() if named[0] not in {HELD, MEMBER, "kind"}},
        tags=sorted(set(tags.distinct()[:MOST_OFFERED])),
        units=list(dict.fromkeys([*_UNITS, *units[:MOST_OFFERED]])),
        credentials=[(one.public_id, one.name) for one in others],
        groups=[(one.key, one.name) for one in groups],
    )
