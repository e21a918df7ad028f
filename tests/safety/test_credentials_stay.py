"""A project's settings send no credentials of the user anywhere, nor by a way that the project decides."""

from pathlib import Path

import pytest

from buildassets.cli.parse.permissions import permission_of
from buildassets.packages.registry.settings import RegistrySettings, registry_settings
from tests.conftest import write_tree

TOKEN = "//packages.example/:_authToken=secret\n"
SAFE = "https://packages.example/a"
OPEN = "http://packages.example/a"


def settings(folder: Path, project: str, user: str = TOKEN, **environment: str) -> RegistrySettings:
    """The settings with these `.npmrc`, where the project's names a registry."""
    write_tree(folder, {".npmrc": f"registry=https://packages.example/\n{project}", "home/.npmrc": user})
    return registry_settings(
        str(folder),
        "",
        {"HOME": str(folder / "home"), "PATH": "", **environment},
        permission=permission_of("tools install"),
    )


def test_credentials_of_the_user_go_to_their_host_by_tls(tmp_path: Path) -> None:
    found = settings(tmp_path, "noproxy=other.example\n")
    assert found.authorization_for(SAFE) == "Bearer secret"
    assert found.withholds(SAFE) == ""


@pytest.mark.parametrize("line", ["@evil:registry=http://packages.example/", "registry=http://packages.example/"])
def test_project_cannot_have_them_sent_without_tls(tmp_path: Path, line: str) -> None:
    found = settings(tmp_path, line)
    assert found.authorization_for(OPEN) == ""
    assert found.withholds(OPEN) == "a URL without TLS is"
    assert settings(tmp_path, line, f"{TOKEN}registry=http://packages.example/").authorization_for(OPEN)


@pytest.mark.parametrize("name", ["proxy", "https-proxy", "ca", "cafile"])
def test_project_cannot_choose_how_they_are_sent(tmp_path: Path, name: str) -> None:
    found = settings(tmp_path, f"{name}=http://127.0.0.1:18991\n")
    assert found.authorization_for(SAFE) == ""
    assert found.withholds(SAFE) == f"`{name}` is"
    same = f"{name}=http://127.0.0.1:18991\n"
    assert settings(tmp_path, same, TOKEN + same).authorization_for(SAFE) == "Bearer secret"


def test_environment_counts_as_the_user(tmp_path: Path) -> None:
    given = {"npm_config_//packages.example/:_authToken": "other", "npm_config_proxy": "http://proxy.example/"}
    found = settings(tmp_path, "proxy=http://127.0.0.1:18991\n", "", **given)
    assert found.proxies == {"http": "http://proxy.example/", "https": "http://proxy.example/"}
    assert found.authorization_for(SAFE) == "Bearer other"


def test_password_of_the_user_is_not_joined_with_a_name_of_the_project(tmp_path: Path) -> None:
    found = settings(tmp_path, "//packages.example/:username=eve\n", "//packages.example/:_password=c2VjcmV0\n")
    assert found.authorization_for(SAFE) == ""


def test_credentials_of_the_project_go_by_its_own_way(tmp_path: Path) -> None:
    found = settings(tmp_path, "//packages.example/:_authToken=own\nproxy=http://127.0.0.1:18991\n", "")
    assert found.authorization_for(SAFE) == "Bearer own"
