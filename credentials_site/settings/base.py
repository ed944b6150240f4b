"""Settings shared by every environment: all from the environment, safe by default, read once and here only."""

from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env

from credentials_site.logs import lines
from credentials_site.settings.mail_events import mail_events
from credentials_site.settings.stores import application_database, database, email, passwords, storages
from credentials_site.settings.vc_api import vc_api

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"

env = Env()

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# "id:base64 of 32 bytes", newest first; the others still open what they once closed (docs/operations.md).
KEY_ENCRYPTION_KEYS: list[str] = env.list("KEY_ENCRYPTION_KEYS")

# The one source of every link, DID and credential id. It freezes with the first credential (docs/decisions/0004).
SITE_URL = env.str("SITE_URL").rstrip("/")
SITE_NAME = env.str("SITE_NAME", "Laurel")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
IS_LOCAL = SITE_HOST in {"localhost", "127.0.0.1"}
ALLOWED_HOSTS = [SITE_HOST, *env.list("ALLOWED_HOSTS", [])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
# Opens /metrics and the details of /readyz; without it the one is not there and the other says only yes and no.
METRICS_TOKEN = env.str("METRICS_TOKEN", "", validate=lambda token: not token or len(token) >= 16)
ISSUER_SIGNUP = env.str("ISSUER_SIGNUP", "approved", validate=lambda v: v in {"open", "approved", "closed"})

# Another profile, for public conformance suites; without a token it answers 404 (docs/conformance.md).
_vc_api = vc_api(env, is_local=IS_LOCAL)
VC_API_TOKENS, VC_API_KEY = _vc_api["VC_API_TOKENS"], _vc_api["VC_API_KEY"]
VC_API_WITHOUT_TOKEN = _vc_api["VC_API_WITHOUT_TOKEN"]

INSTALLED_APPS = [
    "credentials_site",
    "verification",
    "recipients",
    "badges",
    "issuers",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "credentials_site.logs.requests.RequestLines",
    "credentials_site.health.AnyHost",
    "django.middleware.security.SecurityMiddleware",
    "credentials_site.middleware.ForPrograms",
    "credentials_site.middleware.StrictInput",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "credentials_site.middleware.ReaderZone",
    "credentials_site.middleware.WordsForButtons",
]

ROOT_URLCONF = "credentials_site.urls"
WSGI_APPLICATION = "credentials_site.wsgi.application"
APPEND_SLASH = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["issuers.templatetags.laurel"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "issuers.site.site",
                "issuers.entrance.signing_in",
            ],
        },
    }
]

DATABASES = {
    # Two roles (docs/decisions/0002): `app` serves everything, `migrator` owns the tables and is used by migrate alone.
    "default": {**application_database(env), "TEST": {"MIRROR": "migrator"}},
    "migrator": database(env, "MIGRATION_DATABASE_URL"),
}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", REDIS_URL),
        "KEY_PREFIX": "laurel",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 3, "health_check_interval": 25},
    }
}
# Whole answers of public pages, kept for seconds ahead of Django (docs/decisions/0011). Off: every page is made anew.
FRONT_CACHE = env.bool("FRONT_CACHE", True)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

_email = email(env, LOCAL, is_local=IS_LOCAL)
globals().update(_email)
MAILBOX_FOLDER, MAILBOX_SHOWN = _email["MAILBOX_FOLDER"], _email["MAILBOX_SHOWN"]
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <no-reply@{SITE_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)
# Conversations of one worker at a time: one while the server is quick, more only beside a mail that it keeps waiting.
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", 8)
# Rather none than two: what may have arrived is left to a person, and not sent again by itself.
MAIL_NEVER_DUPLICATE = env.bool("MAIL_NEVER_DUPLICATE", False)
MAIL_DOMAIN = env.str("MAIL_DOMAIN", SITE_HOST)
_mail_events = mail_events(env)
MAIL_EVENTS, ANYMAIL = _mail_events["MAIL_EVENTS"], _mail_events["ANYMAIL"]

STORAGES = storages(env, LOCAL)
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", ROOT / "staticfiles")
STATICFILES_DIRS = [ROOT / "static"]
STATICFILES_FINDERS = [
    "credentials_site.stylesheet.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

AUTH_USER_MODEL = "issuers.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after-sign-in"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_LOGIN_METHODS = {"email"}
# One field: the address. A password, a passkey or an authenticator can be added later.
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "issuers.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Codes are immune to scanners that follow links.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_FORMS = {
    "login": "issuers.forms.accounts.SignInForm",
    "signup": "issuers.forms.accounts.SignUpForm",
    "request_login_code": "issuers.forms.accounts.RequestCodeForm",
    "confirm_login_code": "issuers.forms.accounts.LoginCodeForm",
    "reset_password": "issuers.forms.accounts.ResetPasswordForm",
    "confirm_password_reset_code": "issuers.forms.accounts.ResetCodeForm",
    "add_email": "issuers.forms.accounts.AddAddressForm",
    "confirm_email_verification_code": "issuers.forms.accounts.AddressCodeForm",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# Three tries a code: at most 45 guesses a day at six digits of one account.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "10/h/ip",
    "reset_password": "10/h/ip,5/h/key",
    "request_login_code": "20/m/ip,6/h/key,15/d/key",
    "confirm_email": "1/10s/key,6/h/key,15/d/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_ADAPTER = "issuers.second_factors.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = False
MFA_TOTP_ISSUER = SITE_NAME
MFA_FORMS = {"add_webauthn": "issuers.forms.accounts.PasskeyForm"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOCAL

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 50  # the desk reads 20 at once, and says so to whoever hands in some more
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# How long a worker may keep rows before others take them. A chunk of mails to a slow server takes longest.
WORK_LEASE_SECONDS = env.int("WORK_LEASE_SECONDS", 180)
MAIL_LEASE_SECONDS = env.int("MAIL_LEASE_SECONDS", 900)
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL.replace("unix://", "redis+socket://"))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 350_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "queue_order_strategy": "round_robin",
    "max_retries": 1,
}
# Publishing a wake-up must never hold a page: the rows are safe, and `sweep` finds them.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ROUTES = {
    "recipients.tasks.sign": {"queue": "sign"},
    "recipients.tasks.sign_again": {"queue": "sign"},
    "recipients.tasks.render": {"queue": "render"},
    "recipients.tasks.send": {"queue": "mail"},
    "recipients.tasks.digests": {"queue": "mail"},
    "recipients.tasks.remind": {"queue": "mail"},
    # Receivers may take their time: they hold up nothing but one another.
    "recipients.tasks.post_webhooks": {"queue": "webhook"},
    "badges.tasks.preview": {"queue": "render"},
    "badges.tasks.design_pages": {"queue": "render"},
    # Anybody may ask for 200 links: they wait for one another and never before what is issued.
    "verification.tasks.*": {"queue": "desk"},
}
SWEEP_SECONDS = env.int("SWEEP_SECONDS", 30)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "recipients.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 25}},
    # Mondays begin at other times elsewhere: every quarter of an hour somebody's may have.
    "digests": {"task": "recipients.tasks.digests", "schedule": 900, "options": {"expires": 800}},
    # Who is due now was not due a quarter of an hour ago: nobody waits, and no day is missed.
    "remind": {"task": "recipients.tasks.remind", "schedule": 900, "options": {"expires": 800}},
    "count-looks": {"task": "verification.tasks.count_looks", "schedule": 30, "options": {"expires": 25}},
    "sweep-invitations": {"task": "issuers.tasks.sweep", "schedule": 30, "options": {"expires": 25}},
    "sweep-desk": {"task": "verification.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 25}},
    "forget-strays": {
        "task": "recipients.tasks.forget_strays",
        "schedule": crontab(hour=3, minute=17),
        "options": {"expires": 3600},
    },
    "forget-events": {"task": "recipients.tasks.forget_events", "schedule": 3600, "options": {"expires": 1800}},
    "webhooks": {"task": "recipients.tasks.post_webhooks", "schedule": 10, "options": {"expires": 9}},
    "forget-webhooks": {"task": "recipients.tasks.forget_webhooks", "schedule": 3600, "options": {"expires": 1800}},
    "forget-desk": {"task": "verification.tasks.forget", "schedule": 3600, "options": {"expires": 1800}},
}

LOG_FORMAT = env.str("LOG_FORMAT", "json")
# Whatever this process knows and nobody may read is looked for in each line, word by word.
LOGGING = lines.configured(
    LOG_FORMAT,
    [
        SECRET_KEY,
        *SECRET_KEY_FALLBACKS,
        *(entry.partition(":")[2] for entry in KEY_ENCRYPTION_KEYS),
        *VC_API_TOKENS,
        METRICS_TOKEN,
        *passwords(env),
    ],
)
