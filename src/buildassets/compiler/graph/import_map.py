"""The import map of pages, and which references of modules are left to it instead of being rewritten.

Takes the configured map and all assets with their links, gives the links that are written into each file and the final
import map. Touches the disk only to find the line of a faulty setting.
"""

import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping, MutableMapping, Sequence
from typing import Final, TypeAlias

from buildassets.compiler.config.keys import names_several
from buildassets.compiler.config.values import VENDOR, Config
from buildassets.compiler.engines.protocol import OF_PACKAGES
from buildassets.compiler.facts.table import NAMES
from buildassets.compiler.graph.components import reachable
from buildassets.compiler.graph.typed_names import TypedNames
from buildassets.compiler.languages.reference import IMPORTS, SPECIFIERS, Link, Reference
from buildassets.compiler.model import ImportMap, Linked, Source
from buildassets.compiler.resolve.node import NodePackages, Resolved, package_of
from buildassets.compiler.resolve.urls import bare_name, below_prefixes, has_host, mapped, module_url, target_of
from buildassets.compiler.sources.globs import compile_globs
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.lazily import Lazily
from buildassets.foundation.media import is_script
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath, from_url, split_url, to_url

_Use: TypeAlias = tuple[LogicalPath, str, LogicalPath]  # a module, a bare name in it, the asset that it means there
ENDS: Final = (".js", ".mjs", "/index.js", "/index.mjs")  # Node and bundlers add these, browsers do not
_AT_THE_TOP: Final = LogicalPath("index.js")  # a module that belongs to no package


def configured_map(config: Config, known: Mapping[LogicalPath, Source]) -> tuple[ImportMap, tuple[Diagnostic, ...]]:
    """The import map that `config` describes, and its faults.

    Each file of a folder (`"lit/" = "vendor/lit/"`) or glob (`"controllers/*" = "controllers/**/*.js"`) gets an entry.
    """
    faults: list[Diagnostic] = []
    nearby = Known(known)
    imports = _named(config, ("importmap",), config.importmap, known, nearby=nearby, faults=faults)
    scopes = {}
    for scope, names in config.scopes.items():
        keys = "importmap", "scopes", scope
        if scope not in known and not any(scope[-1] == "/" and path.startswith(scope) for path in known):
            message = f"import map scope `{scope}`{_owner(config, keys)} holds no asset"
            faults.append(_missing(message, scope, nearby, _place(config, keys)))
        scopes[scope] = _named(config, keys, names, known, nearby=nearby, faults=faults)
    return ImportMap(imports, scopes), tuple(faults)


def with_preloads(
    config: Config, importmap: ImportMap, packages: NodePackages | None
) -> tuple[ImportMap, tuple[Diagnostic, ...]]:
    """`importmap` with the modules that pages do not preload, and a warning for each unknown name among the settings.

    A name means its target in a page; that of a folder or a glob means all files that it matches.
    """
    left_out: set[LogicalPath] = set()
    faults: list[Diagnostic] = []
    nearby = Known({*importmap.imports, *config.importmap})
    for specifier, is_preloaded in config.importmap_preload.items():
        targets = [*_targets(config, importmap, packages, specifier)]
        if not targets:
            near = nearby.nearest(specifier)
            hint = f"did you mean `{near}`?" if near else "map it in `importmap`"
            where = config.place("importmap_preload", specifier)
            faults.append(warning("importmap/preload", f"the import map has no name `{specifier}`", where, hint=hint))
        elif not is_preloaded:
            left_out.update(LogicalPath(target) for target in targets if not has_host(target))
    return replace(importmap, not_preloaded=tuple(sorted(left_out))), tuple(faults)


def unnamed_hosts(config: Config, importmap: ImportMap, known: Container[str]) -> Iterator[Diagnostic]:
    """Yield an error for each entry of `importmap` whose URL has a host that no entry of `config` has.

    Pages run what such a host answers, so nobody but who writes the configuration decides it. `known` are the assets.
    """
    named = {_host(url) for names in (config.importmap, *config.scopes.values()) for url in names.values()}
    for names in (importmap.imports, *importmap.scopes.values()):
        for specifier, url in sorted(names.items()):
            if url not in known and has_host(url) and _host(url) not in named:
                hint = f'if you trust it, write `"{specifier}" = "{url}"` under '
                message = f"import map entry `{specifier}` has a host that the configuration does not name: `{url}`"
                yield error("importmap/host", message, hint=f"{hint}`[tool.buildassets.importmap]`")


def _host(url: str) -> str:
    """Return the part of `url` up to the end of its host; all of a URL without one, such as `data:`."""
    matched = re.match(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]*", url)
    return matched[0].lower() if matched else url


def _targets(config: Config, importmap: ImportMap, packages: NodePackages | None, specifier: str) -> Iterator[str]:
    """The targets of `specifier`: a name, or a folder or glob of the configuration."""
    stem = specifier.rstrip("*")
    is_of_several = stem.endswith("/") and specifier in config.importmap
    # Names that begin with nothing in common are known by their targets alone.
    matches = compile_globs([config.importmap[specifier]] if not stem and specifier in config.importmap else [])
    for name, target in importmap.imports.items():
        if name == specifier or (is_of_several and f"{name}/".startswith(stem)) or matches(target):
            yield target
    if specifier not in importmap.imports and packages is not None:
        answer = packages.target(specifier, _AT_THE_TOP)
        yield from [answer] if isinstance(answer, str) else ()


def _named(
    config: Config,
    keys: tuple[str, ...],
    names: Mapping[str, str],
    known: Mapping[LogicalPath, Source],
    *,
    nearby: Known,
    faults: list[Diagnostic],
) -> dict[str, str]:
    """The specifiers `names`, which are configured at `keys`, with an entry for each file of a folder or glob."""
    named: dict[str, str] = {}
    for specifier, target in names.items():
        if has_host(target) or target in known:
            named[specifier] = target
        elif names_several(target) and (matched := _matched(target, known)):
            named.update((name, path) for rest, path in matched if (name := _pinned(specifier, rest)))
        elif members := _members(target, known):
            named.update((specifier + path.removeprefix(target), path) for path in members)
        else:
            place = *keys, specifier
            message = f"import map entry `{specifier}`{_owner(config, place)} names no asset: `{target}`"
            faults.append(_missing(message, target, nearby, _place(config, place)))
    return named


def _members(folder: str, known: Mapping[LogicalPath, Source]) -> list[LogicalPath]:
    """The files below `folder` that a page can import; none unless `folder` ends in a slash."""
    if not folder.endswith("/"):
        return []
    return [path for path in known if path.startswith(folder) and not known[path].uncompiled]


def _matched(glob: str, known: Mapping[LogicalPath, Source]) -> list[tuple[str, LogicalPath]]:
    """The modules that `glob` matches, each after its path below the part without wildcards, without its suffix."""
    plain = re.split(r"[*?\[]", glob, maxsplit=1)[0]
    folder = plain[: plain.rfind("/") + 1]
    matches = compile_globs([glob])
    modules = [path for path in sorted(known) if is_script(path) and not known[path].uncompiled and matches(path)]
    return [(path[len(folder) :].rpartition(".")[0], path) for path in modules]


def _pinned(specifier: str, rest: str) -> str:
    """The name of one of several modules; for `index` that of its folder, as in importmap-rails."""
    rest = "" if rest == "index" else rest.removesuffix("/index")
    stem, star, tail = specifier.replace("**", "*").partition("*")
    stem = stem if star or stem.endswith("/") else f"{stem}/"
    return f"{stem}{rest}{tail}" if rest else f"{stem.rstrip('/')}{tail}"


def _owner(config: Config, keys: tuple[str, ...]) -> str:
    return f" of {config.declared_by[keys]}" if keys in config.declared_by else ""


def _place(config: Config, keys: tuple[str, ...]) -> Location | None:
    """Return the place in the configuration file; None for what an application or a package declares."""
    return None if keys in config.declared_by else config.place(*keys)


def _missing(message: str, target: str, known: Known, where: Location | None) -> Diagnostic:
    near = known.nearest_asset(target)
    hint = f"did you mean `{near}`?" if near else "write the logical path of an asset, or an absolute URL"
    return error("importmap/missing", message, where, hint=hint)


def mapped_assets(importmap: ImportMap) -> set[LogicalPath]:
    """The targets of `importmap`, which a page may import by name alone. URLs are among them."""
    tables = (importmap.imports, *importmap.scopes.values())
    return {LogicalPath(target) for names in tables for target in names.values()}


class NameResolution:
    """Resolves the references of one build, for browsers and by npm packages.

    The import map `configured` comes first, so that it can choose another file of a package, or another package.
    `packages` is None if no source root is one of npm. `known` are all possible assets. `chunks` are the assets to
    which pages map paths in the output of Vite.
    """

    def __init__(
        self,
        config: Config,
        configured: ImportMap,
        packages: NodePackages | None,
        known: Collection[LogicalPath],
        *,
        chunks: Mapping[LogicalPath, LogicalPath],
        typed: TypedNames | None = None,
        note: Callable[[str, str], None] = lambda kind, about: None,
    ) -> None:
        self.configured = configured
        self.packages = packages
        self.chunks = chunks
        self._typed = typed
        self._note = note  # called where an answer depends on the import map, packages or `tsconfig.json`
        self._has_map = bool(config.importmap or config.scopes)
        self._may_have_chunks = any(root.manifest for root in config.sources)
        self._url = config.url
        self._known = known
        prefixes = {*config.url_prefixes, config.url} if config.url_prefixes else ()
        self._prefixes = sorted(prefixes, key=len, reverse=True)  # `/static/app/` goes before `/static/`
        self._is_external = compile_globs(config.external)
        self._completes = config.resolve == "bundler"
        self._bases = config.bases
        self._vendored = config.package_root and f"{config.package_root.prefix}/{VENDOR}/".removeprefix("/")
        self._targets: dict[tuple[str, str, bool], LogicalPath | None] = {}

    def follow(self, reference: Reference, base: LogicalPath) -> LogicalPath | None:
        """The logical path that `reference` names in the asset `base`; None if it is to be left alone.

        A URL below one of `url_prefixes` names the asset there, if one exists; else it is resolved like any other. What
        only a module in TypeScript or JSX may leave out is added.
        """
        target = self._followed(reference, base)
        if self._typed is None:
            return target
        return self._typed.target(reference, base, target or self._by_settings(reference, base))

    def _by_settings(self, reference: Reference, base: LogicalPath) -> LogicalPath | None:
        """The asset that a bare name in a typed module means by its `tsconfig.json`."""
        if self._typed is None or not self._typed.is_typed_module(base) or not is_script(base):
            return None
        name = self.bare(reference)
        if name is None or mapped(self.configured, name, base) is not None:
            return None
        return self._typed.by_settings(name, base)

    def _followed(self, reference: Reference, base: LogicalPath) -> LogicalPath | None:
        for path in below_prefixes(reference, self._prefixes, self._is_external) if self._prefixes else ():
            if path in self._known:
                return path
        target = self._target(reference, LogicalPath(self._bases.get(base, base)))
        if reference.url.startswith(OF_PACKAGES) and base.endswith(".css") and target not in self._known:
            self._note(*NAMES)
            return self._of_package(split_url(reference.url)[0].removeprefix(OF_PACKAGES), base) or target
        if self._may_have_chunks:
            self._note(*NAMES)
        if target is not None and target in self.chunks:
            return self.chunks[target]
        if self._completes and target is not None and reference.kind in SPECIFIERS and target not in self._known:
            target = next((path for end in ENDS if (path := LogicalPath(target + end)) in self._known), target)
        if self.packages is None or reference.kind not in SPECIFIERS:
            return target
        self._note(*NAMES)
        if target is not None:
            return self.packages.completed(target, base)
        answer = self.answer(reference, base)
        return answer if isinstance(answer, str) else None

    def _of_package(self, name: str, base: LogicalPath) -> LogicalPath | None:
        """The file of a package that `~name` means in a sheet: a vendored one, or one in a root of npm.

        The name of a package alone means its style sheet.
        """
        folder = f"{self._vendored}{from_url(name)}" if self._vendored else ""
        if folder in self._known:
            return LogicalPath(folder)
        if name == package_of(name) and folder:
            sheets = [path for path in self._known if path.startswith(f"{folder}/") and path.endswith(".css")]
            if len(sheets) == 1:
                return sheets[0]
        return self.packages.sheet(from_url(name), base) if self.packages else None

    def _target(self, reference: Reference, base: LogicalPath) -> LogicalPath | None:
        """What `target_of` gives; the files of a folder ask for the same again and again."""
        asked = base[: base.rfind("/") + 1], reference.url, reference.kind in SPECIFIERS
        if asked not in self._targets:
            self._targets[asked] = target_of(reference, base, self._url, self._is_external)
        return self._targets[asked]

    def is_of_chunk(self, reference: Reference, base: LogicalPath) -> bool:
        """Whether `reference` has a path that pages map, so that it stays as Vite wrote it."""
        return bool(self.chunks) and self._target(reference, base) in self.chunks

    def answer(self, reference: Reference, base: LogicalPath) -> Resolved:
        """The resolution of a bare name by the packages, if the configured import map lacks it."""
        if self.packages is None:
            return None
        name = self.unmapped(reference, base)
        return None if name is None else self.packages.target(name, base)

    def unmapped(self, reference: Reference, base: LogicalPath) -> str | None:
        """The bare name of a reference in a script, if the configured import map lacks it."""
        name = self.bare(reference) if is_script(base) else None
        if name is None or self._by_settings(reference, base) is not None:
            return None
        return None if mapped(self.configured, name, base) is not None else name

    def bare(self, reference: Reference) -> str | None:
        """The bare name that `reference` is to a browser."""
        name = bare_name(reference, self._url, self._is_external)
        if name is not None:
            self._note(*NAMES)
        return name

    def mapped_links(self, asset: Linked, assets: Collection[LogicalPath]) -> tuple[Link, ...]:
        """The references of a script that lead to one of `assets` by the configured import map."""
        links: list[Link] = []
        if self._has_map:
            self._note(*NAMES)
        if not (self.configured.imports or self.configured.scopes):
            return ()
        for reference in asset.draft.references:
            name = self.bare(reference)
            target = None if name is None else mapped(self.configured, name, asset.draft.source.logical)
            if target is not None and target in assets:
                links.append((reference, LogicalPath(target)))
        return tuple(links)

    def left(self, reference: Reference, base: LogicalPath, target: LogicalPath) -> str | None:
        """The bare name or URL path in the module `base` that a page's import map can map to `target`.

        None if the file's name has to be written into the module instead: the reference is no specifier, a browser
        would resolve it otherwise (a bundle may lie in another folder than its members), or the script uses only the
        URL, perhaps of a worker.
        """
        if reference.kind not in IMPORTS or self.follow(reference, base) != target:
            return None
        if reference.url.endswith("/") or self._by_settings(reference, base) is not None:
            return None
        return self.bare(reference) or module_url(reference.url, base)


@frozen
class Settled:
    """The links that are written into each file, and the import map that pages need for the rest.

    `by_name` are the references in scripts that lead to assets by the configured import map, `apart` the scripts that
    may run where no import map applies.
    """

    written: MutableMapping[LogicalPath, tuple[Link, ...]]
    by_name: MutableMapping[LogicalPath, tuple[Link, ...]]
    importmap: ImportMap
    apart: Collection[LogicalPath]


@frozen
class _Left:
    """The references of one script that are left to the import map of a page: bare names, and URL paths of modules."""

    by_name: tuple[_Use, ...] = ()
    modules: tuple[tuple[str, LogicalPath], ...] = ()


_NOTHING_LEFT: Final = _Left()


def settle(assets: Mapping[LogicalPath, Linked], names: NameResolution, *, leave_to_page: bool) -> Settled:
    """Which links of `assets` are written into their files; with `leave_to_page`, not the imports that a page can map.

    All links are written, those by names of the import map too, into scripts where no page's import map applies: those
    that a worker or an HTML file of the release loads, and all that these import.
    """
    mapped_links = {path: names.mapped_links(asset, assets) for path, asset in assets.items() if is_script(path)}
    apart = _apart(assets, mapped_links)
    written: dict[LogicalPath, tuple[Link, ...]] = {}
    left: dict[LogicalPath, _Left] = {}
    for path, asset in assets.items():
        mapped = mapped_links.get(path, ()) if path in apart else None
        written[path], of_page = _written(path, asset, names, mapped, leaves=leave_to_page)
        if of_page is not _NOTHING_LEFT:
            left[path] = of_page
    modules = {to_url(path): target for path, target in names.chunks.items()}
    modules |= {name: target for of_page in left.values() for name, target in of_page.modules}
    by_name = [use for of_page in left.values() for use in of_page.by_name]
    importmap = names.configured if names.packages is None else _with_names(names.configured, names.packages, by_name)
    return Settled(written=written, by_name=mapped_links, importmap=replace(importmap, modules=modules), apart=apart)


def settled_before(
    assets: Mapping[LogicalPath, Linked],
    names: NameResolution,
    apart: Collection[LogicalPath],
    importmap: ImportMap,
    *,
    leave_to_page: bool,
) -> Settled:
    """What `settle` gave for `assets` in another process, each link settled when it is asked for."""
    by_name = Lazily(filter(is_script, assets), lambda path: names.mapped_links(assets[path], assets))

    def written(path: LogicalPath) -> tuple[Link, ...]:
        links, _ = _written(path, assets[path], names, by_name[path] if path in apart else None, leaves=leave_to_page)
        return links

    return Settled(written=Lazily(assets, written), by_name=by_name, importmap=importmap, apart=apart)


def settle_again(
    settled: Settled,
    before: Mapping[LogicalPath, Linked],
    assets: Mapping[LogicalPath, Linked],
    names: NameResolution,
    *,
    leave_to_page: bool,
) -> bool:
    """Settle those of `assets` again that were otherwise `before`; `settled` has what is written into them then.

    Returns False where that may concern others, too: then all have to be settled.
    """
    for path, earlier in before.items():
        asset, is_apart = assets[path], path in settled.apart
        mapped, was_mapped = [names.mapped_links(one, assets) if is_script(path) else () for one in (asset, earlier)]
        if _ways(path, asset, mapped) != _ways(path, earlier, was_mapped):
            return False
        written, left = _written(path, asset, names, mapped if is_apart else None, leaves=leave_to_page)
        _, was_left = _written(path, earlier, names, was_mapped if is_apart else None, leaves=leave_to_page)
        if left != was_left:
            return False
        settled.written[path] = written
        if is_script(path):
            settled.by_name[path] = mapped
    return True


def _written(
    path: LogicalPath, asset: Linked, names: NameResolution, mapped_links: Sequence[Link] | None, *, leaves: bool
) -> tuple[tuple[Link, ...], _Left]:
    """The links that are written into `asset`, and what it leaves to the page, if it `leaves` what a page can map.

    One that runs apart from import maps has `mapped_links`, which are written, too.
    """
    if names.chunks:
        asset = replace(asset, links=tuple(link for link in asset.links if not names.is_of_chunk(link[0], path)))
    if mapped_links is not None:
        return tuple(sorted((*asset.links, *mapped_links), key=lambda link: link[0].start)), _NOTHING_LEFT
    if not leaves or not is_script(path):
        return asset.links, _NOTHING_LEFT
    specifiers = [names.left(reference, path, target) for reference, target in asset.links]
    pairs = list(zip(asset.links, specifiers, strict=True))
    named = [(link, left) for link, left in pairs if left is not None]
    if not named:
        return asset.links, _NOTHING_LEFT
    by_name = tuple((path, left, target) for (reference, target), left in named if names.bare(reference))
    modules = tuple((left, target) for (reference, target), left in named if not names.bare(reference))
    return tuple(link for link, left in pairs if left is None), _Left(by_name, modules)


def _ways(path: LogicalPath, asset: Linked, mapped_links: Sequence[Link]) -> set[tuple[LogicalPath, bool]]:
    """The targets of `asset`, and whether it imports each as a module does."""
    is_module = is_script(path)
    return {(target, is_module and one.kind in IMPORTS) for one, target in (*asset.links, *mapped_links)}


def _apart(
    assets: Mapping[LogicalPath, Linked], mapped_links: Mapping[LogicalPath, Sequence[Link]]
) -> set[LogicalPath]:
    """The scripts that may run where no import map of a page applies, as in a worker."""
    starts: set[LogicalPath] = set()
    imports: dict[LogicalPath, list[LogicalPath]] = {}
    for path, asset in assets.items():
        links = (*asset.links, *mapped_links.get(path, ()))
        is_module = is_script(path)
        imports[path] = [target for _, target in links if is_script(target)] if is_module else []
        starts.update(target for reference, target in links if not (is_module and reference.kind in IMPORTS))
    return reachable(imports, filter(is_script, starts))


def _with_names(configured: ImportMap, packages: NodePackages, uses: Sequence[_Use]) -> ImportMap:
    """`configured` with the package names that modules use; a name that means different packages goes into scopes."""
    imports = dict(configured.imports)
    scopes = {scope: dict(names) for scope, names in configured.scopes.items()}
    importmap = replace(configured, imports=imports, scopes=scopes)
    for _, name, target in uses:
        if packages.target(name, _AT_THE_TOP) == target:
            imports.setdefault(name, target)
    # The outer folders first, so that inner scopes repeat none of their entries.
    for base, name, target in sorted(uses, key=lambda use: (len(packages.folder_of(use[0]) or ""), use)):
        if mapped(importmap, name, base) != target:
            folder = packages.folder_of(base)
            scopes.setdefault(base if folder is None else folder + "/", {})[name] = target
    return importmap
