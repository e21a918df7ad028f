"""From `PIPELINE` to a plan for the compiler.

Takes Django's settings, gives the arguments that hand the plan to the compiler, or the plan itself. Writes below the
folder of the cache. Imports Django.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from hashlib import sha256
from typing import Any, Final

from buildassets.compat.pipeline.compile.settings import compiler_meaning, is_libsass, key_meaning
from buildassets.compat.pipeline.run.packages import KINDS, members_key, package_key, pipeline_settings
from buildassets.compat.plan_file import plain, plan_folder, write_plan
from buildassets.compiler.config.block_plan import FORMAT
from buildassets.compiler.config.file import relative_to, search
from buildassets.compiler.config.foreign import severity_of_empty
from buildassets.disk.folders import files_below
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.media import suffix
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import normalise
from buildassets.runtime.django.sources import StaticRoot, source_roots

__all__ = ["document", "planned"]

_PROGRAM: Final = "buildassets.compat.pipeline.compile.collect"
_COMPILED: Final = {".scss": ".css", ".sass": ".css"}
_ELEMENTS: Final = {"css": "link", "js": "script"}
_WRAPPER: Final = "(function() {\n%s\n}).call(this);"
_FUNCTION: Final = "template"  # django-pipeline's own, for which templates are compiled here
_EMBEDDED: Final = {"png": 0, "jpg": 0, "jpeg": 0, "gif": 0, "tif": 0, "tiff": 0, "ttf": 1, "otf": 1, "woff": 1}
_CHARACTERS: Final = 32_700  # of base64, in which an embedded image takes fewer
_MAGIC: Final = re.compile(r"[*?\[]")


def planned() -> list[str]:
    """Write the plan; gives the arguments that hand it to the compiler."""
    folder = plan_folder("pipeline")
    return ["--plan", os.path.relpath(write_plan(folder, document(_renewal(folder))))]


def _renewal(folder: str) -> list[str]:
    """The command that writes the plan again; none where settings are not a module that another process could load."""
    module = os.environ.get("DJANGO_SETTINGS_MODULE")
    return [sys.executable, "-m", _PROGRAM, module, folder] if module else []


def document(renewal: Sequence[str] = ()) -> dict[str, Any]:
    """The plan as JSON values; the command `renewal` writes it again."""
    packages = PipelinePackages(pipeline_settings())
    extension, namespace, function = packages.templating
    return {
        "format": FORMAT,
        "shown": "pipeline",
        "folder": "sources",
        "blocks": packages.blocks,
        "bundles": packages.bundles,
        "parts": [],
        "named": [],
        "places": {},
        "roots": [],
        "load_paths": [],
        "was_libsass": packages.was_libsass,
        "merged": [[root.path, root.prefix] for root in packages.roots],
        "data_url_bytes": 0,
        "embedded": packages.embedded(),
        "wrappers": packages.wrappers,
        "templating": {"extension": extension, "namespace": namespace, "function": function},
        "template_names": packages.template_names,
        "diagnostics": [plain(one) for one in dict.fromkeys(packages.faults)],
        "inputs": packages.inputs,
        "renew": [*renewal],
    }


class PipelinePackages:
    """The packages of a project, by what a build makes of them; `faults` are what was found."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self.roots = source_roots()
        self._names = _static_names(self.roots)
        self._engines = _engines()
        self.faults: list[Diagnostic] = [*self._setting_faults()]
        self.bundles: dict[str, list[str]] = {}
        self.blocks: dict[str, list[dict[str, Any]]] = {}
        self.wrappers: dict[str, list[str]] = {}
        self.template_names: dict[str, dict[str, str]] = {}
        folders = {os.path.dirname(path) for path in self._names.values()}
        self.inputs = sorted({*(root.path for root in self.roots), *folders, *_settings_files()})
        self._has_data_urls = False
        for kind, key in KINDS.items():
            for name, package in (given.get(key) or {}).items():
                self._add(kind, str(name), package)

    def _setting_faults(self) -> Iterator[Diagnostic]:
        for key in self._given:
            if key_meaning(key).outcome == "not possible":
                yield warning("pipeline/setting", f'`PIPELINE["{key}"]` is left out', hint=key_meaning(key).note)
        for name in self._given.get("COMPILERS") or ():
            meaning = compiler_meaning(name)
            suffixes = {"coffee": "coffee", "less": "less", "stylus": "styl", "livescript": "ls"}
            kind = suffixes.get(str(name).split(".")[-2]) if "." in str(name) else None
            if meaning.outcome == "not possible" and kind not in self._engines:
                yield warning("pipeline/compiler", f"the compiler `{name}` is left out", hint=meaning.note)

    @property
    def was_libsass(self) -> bool:
        """Whether libsass compiled the sheets so far."""
        binary = os.path.basename(str(self._given.get("SASS_BINARY", "")).split(" ")[-1])
        return any(map(is_libsass, self._given.get("COMPILERS") or ())) or binary in ("sassc", "pysassc")

    @property
    def templating(self) -> tuple[str, str, str | None]:
        """The extension of templates, the object that has them, and what is called with the text of each."""
        function = self._given.get("TEMPLATE_FUNC", _FUNCTION)
        extension = str(self._given.get("TEMPLATE_EXT", ".jst")).removeprefix(".")
        namespace = str(self._given.get("TEMPLATE_NAMESPACE", "window.JST"))
        return extension, namespace, None if function == _FUNCTION else str(function or "")

    def _add(self, kind: str, name: str, package: Any) -> None:
        """Record the members of a package."""
        output = package.get("output_filename") if isinstance(package, Mapping) else None
        if not output:
            message = f"the package `{name}` of `{KINDS[kind]}` has no `output_filename`"
            self.faults.append(warning("pipeline/package", message, hint="name the asset that it becomes"))
            return
        if normalise(str(output)) != os.path.normpath(str(output)).replace(os.sep, "/"):
            self.faults.append(_no_logical_path(name, output))
            return
        self._has_data_urls |= package.get("variant") == "datauri"
        files = [one for one in self._sources(name, package) if self._is_usable(kind, one, name)]
        templates = [one for one in files if self._is_template(one)]
        scripts = [one for one in files if one not in templates]
        members = [self._compiled(one, kind) for one in scripts]
        if not files:
            self.blocks[package_key(kind, name)] = []
            return
        asset = self._asset(str(output), [*scripts, *templates])
        self.blocks[package_key(kind, name)] = [_element(kind, asset)]
        alone = [f"{os.path.splitext(asset)[0]}.jst.js"] if templates else []
        if templates:
            self.bundles[alone[0]] = [f"./{_escaped(one)}" for one in templates]
            self.template_names |= dict.fromkeys((asset, alone[0]), self._called(templates))
        self.blocks[members_key(kind, name)] = [_element(kind, one) for one in (*members, *alone)]
        if kind == "js" and not self._given.get("DISABLE_WRAPPER") and "%s" in self._wrapper:
            before, _, behind = self._wrapper.partition("%s")
            self.wrappers[asset] = [before.replace("%%", "%"), behind.replace("%%", "%") + "\n"]

    @property
    def _wrapper(self) -> str:
        return str(self._given.get("JS_WRAPPER", _WRAPPER))

    def _asset(self, output: str, files: list[str]) -> str:
        """The asset of a package, whose `files` are joined from now on."""
        name = os.path.normpath(output).replace(os.sep, "/")
        is_taken = any(self._compiled(one) == name for one in self._names) or name in self.bundles
        if is_taken:
            stem, kind = os.path.splitext(name)
            name = f"{stem}.{sha256('|'.join(files).encode()).hexdigest()[:8]}{kind}"
        self.bundles[name] = [f"./{_escaped(one)}" for one in files]
        return name

    def _compiled(self, name: str, kind: str = "") -> str:
        """The logical path of a static file; what an engine compiles becomes one of `kind`."""
        stem, found = os.path.splitext(name)
        return stem + (f".{kind}" if kind and found[1:] in self._engines else _COMPILED.get(found, found))

    def _sources(self, name: str, package: Mapping[str, Any]) -> list[str]:
        """The files of a package, each once."""
        found: dict[str, None] = {}
        for pattern in package.get("source_filenames") or ():
            names = _matching(str(pattern), self._names)
            if not names:
                self.faults += self._empty(name, str(pattern))
            found |= dict.fromkeys(names)
        return list(found)

    def _empty(self, package: str, pattern: str) -> Iterator[Diagnostic]:
        """Report a `pattern` that matches no static file."""
        if severity := severity_of_empty(_configured("missing"), is_glob=_is_magic(pattern)):
            near = nearest(pattern, self._names)
            hint = f"did you mean `{near}`?" if near else 'correct the name, or set `missing = "warn"`'
            message = f"`{pattern}` of the package `{package}` is not a static file"
            yield Diagnostic(severity, "pipeline/empty", message, hint=hint)

    def _is_template(self, file: str) -> bool:
        return file.endswith("." + self.templating[0])

    def _is_usable(self, kind: str, file: str, name: str) -> bool:
        """Whether browsers can read the file, or something compiles it."""
        found = suffix(file)
        is_known = found == f".{kind}" or (kind == "css" and found in _COMPILED) or found[1:] in self._engines
        if is_known or (kind == "js" and self._is_template(file)):
            return True
        message = f"`{file}` is left out of the package `{name}`: nothing compiles `{found}`"
        hint = "bring an engine that compiles it, see docs/reference/engines.md, or name what it gives"
        self.faults.append(warning("pipeline/uncompiled", message, hint=hint))
        return False

    def _called(self, templates: list[str]) -> dict[str, str]:
        """The names of templates, by the logical paths of the scripts that they become."""
        separator = str(self._given.get("TEMPLATE_SEPARATOR", "_"))
        folders = [one.split("/")[:-1] for one in templates]
        shared = os.path.commonprefix(folders) if len(templates) > 1 else folders[0]  # noqa: RUF071 of lists
        extension = "." + self.templating[0]
        names = {one: "/".join(one.split("/")[len(shared) :]).removesuffix(extension) for one in templates}
        return {f"{one}.js": name.replace("/", separator) for one, name in names.items()}

    def embedded(self) -> list[Any] | None:
        """The bytes of the largest file to embed, globs of such files, and those of fonts, which may be larger.

        None if no package embeds any.
        """
        if not self._has_data_urls:
            return None
        # The setting counts characters of base64, of which four hold three bytes.
        limit = int(self._given.get("EMBED_MAX_IMAGE_SIZE", _CHARACTERS)) * 3 // 4 - 3
        globs = {kind: f"**/embed/**/*.{kind}" for kind in _EMBEDDED}
        return [max(1, limit), [*globs.values()], [globs[kind] for kind, is_font in _EMBEDDED.items() if is_font]]


def _settings_files() -> list[str]:
    """The file of the settings, if it is known."""
    module = sys.modules.get(os.environ.get("DJANGO_SETTINGS_MODULE", ""))
    file = getattr(module, "__file__", None)
    return [os.path.abspath(file)] if file else []


def _no_logical_path(package: str, output: object) -> Diagnostic:
    message = f"`output_filename` of the package `{package}` is `{output}`, which is not a logical path"
    hint = "write it without a leading slash, `.` and `..`, as in `js/site.js`"
    where = next((Location(relative_to(os.getcwd(), file)) for file in _settings_files()), None)
    return error("config/value", message, where, hint=hint)


def _engines() -> frozenset[str]:
    """The suffixes that engines of other packages compile."""
    engines = _configured("engines")
    return frozenset(engines) if isinstance(engines, dict) else frozenset()


def _configured(key: str) -> object:
    """The value of `key` in our own configuration."""
    _, found = search(os.getcwd())
    return found.table.peek(key)


def _element(kind: str, asset: str) -> dict[str, Any]:
    return {"element": _ELEMENTS[kind], "attributes": {}, "asset": asset}


def _escaped(name: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in name)


def _static_names(roots: Iterable[StaticRoot]) -> dict[str, str]:
    """The absolute path of each static file by its name; of those of one name the first, as Django has it.

    Hidden ones are none, as for `collectstatic`.
    """
    found: dict[str, str] = {}
    for root in roots:
        if root.include:
            listed = [one.removeprefix("./") for one in root.include]
        else:
            listed = [name for name in files_below(root.path) if not name.startswith(".") and "/." not in name]
        for name in listed:
            shown = f"{root.prefix}/{name}" if root.prefix else name
            found.setdefault(shown, os.path.join(root.path, *name.split("/")))
    return found


def _is_magic(pattern: str) -> bool:
    """Whether `pattern` may match several names."""
    return _MAGIC.search(pattern) is not None


def _matching(pattern: str, names: Mapping[str, str]) -> list[str]:
    """The `names` that `pattern` matches, sorted; a star stands for what is in one folder and not hidden.

    So django-pipeline reads globs.
    """
    if not _is_magic(pattern):
        return [pattern] if pattern in names else []
    segments = pattern.split("/")
    expressions = [re.compile(translate(one)).match for one in segments]
    found = []
    for name in names:
        parts = name.split("/")
        if len(parts) == len(segments) and all(map(_fits, expressions, segments, parts)):
            found.append(name)
    return sorted(found)


def _fits(matches: object, segment: str, part: str) -> bool:
    if not _is_magic(segment):
        return segment == part
    return callable(matches) and matches(part) is not None and (segment.startswith(".") or not part.startswith("."))
