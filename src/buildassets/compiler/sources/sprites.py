"""Plans the sprites of `icons`: which files of which folder become symbols of which asset.

Takes the configuration and the icons that templates name, gives further sources. Reads folders only.
"""

import os
from collections.abc import Collection, Iterator, Mapping

from buildassets.compiler.config.roots import folder_like
from buildassets.compiler.config.values import Config, IconFolder
from buildassets.compiler.images.variant import Icon, Sprite
from buildassets.compiler.model import Source
from buildassets.disk.folders import walk
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import suffix
from buildassets.foundation.paths import LogicalPath


@frozen
class NamedIcons:
    """The names of icons in templates, and the places of calls whose name is computed."""

    names: frozenset[str] = frozenset()
    computed: tuple[Location, ...] = ()


@frozen
class Sprited:
    """The sources of sprites, and the names of all icons; `looked_at` are the folders that were read."""

    sources: tuple[Source, ...] = ()
    known: frozenset[str] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()
    looked_at: tuple[str, ...] = ()


def sprites(config: Config, named: NamedIcons, taken: Mapping[LogicalPath, Source]) -> Sprited:
    """The sprites of `config`. What `taken` sources make, no sprite can be called."""
    sources: list[Source] = []
    faults: list[Diagnostic] = []
    looked_at: list[str] = []
    known: set[str] = set()
    for name, folder in sorted(config.icons.items()):
        logical = LogicalPath(name)
        there = tuple(_icons(config, folder, looked_at))
        known.update(icon.name for icon in there)
        chosen = tuple(icon for icon in there if _is_used(icon, folder, named))
        faults += _faults(config, logical, folder, there, named=named)
        if logical in taken:
            other = taken[logical].shown
            message = f"`{other}` and `icons` both make `{name}`"
            faults.append(
                error("source/duplicate", message, config.place("icons", name), hint="give the sprite another name")
            )
        # No file can be at this path: caches name it so.
        path = os.path.join(config.file or config.folder, *name.split("/"))
        sources.append(
            Source(logical, path, shown=config.shown(folder.path), root=-1, relative=logical, recipe=Sprite(chosen))
        )
    return Sprited(tuple(sources), frozenset(known), tuple(faults), tuple(looked_at))


def _is_used(icon: Icon, folder: IconFolder, named: NamedIcons) -> bool:
    return not folder.used_only or bool(named.computed) or icon.name in named.names


def _icons(config: Config, folder: IconFolder, looked_at: list[str]) -> Iterator[Icon]:
    """The icons in `folder`, sorted by name: all SVG files, but for hidden ones. Folders are added to `looked_at`."""
    looked_at.append(folder.path)
    found = []
    for parent, names, files in walk(folder.path):
        names[:] = sorted(name for name in names if not name.startswith("."))
        looked_at += (os.path.join(parent, name) for name in names)
        paths = (os.path.join(parent, name) for name in files if suffix(name) == ".svg" and not name.startswith("."))
        for path in paths:
            name = os.path.relpath(path, folder.path).replace(os.sep, "/")
            found.append(Icon(name[: -len(".svg")], path, config.shown(path)))
    return iter(sorted(found, key=lambda icon: icon.name))


def _faults(
    config: Config, logical: LogicalPath, folder: IconFolder, there: Collection[Icon], *, named: NamedIcons
) -> Iterator[Diagnostic]:
    where = config.place("icons", logical, "dir")
    shown = config.shown(folder.path)
    if not os.path.isdir(folder.path):
        near = folder_like(folder.path, shown)
        hint = f"did you mean `{near}`?" if near else "create it, or correct `dir`"
        yield error("icon/folder", f"there is no folder of icons `{shown}`", where, hint=hint)
    elif not there:
        hint = "put SVG files into it, or correct `dir`"
        yield warning("icon/folder", f"the folder of icons `{shown}` has no SVG file", where, hint=hint)
    elif folder.used_only and named.computed:
        message = f"`{logical}` has all {len(there)} icons of `{shown}`: a template computes the name of one"
        further = len(named.computed) - 1
        calls = "call computes" if further == 1 else "calls compute"
        notes = [f"{further} more {calls} a name"] if further else []
        hint = "write the names as texts, or leave out `used_only`"
        yield warning("icon/computed", message, named.computed[0], notes=notes, hint=hint)
    elif folder.used_only and not any(icon.name in named.names for icon in there):
        hint = 'name some by `icon("…")`, or leave out `used_only`'
        message = f"`{logical}` has no icon: no template names one of `{shown}`"
        yield warning("icon/unused", message, config.place("icons", logical, "used_only"), hint=hint)
