"""What differs between a release and the same sources built again. Pure."""

from collections.abc import Collection, Iterator, Mapping

from buildassets.diagnostics import Diagnostic, Location, error
from buildassets.manifest import Manifest

_SHOWN = 3  # names in a diagnostic, which is no list


def differences(release: Manifest, again: Manifest) -> Mapping[str, str]:
    """What is another in `again`, and how: by logical path, or by what the manifest calls it.

    Earlier releases that are retained are not compared: no build makes them.
    """
    return dict(_assets(release, again)) | {
        key: "it is another"
        for key in ("url", "importmap", "scopes", "modules")
        if getattr(release, key) != getattr(again, key)
    }


def _assets(release: Manifest, again: Manifest) -> Iterator[tuple[str, str]]:
    for path in sorted(release.assets.keys() | again.assets.keys()):
        one, other = release.assets.get(path), again.assets.get(path)
        if other is None:
            yield path, "the sources do not make it"
        elif one is None:
            yield path, "the release lacks it"
        elif one.file != other.file:
            yield path, f"it is `{one.file}`, and would be `{other.file}`"
        elif one != other:
            yield path, "its file is the same, and what the manifest says of it is not"


def rebuilt_diagnostics(differing: Collection[str], release: Manifest, again: Manifest, shown: str) -> list[Diagnostic]:
    """What is to be said of the release `shown`, if anything is `differing`."""
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
