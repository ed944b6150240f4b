"""Where mail providers tell what became of our mails."""

from django.urls import path

from recipients.views import mail_events

urlpatterns = [
    path("mail-events/<str:provider>/", mail_events.mail_events, name="mail-events"),
]
