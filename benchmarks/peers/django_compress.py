"""django-compressor's `compress` over a site: `python django_compress.py SOURCE OUTPUT CACHE TEMPLATES`."""

import sys

import django
from django.conf import settings
from django.core.management import call_command


def main(source: str, output: str, cache: str, templates: str) -> None:
    """Compress what the templates name, ahead of the requests."""
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles", "compressor"],
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=[
            "django.contrib.staticfiles.finders.FileSystemFinder",
            "compressor.finders.CompressorFinder",
        ],
        STATIC_ROOT=output,
        STATIC_URL="/static/",
        COMPRESS_ENABLED=True,
        COMPRESS_OFFLINE=True,
        COMPRESS_PRECOMPILERS=[("text/x-scss", "django_libsass.SassCompiler")],
        COMPRESS_FILTERS={
            "css": [
                "compressor.filters.css_default.CssAbsoluteFilter",
                "compressor.filters.cssmin.rCSSMinFilter",
            ],
            "js": ["compressor.filters.jsmin.rJSMinFilter"],
        },
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [templates], "APP_DIRS": True}
        ],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": cache}},
    )
    django.setup()
    call_command("compress", verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
