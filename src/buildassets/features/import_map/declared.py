"""Lists the import maps that installed applications declare, as options of the compiler.

    class ShopConfig(AppConfig):
        name = "shop"
        importmap = {"shop/cart": "shop/cart.js"}

Opens no file; lists the folders of static files of these applications. Imports Django.
"""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Final

from django.apps import AppConfig, apps
from django.core.management.base import CommandError

from buildassets.features.import_map.merged import option_text

__all__ = ["declared_maps"]

_STANDARD: Final = {"imports", "scopes"}  # the keys of an import map by the HTML standard
_MOST_CHARACTERS: Final = 100_000  # Linux takes 131,071 in one argument
_MODULES: Final = (".js", ".mjs", ".jsx", ".ts", ".mts", ".tsx")


def declared_maps() -> Iterator[str]:
    """Yield a value of the option `--also` for each installed application with `importmap`. Raises CommandError."""
    for application in apps.get_app_configs():
        importmap = getattr(application, "importmap", None)
        if importmap is not None:
            names = _names(application.name, importmap)
            text = option_text(application.name, places=sorted(_places(application)), importmap=names)
            if len(text) > _MOST_CHARACTERS:
                raise CommandError(
                    f"`importmap` of the application `{application.name}` is too long for a command line; "
                    'map a folder, as in `"shop/": "shop/"`'
                )
            yield text


def _names(application: str, importmap: object) -> Mapping[str, object]:
    """Return the mapping `importmap` in the form of the configuration. Raises CommandError for anything else."""
    try:
        names = json.loads(json.dumps(importmap, default=_plain))
    except (TypeError, ValueError, RecursionError):
        names = None
    if not isinstance(names, dict):
        raise CommandError(
            f"`importmap` of the application `{application}` is not a mapping of names to logical paths; "
            'write it as in `importmap = {"shop/cart": "shop/cart.js"}`'
        )
    if names.keys() <= _STANDARD and isinstance(names.get("imports", {}), dict):
        return {**names.get("imports", {}), **{key: names[key] for key in names if key == "scopes"}}
    return names


def _plain(value: object) -> object:
    """Return a mapping as a dictionary, and a lazy text of Django's as a text. Raises TypeError."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError


def _places(application: AppConfig) -> set[str]:
    """Return the scopes of an application's modules: folders with a slash, or modules, at the top of its `static/`."""
    top = os.path.join(application.path, "static")
    places: set[str] = set()
    for folder, _, files in os.walk(top):
        below = os.path.relpath(folder, top).replace(os.sep, "/").partition("/")[0]
        modules = [name for name in files if name.endswith(_MODULES)]
        places.update(modules if below == "." else [f"{below}/"] if modules else [])
    return places
