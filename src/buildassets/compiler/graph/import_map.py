"""Modules: which of their references stay as they are, and the import map by which a page resolves those.

Takes what the configuration maps and all assets with their links, gives the links that are written into each file and
the import map. Touches the disk only to say where a fault was written.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from buildassets.compiler.config.keys import names_several
from buildassets.compiler.config.shown import place_of_setting
from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.components import reachable
from buildassets.compiler.languages.reference import IMPORTS, SPECIFIERS, Link, Reference
from buildassets.compiler.model import ImportMap, Linked, Source
from buildassets.compiler.resolve.node import Packages, Resolved
from buildassets.compiler.resolve.urls import bare_name, below_prefixes, has_host, mapped, module_url, target_of
from buildassets.compiler.sources.globs import compile_globs
from buildassets.diagnostics import Diagnostic, Location, error, warning
from buildassets.frozen import frozen
from buildassets.media import Syntax, media_of
from buildassets.nearest import Known
from buildassets.paths import LogicalPath

_Use: TypeAlias = tuple[LogicalPath, str, LogicalPath]  # a module, a bare name in it, the asset that it means there
_AT_THE_TOP: Final = LogicalPath("index.js")  # a module that belongs to no package


def configured_map(config: Config, known: Mapping[LogicalPath, Source]) -> tuple[ImportMap, tuple[Diagnostic, ...]]:
    """The import map that `config` describes, and its faults.

    Its folders (`"lit/" = "vendor/lit/"`) and globs (`"controllers/*" = "controllers/**/*.js"`) are written out.
    """
    faults: list[Diagnostic] = []
    nearby = Known(known)
    imports = _named(config, ("importmap",), config.importmap, known, nearby, faults)
    scopes = {}
    for scope, names in config.scopes.items():
        keys = "importmap", "scopes", scope
        if scope not in known and not any(scope[-1] == "/" and path.startswith(scope) for path in known):
            message = f"import map scope `{scope}` holds no asset"
            faults.append(_missing(message, scope, nearby, place_of_setting(config, *keys)))
        scopes[scope] = _named(config, keys, names, known, nearby, faults)
    return ImportMap(imports, scopes), tuple(faults)


def with_preloads(
    config: Config, importmap: ImportMap, packages: Packages | None
) -> tuple[ImportMap, tuple[Diagnostic, ...]]:
    """`importmap` with what pages do not load ahead, and a warning for each name that it and the packages lack.

    A name stands for what it means in a page, and that of a folder or a glob for all that comes of it.
    """
    left_out: set[LogicalPath] = set()
    faults: list[Diagnostic] = []
    nearby = Known({*importmap.imports, *config.importmap})
    for specifier, is_preloaded in config.importmap_preload.items():
        found = [*_meant(config, importmap, packages, specifier)]
        if not found:
            near = nearby.nearest(specifier)
            hint = f"did you mean `{near}`?" if near else "map it in `importmap`"
            where = place_of_setting(config, "importmap_preload", specifier)
            faults.append(warning("importmap/preload", f"the import map has no name `{specifier}`", where, hint=hint))
        elif not is_preloaded:
            left_out.update(LogicalPath(one) for one in found if not has_host(one))
    return replace(importmap, not_preloaded=tuple(sorted(left_out))), tuple(faults)


def _meant(config: Config, importmap: ImportMap, packages: Packages | None, specifier: str) -> Iterator[str]:
    """The targets of `specifier`, which may be a name, or that of a folder or a glob of the configuration."""
    stem = specifier.rstrip("*")
    is_of_several = stem.endswith("/") and specifier in config.importmap
    for name, target in importmap.imports.items():
        if name == specifier or (is_of_several and f"{name}/".startswith(stem)):
            yield target
    if specifier not in importmap.imports and packages is not None:
        answer = packages.target(specifier, _AT_THE_TOP)
        yield from [answer] if isinstance(answer, str) else ()


def _named(
    config: Config,
    keys: tuple[str, ...],
    names: Mapping[str, str],
    known: Mapping[LogicalPath, Source],
    nearby: Known,
    faults: list[Diagnostic],
) -> dict[str, str]:
    """The specifiers `names`, which stand at `keys`, each file of a folder with a name of its own."""
    named: dict[str, str] = {}
    for specifier, target in names.items():
        if has_host(target) or target in known:
            named[specifier] = target
        elif names_several(target) and (matched := _matched(target, known)):
            named.update((name, path) for rest, path in matched if (name := _pinned(specifier, rest)))
        elif members := _members(target, known):
            named.update((specifier + path.removeprefix(target), path) for path in members)
        else:
            message = f"import map entry `{specifier}` names no asset: `{target}`"
            faults.append(_missing(message, target, nearby, place_of_setting(config, *keys, specifier)))
    return named


def _members(folder: str, known: Mapping[LogicalPath, Source]) -> list[LogicalPath]:
    """The files of a folder, which ends in a slash, that a page can import."""
    if not folder.endswith("/"):
        return []
    return [path for path in known if path.startswith(folder) and not known[path].uncompiled]


def _matched(glob: str, known: Mapping[LogicalPath, Source]) -> list[tuple[str, LogicalPath]]:
    """The modules that `glob` matches, each with its path below the part without wildcards, without its suffix."""
    plain = re.split(r"[*?\[]", glob, maxsplit=1)[0]
    folder = plain[: plain.rfind("/") + 1]
    matches = compile_globs([glob])
    found = [path for path in sorted(known) if _is_script(path) and not known[path].uncompiled and matches(path)]
    return [(path[len(folder) :].rpartition(".")[0], path) for path in found]


def _pinned(specifier: str, rest: str) -> str:
    """The name of one of several modules: `index` stands for its folder, as importmap-rails has it."""
    rest = "" if rest == "index" else rest.removesuffix("/index")
    stem, star, tail = specifier.replace("**", "*").partition("*")
    stem = stem if star or stem.endswith("/") else f"{stem}/"
    return f"{stem}{rest}{tail}" if rest else f"{stem.rstrip('/')}{tail}"


def _missing(message: str, target: str, known: Known, where: Location | None) -> Diagnostic:
    near = known.nearest_asset(target)
    hint = f"did you mean `{near}`?" if near else "write the logical path of an asset, or an absolute URL"
    return error("importmap/missing", message, where, hint=hint)


def mapped_assets(importmap: ImportMap) -> set[LogicalPath]:
    """The targets of `importmap`: what a page may import by name alone. URLs are among them."""
    return {LogicalPath(one) for names in (importmap.imports, *importmap.scopes.values()) for one in names.values()}


class NameResolution:
    """What the references of one build mean, to a browser and in its packages.

    What the import map `configured` names goes first, so that it can take another file of a package, or one package in
    place of another. `packages` is None where no source root is one of npm. `known` are all assets that there can be.
    """

    def __init__(
        self, config: Config, configured: ImportMap, packages: Packages | None, known: Collection[LogicalPath]
    ) -> None:
        self.configured = configured
        self.packages = packages
        self._url = config.url
        self._known = known
        prefixes = {*config.url_prefixes, config.url} if config.url_prefixes else ()
        self._prefixes = sorted(prefixes, key=len, reverse=True)  # `/static/app/` goes before `/static/`
        self._is_external = compile_globs(config.external)
        self._bases = config.bases

    def follow(self, reference: Reference, base: LogicalPath) -> LogicalPath | None:
        """The logical path that `reference` names in the asset `base`; None where it is to be left alone.

        What begins with one of `url_prefixes` names an asset where there is such a one, and else what it names without.
        """
        for found in below_prefixes(reference, self._prefixes, self._is_external):
            if found in self._known:
                return found
        seen_from = LogicalPath(self._bases.get(base, base))
        target = target_of(reference, seen_from, self._url, self._is_external)
        if self.packages is None or reference.kind not in SPECIFIERS:
            return target
        if target is not None:
            return self.packages.completed(target, base)
        answer = self.answer(reference, base)
        return answer if isinstance(answer, str) else None

    def answer(self, reference: Reference, base: LogicalPath) -> Resolved:
        """What the packages say to a bare name of which the configured import map says nothing."""
        name = self.unmapped(reference, base)
        return None if name is None or self.packages is None else self.packages.target(name, base)

    def unmapped(self, reference: Reference, base: LogicalPath) -> str | None:
        """The bare name of a reference in a script, if the configured import map says nothing of it."""
        name = self.bare(reference) if _is_script(base) else None
        return None if name is None or mapped(self.configured, name, base) is not None else name

    def bare(self, reference: Reference) -> str | None:
        """The bare name that `reference` is to a browser."""
        return bare_name(reference, self._url, self._is_external)

    def mapped_links(self, asset: Linked, assets: Collection[LogicalPath]) -> tuple[Link, ...]:
        """The places where a script names one of `assets` by the configured import map."""
        links = []
        for reference in asset.draft.references:
            name = self.bare(reference)
            target = None if name is None else mapped(self.configured, name, asset.draft.source.logical)
            if target is not None and target in assets:
                links.append((reference, LogicalPath(target)))
        return tuple(links)

    def left(self, reference: Reference, base: LogicalPath, target: LogicalPath) -> str | None:
        """The bare name or URL path by which a page's import map can take what stands in the module `base` to `target`.

        None where it has to be written into the file: it is no specifier, a browser would make something else of it
        (in a bundle, which may lie in another folder than its members), or only the URL is wanted, perhaps of a worker.
        """
        if reference.kind not in IMPORTS or self.follow(reference, base) != target:
            return None
        return self.bare(reference) or module_url(reference.url, base)


@frozen
class Settled:
    """The links that are written into each file, and the import map by which pages find what is not.

    `by_name` are the places in scripts that the configured import map takes to assets.
    """

    written: Mapping[LogicalPath, tuple[Link, ...]]
    by_name: Mapping[LogicalPath, tuple[Link, ...]]
    importmap: ImportMap


def settle(assets: Mapping[LogicalPath, Linked], names: NameResolution, *, leave_to_page: bool) -> Settled:
    """Which links of `assets` are written into their files; with `leave_to_page`, no import that a page can map.

    Where no import map of a page applies everything is written, names of the import map too: into what a worker or an
    HTML file of the release loads, and into all that those import.
    """
    mapped_links = {path: names.mapped_links(asset, assets) for path, asset in assets.items() if _is_script(path)}
    apart = _apart(assets, mapped_links)
    written: dict[LogicalPath, tuple[Link, ...]] = {}
    modules: dict[str, LogicalPath] = {}
    by_name: list[_Use] = []
    for path, asset in assets.items():
        written[path] = asset.links
        if path in apart:
            written[path] = tuple(sorted((*asset.links, *mapped_links[path]), key=lambda link: link[0].start))
        elif leave_to_page and _is_script(path):
            specifiers = [names.left(reference, path, target) for reference, target in asset.links]
            written[path] = tuple(link for link, left in zip(asset.links, specifiers, strict=True) if left is None)
            for (reference, target), left in zip(asset.links, specifiers, strict=True):
                if left is not None and names.bare(reference):
                    by_name.append((path, left, target))
                elif left is not None:
                    modules[left] = target
    importmap = names.configured if names.packages is None else _with_names(names.configured, names.packages, by_name)
    return Settled(written, mapped_links, replace(importmap, modules=modules))


def _is_script(path: LogicalPath) -> bool:
    return media_of(path).syntax is Syntax.JAVASCRIPT


def _apart(
    assets: Mapping[LogicalPath, Linked], mapped_links: Mapping[LogicalPath, Sequence[Link]]
) -> set[LogicalPath]:
    """The scripts that run, or may run, where no import map of a page applies."""
    starts: set[LogicalPath] = set()
    imports: dict[LogicalPath, list[LogicalPath]] = {}
    for path, asset in assets.items():
        links = (*asset.links, *mapped_links.get(path, ()))
        imports[path] = [target for _, target in links if _is_script(target)] if _is_script(path) else []
        is_page_s = [_is_script(path) and reference.kind in IMPORTS for reference, _ in links]
        starts.update(target for (_, target), is_one in zip(links, is_page_s, strict=True) if not is_one)
    return reachable(imports, filter(_is_script, starts))


def _with_names(configured: ImportMap, packages: Packages, uses: Sequence[_Use]) -> ImportMap:
    """`configured` with the names of packages that modules use; those that mean different packages in scopes."""
    imports = dict(configured.imports)
    scopes = {scope: dict(names) for scope, names in configured.scopes.items()}
    importmap = replace(configured, imports=imports, scopes=scopes)
    for _, name, target in uses:
        if packages.target(name, _AT_THE_TOP) == target:
            imports.setdefault(name, target)
    # The outer folders first, so that what they say already is not said again.
    for base, name, target in sorted(uses, key=lambda use: (len(packages.folder_of(use[0]) or ""), use)):
        if mapped(importmap, name, base) != target:
            folder = packages.folder_of(base)
            scopes.setdefault(base if folder is None else folder + "/", {})[name] = target
    return importmap
