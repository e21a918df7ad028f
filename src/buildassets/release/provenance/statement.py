"""States what a release was made of, and by which tools, as an in-toto statement with SLSA provenance. Pure.

in-toto Attestation Framework 1.0, Statement v1; SLSA 1.0, Provenance v1.
"""

from collections.abc import Mapping
from typing import Any, Final

from buildassets.foundation.frozen import frozen
from buildassets.manifest.model import MANIFEST_NAME, Manifest

# URIs that serve as names only; nothing can be fetched from them.
BUILD_TYPE: Final = "urn:x-buildassets:build:v1"
BUILDER: Final = "urn:x-buildassets:builder:v1"


@frozen
class ReleaseMade:
    """A release and how it was made: its manifest with the SHA-256 of that, and the mode of the build.

    `inputs` maps the names of all files that it was made of to their SHA-256, `bill` is the name and SHA-256 of the
    bill of materials, `at` the time to record, if any.
    """

    manifest: Manifest
    digest: str
    mode: str
    inputs: Mapping[str, str]
    bill: tuple[str, str]
    at: str | None = None


def statement(made: ReleaseMade) -> Any:
    """The statement as a JSON value."""
    manifest = made.manifest
    parameters = {"mode": made.mode, "url": manifest.url, "settings": dict(manifest.settings)}
    details: dict[str, Any] = {
        "builder": {"id": BUILDER, "version": {"buildassets": manifest.version, **manifest.engines}},
        "byproducts": [_resource(*made.bill)],
    }
    if made.at:
        details["metadata"] = {"startedOn": made.at, "finishedOn": made.at}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [_resource(MANIFEST_NAME, made.digest)],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": parameters,
                "resolvedDependencies": [_resource(name, digest) for name, digest in sorted(made.inputs.items())],
            },
            "runDetails": details,
        },
    }


def _resource(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}
