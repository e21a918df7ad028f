"""The configuration of the site: the environment, read once at start, checked as a whole.

Takes a mapping such as `os.environ`, gives a frozen value. Both frameworks and gunicorn use it; it imports nothing but
the standard library. README.md has the table of variables.
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
Choice = TypeVar("Choice")
DEVELOPMENT_KEY = "for-development-only-every-checkout-has-this-key"
DEVELOPMENT_CODE = "bell-buoy"
KEY_LENGTH = 32
LONGEST_SESSION_HOURS = 30 * 24  # what is longer Memcached takes for a date, long past
YES_OR_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
MAKE_A_KEY = "make one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`"
HAND_IT_OUT = "skippers sign in with it"
SESSION_SCHEMES = ("cookie", "redis", "rediss", "memcached")


class SettingsError(Exception):
    """The environment is wrong; the message has a line for each variable that is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. `secret_keys` has the key that signs first, then those that are still believed."""

    debug: bool
    port: int
    workers: int
    log_level: str
    secret_keys: tuple[str, ...]
    harbour_code: str
    session_url: str
    session_seconds: int
    secure_cookies: bool
    hosts: tuple[str, ...]
    proxies: int
    release: Path
    assets_url: str | None


def load(environment: Mapping[str, str] = os.environ, *, debug: bool = False) -> Settings:
    """The settings of this process; where they are wrong, it ends with a message that says how."""
    try:
        return read(environment, debug=debug)
    except SettingsError as fault:
        sys.exit(f"The environment is wrong:\n{fault}")


def read(environment: Mapping[str, str], *, debug: bool = False) -> Settings:
    """The settings that `environment` holds; `debug` is what DEBUG is when it is not set.

    Raises SettingsError that names every variable that is wrong.
    """
    variables = _Variables(environment)
    debug = variables.choice("DEBUG", YES_OR_NO, "1" if debug else "0")
    settings = Settings(
        debug=debug,
        port=variables.number("PORT", 8000, 1, 65535),
        workers=variables.number("WEB_CONCURRENCY", 2, 1, 64),
        log_level=variables.choice("LOG_LEVEL", {level: level for level in LOG_LEVELS}, "info"),
        secret_keys=variables.keys(DEVELOPMENT_KEY if debug else ""),
        harbour_code=variables.secret("HARBOUR_CODE", 6, HAND_IT_OUT, DEVELOPMENT_CODE if debug else ""),
        session_url=variables.text("SESSION_URL", "cookie:", _session_url_fault),
        session_seconds=3600 * variables.number("SESSION_HOURS", 14 * 24, 1, LONGEST_SESSION_HOURS),
        secure_cookies=variables.choice("SECURE_COOKIES", YES_OR_NO, "0" if debug else "1"),
        hosts=("127.0.0.1", *variables.words("ALLOWED_HOSTS", "localhost")),  # health checks ask for the first
        proxies=variables.number("TRUSTED_PROXIES", 0, 0, 9),
        release=Path(variables.text("HARBOUR_RELEASE", str(HERE / "build"))),
        assets_url=variables.text("HARBOUR_ASSETS_URL", "") or None,
    )
    if variables.faults:
        raise SettingsError("\n".join(f"  {fault}" for fault in variables.faults))
    return settings


class _Variables:
    """Reads variables one by one. What is wrong is remembered, and a value that would do is given instead."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def text(self, name: str, default: str, fault_of: Callable[[str], str | None] = lambda _: None) -> str:
        value = self._environment.get(name, "").strip() or default
        if fault := fault_of(value):
            self.faults.append(f"{name} {fault}")
            return default
        return value

    def words(self, name: str, default: str) -> tuple[str, ...]:
        return tuple(self.text(name, default).replace(",", " ").split())

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and least <= int(value) <= most:
            return int(value)
        self.faults.append(f"{name} is `{value}`: it has to be a whole number from {least} to {most}")
        return default

    def choice(self, name: str, choices: Mapping[str, Choice], default: str) -> Choice:
        value = self.text(name, default).lower()
        if value not in choices:
            self.faults.append(f"{name} is `{value}`: it has to be one of {', '.join(choices)}")
            return choices[default]
        return choices[value]

    def secret(self, name: str, least_length: int, hint: str, default: str) -> str:
        """Faults never quote it: they end up in logs."""
        value = self.text(name, default)
        if not value:
            self.faults.append(f"{name} is not set: {hint}")
        elif len(value) < least_length:
            self.faults.append(f"{name} is too short: it needs {least_length} characters; {hint}")
        return value

    def keys(self, default: str) -> tuple[str, ...]:
        """The key that signs, and those that it has taken the place of."""
        key = self.secret("SECRET_KEY", KEY_LENGTH, MAKE_A_KEY, default)
        if key == DEVELOPMENT_KEY != default:
            self.faults.append(f"SECRET_KEY is the one that everybody knows: {MAKE_A_KEY}")
        fallbacks = self.words("SECRET_KEY_FALLBACKS", "")
        if any(len(fallback) < KEY_LENGTH for fallback in fallbacks):
            self.faults.append(f"SECRET_KEY_FALLBACKS holds a key of less than {KEY_LENGTH} characters")
        return key, *fallbacks


def _session_url_fault(url: str) -> str | None:
    """What is wrong with a SESSION_URL; never quotes more than its scheme, as it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "has no valid host and port"
    if parts.scheme not in SESSION_SCHEMES:
        shown = f"begins with `{parts.scheme}:`" if parts.scheme else "has no scheme"
        return f"{shown}: it has to be cookie:, redis://HOST:PORT/DB, rediss://… or memcached://HOST:PORT"
    if parts.scheme != "cookie" and not parts.hostname:
        return f"names no host: write {parts.scheme}://HOST{':PORT' if port is None else ''}"
    return None
