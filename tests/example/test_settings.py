"""The environment is the only configuration: all its errors are reported at start, at once."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.example.fleet import APPLICATIONS
from tests.example.servers import PROJECT

_SITE = runpy.run_path(str(PROJECT / "settings.py"))
_GOOD = {"SECRET_KEY": "k" * 32, "HARBOUR_CODE": "seal-on-the-slip"}


def read(**variables: str) -> Any:
    """The settings of an environment that is good but for these."""
    return _SITE["read"]({**_GOOD, **variables})


def faults(**variables: str) -> list[str]:
    """Return the errors that such an environment has."""
    with pytest.raises(_SITE["SettingsError"]) as refused:
        read(**variables)
    return [line.strip() for line in str(refused.value).splitlines()]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DEBUG", "maybe", "DEBUG is `maybe`: it has to be one of 1, true, yes, 0, false, no"),
        ("PORT", "http", "PORT is `http`: it has to be a whole number from 1 to 65535"),
        ("PORT", "65536", "PORT is `65536`: it has to be a whole number from 1 to 65535"),
        ("WEB_CONCURRENCY", "-1", "WEB_CONCURRENCY is `-1`: it has to be a whole number from 1 to 64"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is `loud`: it has to be one of debug, info, warning, error, critical"),
        ("HARBOUR_CODE", "", "HARBOUR_CODE is not set: skippers sign in with it"),
        ("SESSION_HOURS", "721", "SESSION_HOURS is `721`: it has to be a whole number from 1 to 720"),
        ("SESSION_URL", "redis:///0", "SESSION_URL names no host: write redis://HOST:PORT"),
        ("SESSION_URL", "memcached://h:x", "SESSION_URL has no valid host and port"),
        ("SECRET_KEY_FALLBACKS", "short", "SECRET_KEY_FALLBACKS holds a key of less than 32 characters"),
    ],
)
def test_wrong_value_is_reported(name: str, value: str, message: str) -> None:
    assert faults(**{name: value}) == [message]


def test_all_errors_are_reported_at_once() -> None:
    reported = faults(PORT="x", SECRET_KEY="", SESSION_URL="mysql://host")
    assert [line.split()[0] for line in reported] == ["PORT", "SECRET_KEY", "SESSION_URL"]


def test_no_message_quotes_a_secret() -> None:
    reported = faults(SECRET_KEY="hunter2", HARBOUR_CODE="abc", SESSION_URL="mysql://user:password@host/db")
    assert not [word for word in ("hunter2", "abc", "user", "password", "host") if word in " ".join(reported)]


def test_production_refuses_a_public_key() -> None:
    assert faults(SECRET_KEY=_SITE["DEVELOPMENT_KEY"])[0].startswith("SECRET_KEY is the one that everybody knows")
    assert read(SECRET_KEY=_SITE["DEVELOPMENT_KEY"], DEBUG="1").debug


def test_development_needs_no_setting() -> None:
    settings = _SITE["read"]({}, debug=True)
    assert (settings.debug, settings.secure_cookies, settings.session_url) == (True, False, "cookie:")


def test_production_is_the_default() -> None:
    settings = read()
    assert (settings.debug, settings.secure_cookies, settings.port) == (False, True, 8000)


def _example() -> dict[str, str]:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_the_example_environment_is_good() -> None:
    assert _SITE["read"](_example()).hosts == ("127.0.0.1", "localhost")


def test_every_variable_is_in_the_example_and_in_the_readme() -> None:
    used = set(re.findall(r'variables\.\w+\(\s*"([A-Z_]+)"', (PROJECT / "settings.py").read_text()))
    used |= {"SECRET_KEY", "SECRET_KEY_FALLBACKS"}
    assert set(_example()) == used
    assert set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", (PROJECT / "README.md").read_text())) == used


@pytest.mark.parametrize("application", APPLICATIONS.values())
def test_gunicorn_ends_with_the_message(application: str) -> None:
    command = [sys.executable, "-m", "gunicorn", application]
    done = subprocess.run(command, cwd=PROJECT, env={"SESSION_HOURS": "0"}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "SESSION_HOURS is `0`" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("application", APPLICATIONS.values())
def test_a_missing_release_ends_the_start_with_the_command_to_run(application: str, tmp_path: Path) -> None:
    variables = {**_GOOD, "PORT": "1", "HARBOUR_RELEASE": str(tmp_path)}
    command = [sys.executable, "-m", "gunicorn", application]
    done = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True)
    assert done.returncode == 1
    build = "manage.py assets build" if application.startswith("django") else "buildassets build"
    assert f"run `{build}`" in done.stderr
    assert "Traceback" not in done.stderr
