"""The web server's entry."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from verification.front import Application, Front

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_site.settings.development")
application: Application = get_wsgi_application()
if settings.FRONT_CACHE:
    application = Front(application)
