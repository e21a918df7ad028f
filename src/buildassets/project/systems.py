"""The other asset systems that a project has, each by a line of a file that shows it.

Takes what is known of a project, gives the names of `buildassets migrate`.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.project.dependencies import Dependencies
from buildassets.project.django_files import DjangoSettings
from buildassets.project.files import ProjectFiles

# The texts in settings of Django that show a system, by its name for `migrate`.
_IN_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "compressor": ('"compressor"', "'compressor'", "compressor.finders"),
    "pipeline": ('"pipeline"', "'pipeline'", "pipeline.storage"),
    "whitenoise": ("whitenoise.middleware", "whitenoise.storage"),
    "django": ("staticfiles.storage.ManifestStaticFilesStorage",),
}
_IN_PYTHON: Final[Mapping[str, re.Pattern[str]]] = {
    "webassets": re.compile(r"^[^\S\n]*(?:from|import)\s+(?:webassets|flask_assets)\b", re.M),
    "static-digest": re.compile(r"^[^\S\n]*(?:from|import)\s+flask_static_digest\b", re.M),
    "whitenoise": re.compile(r"^[^\S\n]*(?:from|import)\s+whitenoise\b", re.M),
    "vite": re.compile(r"^[^\S\n]*(?:from|import)\s+(?:django_vite|flask_vite)\b", re.M),
}
# The tags of systems that Django's settings install; in a library without settings only these show them.
_TAGS: Final[Mapping[str, re.Pattern[str]]] = {
    "compressor": re.compile(r"\{%\s*load\s[^%]*\bcompress\b"),
    "pipeline": re.compile(r"\{%\s*load\s[^%]*\bpipeline\b"),
    "vite": re.compile(r"\{%\s*load\s[^%]*\bdjango_vite\b"),
}
_OF_DJANGO: Final = ("django-compressor", "django-pipeline", "django-vite", "whitenoise")
# Packages of Python that bring a system.
_DECLARED: Final[Mapping[str, str]] = {
    "django-compressor": "compressor",
    "django-pipeline": "pipeline",
    "django-vite": "vite",
    "flask-assets": "webassets",
    "flask-static-digest": "static-digest",
    "flask-vite": "vite",
    "webassets": "webassets",
    "whitenoise": "whitenoise",
}
# Gems that bring a system, as `Gemfile`, `Gemfile.lock` and the specification of a gem name them.
_GEMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("sass-rails", "sprockets-es6", "sprockets-rails"), "sprockets"),
    "propshaft": "propshaft",
    "importmap-rails": "importmap",
}
_GEM: Final = re.compile(r"""^\s*(?:(?:gem|\w+\.add_(?:runtime_)?dependency)[\s(]+["'])?([\w-]+)\b""", re.MULTILINE)
_VITE: Final = tuple(f"vite.config.{suffix}" for suffix in ("js", "ts", "mjs", "mts", "cjs", "cts"))
_RUNS_VITE: Final = re.compile(r':\s*"(?:[^"]*[\s/])?vite(?:\s[^"]*)?"')


@frozen
class OtherSystem:
    """An asset system by its name for `migrate`, and the file that shows it."""

    name: str
    file: str


def other_systems(files: ProjectFiles, settings: DjangoSettings | None, declared: Dependencies) -> list[OtherSystem]:
    """The systems that the project has, each once."""
    found: dict[str, OtherSystem] = {}
    for one in _found(files, settings, declared.node):
        found.setdefault(one.name, one)
    for package, name in _DECLARED.items():
        if package in declared.python and (settings is not None or package not in _OF_DJANGO):
            found.setdefault(name, OtherSystem(name, declared.files[0]))
    return [found[name] for name in sorted(found)]


def _found(files: ProjectFiles, settings: DjangoSettings | None, node: frozenset[str]) -> Iterator[OtherSystem]:
    for file, text in _settings_texts(files, settings) if settings else ():
        for name, signs in _IN_SETTINGS.items():
            if any(sign in text for sign in signs):
                yield OtherSystem(name, file)
    yield from _seen(files, ".py", _IN_PYTHON)
    if settings is None:
        yield from _seen(files, ".html", _TAGS)
    for file in files.called(*_VITE):
        yield OtherSystem("vite", file)
    for file in files.called("package.json") if "vite" in node else ():
        if _RUNS_VITE.search(files.text(file)):  # which is there for Vitest alone, otherwise
            yield OtherSystem("vite", file)
    if "config/assets.yml" in files.names:
        yield OtherSystem("jammit", "config/assets.yml")
    yield from _of_rails(files)


def _settings_texts(files: ProjectFiles, settings: DjangoSettings) -> Iterator[tuple[str, str]]:
    """The files of the settings and their texts, without a list such as `OPTIONAL_APPS` that no statement uses."""
    texts = {file: files.text(file) for file in settings.files}
    lists = ((name, one) for name, one in settings.assigned if name.endswith("_APPS") and name != "INSTALLED_APPS")
    for name, one in lists:
        if sum(len(re.findall(rf"\b{name}\b", text)) for text in texts.values()) == 1:
            texts[one.file] = texts[one.file].replace(ast.get_source_segment(texts[one.file], one.statement) or "", "")
    yield from texts.items()


def _seen(files: ProjectFiles, suffix: str, signs: Mapping[str, re.Pattern[str]]) -> Iterator[OtherSystem]:
    """The systems whose `signs` are in the project's own files of that kind."""
    for file in (name for name in files.own if name.endswith(suffix)):
        yield from (OtherSystem(name, file) for name, pattern in signs.items() if pattern.search(files.text(file)))


def _of_rails(files: ProjectFiles) -> Iterator[OtherSystem]:
    for file in (name for name in files.own if name in ("Gemfile", "Gemfile.lock") or name.endswith(".gemspec")):
        gems = _GEM.findall(files.text(file))
        yield from (OtherSystem(name, file) for gem, name in _GEMS.items() if gem in gems)
