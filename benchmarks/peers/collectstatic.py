"""Django's `collectstatic` with a manifest storage: `python collectstatic.py SOURCE OUTPUT [OPTION…]`.

`--modules` switches on the storage's support for JavaScript imports, which Django leaves off unless told.
`--compressed` takes WhiteNoise's storage, and `--only-hashed` lets it remove the files under their plain names.
"""

import sys

import django
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command


class ModuleAwareStorage(ManifestStaticFilesStorage):
    """The manifest storage that also rewrites `import` and `export … from`."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 50  # each pass follows imports one step further; five do not reach the end


def main(source: str, output: str, options: list[str]) -> None:
    """Collect `source` into `output` under hashed names."""
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=output,
        STATIC_URL="/static/",
        STORAGES={"staticfiles": {"BACKEND": _storage(options)}},
        WHITENOISE_KEEP_ONLY_HASHED_FILES="--only-hashed" in options,
    )
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)


def _storage(options: list[str]) -> str:
    if "--compressed" in options:
        return "whitenoise.storage.CompressedManifestStaticFilesStorage"
    storage = ModuleAwareStorage if "--modules" in options else ManifestStaticFilesStorage
    return f"{storage.__module__}.{storage.__qualname__}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
