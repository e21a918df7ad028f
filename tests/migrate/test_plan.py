"""The configuration that a migration writes is TOML that means what was meant."""

import tomllib

import pytest

from buildassets.migrate.plan import written


@pytest.mark.parametrize(
    "settings",
    [
        {"a": "b", "flag": True, "off": False, "n": 3, "list": [], "one": ["x"]},
        {"sources": [{"path": "a b", "prefix": "x"}, "static"], "url": "/a/"},
        {"importmap": {"@rails/x": "x.js", 'quo"te': "\\ü\x7f\n"}, "last": 1},
        {"importmap": {}, "bundles": {"a.js": ["*.js", "b.js"]}},
    ],
)
def test_settings_are_read_as_they_were_meant(settings: dict[str, object]) -> None:
    assert tomllib.loads(written(settings)) == {key: value for key, value in settings.items() if value != {}}
