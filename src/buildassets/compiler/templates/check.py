"""Checks the names in templates against the assets of a release.

Takes the configuration and the names of a release, gives missing names, calls that cannot be checked, and used assets.
Reads templates; nothing is rendered. The reader of a template language is loaded only for templates in it.
"""

import os
import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from operator import itemgetter
from typing import Final, Protocol, TypeAlias

from buildassets.compiler.config.not_run import is_own_extension
from buildassets.compiler.config.values import VENDOR, Config, TemplateEngine
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.uncompiled import advice
from buildassets.compiler.templates.build_names import NamesOfBuild, Widths
from buildassets.compiler.templates.files import TemplateFile, TemplateFiles, find_templates
from buildassets.compiler.templates.kept_readings import KeptReadings
from buildassets.compiler.templates.names import (
    BLOCKS,
    EXTENSIONS_OF_BLOCKS,
    HELPERS,
    JAMMIT,
    PIPELINE,
    LackingName,
    NamingRule,
    Reading,
    TemplateFault,
    Use,
)
from buildassets.disk.files import chunks_of, small_content_of
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, reason_text, warning
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.measures import size_text
from buildassets.foundation.media import script_name, suffix
from buildassets.foundation.nearest import Known, nearest
from buildassets.foundation.paths import LogicalPath, split_url
from buildassets.foundation.typed import vendoring

Reasons: TypeAlias = Callable[[Collection[LackingName]], Mapping[LackingName, str]]
_BLOCKS_OF_COMPONENTS: Final = "buildassets.features.components.blocks"  # a feature, which the compiler only names
_BLOCK: Final = lazy_pattern(r"\{%[-+]?\s*(?:style|behaviour)\b")
_LIBRARY: Final = "component_assets"  # what templates of Django load for these blocks
_COMPRESS_TAG: Final = lazy_pattern(r"\{%[-+]?\s*((?:end)?compress)\b")
_MOST_BYTES: Final = 50_000_000  # of a template, which is parsed as a whole


@frozen
class ExcusedNames:
    """The names that the release lacks for one reason, which is no error, with the place of each use."""

    reason: str
    names: tuple[str, ...]
    places: tuple[Location, ...]


@frozen
class TemplateCheck:
    """The result of a check of the templates.

    `templates` and `names` are their numbers, `unchecked` the places of calls with a computed name, which cannot be
    checked, `used` the assets that are named, `places` where each of these is, in the order of the templates.
    `looked_for` are the paths of files outside of the release that names may mean, there or not. `excused` are the
    names that the release lacks, and that are no error for a reason.
    """

    templates: int = 0
    names: int = 0
    unchecked: tuple[Location, ...] = ()
    used: frozenset[LogicalPath] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()
    places: Mapping[LogicalPath, tuple[Location, ...]] = field(default_factory=dict)
    looked_for: tuple[str, ...] = ()
    excused: tuple[ExcusedNames, ...] = ()


@frozen
class TemplateNames:
    """The names of assets and icons in templates, whether there are such or not, and the calls that compute icons."""

    assets: frozenset[str]
    icons: frozenset[str]
    computed_icons: tuple[Location, ...]


@frozen
class _Text:
    """A template with its text. Line ends are LF, so lines and columns are those of the file."""

    file: TemplateFile
    text: str

    def place(self, start: int, end: int | None = None) -> Location:
        return locate(self.file.shown, self.text, start, end)


class _TemplateReader(Protocol):
    @property
    def imported(self) -> Collection[str]:
        """The names of templates that others import, as far as these have been read."""

    def read(self, text: str) -> Reading:
        """The names in the template `text`."""


@frozen
class ReadTemplates:
    """The templates of a project and what was read in them."""

    config: Config
    files: tuple[TemplateFile, ...]
    texts: Sequence[_Text]
    readings: Sequence[tuple[_Text, Reading]]
    diagnostics: Sequence[Diagnostic]

    def names(self) -> TemplateNames:
        """The names in the templates."""
        uses = [use for _, reading in self.readings for use in reading.uses]
        computed = dict.fromkeys(
            text.place(*span) for text, reading in self.readings for span in reading.computed_icons
        )
        return TemplateNames(
            frozenset(_path_of(use) for use in uses if use.rule is not NamingRule.ICON),
            frozenset(use.written.text for use in uses if use.rule is NamingRule.ICON),
            tuple(computed),
        )

    def check(self, known: NamesOfBuild, reasons: Reasons | None = None) -> TemplateCheck:
        """Check every name against the `known` ones; `reasons` is asked once for the names of static files it lacks."""
        texts, readings, diagnostics = self.texts, self.readings, [*self.diagnostics, *self._left_components()]
        judge = _Judge(self.config, self.files, known)
        uses = [(text, use, judge.asset(use)) for text, reading in readings for use in reading.uses]
        lacking = [(text, use) for text, use, asset in uses if not asset and not judge.is_left_alone(use)]
        reason_of = _reasons_of(judge, (use for _, use in lacking), reasons)
        excused = [(text, use) for text, use in lacking if (use.rule, _path_of(use)) in reason_of]
        diagnostics += (_syntax(text, fault) for text, reading in readings for fault in reading.faults)
        diagnostics += (judge.missing(use, text) for text, use in lacking if (use.rule, _path_of(use)) not in reason_of)
        diagnostics += (fault for text, use, asset in uses if asset for fault in judge.unknown_classes(use, text))
        for text, use, asset in uses:
            if asset and use.widths and use.rule is NamingRule.EXACT:
                diagnostics += _unmade_widths(use, asset, known.pictures.get(asset, Widths()), text)
        unchecked = dict.fromkeys(text.place(*span) for text, reading in readings for span in reading.unchecked)
        places = _places((text.place(use.written.start, use.written.end), judge.assets(use)) for text, use, _ in uses)
        return TemplateCheck(
            len(texts),
            len(uses),
            unchecked=tuple(unchecked),
            used=frozenset(places),
            diagnostics=tuple(dict.fromkeys(_once_a_tag(diagnostics))),
            places=places,
            looked_for=tuple(judge.looked_for),
            excused=tuple(_excused_names(excused, reason_of)),
        )

    def _left_components(self) -> Iterator[Diagnostic]:
        """Yield a warning for the first block of a component, where the configuration does not set `components`."""
        has_own_tags = not all(map(is_own_extension, self.config.templates.extensions))
        for text in () if self.config.components else self.texts:
            is_of_components = not has_own_tags if text.file.engine == "jinja" else _LIBRARY in text.text
            if not is_of_components or not _BLOCK.search(text.text):
                continue
            for block in import_module(_BLOCKS_OF_COMPONENTS).blocks_of(text.text, text.file.engine).blocks:
                message = f"`{{% {block.kind} %}}` makes no asset without the setting `components`, so pages fail"
                where = text.place(block.outer[0], block.start)
                yield warning(
                    "template/component", message, where, hint="write `components = true` under `[tool.buildassets]`"
                )
                return


def _reasons_of(judge: "_Judge", lacking: Iterable[Use], reasons: Reasons | None) -> Mapping[LackingName, str]:
    """Return why some of the names that are `lacking` are no errors."""
    asked = {(use.rule, _path_of(use)) for use in lacking if judge.may_be_elsewhere(use)}
    return reasons(asked) if reasons and asked else {}


def _excused_names(
    excused: Iterable[tuple[_Text, Use]], reason_of: Mapping[LackingName, str]
) -> Iterator[ExcusedNames]:
    """Group names by the reason why they are no error."""
    by_reason: dict[str, dict[Location, str]] = {}
    for text, use in excused:
        places = by_reason.setdefault(reason_of[use.rule, _path_of(use)], {})
        places[text.place(use.written.start, use.written.end)] = _path_of(use)
    for reason, names in sorted(by_reason.items()):
        yield ExcusedNames(reason, tuple(dict.fromkeys(names.values())), tuple(names))


def read_templates(
    config: Config, templates: TemplateFiles | None = None, *, cache: str | None = None
) -> ReadTemplates:
    """Read the `templates` of `config`, but for those whose readings are kept in the `cache` folder.

    A user's mistake is a diagnostic, never an exception.
    """
    templates = templates or find_templates(config)
    texts, diagnostics = _texts(templates.files)
    readings, faults = _readings(config, texts, KeptReadings(cache, config) if cache else None)
    return ReadTemplates(
        config,
        templates.files,
        texts=texts,
        readings=readings,
        diagnostics=(*diagnostics, *templates.diagnostics, *faults),
    )


def check_released(config: Config, released: Iterable[str], reasons: Reasons | None = None) -> TemplateCheck:
    """Check every name in the templates of `config` against the assets that are `released`."""
    return read_templates(config).check(NamesOfBuild(released=list(map(LogicalPath, released))), reasons)


def _unmade_widths(use: Use, asset: LogicalPath, widths: Widths, template: _Text) -> Iterator[Diagnostic]:
    """The errors for widths of the picture `asset` that no build makes; one that is wider than it may be asked for."""
    where = template.place(use.written.start, use.written.end)
    for width in use.widths:
        if width in widths.made or (widths.made and widths.own is not None and width > widths.own):
            continue
        near = min(widths.made, key=lambda made: abs(made - width), default=None)
        hint = f"add {width} to its `widths` in `images.variants`"
        hint = f"use {near}, or {hint}" if near else hint
        yield error("template/width", f"no build makes `{asset}` {width} pixels wide", where, hint=hint)


def _places(uses: Iterable[tuple[Location, Sequence[LogicalPath]]]) -> dict[LogicalPath, tuple[Location, ...]]:
    places: dict[LogicalPath, dict[Location, None]] = {}
    for place, assets in uses:
        for asset in assets:
            places.setdefault(asset, {})[place] = None
    return {asset: tuple(found) for asset, found in places.items()}


@frozen
class TextCheck:
    """The names in one text: `spots` are the span of each and the asset that it names, None if there is none."""

    spots: tuple[tuple[int, int, LogicalPath | None], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def check_text(
    config: Config,
    files: Sequence[TemplateFile],
    file: TemplateFile,
    text: str,
    *,
    known: NamesOfBuild,
    reasons: Reasons | None = None,
) -> TextCheck:
    """Check the names in `text`, that of the template `file` while it is edited; `files` are all templates.

    Line ends are LF. Names of CSS modules are reported only if these are known. What cannot be read yet, as it is half
    written, is not a fault, nor is a name that no build makes and for which `reasons` gives a reason.
    """
    template = _Text(file, text)
    readings, unread = _readings(config, [template])
    judge = _Judge(config, files, known)
    uses = [(use, judge.asset(use)) for _, reading in readings for use in reading.uses]
    lacking = [
        use
        for use, asset in uses
        if not asset and not judge.is_left_alone(use) and (known.css_modules or use.rule is not NamingRule.CSS_MODULE)
    ]
    reason_of = _reasons_of(judge, lacking, reasons)
    missing = (judge.missing(use, template) for use in lacking if (use.rule, _path_of(use)) not in reason_of)
    spots = ((use.written.start, use.written.end, asset) for use, asset in uses)
    faults = (replace(fault, location=template.place(0)) for fault in unread)  # whose language has no reader here
    return TextCheck(tuple(spots), tuple(dict.fromkeys((*faults, *missing))))


def _readings(
    config: Config, texts: Sequence[_Text], kept: KeptReadings | None = None
) -> tuple[list[tuple[_Text, Reading]], list[Diagnostic]]:
    """The reading of each of `texts` that may name assets, and the diagnostics for languages without a reader."""
    by_name = {text.file.name: text.text for text in texts if text.file.engine == "jinja"}
    may_name_assets = _mention(config)
    to_read = [text for text in texts if may_name_assets(text.text)]
    known = kept.known(((text.file.engine, text.text) for text in to_read), by_name.get) if kept else {}
    unread = [text for text in to_read if (text.file.engine, text.text) not in known]
    readers, faults = _readers(config, unread if known else texts, by_name.get)
    for text in unread:
        if text.file.engine in readers:
            reading = readers[text.file.engine].read(text.text)
            known[text.file.engine, text.text] = _with_compress_blocks(text.text, reading)
    if kept and unread:
        imported = kept.imported.union(*(reader.imported for reader in readers.values()))
        kept.keep(known, by_name.get, imported)
    readings = [(text, known.get((text.file.engine, text.text))) for text in to_read]
    return [(text, reading) for text, reading in readings if reading], faults


def _with_compress_blocks(text: str, reading: Reading) -> Reading:
    """`reading` with the names in blocks of django-compressor marked as compiled."""
    tags = [(tag.start(), tag[1]) for tag in _COMPRESS_TAG.finditer(text)]
    if not tags:
        return reading

    def marked(use: Use) -> Use:
        before = bisect(tags, use.written.start, key=itemgetter(0)) - 1
        return replace(use, is_compiled=before >= 0 and tags[before][1] == "compress")

    return replace(reading, uses=tuple(map(marked, reading.uses)))


def _texts(files: Iterable[TemplateFile]) -> tuple[list[_Text], list[Diagnostic]]:
    texts, diagnostics = [], []
    for file in files:
        text = _text_of(file)
        if isinstance(text, Diagnostic):
            diagnostics.append(text)
        elif text is not None:
            texts.append(_Text(file, text))
    return texts, diagnostics


def _text_of(file: TemplateFile) -> str | Diagnostic | None:
    """The text of a template, a warning if it cannot be read, or None for a binary file."""
    try:
        content = small_content_of(file.path, _MOST_BYTES)
        is_binary = b"\0" in (next(chunks_of(file.path), b"") if content is None else content)
    except OSError as fault:
        message = f"cannot read the template `{file.shown}`: {reason_text(fault)}"
        return warning("template/unreadable", message, Location(file.shown))
    if content is None and is_binary:
        return None
    if content is None:
        message = f"the template `{file.shown}` has {size_text(_MOST_BYTES)} or more"
        hint = "keep large files out of the folders of templates"
        return warning("template/unreadable", message, Location(file.shown), hint=hint)
    try:
        return re.sub("\r\n?", "\n", content.decode("utf-8"))
    except UnicodeDecodeError as fault:
        if is_binary:
            return None
        text = re.sub("\r\n?", "\n", content.decode("utf-8", "replace"))
        message = f"byte 0x{content[fault.start]:02x} of the template is not UTF-8"
        where = locate(file.shown, text, text.index("\ufffd"))
        return warning("template/unreadable", message, where, hint="save the file as UTF-8")


def _mention(config: Config) -> Callable[[str], object]:
    """A search for words by which a template may name assets: most contain none, and need not be parsed."""
    own = (re.escape(name.rpartition(".")[2]) for name in config.templates.functions)
    words = "|".join(
        (
            *HELPERS,
            *JAMMIT,
            *PIPELINE,
            "assets",
            "static",
            "import",
            "integrity",
            *own,
        )
    )
    return re.compile(rf"\b(?:{words})\b").search


def _readers(
    config: Config, texts: Iterable[_Text], source: Callable[[str], str | None]
) -> tuple[dict[TemplateEngine, _TemplateReader], list[Diagnostic]]:
    """The readers of `texts` by template language, and the diagnostics for languages that have none.

    `source` gives the text of a template of Jinja by its name.
    """
    readers: dict[TemplateEngine, _TemplateReader] = {}
    diagnostics: list[Diagnostic] = []
    for engine in sorted({text.file.engine for text in texts}):
        reader = _reader(engine, config, source)
        if isinstance(reader, Diagnostic):
            diagnostics.append(reader)
        else:
            readers[engine] = reader
    return readers, diagnostics


def _reader(
    engine: TemplateEngine, config: Config, source: Callable[[str], str | None]
) -> _TemplateReader | Diagnostic:
    """The reader of one template language."""
    functions = config.templates.functions
    if engine == "django":
        return _django_reader(config)
    if engine == "jinja":
        return _jinja_reader(config, source)
    if engine == "mako":
        from buildassets.compiler.templates.mako import MakoReader

        return MakoReader(functions)
    from buildassets.compiler.templates.chameleon import ChameleonReader

    return ChameleonReader(functions)


def _django_reader(config: Config) -> _TemplateReader | Diagnostic:
    try:
        from buildassets.compiler.templates.django import DjangoReader
    except ImportError:
        message = "Django's templates cannot be checked: Django is not installed"
        hint = "run `pip install django`"
        if not config.templates.folders:
            return warning("template/unavailable", message, hint=hint)
        return error("template/unavailable", message, config.place("templates"), hint=hint)
    return DjangoReader(config.templates.functions, config.templates.builtins)


def _jinja_reader(config: Config, source: Callable[[str], str | None]) -> _TemplateReader | Diagnostic:
    from buildassets.compiler.templates.jinja import ExtensionError, loaded

    extensions = (*config.templates.extensions, *_extensions_of_blocks(config))
    try:
        return loaded(config.templates.functions, extensions, source, config.folder, permission=config.permission)
    except ExtensionError as fault:
        message = f"cannot load the Jinja extension `{extensions[fault.index]}`: {fault}"
        where = config.place("templates", "extensions", fault.index)
        return error(
            "template/unavailable", message, where, hint="install the package that has it, or correct the name"
        )


def _extensions_of_blocks(config: Config) -> Iterator[str]:
    """The Jinja extensions of systems whose blocks a release has, but for those that the configuration names."""
    words = {key.partition(" ")[0] for key in (config.plan.blocks if config.plan else ())}
    for word, extension in EXTENSIONS_OF_BLOCKS.items():
        if word in words and extension not in config.templates.extensions:
            yield extension


def _syntax(template: _Text, fault: TemplateFault) -> Diagnostic:
    where = template.place(fault.start, fault.end)
    hint = fault.hint or "correct it, or leave the file out of `dirs` if it is not a template"
    return warning("template/syntax", f"cannot read the template: {fault.message}", where, hint=hint)


def _once_a_tag(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """`diagnostics` with only the first one for each unknown tag: it is unknown in all templates alike."""
    messages: set[str] = set()
    for fault in diagnostics:
        is_repeated = fault.code == "template/syntax" and "unknown tag" in fault.message and fault.message in messages
        messages.add(fault.message)
        if not is_repeated:
            yield fault


_OF_PACKAGES: Final = (NamingRule.PACKAGE_OF_SHEETS, NamingRule.PACKAGE_OF_SCRIPTS)
_SUFFIXES: Final = {
    NamingRule.SHEET: ".css",
    NamingRule.SCRIPT: ".js",
    NamingRule.TEMPLATE: ".jst.js",
}  # of the assets of packages
_SASS: Final = (".sass", ".scss")
# A name below a package's own, as imports of modules and URLs of npm's CDNs have it.
_OF_NPM: Final = lazy_pattern(r"node_modules/(.+/.+)|(@[^/]+/[^/]+/.+|[^/@]+/dist/.+)")


class _Judge:
    """Decides which asset a use names, and whether it must name one."""

    def __init__(self, config: Config, files: Iterable[TemplateFile], known: NamesOfBuild) -> None:
        self._released = dict.fromkeys(known.released)  # looked up for each use
        self._css_modules = known.css_modules or {}
        self._icons = known.icons  # where there is no sprite, `icon` is a function of the project's own
        paths = (*known.released, *known.unreached)
        # Else `css` is a function of the project's own.
        self._has_modules = bool(known.css_modules) or any(path.endswith(".module.css") for path in paths)
        self._has_blocks = config.plan is not None
        self._blocks = config.plan.blocks if config.plan else {}
        self._nearby = Known(known.released)
        self._unreached = dict.fromkeys(known.unreached)
        self._uncompiled = known.uncompiled
        self._external = compile_globs(config.external)
        self._roots = [(root.path, f"{root.prefix}/" if root.prefix else "") for root in config.sources]
        packages = config.pieces.members if config.pieces else {}
        self._empty = {name for name, members in packages.items() if not members}
        roots = [os.path.join(root.path, "") for root in config.sources]
        beside = {os.path.join(os.path.dirname(file.folder), "static", "") for file in files}
        self._other_static = sorted(folder for folder in beside if not folder.startswith(tuple(roots)))
        self.looked_for: dict[str, None] = {}  # the paths at which this has looked

    def assets(self, use: Use) -> list[LogicalPath]:
        """All assets that are named: those of a block, or the one."""
        named = [one.get("asset") for one in self._block(use) or ()]
        found = self.asset(use)
        return [LogicalPath(one) for one in named if one] or ([found] if found else [])

    def _block(self, use: Use) -> Sequence[Mapping[str, str]] | None:
        """The block that is named, if there is one."""
        keys = (start + use.written.text for start in BLOCKS.get(use.rule, ()))
        return next((self._blocks[key] for key in keys if key in self._blocks), None)

    def asset(self, use: Use) -> LogicalPath | None:
        """The asset that `use` names; None if there is no such asset."""
        name = LogicalPath(_path_of(use))
        if use.rule is NamingRule.CSS_MODULE:
            return self._bundle_of(name.removesuffix(".module.css"))
        if use.rule is NamingRule.ICON:
            return (self._icons or {}).get(use.written.text)
        if block := self._block(use):
            return next((LogicalPath(one["asset"]) for one in block if "asset" in one), None)
        if use.rule in _OF_PACKAGES:
            return None
        if use.rule is NamingRule.TEMPLATE and name not in self._released:
            name = LogicalPath(f"{use.written.text}.js")
        if name in self._released:
            return name
        if (script := _script_of(name)) in self._released:
            return script
        stem, suffix = os.path.splitext(name)  # a block may name a Sass source, which means its compiled asset
        compiled = LogicalPath(f"{stem}.css")
        is_source = (self._has_blocks or use.is_compiled) and use.rule is NamingRule.STATIC and suffix in _SASS
        return compiled if is_source and compiled in self._released else None

    def _bundle_of(self, module: str) -> LogicalPath | None:
        """A bundle with the CSS module that is named; None if there is no such module, or several are called so."""
        bundles = self._css_modules.get(self._module(module) or "", {})
        return max(bundles, default=None)

    def _module(self, name: str) -> str | None:
        """The path of the CSS module of that path, or of that last part if one is called so."""
        if name in self._css_modules:
            return name
        called = [path for path in self._css_modules if path.rpartition("/")[2] == name]
        return called[0] if len(called) == 1 else None

    def unknown_classes(self, use: Use, template: _Text) -> Iterator[Diagnostic]:
        """The errors for names that the CSS module, which is there, has in no bundle."""
        module = self._module(_path_of(use).removesuffix(".module.css")) if use.classes else None
        known = {name for names in self._css_modules.get(module or "", {}).values() for name in names}
        for written in use.classes if module else ():
            if written.text not in known:
                near = nearest(written.text, sorted(known))
                hint = f"did you mean `{near}`?" if near else f"declare it in `{module}.module.css`"
                message = f"the CSS module `{module}` has no name `{written.text}`"
                yield error("template/missing", message, template.place(written.start, written.end), hint=hint)

    def is_left_alone(self, use: Use) -> bool:
        """Whether `use` need not name an asset: it may be a folder, or something else may serve it."""
        if use.rule is NamingRule.EXACT:
            return False
        if use.rule is NamingRule.CSS_MODULE:
            return not self._has_modules
        if use.rule is NamingRule.ICON:
            return self._icons is None
        if use.rule in BLOCKS:
            return not self._has_blocks or self._block(use) is not None
        if use.rule in _SUFFIXES:
            return _path_of(use) in self._empty or (
                use.rule is NamingRule.TEMPLATE and f"{use.written.text}.js" in self._empty
            )
        name = _path_of(use)
        if use.is_compiled and use.rule is NamingRule.STATIC and self._is_source(name):
            return True
        if self._external(use.written.text) or self._external(name):
            return True
        if use.rule is NamingRule.OWN:
            return False
        if use.rule is NamingRule.BLUEPRINT:
            folder = name.partition("/")[0] + "/"
            return not any(path.startswith(folder) for path in self._released)
        return not name or name.endswith("/") or any(map(partial(self._has_file, name), self._other_static))

    def may_be_elsewhere(self, use: Use) -> bool:
        """Whether only others know if there is a file of the name that `use` has: it is no source of the build."""
        name = _path_of(use)
        return not (name in self._uncompiled or name in self._unreached or _script_of(name) in self._unreached)

    def _is_source(self, name: str) -> bool:
        """Whether a source root has the file `name`; true without roots, which Django's settings have then."""
        below = [(folder, name[len(prefix) :]) for folder, prefix in self._roots if name.startswith(prefix)]
        return not self._roots or any(self._has_file(path, folder) for folder, path in below)

    def _has_file(self, name: str, folder: str) -> bool:
        path = os.path.join(folder, *name.split("/"))
        self.looked_for[path] = None
        return os.path.isfile(path)

    def missing(self, use: Use, template: _Text) -> Diagnostic:
        """The error for a `use` that names no asset."""
        name = _path_of(use)
        where = template.place(use.written.start, use.written.end)
        if use.rule is NamingRule.CSS_MODULE:
            return self._unknown_module(use, where)
        if use.rule is NamingRule.ICON:
            return self._unknown_icon(use, where)
        if name in self._uncompiled:
            kind = suffix(name)
            message = f"`{name}` is not released: nothing compiles `{kind}`"
            return error("template/missing", message, where, hint=advice(kind))
        unreached = next((one for one in (name, _script_of(name)) if one in self._unreached), None)
        if unreached:
            message = f"no entry reaches `{unreached}`, so that no release holds it"
            return error("template/missing", message, where, hint=f"add `{unreached}` to `entries`")
        if use.rule in BLOCKS:
            return self._unknown_block(use, where)
        near = self._nearby.nearest_asset(name)
        if use.rule in _SUFFIXES:
            return _unknown_package(use, where, near)
        if command := self._vendoring(name):
            hint = f"run `{command}`, or correct the name"
        elif near is not None:
            hint = f"did you mean `{near}`?"
        else:
            is_own = use.rule is NamingRule.EXACT
            other = "correct the name" if is_own else "name it in `external` if something else serves it"
            hint = self._of_npm(name) or f"add the file to a source root, or {other}"
        return error("template/missing", f"no asset is named `{name}`", where, hint=hint)

    def _vendoring(self, name: str) -> str:
        """The command that adds the package of which `name` is a file; empty if it is none, or the package is there."""
        before, vendor, path = f"/{name}".rpartition(f"/{VENDOR}/")
        command = vendoring(path) if vendor and "/" in path else ""
        folder = f"{before}{vendor}{command.rpartition(' ')[2]}/".removeprefix("/")
        return "" if any(asset.startswith(folder) for asset in self._released) else command

    def _of_npm(self, name: str) -> str:
        """The hint for the file of a package of npm without the folder of packages; empty for another name."""
        match = _OF_NPM.fullmatch(name)
        prefix = next((begin for _, begin in self._roots), "")
        path = f"{prefix}{VENDOR}/{match[1] or match[2]}" if match else ""
        command = self._vendoring(path) if path else ""
        return f"run `{command}`, and name `{path}`, or correct the name" if command else ""

    def _unknown_module(self, use: Use, where: Location) -> Diagnostic:
        name = use.written.text.removesuffix(".module.css")
        called = sorted(path for path in self._css_modules if path.rpartition("/")[2] == name)
        if called:
            listed = " and ".join(f"`{path}`" for path in called)
            message = f"{len(called)} CSS modules are named `{name}`: {listed}"
            return error("template/missing", message, where, hint="write the path")
        near = nearest(name, self._css_modules)
        hint = f"did you mean `{near}`?" if near else f"import `{name}.module.css` in a bundle with `bundle = true`"
        return error("template/missing", f"no CSS module is named `{name}`", where, hint=hint)

    def _unknown_icon(self, use: Use, where: Location) -> Diagnostic:
        near = nearest(use.written.text, sorted(self._icons or ()))
        hint = (
            f"did you mean `{near}`?" if near else "put an SVG file of that name into the folder, or correct the name"
        )
        return error("template/missing", f"no icon is named `{use.written.text}`", where, hint=hint)

    def _unknown_block(self, use: Use, where: Location) -> Diagnostic:
        start = BLOCKS[use.rule][0]
        known = [key.removeprefix(start) for key in self._blocks if key.startswith(start)]
        near = nearest(use.written.text, known)
        return _unknown("package" if use.rule in _OF_PACKAGES else "bundle", use, where, near)


def _unknown_package(use: Use, where: Location, near: str | None) -> Diagnostic:
    """The error for a package of Jammit; `near` is the asset that is called most like its own."""
    ending = ".css" if use.rule is NamingRule.SHEET else ".js"
    package = near.removesuffix(ending).removesuffix(".jst") if near and near.endswith(ending) else None
    return _unknown("package", use, where, package)


def _unknown(what: str, use: Use, where: Location, near: str | None) -> Diagnostic:
    hint = f"did you mean `{near}`?" if near else f"define the {what}, or correct the name"
    return error("template/missing", f"no {what} is named `{use.written.text}`", where, hint=hint)


def _script_of(name: str) -> LogicalPath | None:
    """The asset of the module in TypeScript or JSX with the file `name`: `js/a.js` for `js/a.ts`."""
    script = script_name(name)
    return LogicalPath(script) if script else None


def _path_of(use: Use) -> str:
    """The name of `use` as a logical path."""
    text = use.written.text
    if use.rule is NamingRule.STATIC:
        return split_url(text)[0]
    return text.lstrip("/") if use.rule is NamingRule.MOUNT else text + _SUFFIXES.get(use.rule, "")
