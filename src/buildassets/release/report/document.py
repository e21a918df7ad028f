"""The report on a release as JSON values, from which its other forms are made. Pure."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from buildassets.foundation.frozen import frozen
from buildassets.foundation.measures import BundleContents, Measures
from buildassets.manifest.model import Entry, Manifest
from buildassets.release.diff.causes import Difference
from buildassets.release.diff.text import difference_document
from buildassets.release.report.duplicates import repeated_files, repeated_modules, repeated_packages
from buildassets.release.report.kinds import Total, kind_of, total_of, totals
from buildassets.release.report.references import References
from buildassets.release.report.savings import savings


@frozen
class Facts:
    """Facts about a release.

    `templates` is the number of templates that were read, `unused` are the assets that nothing uses. `measures` is None
    where its build left none, `difference` where no earlier release is given; `since` is how the user named that one.
    """

    manifest: Manifest
    release: str
    references: References
    templates: int = 0
    unused: tuple[str, ...] = ()
    measures: Measures | None = None
    difference: Difference | None = None
    since: str | None = None


def document(facts: Facts) -> dict[str, Any]:
    """All facts; sizes are in bytes, `gzip` and `br` those of the file itself where no copy is smaller."""
    manifest = facts.manifest
    contents = facts.measures.contents if facts.measures else {}
    ways = facts.references.why()
    return {
        "release": facts.release,
        "generator": {"version": manifest.version, "engines": dict(manifest.engines)},
        "mode": "development" if manifest.livereload else "production",
        "total": _total(total_of(manifest.assets.values())),
        "kinds": [{"kind": kind, **_total(total)} for kind, total in totals(manifest.assets).items()],
        "assets": [
            _asset(path, manifest.assets[path], facts.references, ways[path], contents=contents.get(path))
            for path in sorted(manifest.assets)
        ],
        "duplicates": {
            "files": [asdict(group) for group in repeated_files(manifest)],
            "modules": [asdict(group) for group in repeated_modules(contents)],
            "packages": [asdict(group) for group in repeated_packages(contents)],
        },
        "templates": facts.templates,
        "unused": list(facts.unused),
        "savings": [asdict(one) for one in savings(manifest)],
        "changes": {"since": facts.since, **difference_document(facts.difference)} if facts.difference else None,
        "seconds": dict(facts.measures.seconds) if facts.measures else None,
    }


def _total(total: Total) -> dict[str, int]:
    return {"assets": total.assets, "size": total.sizes.raw, "gzip": total.sizes.gzip, "br": total.sizes.br}


def _asset(
    path: str, entry: Entry, references: References, way: Iterable[str], *, contents: BundleContents | None
) -> dict[str, Any]:
    found = {
        "path": path,
        "file": entry.file,
        "type": entry.type,
        "kind": kind_of(entry),
        **{key: value for key, value in _total(total_of([entry])).items() if key != "assets"},
        "inputs": list(entry.inputs),
        "references": list(references.targets[path]),
        "referrers": list(references.referrers[path]),
        "named_in": list(references.named_in.get(path, ())),
        "why": list(way),
    }
    return {**found, "contents": _members(contents)} if contents else found


def _members(contents: BundleContents) -> list[dict[str, Any]]:
    """The members of a bundle, the largest first, each with its chain of imports."""
    ways = _ways(contents)
    ordered = sorted(contents.sizes.items(), key=lambda member: (-member[1], member[0]))
    return [{"name": name, "size": size_bytes, "why": list(ways.get(name, ()))} for name, size_bytes in ordered]


def _ways(contents: BundleContents) -> Mapping[str, tuple[str, ...]]:
    """The shortest way along imports from the bundle's entry to each of its files."""
    if contents.entry is None:
        return {}
    ways: dict[str, tuple[str, ...]] = {contents.entry: (contents.entry,)}
    queue = deque(ways)
    while queue:
        name = queue.popleft()
        for target in contents.imports.get(name, ()):
            if target not in ways:
                ways[target] = (*ways[name], target)
                queue.append(target)
    return ways
