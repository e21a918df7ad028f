"""The table of keys: each row in the schema, the parser, the reference, the manifest and the key of results."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from buildassets.cli.verbs.schema import config_schema
from buildassets.compiler.config.key_table import KEYS, Key, Reading, fields_of
from buildassets.compiler.config.toml_table import Document
from buildassets.compiler.config.values import Config
from buildassets.compiler.incremental.no_op import _named
from buildassets.compiler.write.manifest_entries import deciding_settings
from tests.building import load_config
from tests.conftest import write_tree

_REFERENCE = (Path(__file__).parents[3] / "docs/reference/configuration.md").read_text(encoding="utf-8")
_EVERY_KEY = pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
# Fields without a key: where the configuration is, what may happen, and what only files of other systems set.
_OTHER_FIELDS = {
    *("folder", "file", "document", "permission", "sources", "locked", "plan", "companions", "declared_by"),
    *("was_libsass", "sass_digits"),
    *("pieces", "template_names", "templating", "bases", "wrappers", "notices", "is_computed", "read_for", "read"),
}


@pytest.fixture
def usual(tmp_path: Path) -> Config:
    """The configuration without a key."""
    write_tree(tmp_path, {"assets/a.css": "", "static/a.css": "", "buildassets.toml": ""})
    return load_config(start=str(tmp_path))


def given(folder: Path, key: Key) -> Config:
    write_tree(folder, {"buildassets.toml": key.example + "\n"})
    return load_config(start=str(folder))


@_EVERY_KEY
def test_a_key_sets_its_fields(usual: Config, tmp_path: Path, key: Key) -> None:
    changed = {
        one.name
        for one in fields(Config)
        if one.name != "document" and getattr(given(tmp_path, key), one.name) != getattr(usual, one.name)
    }
    assert changed or key.excludes  # files of other systems set fields of other keys
    assert not changed & (_OTHER_FIELDS - {"sources", "read"})
    assert changed >= set(key.deciding) - {"image_strip"}


@_EVERY_KEY
def test_a_key_is_in_the_schema_and_the_reference(key: Key) -> None:
    schema = config_schema()
    assert schema["properties"][key.name]["description"] == key.sentence
    assert Draft7Validator(schema).is_valid(tomllib.loads(key.example))
    assert f"| `{key.name}` |" in _REFERENCE or f"| [`{key.name}`](#{key.name}) |" in _REFERENCE
    assert key.sentence in _REFERENCE


@_EVERY_KEY
def test_a_key_decides_whether_there_is_something_to_do(usual: Config, tmp_path: Path, key: Key) -> None:
    if not key.excludes and key.name != "cache":  # where results are kept decides none of them
        assert _named(given(tmp_path, key), "production") != _named(usual, "production")


@_EVERY_KEY
def test_the_manifest_shows_what_decides_contents(usual: Config, tmp_path: Path, key: Key) -> None:
    shown = deciding_settings(given(tmp_path, key), "production").keys() - deciding_settings(usual, "production").keys()
    switched_on_at_most = {"image_strip", "env"}  # the example leaves it, or no such variable is set
    assert shown - set(key.deciding) == set()
    assert set(key.deciding) - shown <= switched_on_at_most | {"minify", "sources_content"}


def test_every_field_has_a_key() -> None:
    read = fields_of(Reading(table=Document({}).table, folder="", locked={}))
    assert set(Config.__annotations__) - _OTHER_FIELDS == read.keys()


def test_keys_are_in_order_and_unique() -> None:
    names = [key.name for key in KEYS]
    assert names == sorted(set(names))
