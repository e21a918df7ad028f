"""Compares a release with one built again from the same sources. Pure."""

from collections.abc import Collection, Iterator, Mapping

from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.manifest.model import Manifest

_SHOWN = 3  # names in a diagnostic, which is no list


def differences(release: Manifest, again: Manifest) -> Mapping[str, str]:
    """How `again` differs from `release`: logical paths, or keys of the manifest, each with a sentence.

    Retained earlier releases are not compared: no build makes them.
    """
    return dict(_assets(release, again)) | {
        key: "it is another"
        for key in ("url", "importmap", "importmap_integrity", "scopes", "modules", "vite")
        if getattr(release, key) != getattr(again, key)
    }


def _assets(release: Manifest, again: Manifest) -> Iterator[tuple[str, str]]:
    for path in sorted(release.assets.keys() | again.assets.keys()):
        released, rebuilt = release.assets.get(path), again.assets.get(path)
        if rebuilt is None:
            yield path, "the sources do not make it"
        elif released is None:
            yield path, "the release lacks it"
        elif released.file != rebuilt.file:
            yield path, f"it is `{released.file}`, and would be `{rebuilt.file}`"
        elif released != rebuilt:
            yield path, "its file is the same, but its entry in the manifest is not"


def rebuilt_diagnostics(differing: Collection[str], release: Manifest, again: Manifest, shown: str) -> list[Diagnostic]:
    """The diagnostic for the release `shown` where assets are `differing`; nothing where none are."""
    if not differing:
        return []
    made_by = [
        f"{kind} was {release.engines.get(kind, 'nothing')}, and is {again.engines.get(kind, 'nothing')}"
        for kind in sorted(release.engines.keys() | again.engines.keys())
        if release.engines.get(kind) != again.engines.get(kind)
    ]
    if release.version != again.version:
        made_by.append(f"buildassets was {release.version}, and is {again.version}")
    message = f"`{shown}` is not what its sources make now"
    notes = [*list(differing)[:_SHOWN], *made_by]
    hint = "build the same sources with the same settings and versions, or release what they make now"
    return [error("verify/rebuilt", message, Location(shown), notes=notes, hint=hint)]
