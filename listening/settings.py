"""Settings, from the environment; docs/operating.md lists every variable.

POLSSLAG_ENV decides what may be missing: `production` refuses to start without its secrets,
`demo` and `test` fill in throw-away ones and start their own services. When it is not set,
a DATABASE_URL means production.
"""

from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

from listening.embedded import DataFolder
from listening.inlined import content_hash
from listening.languages import offered

django_stubs_ext.monkeypatch()  # lets forms and views name their model in their type

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

POLSSLAG_ENV = env.str("POLSSLAG_ENV", default="production" if "DATABASE_URL" in env else "demo")
if POLSSLAG_ENV not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"POLSSLAG_ENV is '{POLSSLAG_ENV}'; use production, demo or test.")
PRODUCTION = POLSSLAG_ENV == "production"
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("POLSSLAG_DATA", default=str(BASE_DIR / ".polsslag" / POLSSLAG_ENV)))


def secret(name: str, throwaway: str) -> str:
    """A value that production must be given and that the demo and the tests can do without."""
    if PRODUCTION and not env.str(name, default=""):
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment, or set POLSSLAG_ENV=demo to look around."
        )
    return str(env.str(name, default=throwaway))


def networks(name: str, default: list[str]) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(one) for one in env.list(name, default=default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Name networks such as 10.20.0.0/16.") from error


SECRET_KEY = secret("SECRET_KEY", "throw-away-key-of-a-demo-that-holds-nothing-real")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones
BASE_URL = secret("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
HOST = urlsplit(BASE_URL).hostname or ""
HTTPS = BASE_URL.startswith("https://")
LOOPBACK = ["127.0.0.1", "localhost", "::1"]
if PRODUCTION and not HTTPS and HOST not in LOOPBACK:
    raise ImproperlyConfigured(
        f"BASE_URL is '{BASE_URL}'; it must start with https://, because links in mails are personal."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[HOST, *LOOPBACK, "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# The page that shows every mail sent, for looking around and developing. It holds everyone's links.
MAILBOX = POLSSLAG_ENV == "demo" or (DEBUG and not PRODUCTION)

# Parts

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "template_partials",
    "treebeard",
    "accounts",
    "orgunits",
    "surveys",
    "results",
    "actions",
    "dashboards",
    "listening",
]

MIDDLEWARE = [
    "listening.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dashboards.polling.WithoutSession",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "listening.uploads.UploadLimitMiddleware",  # before anything looks into the form
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.speaking.UserLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "listening.urls"
WSGI_APPLICATION = "listening.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.navigation.navigation",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # fields by templates/django/forms/field.html

# Services

# Without these addresses: the services in the data folder, which `make up` and `make demo` start.
DATABASES: dict[str, Any] = {
    "default": env.db_url("DATABASE_URL", default=DataFolder(DATA_DIR).database_url())
}
DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default=DataFolder(DATA_DIR).valkey_url())
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Celery: the queue only speeds things up; which work is due stands in rows.
CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("unix://"):  # Celery has words of its own for a socket's address
    CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
TICK_SECONDS = env.float("TICK_SECONDS", default=60 if PRODUCTION else 5)
CELERY_BEAT_SCHEDULE = {"tick": {"task": "listening.tasks.tick", "schedule": TICK_SECONDS}}

vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25"))
if MAILBOX and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "listening.mailbox.backend.MailboxBackend"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=vars()["EMAIL_BACKEND"])
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Polsslag <polsslag@localhost>")
ANYMAIL = env.dict("ANYMAIL", default={})
# What a mail service signs in with, as user:password, when it tells what became of a mail.
ANYMAIL_WEBHOOK_SECRET = env.str("ANYMAIL_WEBHOOK_SECRET", default="")
if ANYMAIL_WEBHOOK_SECRET:
    if ":" not in ANYMAIL_WEBHOOK_SECRET or len(ANYMAIL_WEBHOOK_SECRET) < 20:
        raise ImproperlyConfigured("ANYMAIL_WEBHOOK_SECRET must be user:password, of 20 characters or more.")
    ANYMAIL["WEBHOOK_SECRET"] = ANYMAIL_WEBHOOK_SECRET
# Where undelivered mails are reported: the address, and the mailbox in which the reports are read.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_MAILBOX_URL = env.str("BOUNCE_MAILBOX_URL", default="")

# Other systems that are told of events (docs/webhooks.md): in which networks inside they may be, if any.
WEBHOOK_NETWORKS = networks("WEBHOOK_NETWORKS", [] if PRODUCTION else ["127.0.0.0/8", "::1/128"])
WEBHOOK_SCHEMES = ["https"] if PRODUCTION else ["https", "http"]
WEBHOOK_CA_FILE = env.str("WEBHOOK_CA_FILE", default="")

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.WithOrganisation"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "accounts.adapter.InvitedOnly"
ACCOUNT_FORMS = {"login": "accounts.signing_in.SignInForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from the organisation's own import
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Polsslag"

# Languages and time

# Each file of translations is a language (docs/adding-a-language.md). POLSSLAG_LOCALE: a folder of the
# installation's own, whose texts go before those of the product.
LOCALE_PATHS = [*map(Path, env.list("POLSSLAG_LOCALE", default=[])), BASE_DIR / "locale"]
LANGUAGES = offered(LOCALE_PATHS, env.list("POLSSLAG_LANGUAGES", default=[]))
LANGUAGE_CODE = LANGUAGES[0][0]
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# The read API

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Polsslag",
    "DESCRIPTION": "Reads units, waves, participation, figures, signals and actions, as far as one may.",
    "VERSION": "1.2.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "LICENSE": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "CONTACT": {"name": "Polsslag", "url": BASE_URL, "email": parseaddr(DEFAULT_FROM_EMAIL)[1]},
    "SERVERS": [{"url": "/api/v1"}],
    "SCHEMA_PATH_PREFIX_TRIM": True,
}

# Files

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "listening.plotly_static.PlotlyFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "listening.static_storage.JoiningStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a form may list every unit of a large organisation
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2
LARGEST_REQUEST = 26 * 1024**2  # the largest people file, and the form around it

# Safety

SILENCED_SYSTEM_CHECKS = ["fields.W161"]  # takes 09:00, when mails are sent by default, for "now" at nine
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION and HTTPS:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SILENCED_SYSTEM_CHECKS.append("security.W021")  # the preload list is for the domain's owner to choose
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", content_hash("js/answering.js")],
        "style-src": ["'self'", content_hash("css/answering.css")],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"hide_links": {"()": "listening.log_filters.HideLinks"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_links"]}
    },
    # It tells of each form that it tries, and of what it cannot read, which we say ourselves.
    # And of an address inside, also when the operator allows it.
    "loggers": {"flufl.bounce": {"level": "CRITICAL"}, "requests_hardened": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
