"""Where the registry is, and who gets to see which credentials."""

import os
from base64 import b64encode
from pathlib import Path

import pytest

from buildassets.cli.parse.permissions import permission_of
from buildassets.errors import ConfigError
from buildassets.packages.registry.settings import RegistrySettings, registry_settings
from tests.conftest import write_tree

URL = "https://packages.example/npm/"


def settings(folder: Path, configured: str = "", **environment: str) -> RegistrySettings:
    return registry_settings(
        str(folder),
        configured,
        {"HOME": str(folder / "home"), "PATH": "", **environment},
        permission=permission_of("tools install"),
    )


def test_without_any_registry_the_error_names_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path)
    (found,) = caught.value.diagnostics
    assert found.code == "registry/none"
    assert "`$npm_config_registry`" in (found.hint or "")


def test_the_setting_goes_before_all_others(tmp_path: Path) -> None:
    write_tree(tmp_path, {".npmrc": "registry=https://b.example/"})
    found = settings(tmp_path, "https://a.example/npm", npm_config_registry="https://c.example/")
    assert found.url == "https://a.example/npm/"


@pytest.mark.parametrize("name", ["npm_config_registry", "NPM_CONFIG_REGISTRY"])
def test_the_environment_goes_before_files(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {".npmrc": "registry=https://b.example/"})
    assert settings(tmp_path, **{name: "https://c.example/"}).url == "https://c.example/"


def test_the_file_of_the_project_goes_before_the_users(tmp_path: Path) -> None:
    write_tree(tmp_path, {".npmrc": "registry=https://b.example/", "home/.npmrc": "registry = https://d.example\n"})
    assert settings(tmp_path).url == "https://b.example/"
    (tmp_path / ".npmrc").unlink()
    assert settings(tmp_path).url == "https://d.example/"


_NPM = '#!/bin/sh\n[ "$*" = "config get registry" ] && echo https://e.example/\n'


def with_npm(tmp_path: Path, folder: str, end: str = "") -> RegistrySettings:
    """The settings of a project with an `npm` in `folder`."""
    path = write_tree(tmp_path, {f"{folder}/npm": _NPM + end, "site/.npmrc": "", "site/home/.npmrc": ""}) / folder
    (path / "npm").chmod(0o755)
    return settings(tmp_path / "site", PATH=os.pathsep.join([str(path), os.defpath]))


def test_npm_is_asked_last(tmp_path: Path) -> None:
    assert with_npm(tmp_path, "bin").url == "https://e.example/"


def test_npm_of_the_project_is_not_started(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        with_npm(tmp_path, "site/node_modules/.bin")


def test_an_npm_that_fails_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        with_npm(tmp_path, "bin", "exit 1\n")


def test_a_scope_has_its_own_registry(tmp_path: Path) -> None:
    write_tree(tmp_path, {".npmrc": f"registry={URL}\n@acme:registry=https://acme.example/\n"})
    found = settings(tmp_path)
    assert found.registry_of("@acme/a") == "https://acme.example/"
    assert found.registry_of("@other/a") == found.registry_of("acme") == URL


def test_a_token_goes_to_its_host_port_and_path_only(tmp_path: Path) -> None:
    write_tree(tmp_path, {"home/.npmrc": f"registry={URL}\n//packages.example/npm/:_authToken=${{TOKEN}}\n"})
    found = settings(tmp_path, TOKEN="t0ken")
    assert found.authorization_for(URL + "a/-/a-1.tgz") == "Bearer t0ken"
    for url in (
        *("https://packages.example/other/a", "https://packages.example:8443/npm/a", "https://evil.example/npm/a"),
        *(
            "https://packages.example.evil.example/npm/a",
            "http://packages.example/npm/a",
            "https://packages.example/npmx",
        ),
        *("https://packages.example@evil.example/npm/a", "file:///npm/a", "https://[::1/npm"),
        *("https://packages.example/npm/../other/a", "https://packages.example/npm/%2e%2E/other/a"),
    ):
        assert found.authorization_for(url) == "", url


def test_user_and_password_are_sent_as_npm_sends_them(tmp_path: Path) -> None:
    password = b64encode(b"pa:ss").decode()
    write_tree(
        tmp_path,
        {".npmrc": f"registry={URL}\n//packages.example/:username=ada\n//packages.example/:_password={password}\n"},
    )
    expected = b64encode(b"ada:pa:ss").decode()
    assert settings(tmp_path).authorization_for(URL + "a") == f"Basic {expected}"


def test_credentials_in_the_url_are_taken_out_of_it(tmp_path: Path) -> None:
    found = settings(tmp_path, npm_config_registry="https://ada:secret@packages.example/npm")
    assert found.url == URL
    assert found.authorization_for(URL + "a") == "Basic " + b64encode(b"ada:secret").decode()


def test_credentials_without_a_host_are_not_used(tmp_path: Path) -> None:
    write_tree(tmp_path, {".npmrc": f"registry={URL}\n_authToken=t0ken\n_auth=abc\n"})
    assert settings(tmp_path).credentials == {}


@pytest.mark.parametrize("url", ["ftp://a.example/", "packages.example", "https://", "https://a:b@", "https://[::1/"])
def test_an_invalid_url_of_a_registry_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, npm_config_registry=url)
    assert caught.value.diagnostics[0].code == "registry/none"


def test_proxies_and_certificates_are_read(tmp_path: Path) -> None:
    text = f"registry={URL}\nhttps-proxy=http://proxy:3128\nnoproxy=a.example, .b.example\ncafile=/ca.pem\n"
    found = settings(write_tree(tmp_path, {".npmrc": text}))
    assert found.proxies == {"http": "http://proxy:3128", "https": "http://proxy:3128"}
    assert (found.direct, found.certificate_file) == (("a.example", ".b.example"), "/ca.pem")


def test_certificates_for_node_count_where_npmrc_names_none(tmp_path: Path) -> None:
    write_tree(tmp_path, {"ca.pem": ""})
    more = {"npm_config_registry": URL, "NODE_EXTRA_CA_CERTS": str(tmp_path / "ca.pem")}
    assert settings(tmp_path, **more).certificate_file == str(tmp_path / "ca.pem")
    write_tree(tmp_path, {".npmrc": "ca=text"})
    assert settings(tmp_path, **more).certificate_file == ""
    assert settings(tmp_path, npm_config_registry=URL, NODE_EXTRA_CA_CERTS="/nowhere").certificate_file == ""
