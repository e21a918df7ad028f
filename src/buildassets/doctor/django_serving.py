"""Which module of a Django project gives servers the application, where nothing of the project serves a release.

Takes the files of a project and its settings. A web server in front, whose configuration lies elsewhere, is not seen.
"""

import os
import re
from collections.abc import Iterator
from typing import Final

from buildassets.disk.folders import is_within
from buildassets.foundation.frozen import frozen
from buildassets.manifest.model import ASSETS_FOLDER
from buildassets.project.django_files import DjangoSettings
from buildassets.project.files import ProjectFiles, is_aside

_IMPORT: Final = re.compile(r"^from django\.core\.(wsgi|asgi) import get_\1_application\b", re.MULTILINE)
_OURS: Final = re.compile(r"\bbuildassets\.runtime\.(?:django\.)?[aw]sgi\b|\bAssetServer\b")
_STORAGE: Final = "buildassets.runtime.django.storage"
_FOLDERS: Final = ("STATIC_ROOT", "WHITENOISE_ROOT")
_WEB_SERVER: Final = re.compile(r"\.conf(?:\.\w+)?$|nginx|^Caddyfile")


@frozen
class ServerModule:
    """The module `file` that imports Django's function at `start` to `end`, and the `line` to write there."""

    file: str
    start: int
    end: int
    line: str


def unserved_module(
    files: ProjectFiles, settings: DjangoSettings, release: str, prefix: str, *, collects: bool
) -> ServerModule | None:
    """`wsgi.py`, or else `asgi.py`, as Django made it; None if the project shows what serves the folder `release`.

    Besides what `server_modules` takes for that, it is a `STATIC_ROOT` to which our storage copies the release, if
    something `collects`; a `STATIC_ROOT` in the release; and a `WHITENOISE_ROOT` by which `prefix` is its folder of
    assets. WhiteNoise serves nothing else, nor does a web server.
    """
    is_computed = any(settings.text(one) is None and settings.last(one) for one in ("STATIC_URL", *_FOLDERS))
    static, top = (os.path.normpath(files.path(path)) if (path := settings.text(one)) else "" for one in _FOLDERS)
    is_collected = collects and static and any(_STORAGE in files.text(file) for file in files.ending(".py"))
    is_in_release = static and is_within(release, static)
    has_top = top and os.path.join(top, prefix.strip("/")) == os.path.join(release, ASSETS_FOLDER)
    is_served = is_computed or is_collected or is_in_release or has_top
    return None if is_served else next(server_modules(files, settings), None)


def web_servers(files: ProjectFiles) -> Iterator[str]:
    """The configurations of web servers in the project, by their names."""
    return (name for name in files.names if _WEB_SERVER.search(name.rpartition("/")[2]))


def server_modules(files: ProjectFiles, settings: DjangoSettings) -> Iterator[ServerModule]:
    """`wsgi.py` and `asgi.py` as Django made them; none if the project shows a server that needs no line there.

    That is a server of ours, the configuration of a web server, or the URL of another host.
    """
    is_served = "://" in (settings.text("STATIC_URL") or "") or next(web_servers(files), None)
    if is_served or any(_OURS.search(files.text(name)) for name in files.ending(".py")):
        return
    for name in (*files.called("wsgi.py"), *files.called("asgi.py")):
        if not is_aside(name) and (match := _IMPORT.search(files.text(name))):
            kind = match[1]
            line = f"from buildassets.runtime.django.{kind} import get_{kind}_application"
            yield ServerModule(name, match.start(), match.end(), line)


def static_server(files: ProjectFiles, settings: DjangoSettings) -> ServerModule | None:
    """`wsgi.py`, or else `asgi.py`, as Django made it; None where WhiteNoise or a web server is seen."""
    has_whitenoise = any("whitenoise" in files.text(name) for name in (*settings.files, *files.called("wsgi.py")))
    return None if has_whitenoise else next(server_modules(files, settings), None)
