"""Warns of settings that match nothing by mistake: globs with a source root's own name, load paths that do not exist.

Takes the configuration and the sources, gives diagnostics. Checks on disk whether a folder exists.
"""

import os
from collections.abc import Collection, Iterator

from buildassets.compiler.config.roots import folder_like
from buildassets.compiler.config.values import Config, SourceRoot
from buildassets.compiler.sources.globs import compile_globs, is_glob
from buildassets.compiler.transform.input_sets import matches_any
from buildassets.foundation.diagnostics import Diagnostic, warning
from buildassets.foundation.nearest import Known


def setting_faults(config: Config, listed: Collection[str]) -> Iterator[Diagnostic]:
    """A warning for each setting that matches nothing; `listed` are the logical paths of all sources outside of npm.

    Most globs that match nothing are meant for future files, so only `data_urls.include` needs a match, and only one
    that the file has, not another system.
    """
    is_own = config.document is None or "data_urls" in config.document.table
    embedded = config.data_urls.include if config.data_urls and is_own else ()
    for keys, patterns in (
        (("exclude",), config.exclude),
        (("raw",), config.raw),
        (("plain",), config.plain),
        (("data_urls", "include"), embedded),
    ):
        for index, pattern in enumerate(patterns):
            meant = _below_root(config, pattern)
            if meant is None and (keys[-1] == "exclude" or _is_there(config, keys[-1], pattern, listed)):
                continue
            near = meant or (None if is_glob(pattern) else Known(listed).nearest_asset(pattern))
            hint = f"did you mean `{near}`?" if near else "correct it, or take it out; it has to match a logical path"
            message = f"`{pattern}` in `{'.'.join(keys)}` matches nothing"
            yield warning("config/unmatched", message, config.place(*keys, index), hint=hint)
    for index, path in lost_load_paths(config):
        shown = config.shown(path)
        near = folder_like(path, shown)
        hint = f"did you mean `{near}`?" if near else "create the folder, or take it out of `load_paths`"
        message = f"the load path `{shown}` is not a folder"
        yield warning("config/unmatched", message, config.place("load_paths", index), hint=hint)
    yield from _lost_inputs(config)


def _lost_inputs(config: Config) -> Iterator[Diagnostic]:
    """A warning for each of the `inputs` of commands that matches no file."""
    if not config.commands:
        return

    for name, command in config.commands.items():
        for index, glob in enumerate(command.inputs):
            if not matches_any(config.folder, glob, [config.output]):
                where = config.place("commands", name, "inputs", index)
                message = f"`{glob}` in `commands.{name}.inputs` matches no file"
                hint = "correct it, or take it out; it is relative to the folder of the configuration"
                yield warning("config/unmatched", message, where, hint=hint)


def lost_load_paths(config: Config) -> Iterator[tuple[int, str]]:
    """The load paths that are no folders, with their indices; none with a plan, which brings load paths of its own."""
    for index, path in enumerate(() if config.plan else config.load_paths):
        if not os.path.isdir(path):
            yield index, path


def _is_there(config: Config, key: str, pattern: str, listed: Collection[str]) -> bool:
    """Whether `pattern` matches something, or need not match."""
    is_pattern = is_glob(pattern) and key in ("raw", "plain")
    if is_pattern or any(root.npm for root in config.sources):
        return True
    return pattern.removeprefix("./") in listed if key == "plain" else any(map(compile_globs([pattern]), listed))


def _below_root(config: Config, pattern: str) -> str | None:
    """`pattern` without the name of a source root in front of it, which logical paths do not contain; else None."""
    path = pattern.removeprefix("./")
    for root in config.sources:
        rest = path.removeprefix(root.shown + "/")
        if rest and rest != path and not any(_has_folder(other, root.shown) for other in config.sources):
            return f"{root.prefix}/{rest}" if root.prefix else rest
    return None


def _has_folder(root: SourceRoot, folder: str) -> bool:
    """Whether the logical paths of `root` may begin with `folder`."""
    if root.prefix:
        inner = (folder + "/").removeprefix(root.prefix + "/")
        if (root.prefix + "/").startswith(folder + "/"):
            return True
        return inner != folder + "/" and os.path.isdir(os.path.join(root.path, inner))
    return os.path.isdir(os.path.join(root.path, folder))
