"""The web server's entry."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from credentials_site.logs.requests import Numbered
from credentials_site.metrics import processes
from verification.front import Application, Front

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_site.settings.development")
application: Application = get_wsgi_application()
# All views are imported now, not when the first visitor waits.
_ = get_resolver().url_patterns
if settings.FRONT_CACHE:
    application = Front(application)
application = Numbered(application, processes.count)
