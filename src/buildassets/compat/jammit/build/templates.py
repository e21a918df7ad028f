"""Jammit's rules for templates: their files, their names, their assets. Pure."""

import os
from collections.abc import Iterable
from typing import Any, Final, Protocol

from buildassets.compiler.engines.protocol import Templating

_FUNCTION: Final = "template"  # Jammit's own, for which templates are compiled here
_EXTENSION: Final = "jst"
_NAMESPACE: Final = "window.JST"


class Settings(Protocol):
    """Where settings are asked for."""

    def value(self, key: str) -> Any:
        """The value of a setting, None if it is absent."""
        ...


def templating(settings: Settings) -> Templating:
    """How templates become scripts by these settings."""
    extension, namespace = (settings.value(f"template_{key}") for key in ("extension", "namespace"))
    function = settings.value("template_function")
    if function is None or function is True or function == _FUNCTION:
        function = None
    return Templating(
        _EXTENSION if extension in (None, True) else str(extension).removeprefix("."),
        _NAMESPACE if namespace in (None, True) else str(namespace),
        "" if function is False else function,
    )


def names_of_templates(paths: Iterable[str], templating: Templating) -> dict[str, str]:
    """The names of the templates of one package, by their absolute `paths`.

    A single one has the name of its file, several have their paths below the folder that the first and the last share.
    """
    ordered = sorted(paths, key=os.fsencode)
    base = _shared_folder(ordered)
    stems = {path: path.removesuffix(f".{templating.extension}") for path in ordered}
    return {path: stem.removeprefix(base) if base else os.path.basename(stem) for path, stem in stems.items()}


def _shared_folder(ordered: list[str]) -> str:
    """The folder of the first and the last, with a slash at its end; empty for one path, or for no folder."""
    if len(ordered) < 2:
        return ""
    shared = []
    for one, other in zip(ordered[0].split("/"), ordered[-1].split("/"), strict=False):
        if one != other:
            break
        shared.append(one)
    folder = "/".join(shared)
    return folder and folder + "/"
