"""System checks of the settings, of the release, and of the two together. docs/frameworks/django.md lists them.

Takes the settings, gives Django's messages. Opens the manifest, looks at many other files, and opens templates where
`{% static %}` does not use the release. Imports Django.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.contrib.staticfiles.storage import staticfiles_storage
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 Django's own name
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.core.management import find_commands

from buildassets.disk.plain_files import plain
from buildassets.errors import ManifestError
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import OCTETS, media_of
from buildassets.foundation.typed import IS_WATCHED
from buildassets.manifest.model import ASSETS_FOLDER, Manifest
from buildassets.runtime.django.compiler import is_installed
from buildassets.runtime.django.options import Options, has_release_storage, read_options
from buildassets.runtime.django.release import read_manifest, release_files
from buildassets.runtime.django.sources import StaticRoot, source_roots, template_folders

__all__ = ["check_deployment", "check_release"]

_OURS: Final = "buildassets.runtime.django"
_BUILD: Final = "run `manage.py assets build`"
_COLLECT: Final = "run `manage.py collectstatic`"
_STATIC: Final = re.compile(rb"\{%-?\s*static\s+([\"'])([^\"'{}%]+)\1")
_COMMENT: Final = re.compile(
    rb"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|\{%\s*verbatim\b.*?endverbatim\s*%\}", re.DOTALL
)


def check_release() -> list[CheckMessage]:
    """The faults that matter everywhere, also in development and tests."""
    try:
        options = read_options()
    except ImproperlyConfigured as fault:
        where = f" in `{settings.SETTINGS_MODULE}`" if settings.SETTINGS_MODULE else ""
        hint = f'write `BUILDASSETS = {{"manifest": BASE_DIR / "build/manifest.json"}}`{where}'
        return [Error(str(fault), hint=hint, id="buildassets.E001")]
    messages = [*_order(), *_urls(options)]
    if not options.is_plain:
        messages += _collected(options) if options.is_collected else _release(str(options.manifest))
    return messages


def check_deployment() -> list[CheckMessage]:
    """The faults that matter only where an application is deployed: `check --deploy`."""
    try:
        options = read_options()
        manifest = read_manifest(options.manifest) if options.manifest else None
    except ImproperlyConfigured:
        return []  # `check_release` reports it
    except ManifestError as fault:
        is_reported = not options.is_collected or fault.diagnostics[0].code != "manifest/missing"
        return [] if is_reported else [_unreadable(fault, _COLLECT)]
    if options.is_collected:
        return [] if manifest is None else [*_of_collected(options, manifest)]
    if manifest is None:
        message = 'BUILDASSETS = {"manifest": None} is for tests: URLs have no fingerprints'
        return [Warning(message, hint="name the manifest of a release", id="buildassets.W006")]
    return list(_development(manifest)) if _is_developed() else []  # elsewhere `check_release` reports it


def _is_developed() -> bool:
    return settings.DEBUG or IS_WATCHED in os.environ


def _release(path: str) -> Iterator[CheckMessage]:
    try:
        manifest = read_manifest(path)
    except ManifestError as fault:
        yield _unreadable(fault, _BUILD)
        return
    yield from _gone(path, os.path.join(os.path.dirname(path), ASSETS_FOLDER), _BUILD)
    yield from _plain(manifest)
    if not _is_developed():
        yield from _development(manifest)
    if IS_WATCHED not in os.environ:  # a watch builds at its start, so nothing stays stale
        stale = [*_stale(path)] if settings.DEBUG else []
        yield from stale or _lacking(manifest)


def _collected(options: Options) -> Iterator[CheckMessage]:
    """The faults of the manifest that `collectstatic` made; `check_deployment` reports others."""
    try:
        read_manifest(str(options.manifest))
    except ManifestError as fault:
        if fault.diagnostics[0].code != "manifest/missing":
            yield _unreadable(fault, _COLLECT)


def _of_collected(options: Options, manifest: Manifest) -> Iterator[CheckMessage]:
    if isinstance(staticfiles_storage, FileSystemStorage):
        yield from _gone(str(options.manifest), staticfiles_storage.path(""), _COLLECT)
    yield from _unknown(options, manifest)


def _unreadable(fault: ManifestError, build: str) -> CheckMessage:
    (diagnostic,) = fault.diagnostics
    if diagnostic.code == "manifest/missing":
        hint = build if build == _COLLECT else f"{build}, or develop with `manage.py runserver --with-assets`"
        return Warning(diagnostic.message, hint=hint, id="buildassets.W001")
    if diagnostic.code == "manifest/schema":
        return Error(diagnostic.message, hint=diagnostic.hint, id="buildassets.E003")
    return Error(diagnostic.message, hint=f"{build} again", id="buildassets.E002")


def _gone(manifest: str, folder: str, build: str) -> Iterator[CheckMessage]:
    """Report missing files, unless the whole folder is missing: then the files are served from elsewhere."""
    if not os.path.isdir(folder):
        return
    files = (entry.file for entry in release_files(manifest))
    gone = [file for file in files if not os.path.exists(os.path.join(folder, file))]
    if gone:
        count = len(gone) - 1
        more = f" and {count} more file{'s'[: count > 1]} that the manifest names are gone" if count else " is gone"
        message = f"`{os.path.join(folder, gone[0])}`{more}"
        yield Error(message, hint=f"{build} again, or deploy the whole release directory", id="buildassets.E004")


def _lacking(manifest: Manifest) -> Iterator[CheckMessage]:
    """Report static folders of which the release holds nothing, so that `{% static %}` fails for their files."""
    if not has_release_storage():
        return
    folders = [*_lacking_roots(source_roots(), manifest.assets)]
    if folders:
        (path, name), count = folders[0], len(folders) - 1
        more = f" and of {count} more static folder{'s'[: count > 1]}" if count else ""
        message = f"the release has nothing of `{path}`{more}: no `{name}`"
        hint = (
            f"{_BUILD}: `buildassets build` alone knows nothing of the finders; "
            "silence this where `entries` or `exclude` leave it out"
        )
        yield Warning(message, hint=hint, id="buildassets.W007")


def _lacking_roots(roots: Iterable[StaticRoot], assets: Collection[str]) -> Iterator[tuple[str, str]]:
    """The path of each of `roots` that has no file among `assets`, with the name of one that should be there.

    Only files that every build releases unchanged count, since nothing here shows what a build compiles or
    leaves out. The folders of custom finders are not checked, as only the files that these list are released.
    """
    for root in roots:
        name = None if root.include else _first_lacking(root, assets)
        if name is not None:
            yield root.path, name


def _first_lacking(root: StaticRoot, assets: Collection[str]) -> str | None:
    """The name of the first file of `root`; None if any of its files is among `assets`."""
    first = None
    for name in _unchanged_names(root):
        if name in assets:
            return None
        first = first or name
    return first


def _unchanged_names(root: StaticRoot) -> Iterator[str]:
    """The logical paths of the files below `root` that every build releases unchanged."""
    for folder, names, files in os.walk(root.path):
        names[:] = [name for name in sorted(names) if not _is_ignored(root, os.path.join(folder, name))]
        for path in (os.path.join(folder, name) for name in sorted(files)):
            kind = media_of(path)
            if kind is not OCTETS and kind.type != "text/plain" and not _is_ignored(root, path):
                name = os.path.relpath(path, root.path).replace(os.sep, "/")
                yield f"{root.prefix}/{name}" if root.prefix else name


def _is_ignored(root: StaticRoot, path: str) -> bool:
    name = os.path.basename(path)
    return name.startswith((".", "_")) or matches_patterns(os.path.relpath(path, root.path), root.exclude)


def _plain(manifest: Manifest) -> Iterator[CheckMessage]:
    """Report names in `{% static %}` that lead to no file, because its storage does not know the release."""
    if has_release_storage() or not apps.is_installed("django.contrib.staticfiles"):
        return
    tags = [tag for tag in _tags() if tag.name in manifest.assets and find(tag.name) is None]
    if tags:
        message = (
            f"{tags[0].place}: `{{% static %}}` does not use the release, and no finder has a file "
            f"of `{tags[0].name}`{_and_more(tags)}"
        )
        hint = (
            'let STORAGES["staticfiles"] be '
            '{"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}, or use `{% asset %}`'
        )
        yield Warning(message, hint=hint, id="buildassets.W008")


def _unknown(options: Options, manifest: Manifest) -> Iterator[CheckMessage]:
    """Report names in templates that the release lacks."""
    tags = [tag for tag in _tags() if not _is_served(re.split("[?#]", tag.name)[0], manifest)]
    if tags:
        message = f"{tags[0].place}: the release has no `{tags[0].name}`{_and_more(tags)}"
        effect = "pages with it fail" if options.is_strict else "its URL is plain, and perhaps a 404"
        yield Warning(f"{message}: {effect}", hint=f"correct the name, or {_COLLECT} again", id="buildassets.W009")


def _is_served(name: str, manifest: Manifest) -> bool:
    return name in manifest.assets or name.endswith("/") or name.startswith(manifest.unreleased or ())


@frozen
class _Tag:
    """The `line`, from 1, of the template at `path` that has `name`."""

    path: str
    line: int
    name: str

    @property
    def place(self) -> str:
        """The path and the line, in words."""
        return f"`{self.path}`, line {self.line}"


def _and_more(tags: Sequence[_Tag]) -> str:
    count = len(tags) - 1
    return f", and of {count} more name{'s'[: count > 1]}" if count else ""


def _tags() -> Iterator[_Tag]:
    """The names in `{% static %}`; templates of installed packages are not looked at."""
    for path in dict.fromkeys(_templates()):
        try:
            with open(plain(path), "rb") as file:
                text = _COMMENT.sub(lambda match: re.sub(rb"[^\n]", b" ", match[0]), file.read())
        except OSError:
            continue  # whoever renders it reports that
        for match in _STATIC.finditer(text):
            yield _Tag(path, text.count(b"\n", 0, match.start()) + 1, match[2].decode("utf-8", "replace"))


def _templates() -> Iterator[str]:
    for folder, language in template_folders():
        if language == "django" and not is_installed(folder):
            for top, names, files in os.walk(folder):
                names.sort()
                yield from (os.path.join(top, name) for name in sorted(files))


def _stale(manifest: str) -> Iterator[CheckMessage]:
    built_ns = max(map(_modified_ns, [manifest, *_files([_records_of_builds()])]))
    changed = next((path for path in _files(root.path for root in source_roots()) if _modified_ns(path) > built_ns), "")
    if changed:
        message = f"`{changed}` was modified after the release was built"
        hint = f"{_BUILD}, or develop with `manage.py runserver --with-assets`"
        yield Warning(message, hint=hint, id="buildassets.W002")


def _records_of_builds() -> str:
    """The folder in the cache that every build writes to, even one that leaves the manifest unchanged."""
    return os.path.join(os.environ.get("BUILDASSETS_CACHE_DIR") or ".buildassets", "builds")


def _files(folders: Iterable[str]) -> Iterator[str]:
    waiting = [*folders]  # not `os.walk`, which calls itself for each level
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir() and not entry.is_symlink():
                    waiting.append(entry.path)
                elif not entry.is_dir() and not entry.name.startswith("."):
                    yield entry.path


def _modified_ns(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:  # a link that leads nowhere
        return 0


def _development(manifest: Manifest) -> Iterator[CheckMessage]:
    if manifest.livereload is not None:
        message = "the release was built for development: it is neither minified nor compressed"
        yield Warning(message, hint=_BUILD, id="buildassets.W003")


def _urls(options: Options) -> Iterator[CheckMessage]:
    if not options.url or not settings.STATIC_URL or not options.url.startswith("/") or not has_release_storage():
        return
    if options.url.rstrip("/") != settings.STATIC_URL.rstrip("/"):
        message = f'BUILDASSETS["url"] is `{options.url}` and STATIC_URL is `{settings.STATIC_URL}`'
        hint = "leave `url` out: with the storage of buildassets, STATIC_URL is the prefix of all"
        yield Warning(message, hint=hint, id="buildassets.W004")


def _order() -> Iterator[CheckMessage]:
    """Report an application with a `runserver` before ours: Django uses the command of the first application."""
    for application in apps.get_app_configs():
        if application.name == _OURS:
            return
        if "runserver" in find_commands(os.path.join(application.path, "management")):
            message = (
                f"`{application.name}` comes before `{_OURS}` in INSTALLED_APPS: its `runserver` serves no release"
            )
            yield Warning(message, hint=f"put `{_OURS}` before it", id="buildassets.W005")
            return
