"""Factories of files of activities."""

from recipients.models import ActivityFile
from tests.making import TenantFactory


class ActivityFileFactory(TenantFactory):
    class Meta:
        model = ActivityFile

    file_name = "attendance.csv"
    content = b"Name (Original Name),User Email,Total Duration (Minutes)\nAna Li,ana@example.org,50\n"
