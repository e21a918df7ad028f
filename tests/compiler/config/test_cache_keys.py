"""The table `[cache]`: the URL of the remote cache, and whom to trust."""

from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import render_text
from tests.building import load_config
from tests.conftest import write_tree

PUBLIC = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def faults(folder: Path, settings: str) -> str:
    write_tree(folder, {"buildassets.toml": settings, "assets/a.css": ""})
    with pytest.raises(ConfigError) as fault:
        load_config(start=str(folder))
    return "\n".join(map(render_text, fault.value.diagnostics))


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://cache.example/buildassets",
            "http://10.0.0.1:8080",
            "s3://bucket/path",
            "gs://bucket",
            "az://files/x",
        ),
        *("redis://cache:6379/0", "rediss://cache", "file:///srv/cache", "file:///srv/with a blank"),
    ],
)
def test_urls_of_all_kinds_are_taken(url: str, tmp_path: Path) -> None:
    trust = f'[cache.trust]\nmain = ["{PUBLIC}"]\n"pull/1" = []\n'
    write_tree(tmp_path, {"buildassets.toml": f'[cache]\nremote = "{url}"\n{trust}', "assets/a.css": ""})
    config = load_config(start=str(tmp_path))
    assert config.cache.remote == url
    assert config.cache.trust == {"main": (PUBLIC,), "pull/1": ()}


@pytest.mark.parametrize(
    "url",
    [
        *("/srv/cache", "cache.example", "ftp://a/b", "https://", "file://host/x", "https://a/?b"),
        *("http://a:99999/c", "http://a:0/c", "http://a:b/c", "http://[::1/c", "redis://:6379/0"),
    ],
)
def test_other_urls_are_errors_that_name_the_forms(url: str, tmp_path: Path) -> None:
    shown = faults(tmp_path, f'[cache]\nremote = "{url}"\n')
    assert f"`cache.remote` cannot be `{url}`" in shown
    assert "`file:///`" in shown


def test_a_password_in_the_url_is_an_error_that_does_not_show_it(tmp_path: Path) -> None:
    shown = faults(tmp_path, '[cache]\nremote = "https://user:word@cache.example/"\n')
    assert "$BUILDASSETS_CACHE_LOGIN" in shown
    assert "word@" not in shown


@pytest.mark.parametrize("key", ["abc", "ed25519:abc", "ed25519:", "ssh-ed25519 AAAA"])
def test_an_invalid_public_key_is_an_error(key: str, tmp_path: Path) -> None:
    assert "is not a public key" in faults(tmp_path, f'[cache.trust]\nmain = ["{key}"]\n')


def test_an_hmac_key_in_the_file_is_an_error_that_does_not_show_it(tmp_path: Path) -> None:
    shown = faults(tmp_path, f'[cache.trust]\nmain = ["hmac:{"ab" * 32}"]\n')
    assert "is a secret" in shown
    assert "abab" not in shown


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    assert "did you mean `remote`?" in faults(tmp_path, '[cache]\nremotes = "https://cache.example"\n')
