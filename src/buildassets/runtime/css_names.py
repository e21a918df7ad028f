"""Finds what the names in CSS modules are in a release. Imports light modules of the runtime only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from posixpath import basename
from typing import Any, TypeAlias

from buildassets.runtime.not_found import NameNotFound

Modules: TypeAlias = "dict[str, dict[str, Mapping[str, str]]]"  # by module and bundle, the names in it

_SUFFIX = ".module.css"


class CssNameNotFound(NameNotFound):
    """No CSS module of the release has this name, or it declares no such name, or bundles differ in what it is."""


def modules_of(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> Modules:
    """The CSS modules in the `entries` of a manifest."""
    modules: Modules = {}
    for bundle, entry in entries:
        for module, names in (entry.get("names") or {}).items():
            modules.setdefault(module, {})[bundle] = names
    return modules


def class_names(modules: Modules, module: str, names: Iterable[str], bundle: str | None) -> str:
    """The released names for `names` of the CSS module, as the attribute `class` has them.

    `module` is a logical path without `.module.css`, or the last part of one if only one module is called so. Without a
    `bundle` they have to be the same in all. Raises CssNameNotFound.
    """
    in_bundles = modules[_found(modules, module.removesuffix(_SUFFIX))]
    if bundle is not None:
        if bundle not in in_bundles:
            raise CssNameNotFound(bundle, in_bundles, f"the bundle `{bundle}` has no CSS module `{module}`")
        in_bundles = {bundle: in_bundles[bundle]}
    tokens = dict.fromkeys(token for name in names for token in _of_name(in_bundles, module, name).split())
    return " ".join(tokens)


def _of_name(in_bundles: Mapping[str, Mapping[str, str]], module: str, name: str) -> str:
    found = {bundle: given[name] for bundle, given in in_bundles.items() if name in given}
    if not found:
        known = {known for given in in_bundles.values() for known in given}
        raise CssNameNotFound(name, sorted(known), f"the CSS module `{module}` has no name `{name}`")
    if len(set(found.values())) > 1:
        listed = " and ".join(f"`{one}`" for one in sorted(found))
        hint = f'pass one of them, as in `bundle="{min(found)}"`'
        raise CssNameNotFound(name, (), f"`{name}` of the CSS module `{module}` differs in the bundles {listed}", hint)
    return next(iter(found.values()))


def _found(modules: Modules, name: str) -> str:
    if name in modules:
        return name
    called = [module for module in sorted(modules) if basename(module) == name]
    if len(called) == 1:
        return called[0]
    if called:
        listed = " and ".join(f"`{one}`" for one in called)
        raise CssNameNotFound(name, called, f"{len(called)} CSS modules are named `{name}`: {listed}", "write the path")
    hint = "" if modules else f"import `{name}{_SUFFIX}` in a bundle with `bundle = true`"
    raise CssNameNotFound(name, modules, f"no CSS module is named `{name}`", hint)
