"""Jammit's helpers: the elements that load a package, or in development the files that it is made of.

Takes a release and names of packages, gives markup. Imports the vocabulary and `runtime`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from buildassets.runtime.assets import Assets, Release, release_of
from buildassets.runtime.tags import Markup

# Where Django, Flask and Starlette have the query of a request.
_QUERIES = ("GET", "args", "query_params")
_DEBUG = "debug_assets"
_IGNORED = ("embed_assets", "embed_images")  # of `include_stylesheets`: there is one form of a sheet, not three


def stylesheets(assets: Assets, packages: Iterable[str], attributes: Mapping[str, object], request: object) -> Markup:
    """`<link rel="stylesheet">` for each of `packages`. Raises AssetNotFound, naming it, for one that there is not."""
    release, individually = release_of(assets), _is_for_debugging(request)
    own = {name: value for name, value in attributes.items() if name not in _IGNORED}
    given = {"integrity": release.asks_integrity, **own}
    names = _files(release, (f"{package}.css" for package in packages), individually=individually)
    return _lines(assets.stylesheet(name, **given) for name in names)


def scripts(assets: Assets, packages: Iterable[str], attributes: Mapping[str, object], request: object) -> Markup:
    """`<script src>` for each of `packages`, which are run in their order while the page is read, as Jammit's are.

    Raises AssetNotFound for an unknown package.
    """
    release, individually = release_of(assets), _is_for_debugging(request)
    names = _files(release, (f"{package}.js" for package in packages), individually=individually)
    return _lines(assets.script(name, **_of_script(release, attributes)) for name in names)


def templates(assets: Assets, packages: Iterable[str], attributes: Mapping[str, object]) -> Markup:
    """`<script src>` for what holds the templates of each of `packages`: a script of their own, or the package's.

    Raises AssetNotFound for an unknown package.
    """
    alone = ((package, f"{package}.jst.js") for package in packages)
    names = (name if name in assets else f"{package}.js" for package, name in alone)
    return _lines(assets.script(name, **_of_script(release_of(assets), attributes)) for name in names)


def _of_script(release: Release, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a script that runs at its place, unless its template has it otherwise."""
    return {"defer": False, "integrity": release.asks_integrity, **attributes}


def _files(release: Release, names: Iterable[str], *, individually: bool) -> Iterator[str]:
    """The files to load for packages with these `names`: their members, or themselves; of an empty one nothing."""
    members = release.packages.get("members", {})
    is_individual = individually or release.packages.get("individual") is True
    for name in names:
        found = members.get(name)
        if found == [] or (found and is_individual):
            yield from found
        else:
            yield name


def _is_for_debugging(request: object) -> bool:
    """Whether the page was asked for with `?debug_assets`. A release for production has no members to show."""
    queries = (getattr(request, name, None) for name in _QUERIES)
    return any(query is not None and _DEBUG in query for query in queries)


def _lines(elements: Iterable[str]) -> Markup:
    return Markup("\n".join(elements))
