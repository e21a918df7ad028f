"""Django's `collectstatic` with the manifest storage: `python collectstatic.py SOURCE OUTPUT [--modules]`.

`--modules` switches on the storage's support for JavaScript imports, which Django leaves off unless told.
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


def main(source: str, output: str, with_modules: bool) -> None:
    """Collect `source` into `output` under hashed names."""
    storage = ModuleAwareStorage if with_modules else ManifestStaticFilesStorage
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=output,
        STATIC_URL="/static/",
        STORAGES={"staticfiles": {"BACKEND": f"{storage.__module__}.{storage.__qualname__}"}},
    )
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--modules" in sys.argv[3:])
