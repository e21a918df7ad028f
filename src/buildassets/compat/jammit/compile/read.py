"""Turns Jammit's file into settings of a build: source roots, bundles, entries, and the pieces that pages may load.

Takes the folder of a project and a mode, gives a Foreign. Reads the file and lists the folders of its globs.
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from buildassets.compat.jammit.compile.assets_yml import AssetsYml, Glob, is_like_jammit, read_assets_yml
from buildassets.compat.jammit.compile.ruby_globs import Listing, is_magic
from buildassets.compiler.config.file import read_text, relative_to
from buildassets.compiler.config.foreign import Foreign, ReaderArguments, severity_of_empty
from buildassets.compiler.config.values import DataUrls
from buildassets.compiler.engines.protocol import Templating
from buildassets.compiler.sources.uncompiled import compiled_name
from buildassets.disk.folders import is_within, path_below
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Severity, error
from buildassets.foundation.frozen import frozen
from buildassets.foundation.paths import normalise
from buildassets.manifest.model import Packages

# Jammit embeds what takes fewer than 32,700 characters in base64, and fonts of any size.
_EMBEDDED_BYTES: Final = 24_522
_EMBEDDED_IMAGES: Final = ("png", "jpg", "jpeg", "gif", "tif", "tiff")
_EMBEDDED_FONTS: Final = ("ttf", "otf", "woff")
_EMPTY: Final = "jammit/empty"  # the others are built
_MAGIC: Final = re.compile(r"([*?\[])")
_FUNCTION: Final = "template"  # Jammit's own, for which templates are compiled here
_EXTENSION: Final = "jst"
_NAMESPACE: Final = "window.JST"


def read(asked: ReaderArguments) -> Foreign | None:
    """The configuration in the file that is asked for; None if it is not Jammit's, and was not named as such.

    Raises ConfigError.
    """
    path = os.path.join(asked.folder, asked.file)
    text = read_text(path, asked.file)
    if not asked.is_named and not is_like_jammit(text):
        return None
    project = JammitProject(asked, read_assets_yml(text, asked.file, asked.mode))
    found = [*project.packages("stylesheets"), *project.packages("javascripts"), *project.packages("templates")]
    faults = [one for one in project.faults if one.is_error and one.code != _EMPTY]
    if faults:
        raise ConfigError(faults, looked_at=project.listing.folders)
    return Foreign(project.table(found), project.fields(found), (path, *project.listing.folders))


@frozen
class JammitPackage:
    """A package: its asset's `name`, and the names of the files that make it, in order, templates apart.

    `names` are those of the templates in scripts, by the logical paths of what they become.
    """

    name: str
    files: tuple[str, ...]
    templates: tuple[str, ...] = ()
    names: Mapping[str, str] | None = None
    is_of_templates: bool = False

    @property
    def alone(self) -> str:
        """The asset of the templates by themselves."""
        return self.name if self.is_of_templates else f"{self.name.removesuffix('.js')}.jst.js"


class JammitProject:
    """A project of Jammit in one mode; `faults` are the diagnostics for its file."""

    def __init__(self, asked: ReaderArguments, settings: AssetsYml) -> None:
        self.settings = settings
        self._missing = asked.missing
        self.listing = Listing()
        self.faults: list[Diagnostic] = [*settings.notices]
        self.templating: Templating = templating(settings)
        self._folder = asked.folder
        self._mode = asked.mode
        self._output = self._absolute(asked.output)
        self.public = self._absolute(self._text("public_root", "public"))
        self._roots = (asked.folder, *map(self._absolute, self._texts("asset_roots")))
        self._named: dict[str, dict[str, None]] = {}  # by the folder of a source root: the files in it that are needed

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._folder, path))

    def _text(self, key: str, default: str) -> str:
        value = self.settings.value(key)
        return value if isinstance(value, str) and value else default

    def _texts(self, key: str) -> list[str]:
        value = self.settings.value(key)
        values = value if isinstance(value, list) else [value]
        return [one for one in values if isinstance(one, str)]

    def is_on(self, key: str) -> bool:
        """A setting that only `false` turns off."""
        return self.settings.value(key) is not False

    @property
    def embeds(self) -> bool:
        """Whether small files are embedded in style sheets."""
        embed = self.settings.value("embed_assets")
        embed = self.settings.value("embed_images") if embed in (None, False) else embed
        return embed not in (None, False) and not self.is_individual

    @property
    def is_individual(self) -> bool:
        """Whether pages load the members of packages."""
        package = self.settings.value("package_assets")
        if package is None or package is True:
            return self._mode == "development"
        return bool(package != "always")

    @property
    def has_members(self) -> bool:
        """Whether pages may load them."""
        return self.is_individual or (self._mode == "development" and self.is_on("allow_debugging"))

    def packages(self, kind: str) -> Iterator[JammitPackage]:
        """The packages of one kind in the file; what is wrong with them is added to `faults`."""
        written = self.settings.values.get(kind)
        if written is not None and self.settings.value(kind) is not None and not isinstance(written, dict):
            message = f"`{kind}` is not a mapping from packages to files"
            self.faults.append(error("jammit/value", message, self.settings.location(kind)))
        for name, globs in self.settings.packages(kind).items():
            if normalise(name) != name:
                message = f"the package `{name}` is not a logical path"
                hint = "write it without a leading slash, `.` and `..`, as in `js/site`"
                self.faults.append(error("config/value", message, self.settings.location(kind, name), hint=hint))
                continue
            paths = self._files(globs)
            templates = [path for path in paths if self._is_template(path)] if kind != "stylesheets" else []
            files = tuple(self._name(path) for path in paths if path not in templates)
            alone = tuple(self._name(path) for path in sorted(templates, key=os.fsencode))
            called = names_of_templates(templates, self.templating)
            names = {f"{self._name(path)}.js": one for path, one in called.items()}
            suffix = {"stylesheets": ".css", "javascripts": ".js", "templates": ".jst.js"}[kind]
            yield JammitPackage(name + suffix, files, templates=alone, names=names, is_of_templates=kind == "templates")

    def _files(self, globs: Iterable[Glob]) -> list[str]:
        found: dict[str, None] = {}
        for glob in globs:
            files = [one for one in self.listing.files(glob.pattern, self._roots) if not is_within(self._output, one)]
            if not files and (severity := severity_of_empty(self._missing, is_glob=is_magic(glob.pattern))):
                message = f"`{glob.pattern}` matches no file"
                hint = 'correct it, or set `missing = "warn"`' if severity is Severity.ERROR else None
                self.faults.append(Diagnostic(severity, _EMPTY, message, glob.location, hint=hint))
            found |= dict.fromkeys(files)
        return list(found)

    def _is_template(self, path: str) -> bool:
        return path.endswith("." + self.templating.extension)

    def _name(self, path: str) -> str:
        """The logical path of a file; it is noted as one of its source root."""
        root, prefix = self._root_of(path)
        below = path_below(root, path) or os.path.basename(path)
        self._named.setdefault(root, {})[below] = None
        return f"{prefix}/{below}" if prefix else below

    def _root_of(self, path: str) -> tuple[str, str]:
        """The source root for a file, and its prefix: none in the public folder, where paths are those of URLs."""
        if path_below(self.public, path) is not None:
            return self.public, ""
        for root in self._roots:
            below = path_below(root, path)
            if below is not None:
                top, slash, _ = below.partition("/")
                return (os.path.join(root, top), top) if slash else (root, "")
        return os.path.dirname(path), os.path.basename(os.path.dirname(path))

    def table(self, packages: Sequence[JammitPackage]) -> dict[str, Any]:
        """The keys of our own file that correspond to the file of Jammit."""
        table: dict[str, Any] = {
            "sources": [*self._sources(packages)],
            "url": f"/{self._text('package_path', 'assets').strip('/')}/",
            "entries": [_exactly(name) for name in dict.fromkeys(self._entries(packages))],
            "bundles": dict(self._bundles(packages)),
            "url_prefixes": ["/"],  # `/images/a.png` is a file of the public root
            "missing": "warn",  # Jammit asks for no file that a sheet names
        }
        if not self.is_on("compress_assets"):
            table["minify"] = False
        if not self.is_on("gzip_assets"):
            table["compress"] = []
        return table

    def _sources(self, packages: Sequence[JammitPackage]) -> Iterator[dict[str, Any]]:
        if os.path.isdir(self.public):
            needs_any = next(iter(self._entries(packages)), None) is not None  # without entries all were released
            exclude = [*self._cached(packages), *self._twins()] if needs_any else ["**"]
            yield {"path": relative_to(self._folder, self.public), "exclude": exclude}
        for root, names in self._named.items():
            if root != self.public:
                _, prefix = self._root_of(os.path.join(root, next(iter(names))))
                include = [_exactly(name) for name in names]
                yield {"path": relative_to(self._folder, root), "prefix": prefix, "include": include}

    def _cached(self, packages: Sequence[JammitPackage]) -> Iterator[str]:
        """The files that Jammit itself has written into the public root."""
        folder = self._text("package_path", "assets").strip("/")
        for package in packages:
            stem, _, suffix = package.name.rpartition(".")
            for variant in ("", "-datauri", "-mhtml"):
                yield from (_exactly(f"{folder}/{stem}{variant}.{suffix}{copy}") for copy in ("", ".gz"))

    def _twins(self) -> Iterator[str]:
        """The files of the public root that no package names, and that make the same asset as one that is named."""
        named = self._named.get(self.public, {})
        for folder in dict.fromkeys(posixpath.dirname(name) for name in named):
            taken = {compiled_name(name) for name in named if posixpath.dirname(name) == folder}
            path = os.path.join(self.public, *folder.split("/"))
            self.listing.folders[path] = None
            for entry in sorted(os.listdir(path)):
                name = f"{folder}/{entry}".lstrip("/")
                if name not in named and compiled_name(name) in taken:
                    yield _exactly(name)

    def _entries(self, packages: Sequence[JammitPackage]) -> Iterator[str]:
        for package in packages:
            if package.files or package.templates:
                yield package.name
            if self.has_members:
                yield from self._members(package)

    def _bundles(self, packages: Sequence[JammitPackage]) -> Iterator[tuple[str, list[str]]]:
        for package in packages:
            if package.files or package.templates:
                yield package.name, [*package.files, *package.templates]
            if self.has_members and package.templates:
                yield package.alone, [*package.templates]

    def _members(self, package: JammitPackage) -> tuple[str, ...]:
        """The files that a page loads in place of the package."""
        if not package.templates:
            return package.files
        return (*(name for name in package.files if name.endswith(".js")), package.alone)

    def fields(self, packages: Sequence[JammitPackage]) -> dict[str, Any]:
        """The settings for which our own file has no keys."""
        fields: dict[str, Any] = {
            "templating": self.templating,
            "pieces": self._manifest_packages(packages),
            "template_names": self._template_names(packages),
            "notices": tuple(self.faults),
        }
        if self.embeds:
            images, fonts = map(_embedded, (_EMBEDDED_IMAGES, _EMBEDDED_FONTS))
            fields["data_urls"] = DataUrls(_EMBEDDED_BYTES, (*images, *fonts), fonts)
        if not self.is_on("rewrite_relative_paths"):
            base = f"{self._text('package_path', 'assets').strip('/')}/package.css"
            fields["bases"] = {name: base for one in packages if one.name.endswith(".css") for name in one.files}
        return fields

    def _manifest_packages(self, packages: Sequence[JammitPackage]) -> Packages | None:
        members = {one.name: self._members(one) for one in packages if self.has_members and not one.is_of_templates}
        members |= {one.name: () for one in packages if not one.files and not one.templates}
        return Packages(members, self.is_individual) if members else None

    def _template_names(self, packages: Sequence[JammitPackage]) -> dict[str, Mapping[str, str]]:
        named = [package for package in packages if package.names]
        return {name: one.names or {} for one in named for name in (one.name, one.alone)}


def _embedded(suffixes: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"**/embed/**/*.{suffix}" for suffix in suffixes)


def _exactly(name: str) -> str:
    """The glob that matches the path `name` and nothing else."""
    return "./" + _MAGIC.sub(r"[\1]", name)


def templating(settings: AssetsYml) -> Templating:
    """How templates become scripts by these settings."""
    extension, namespace = (settings.value(f"template_{key}") for key in ("extension", "namespace"))
    function = settings.value("template_function")
    if function is None or function is True or function == _FUNCTION:
        function = None
    return Templating(
        _EXTENSION if extension in (None, True) else str(extension).removeprefix("."),
        _NAMESPACE if namespace in (None, True) else str(namespace),
        "" if function is False else function,
    )


def names_of_templates(paths: Iterable[str], templating: Templating) -> dict[str, str]:
    """The names of the templates of one package, by their absolute `paths`.

    A single one has the name of its file, several have their paths below the folder that the first and the last share.
    """
    ordered = sorted(paths, key=os.fsencode)
    base = _shared_folder(ordered)
    stems = {path: path.removesuffix(f".{templating.extension}") for path in ordered}
    return {path: stem.removeprefix(base) if base else os.path.basename(stem) for path, stem in stems.items()}


def _shared_folder(ordered: list[str]) -> str:
    """The folder of the first and the last, with a slash at its end; empty for one path, or for no folder."""
    if len(ordered) < 2:
        return ""
    shared = []
    for one, other in zip(ordered[0].split("/"), ordered[-1].split("/"), strict=False):
        if one != other:
            break
        shared.append(one)
    folder = "/".join(shared)
    return folder and folder + "/"
