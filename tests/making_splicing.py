"""What the comparison of two ways of printing found."""

from badges.models import Misprint
from tests.factories import AchievementVersionFactory
from tests.making import TenantFactory, of


class MisprintFactory(TenantFactory):
    class Meta:
        model = Misprint

    version = of(AchievementVersionFactory)
    credential = "3vQB7B6MrGQZaxCuFg4oh2"
    why = "412 of 891000 pixels are far apart"
