"""Django's settings, all from the environment as `settings` of the site reads it. There is no database."""

import logs
import settings as site

_config = site.load()

DEBUG = _config.debug
SECRET_KEY, *SECRET_KEY_FALLBACKS = _config.secret_keys
ALLOWED_HOSTS = list(_config.hosts)
HARBOUR_CODE = _config.harbour_code

ROOT_URLCONF = "django_site.urls"
WSGI_APPLICATION = "django_site.wsgi.application"
INSTALLED_APPS = ["buildassets.runtime.django"]
BUILDASSETS = {"manifest": _config.release / "manifest.json"}
if _config.assets_url:
    BUILDASSETS["url"] = _config.assets_url

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django_site.stored_sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [site.HERE / "templates"],
        "OPTIONS": {
            "environment": "django_site.jinja.environment",
            "context_processors": ["django_site.views.in_every_page"],
        },
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = logs.to_stdout(_config.log_level)
if _config.proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_AGE = _config.session_seconds
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _config.secure_cookies
SESSION_SAVE_EVERY_REQUEST = True  # or else it expires that long after it was last changed, not last used
CSRF_FAILURE_VIEW = "django_site.views.forged"

SESSION_URL = _config.session_url
_in_cookies = SESSION_URL.startswith("cookie:")
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies" if _in_cookies else "django_site.stored_sessions"
