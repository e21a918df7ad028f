"""Documents about a release match the schemas of their readers."""

import json
from importlib import import_module
from typing import Any

import pytest

from buildassets.manifest.model import Manifest
from buildassets.release.provenance.bill_of_materials import bill
from buildassets.release.provenance.statement import ReleaseMade, statement
from buildassets.release.provenance.vendored import Component

# None of these has types.
JSON: Any = import_module("google.protobuf.json_format")
PROVENANCE: Any = import_module("in_toto_attestation.predicates.provenance.v1.provenance_pb2")
STATEMENT: Any = import_module("in_toto_attestation.v1.statement_pb2")
CHECKED_STATEMENT: Any = import_module("in_toto_attestation.v1.statement")

MANIFEST = Manifest("0.1.0", {"scss": "libsass 3.6.6"}, "/assets/", {}, settings={"browsers": ["safari 16.4"]})
MADE = ReleaseMade(
    MANIFEST, "a" * 64, "production", {"b.css": "b" * 64, "a.scss": "c" * 64}, ("build.cdx.json", "d" * 64)
)
COMPONENTS = (
    Component("@scope/lib", "1.2.3-rc.1+x", "(MIT OR Apache-2.0)", True, ("@scope/lib/a.js", "@scope/lib/b.js")),
    Component("old", "0.1.0", "UNLICENSED", True, ("npm/old/caf\udce9.js",)),
    Component("odd", "0.1.0", "SEE LICENSE IN LICENSE.md", True, ("npm/odd/a.js",)),
    Component("jQuery UI", "1.13.2", "", False, ("vendor/jquery-ui.js",)),
)


@pytest.mark.parametrize("at", [None, "2026-11-25T10:00:00Z"])
def test_a_statement_is_what_in_toto_and_slsa_publish(at: str | None) -> None:
    document = statement(ReleaseMade(MANIFEST, MADE.digest, MADE.mode, MADE.inputs, MADE.bill, at))
    parsed = JSON.ParseDict(document, STATEMENT.Statement())  # which refuses names that it does not know
    CHECKED_STATEMENT.Statement.copy_from_pb(parsed).validate()
    predicate = JSON.ParseDict(document["predicate"], PROVENANCE.Provenance())
    assert JSON.MessageToDict(parsed) == document
    assert JSON.MessageToDict(predicate) == document["predicate"]


def test_a_statement_names_the_manifest_the_inputs_and_the_engines() -> None:
    document = statement(MADE)
    definition = document["predicate"]["buildDefinition"]
    details = document["predicate"]["runDetails"]
    assert document["subject"] == [{"name": "manifest.json", "digest": {"sha256": "a" * 64}}]
    assert [(one["name"], one["digest"]["sha256"][0]) for one in definition["resolvedDependencies"]] == [
        ("a.scss", "c"),
        ("b.css", "b"),
    ]
    assert definition["externalParameters"] == {
        "mode": "production",
        "url": "/assets/",
        "settings": {"browsers": ["safari 16.4"]},
    }
    assert details["builder"]["version"] == {"buildassets": "0.1.0", "scss": "libsass 3.6.6"}
    assert "metadata" not in details


def _bill(components: tuple[Component, ...] = COMPONENTS, at: str | None = None) -> Any:
    return bill(components, "e" * 64, "a" * 64, "0.1.0", at=at)


def _fault(document: Any) -> object:
    """The faults that CycloneDX finds. Its validator is imported late, as that takes a second."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))


@pytest.mark.parametrize("at", [None, "2026-11-25T10:00:00Z"])
@pytest.mark.parametrize("components", [COMPONENTS, ()], ids=["some", "none"])
def test_a_bill_is_what_cyclonedx_publishes(components: tuple[Component, ...], at: str | None) -> None:
    assert _fault(_bill(components, at)) is None


def test_the_validator_refuses_an_invalid_bill() -> None:
    assert _fault({**_bill(), "serialNumber": "1"}) is not None


def test_a_bill_names_packages_as_databases_of_vulnerabilities_do() -> None:
    scoped, *_, lone = _bill()["components"]
    assert scoped["purl"] == "pkg:npm/%40scope/lib@1.2.3-rc.1%2Bx"
    assert (scoped["group"], scoped["name"]) == ("@scope", "lib")
    assert scoped["evidence"]["occurrences"] == [{"location": one} for one in COMPONENTS[0].locations]
    assert "purl" not in lone


def test_a_license_is_an_expression_only_where_it_is_one() -> None:
    assert [one.get("licenses") for one in _bill()["components"]] == [
        [{"expression": "(MIT OR Apache-2.0)"}],
        [{"license": {"name": "UNLICENSED"}}],
        [{"license": {"name": "SEE LICENSE IN LICENSE.md"}}],
        None,
    ]
