"""Which module of a Django project gives servers the application, where nothing of the project serves a release.

Takes the files of a project and its settings. A web server in front, whose configuration lies elsewhere, is not seen.
"""

import re
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.project.django_files import DjangoSettings
from buildassets.project.files import ProjectFiles

_IMPORT: Final = re.compile(r"^from django\.core\.(wsgi|asgi) import get_\1_application\b", re.MULTILINE)
_OURS: Final = re.compile(r"\bbuildassets\.runtime\.(?:django\.)?[aw]sgi\b|\bAssetServer\b")
_WEB_SERVER: Final = re.compile(r"\.conf(?:\.\w+)?$|nginx|^Caddyfile")


@frozen
class UnservedModule:
    """The module `file` that imports Django's function at `start` to `end`, and the `line` to write there."""

    file: str
    start: int
    end: int
    line: str


def unserved_module(files: ProjectFiles, settings: DjangoSettings) -> UnservedModule | None:
    """`wsgi.py`, or else `asgi.py`, as Django made it; None if the project shows what serves the release.

    That is a server of ours, the configuration of a web server, WhiteNoise, `STATIC_ROOT`, or another host's URL.
    """
    if _is_served_elsewhere(files, settings) or any(_OURS.search(files.text(name)) for name in files.ending(".py")):
        return None
    for name in (*files.called("wsgi.py"), *files.called("asgi.py")):
        if match := _IMPORT.search(files.text(name)):
            kind = match[1]
            line = f"from buildassets.runtime.django.{kind} import get_{kind}_application"
            return UnservedModule(name, match.start(), match.end(), line)
    return None


def _is_served_elsewhere(files: ProjectFiles, settings: DjangoSettings) -> bool:
    url = settings.text("STATIC_URL")
    is_elsewhere = "://" in url if url is not None else settings.last("STATIC_URL") is not None
    return (
        is_elsewhere
        or settings.last("STATIC_ROOT") is not None
        or any("whitenoise" in files.text(file) for file in settings.files)
        or any(_WEB_SERVER.search(name.rpartition("/")[2]) for name in files.names)
    )
