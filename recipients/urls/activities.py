"""Addresses of what people do: activities, files of them, opportunities, groups, reports."""

from django.urls import path

from recipients.views import activities, activity, activity_files, activity_report, groups, opportunities

_HERE = "manage/<slug:slug>/activities"
_FILE = f"{_HERE}/files/<str:public_id>"
_THINGS = "manage/<slug:slug>/opportunities"
_GROUP = "manage/<slug:slug>/groups/<slug:group>"

urlpatterns = [
    path(f"{_HERE}/", activities.activities, name="manage-activities"),
    path(f"{_HERE}.csv", activities.export, name="manage-activities-export"),
    path(f"{_HERE}/new/", activity.new, name="manage-activity-new"),
    path(f"{_HERE}/files/", activity_files.files, name="manage-activity-files"),
    path(f"{_HERE}/files/new/", activity_files.new, name="manage-activity-file-new"),
    path(f"{_FILE}/", activity_files.file, name="manage-activity-file"),
    path(f"{_FILE}/reading/", activity_files.reading, name="manage-activity-file-reading"),
    path(f"{_FILE}/confirmation/", activity_files.confirmation, name="manage-activity-file-confirmation"),
    path(f"{_FILE}/rows-to-mend.csv", activity_files.faulty, name="manage-activity-file-faulty"),
    path(f"{_HERE}/report/", activity_report.report, name="manage-activity-report"),
    path(f"{_HERE}/report.csv", activity_report.export, name="manage-activity-report-export"),
    path(f"{_HERE}/kinds/", activity_report.kinds, name="manage-activity-kinds"),
    path(f"{_HERE}/kinds/<int:kind>/name/", activity_report.kind_name, name="manage-activity-kind-name"),
    path(f"{_HERE}/<str:public_id>/", activity.activity, name="manage-activity"),
    path(f"{_HERE}/<str:public_id>/correction/", activity.correction, name="manage-activity-correction"),
    path(f"{_HERE}/<str:public_id>/withdrawal/", activity.withdrawal, name="manage-activity-withdrawal"),
    path(
        "manage/<slug:slug>/people/<int:recipient>/activities/", activities.of_person, name="manage-person-activities"
    ),
    path(f"{_THINGS}/", opportunities.opportunities, name="manage-opportunities"),
    path(f"{_THINGS}/new/", opportunities.new, name="manage-opportunity-new"),
    path(f"{_THINGS}/<str:public_id>/", opportunities.opportunity, name="manage-opportunity"),
    path(f"{_THINGS}/<str:public_id>/words/", opportunities.edit, name="manage-opportunity-words"),
    path(f"{_THINGS}/<str:public_id>/archive/", opportunities.archiving, name="manage-opportunity-archive"),
    path(f"{_THINGS}/<str:public_id>/restoration/", opportunities.restoration, name="manage-opportunity-restoration"),
    path("manage/<slug:slug>/groups/", groups.groups, name="manage-groups"),
    path("manage/<slug:slug>/groups/new/", groups.new, name="manage-group-new"),
    path(f"{_GROUP}/", groups.group, name="manage-group"),
    path(f"{_GROUP}/name/", groups.name, name="manage-group-name"),
    path(f"{_GROUP}/people/", groups.members, name="manage-group-people"),
    path(f"{_GROUP}/removal/", groups.removal, name="manage-group-removal"),
    path(f"{_GROUP}/archive/", groups.archiving, name="manage-group-archive"),
    path(f"{_GROUP}/restoration/", groups.restoration, name="manage-group-restoration"),
]
