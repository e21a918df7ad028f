"""Reads a release with what names its assets from outside, for the verbs that list and describe it."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from buildassets.disk.files import MOST_MANIFEST_BYTES, content_of
from buildassets.errors import BuildError
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.typed import typed
from buildassets.manifest.model import MANIFEST_NAME, Manifest, loads

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.templates.check import TemplateCheck
    from buildassets.foundation.permission import Permission


@frozen
class TemplateUses:
    """The templates of a project: how many there are, and the places in them that name each asset, as `file:line`."""

    templates: int
    places: Mapping[str, tuple[str, ...]]


def manifest_of_output(config: "Config") -> Manifest:
    """The manifest of the configured release directory. Raises BuildError and ManifestError."""
    return loads(*content_of_output(config))


def content_of_output(config: "Config") -> tuple[bytes, str]:
    """The content of the manifest in the configured release directory, and how messages show it. Raises BuildError."""
    path = os.path.join(config.output, MANIFEST_NAME)
    shown = config.shown(path)
    try:
        return content_of(path, MOST_MANIFEST_BYTES), shown
    except OSError as fault:
        message, hint = f"cannot read `{shown}`: {reason_text(fault)}", f"run `{typed('build')}` first"
        raise BuildError([error("manifest/unreadable", message, Location(shown), hint=hint)]) from None


def content_of_release(source: str, *, permission: "Permission") -> tuple[bytes, str]:
    """The content of the manifest that `source` names, and how messages show it. Raises BuildError."""
    from buildassets.release.earlier.releases import manifest_at

    shown = masked_url(source)
    try:
        return manifest_at(source, permission=permission), shown
    except FileNotFoundError:
        hint = "name a release directory, an archive of one, or a manifest by its path or URL"
        message = f"there is no manifest at `{shown}`"
        raise BuildError([error("manifest/unreadable", message, Location(shown), hint=hint)]) from None


def template_names(config: "Config", manifest: Manifest) -> TemplateUses:
    """The places in the project's templates that name assets of `manifest`; what is wrong there, `check` reports."""
    from buildassets.compiler.templates.check import check_released

    found: TemplateCheck = check_released(config, manifest.assets)
    places: dict[str, tuple[str, ...]] = {
        path: tuple(dict.fromkeys(f"{place.file}:{place.line}" for place in places))
        for path, places in found.places.items()
    }
    return TemplateUses(found.templates, places)
