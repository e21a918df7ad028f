"""Bundles of webassets in a build: our bundles, the blocks by which pages find them, and diagnostics.

Takes a Described and a mode, gives the parts of a Foreign. Looks for files, opens none.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from linecache import checkcache, getline, getlines
from typing import Any, Final

from buildassets.compat.webassets.compile.described import Described, FilterUse, Tree
from buildassets.compat.webassets.compile.filters import meaning_of
from buildassets.compat.webassets.compile.resolver import Resolver, written
from buildassets.compat.webassets.compile.settings import LOAD_PATHS, setting_meaning, wanted
from buildassets.compat.webassets.run.bundle import asset_of, bundle_key, is_url, output_key, source_key
from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.values import Mode
from buildassets.compiler.engines.protocol import Templating
from buildassets.compiler.sources.globs import compile_globs
from buildassets.foundation.diagnostics import Diagnostic, Location, error, place, warning
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.foundation.paths import LogicalPath, normalise

_COMPILED: Final = {".scss": ".css", ".sass": ".css"}
_ALWAYS_COMPILED: Final = (*_COMPILED, ".jst")
_JST: Final = "jst"
_REWRITING: Final = frozenset(("cssrewrite", "datauri"))
_LINES_AT_MOST: Final = 60  # of one definition
_DATA_URL_BYTES: Final = 2048  # by default
_URL: Final = re.compile(r"(?:https?:)?//[^\s/?#]+/|/(?!/)")

Element = dict[str, Any]


class BundleProject:
    """The bundles of a project, by what a build makes of them. `engines` are the suffixes that engines compile.

    `bundles` are the members of each asset, `blocks` what the manifest has, `named` what tags in
    templates define, `faults` what was found.
    """

    def __init__(self, folder: str, found: Described, mode: Mode, engines: Collection[str] = ()) -> None:
        self.resolver = Resolver(found)
        self.bundles: dict[str, list[str]] = {}
        self.blocks: dict[str, list[Element]] = {}
        self.named: set[str] = set()
        self.faults: list[Diagnostic] = []
        self._folder = folder
        self._found = found
        self._mode = mode
        self._engines = engines
        self._names: dict[tuple[str, str], str] = {}  # of assets, by outputs and what they are made of
        self._bases: dict[str, str] = {}
        self._jst: dict[str, tuple[str, ...]] = {}  # the paths of the templates, by the asset of the bundle
        self._outputs: dict[str, None] = {}
        self._uses: dict[str, FilterUse] = {}
        for tree in _all_trees([*found.bundles.values(), *found.anonymous]):
            self._look_at(tree)
        self._of_outputs = compile_globs(written(self._outputs))
        for name, tree in found.bundles.items():
            self.blocks[bundle_key(name)] = [*self._elements(tree, tree.filters)]
        for tree in found.anonymous:
            self._note_name(tree)
            assets = {one["asset"] for one in self._elements(tree, tree.filters) if "asset" in one}
            self.named |= assets if tree.is_of_template else set()
        self.faults += self._setting_faults()

    # What there is to report.

    def _look_at(self, tree: Tree) -> None:
        if tree.output and not self._is_made_of(tree, self._relative(tree.output)):
            self._outputs[self._relative(tree.output)] = None
        for use in tree.filters:
            self._uses.setdefault(use.name, use)
            meaning = meaning_of(use.name, is_own=use.is_own)
            if meaning.outcome == "not possible" and not self._is_compiled(meaning.suffixes):
                message = f"the filter `{use.name}` is left out"
                self.faults.append(warning("webassets/filter", message, self._place(tree, use.name), hint=meaning.note))

    def _note_name(self, tree: Tree) -> None:
        """Report a bundle whose name another file has, so that templates cannot name it."""
        if tree.name and tree.name in self._found.bundles:
            first = relative_to(self._folder, self._found.bundles[tree.name].place[0])
            message = f"`{tree.name}` is also the name of a bundle in `{first}`, which templates get by it"
            hint = "rename one of them, or list only one of the two files in `webassets`"
            self.faults.append(warning("webassets/name", message, self._place(tree, tree.name), hint=hint))

    def _is_made_of(self, tree: Tree, name: str) -> bool:
        """Whether a bundle names the file `name` as one of its sources, so that webassets has not made it."""
        items = (item for one in _all_trees([tree]) for item in one.contents if isinstance(item, str))
        named = (item for item in items if os.path.normpath(item) == os.path.normpath(name) or os.path.isabs(item))
        return any(name in map(self.resolver.known_name, self.resolver.files(item) or ()) for item in named)

    def _is_compiled(self, suffixes: Iterable[str]) -> bool:
        return any(one.removeprefix(".") in self._engines for one in suffixes)

    def _place(self, tree: Tree, item: str) -> Location:
        """The place of `item` in the definition of a bundle, or the first line of it if `item` is not written there."""
        file, line = tree.place
        shown = relative_to(self._folder, file)
        checkcache(file)
        written = re.compile(rf"(?<![\w/*.-]){re.escape(item)}(?![\w/*.-])")
        for number, text in enumerate(getlines(file)[line - 1 : line - 1 + _LINES_AT_MOST] if line else (), line):
            found = written.search(text)
            if found is not None:
                return place(shown, number, found.start() + 1, text.rstrip("\n"), length=len(item))
        text = getline(file, line).rstrip("\n")
        return place(shown, line, len(text) - len(text.lstrip()) + 1, text, length=max(1, len(text.strip())))

    def _setting_faults(self) -> Iterator[Diagnostic]:
        for name, value in sorted(self._found.settings.items()):
            meaning = setting_meaning(name)
            if meaning.needs and value:
                yield warning("webassets/setting", f"`{name}` is left out", hint=meaning.note)
        url = self._found.url
        if url and not _URL.match(url):
            hint = "begin it with `/` or with a host"
            yield warning("webassets/setting", f"`ASSETS_URL` is left out: `{url}` is not a URL prefix", hint=hint)

    # What pages load.

    def _elements(self, tree: Tree, filters: tuple[FilterUse, ...]) -> Iterator[Element]:
        """The elements for a bundle in a page."""
        if tree.output and tree.merge:
            asset = self._asset(tree, filters)
            yield from [self._element(asset, tree)] if asset else []
            return
        for item in tree.contents:
            if isinstance(item, Tree):
                yield from self._elements(item, (*item.filters, *filters))
            else:
                yield from self._elements_of_item(item, tree)

    def _elements_of_item(self, item: str, tree: Tree) -> Iterator[Element]:
        if is_url(item):
            yield _of_url(item, tree)
            return
        names = [self._compiled(self.resolver.name(path)) for path in self._files(item, tree)]
        if names != [item] and (names or not tree.is_named_in_template):
            self.blocks[source_key(item)] = [self._element(name, tree) for name in names]
        yield from (self._element(name, tree) for name in names)

    def _element(self, asset: str, tree: Tree) -> Element:
        attributes = {key: _text(value) for key, value in tree.extra.items() if isinstance(value, str | bool | int)}
        return {"element": _kind(asset), "attributes": attributes, "asset": asset}

    def _compiled(self, name: str) -> str:
        """The logical path of the source `name`."""
        stem, suffix = os.path.splitext(name)
        return stem + _COMPILED.get(suffix, suffix)

    def _files(self, item: str, tree: Tree) -> list[str]:
        """The files that `item` names and that a build can use; what is wrong with them is noted."""
        found = self.resolver.files_of(tree.place[0], item)
        if found is None and tree.is_named_in_template:
            return []  # it may be the name of a bundle, so that `check` judges it
        if found is None:
            message = f"there is no file `{item}`, which a bundle has"
            self.faults.append(error("webassets/missing", message, self._place(tree, item)))
            return []
        found = [path for path in found if not self._is_written(path)]
        if not found:
            self.faults.append(warning("webassets/empty", f"`{item}` matches no file", self._place(tree, item)))
        return found

    def _is_written(self, path: str) -> bool:
        """Whether the file is what webassets has made of a bundle."""
        name = self.resolver.known_name(path)
        return name is not None and self._of_outputs(name) is not None

    # What is joined.

    def _asset(self, tree: Tree, filters: tuple[FilterUse, ...]) -> str | None:
        """The asset of a bundle, which is joined from now on; None where it has no members."""
        output = self._relative(tree.output or "")
        paths = list(dict.fromkeys(self._paths(tree)))
        fault = self._output_fault(tree, output, paths)
        if fault is not None:
            self.faults.append(fault)
            return None
        usable = [path for path in paths if self._is_usable(path, tree)]
        members = [self.resolver.name(path) for path in usable]
        if not members:
            return None
        name = self._free_name(output, tree, members)
        if [*map(self._compiled, members)] != [name]:
            self.bundles[name] = [f"./{_escaped(member)}" for member in members]
        if name != asset_of(output):
            self.blocks[source_key(asset_of(output) or output)] = [self._element(name, tree)]
        self._note_members(tree, name, members)
        self._note_bases(tree, filters, name, members)
        templates = tuple(path for path in usable if self._is_template(path, tree))
        if templates:
            self._jst[name] = templates
        return name

    def _output_fault(self, tree: Tree, output: str, paths: list[str]) -> Diagnostic | None:
        """The error for an `output` that is not a logical path, or whose files cannot be joined."""
        if normalise(output) != output:
            message = f"the output `{tree.output}` is not a logical path"
            hint = "write it without a leading slash, `.` and `..`, as in `js/site.js`"
            return error("config/value", message, self._place(tree, tree.output or ""), hint=hint)
        is_copy = [*map(suffix, paths)] == [suffix(output)]
        if is_copy or media_of(LogicalPath(output)).syntax in (Syntax.CSS, Syntax.JAVASCRIPT):
            return None
        message = f"`{tree.output}` cannot be a bundle: only style sheets and scripts can be joined"
        hint = "end its `output` in `.css` or `.js`"
        return error("bundle/kind", message, self._place(tree, tree.output or ""), hint=hint)

    def _paths(self, tree: Tree) -> Iterator[str]:
        for item in tree.contents:
            if isinstance(item, Tree):
                yield from self._paths(item)
            elif is_url(item):
                message = f"`{item}` is on another host, and left out: a build asks no network"
                hint = "put the file into a source root, as `buildassets vendor add` does: docs/guides/vendoring.md"
                self.faults.append(warning("webassets/remote", message, self._place(tree, item), hint=hint))
            else:
                yield from self._files(item, tree)

    def _is_usable(self, path: str, tree: Tree) -> bool:
        """Whether browsers can read the file, or something compiles it."""
        kind = suffix(path)
        output_kind = suffix(tree.output or "")
        is_known = kind == output_kind or kind in _ALWAYS_COMPILED or kind.removeprefix(".") in self._engines
        if is_known or self._is_template(path, tree):
            return True
        message = f"`{relative_to(self._folder, path)}` is left out of `{tree.output}`: nothing compiles `{kind}`"
        hint = "bring an engine that compiles it, see docs/reference/engines.md, or bundle what it gives"
        self.faults.append(
            warning("webassets/uncompiled", message, self._place(tree, os.path.basename(path)), hint=hint)
        )
        return False

    def _is_template(self, path: str, tree: Tree) -> bool:
        return path.endswith(f".{self.templating.extension}") and _JST in {one.name for one in _filters(tree)}

    def _relative(self, output: str) -> str:
        """An output as a path below the folder of outputs."""
        if not os.path.isabs(output):
            return os.path.normpath(output).replace(os.sep, "/")
        below = relative_to(self._found.directory, output)
        return os.path.basename(output) if below.startswith("..") else below

    def _free_name(self, output: str, tree: Tree, members: list[str]) -> str:
        """The logical path for `output`: the same, unless another asset has it."""
        made_of = "\n".join(members)
        if (output, made_of) in self._names:
            return self._names[output, made_of]
        name = asset_of(output)
        digits = sha256(made_of.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        if not name:
            folder, slash, file = output.rpartition("/")
            kind = suffix(file)
            name = f"{folder}{slash}{tree.name or digits}{'' if (tree.name or '').endswith(kind) else kind}"
        is_source = self.resolver.is_name(name) and name not in map(self._relative, self._outputs)
        is_itself = [*map(self._compiled, members)] == [name]
        if name in self._names.values() or ((is_source or name in map(self._compiled, members)) and not is_itself):
            stem, kind = os.path.splitext(name)
            name = f"{stem}.{digits}{kind}"
        self._names[output, made_of] = name
        return name

    def _note_members(self, tree: Tree, name: str, members: list[str]) -> None:
        """List the members for pages that are debugged, in builds for development."""
        if self._mode == "development" and tree.debug in (None, True):
            compiled = [f"{one}.js" if one.endswith(self.templating.suffix) else self._compiled(one) for one in members]
            self.blocks[output_key(name)] = [self._element(one, tree) for one in compiled]

    def _note_bases(self, tree: Tree, filters: tuple[FilterUse, ...], name: str, members: list[str]) -> None:
        """Without a filter that looks next to the sources, what sheets refer to is seen from the bundle."""
        if name.endswith(".css") and _REWRITING.isdisjoint(one.name for one in (*filters, *_filters(tree))):
            for member in members:
                self._bases.setdefault(member, name)

    # The parts of a configuration.

    @property
    def templating(self) -> Templating:
        """How templates for scripts are compiled."""
        function = wanted(self._found.settings, "JST_COMPILER")
        namespace = wanted(self._found.settings, "JST_NAMESPACE")
        own = None if function in (None, True, "template") else function or ""
        return Templating("jst", namespace or "window.JST", own)

    def table(self) -> dict[str, Any]:
        """The keys of our own file that the bundles stand for."""
        outputs = [*self._outputs]
        table: dict[str, Any] = {"sources": [*self.resolver.sources(outputs)], "bundles": self.bundles}
        for source in table["sources"]:
            below = relative_to(self._folder, source["path"])
            source["path"] = source["path"] if below.startswith("..") else below
        if self._found.url and _URL.match(self._found.url):
            table["url"] = self._found.url.rstrip("/") + "/"
        prefixes = (self._found.static_url, self._found.url)
        table["url_prefixes"] = [f"{one.rstrip('/')}/" for one in prefixes if one and re.match(r"/[^/]", one)]
        table["missing"] = "warn"  # webassets asks for no file that a sheet names
        if "datauri" in self._uses:
            limit = wanted(self._found.settings, "DATAURI_MAX_SIZE")
            table["data_urls"] = {"limit": limit if isinstance(limit, int) and limit > 0 else _DATA_URL_BYTES}
        if load_paths := [*dict.fromkeys(self._load_paths())]:
            table["load_paths"] = load_paths
        return table

    @property
    def was_libsass(self) -> bool:
        """Whether a bundle has the filter that compiles by libsass."""
        return "libsass" in self._uses

    def _load_paths(self) -> Iterator[str]:
        """The folders in which Sass also looks, from settings and options of filters."""
        given = [wanted(self._found.settings, name) for name in LOAD_PATHS]
        given += [use.given.get("includes") or use.given.get("load_paths") for use in self._uses.values()]
        for value in given:
            for path in [value] if isinstance(value, str) else value or ():
                for folder in (self._folder, self._found.directory):
                    if os.path.isdir(os.path.join(folder, path)):
                        yield os.path.join(folder, path)
                        break

    def template_names(self) -> dict[str, Mapping[str, str]]:
        """The names of templates, by bundle and by the logical path of the script that a template becomes."""
        separator = wanted(self._found.settings, "JST_DIR_SEPARATOR") or "/"
        found: dict[str, Mapping[str, str]] = {}
        for asset, paths in self._jst.items():
            base = os.path.dirname(paths[0]) if len(paths) == 1 else os.path.commonpath(paths)
            names = {
                path: os.path.splitext(os.path.relpath(path, base))[0].replace(os.sep, separator) for path in paths
            }
            found[asset] = {f"{self.resolver.name(path)}.js": name for path, name in names.items()}
        return found

    def bases(self) -> dict[str, str]:
        """The logical paths to which relative references are relative, by sheet."""
        return self._bases


def _all_trees(trees: Iterable[Tree]) -> Iterator[Tree]:
    for tree in trees:
        yield tree
        yield from _all_trees(one for one in tree.contents if isinstance(one, Tree))


def _filters(tree: Tree) -> Iterator[FilterUse]:
    """Those of a bundle and of what it holds."""
    for one in _all_trees([tree]):
        yield from one.filters


def _kind(name: str) -> str:
    return "link" if name.partition("?")[0].endswith(".css") else "script"


def _of_url(url: str, tree: Tree) -> Element:
    kind = _kind(url)
    extra = {key: _text(value) for key, value in tree.extra.items() if isinstance(value, str | bool | int)}
    return {"element": kind, "attributes": {**extra, "href" if kind == "link" else "src": url}, "text": ""}


def _text(value: str | bool | int) -> str | bool:  # noqa: FBT001 the value of an attribute
    return value if isinstance(value, str | bool) else str(value)


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)
