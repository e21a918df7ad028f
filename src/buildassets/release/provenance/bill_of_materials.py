"""Lists the front-end packages in a release as a CycloneDX 1.6 (ECMA-424) bill of materials. Pure."""

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_OID, uuid5

from buildassets.release.provenance.vendored import Component

# An SPDX license expression (SPDX 2.3, annex D): identifiers and operators.
_EXPRESSION: Final = re.compile(r"\(*[A-Za-z0-9.-]+\+?\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9.-]+\+?\)*)*")
_NO_IDENTIFIER: Final = "UNLICENSED"  # npm's word for no license at all
_RELEASE: Final = "release"  # the reference to the release itself in the bill
_CERTAIN, _LIKELY = 1, 0.6


def bill(components: Sequence[Component], release: str, manifest_digest: str, version: str, *, at: str | None) -> Any:
    """The bill, as a JSON value, of `components` in the `release` whose manifest has the SHA-256 `manifest_digest`.

    `version` is that of this program, `at` the time to record, if any.
    """
    listed = [_component(component) for component in components]
    about = {"type": "application", "bom-ref": _RELEASE, "name": "assets", "version": release}
    metadata = {
        "tools": {"components": [{"type": "application", "name": "buildassets", "version": version}]},
        "component": {**about, "hashes": [{"alg": "SHA-256", "content": manifest_digest}]},
    }
    references = [described["bom-ref"] for described in listed]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid5(NAMESPACE_OID, manifest_digest).urn,
        "version": 1,
        "metadata": metadata | ({"timestamp": at} if at else {}),
        "components": listed,
        "dependencies": [{"ref": _RELEASE, "dependsOn": references}, *({"ref": ref} for ref in references)],
    }


def _component(component: Component) -> dict[str, Any]:
    group, _, name = component.name.rpartition("/") if component.is_package else ("", "", component.name)
    described: dict[str, Any] = {"type": "library", "name": name, "version": component.version}
    if group:
        described["group"] = group
    if component.is_package:
        described["purl"] = f"pkg:npm/{quote(component.name)}@{quote(component.version)}"
    if component.license:
        described["licenses"] = [_license(component.license)]
    confidence = _CERTAIN if component.is_package else _LIKELY
    technique = "manifest-analysis" if component.is_package else "source-code-analysis"
    methods = [{"technique": technique, "confidence": confidence}]
    described["evidence"] = {
        "identity": [{"field": "version", "confidence": confidence, "methods": methods}],
        "occurrences": [{"location": location} for location in component.locations],
    }
    return {"bom-ref": described.get("purl") or f"{component.name}@{component.version}", **described}


def _license(stated: str) -> dict[str, Any]:
    if _EXPRESSION.fullmatch(stated) and stated != _NO_IDENTIFIER:
        return {"expression": stated}
    return {"license": {"name": stated}}
