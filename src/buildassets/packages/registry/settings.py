"""Where the registry is and how it is asked, as npm would be configured; no registry stands in this package.

Takes the project's folder and its own setting; reads the environment and `.npmrc` files, and asks an `npm` on PATH only
where none of these names a registry. Raises ConfigError.
"""

import os
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from buildassets.credentials import masked_url, without_credentials
from buildassets.diagnostics import Location, error, reason_text
from buildassets.errors import ConfigError
from buildassets.files import bytes_at
from buildassets.frozen import frozen
from buildassets.packages.registry.npmrc import settings_in

_PREFIX: Final = "npm_config_"
_PORTS: Final = {"http": 80, "https": 443}
_NPM_SECONDS: Final = 30
_SETTING: Final = "set `registry` under `[tool.buildassets]`, `registry=` in `.npmrc`, or `$npm_config_registry`"


@frozen
class RegistrySettings:
    """A registry: `url` ends in a slash, as do those of `scopes`, which begin with `@`.

    `credentials` are what to send as `Authorization` to what lies below a key such as `//host:8080/path/`; whoever has
    another host, port or path never gets them. `proxies` are URLs by scheme, None for those of the environment;
    `direct` are hosts that are asked without one. `certificates` is a text of PEM and `certificate_file` a path.
    """

    url: str
    scopes: Mapping[str, str]
    credentials: Mapping[str, str]
    proxies: Mapping[str, str] | None = None
    direct: tuple[str, ...] = ()
    certificates: str = ""
    certificate_file: str = ""

    def registry_of(self, name: str) -> str:
        """The URL of the registry that has the package `name`."""
        scope = name.partition("/")[0] if name.startswith("@") else ""
        return self.scopes.get(scope, self.url)

    def authorization_for(self, url: str) -> str:
        """What to send to `url`, empty where nothing: of the credentials around it those for the longest path.

        Over an open connection they go only where the registry itself is configured to be asked so.
        """
        place = _place(url)
        open_places = [_host(_place(one)) for one in (self.url, *self.scopes.values()) if one.startswith("http:")]
        if not place or (url.startswith("http:") and _host(place) not in open_places):
            return ""
        around = [key for key in self.credentials if place.startswith(key)]
        return self.credentials[max(around, key=len)] if around else ""


def registry_settings(
    folder: str, configured: str = "", environment: Mapping[str, str] = os.environ
) -> RegistrySettings:
    """The registry for the project in `folder`: as `configured`, else of `$npm_config_registry`, else of `.npmrc`
    files, the project's before the user's, else of npm. Raises ConfigError where none of them names one."""
    found = _npm_settings(folder, environment)
    url = configured or found.get("registry", "") or _of_npm(folder, environment)
    if not url:
        raise ConfigError([error("registry/none", "no registry of packages is configured", hint=_SETTING)])
    credentials = _credentials(found)
    scopes = {
        key.partition(":")[0]: _registry_url(value, credentials)
        for key, value in found.items()
        if key.startswith("@") and key.endswith(":registry") and value
    }
    return RegistrySettings(
        _registry_url(url, credentials),
        scopes,
        credentials,
        _proxies(found),
        tuple(filter(None, (one.strip() for one in (found.get("noproxy") or "").split(",")))),
        found.get("ca", "").replace("\\n", "\n"),
        found.get("cafile") or ("" if "ca" in found else _existing(environment.get("NODE_EXTRA_CA_CERTS", ""))),
    )


def _existing(path: str) -> str:
    """`path` where there is such a file: Node passes over one that is not there."""
    return path if os.path.isfile(path) else ""


def _npm_settings(folder: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What is set for npm: by the environment, else in the project's `.npmrc`, else in the user's."""
    given = {
        key[len(_PREFIX) :].lower() if "//" not in key else key[len(_PREFIX) :]: value
        for key, value in environment.items()
        if key.lower().startswith(_PREFIX) and value
    }
    given = {
        key.replace("_", "-") if key in ("https_proxy", "no_proxy") else key: value for key, value in given.items()
    }
    user = given.get("userconfig") or os.path.join(_home(environment), ".npmrc")
    found: dict[str, str] = {}
    for path in (user, os.path.join(folder, ".npmrc")):
        found |= settings_in((bytes_at(path) or b"").decode("utf-8", "replace"), environment)
    found |= given
    if "no-proxy" in found:
        found.setdefault("noproxy", found["no-proxy"])
    return found


def _home(environment: Mapping[str, str]) -> str:
    return environment.get("HOME") or os.path.expanduser("~")


def _of_npm(folder: str, environment: Mapping[str, str]) -> str:
    """The registry that an `npm` on PATH would ask; empty where there is none, or none that answers."""
    npm = shutil.which("npm", path=environment.get("PATH", ""))
    if npm is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user installed
            [npm, "config", "get", "registry"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_NPM_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    answer = done.stdout.decode("utf-8", "replace").strip()
    return answer if done.returncode == 0 and answer.startswith(("http://", "https://")) else ""


def _registry_url(url: str, credentials: dict[str, str]) -> str:
    """`url` without user and password, which become credentials, and with a slash at its end."""
    bare, authorization = without_credentials(url)
    bare = bare.rstrip("/") + "/"
    place = _place(bare)
    if not place:
        message = f"`{masked_url(url)}` is no URL of a registry"
        raise ConfigError([error("registry/none", message, hint="begin it with `https://` and a host")])
    if authorization:
        credentials.setdefault(place, authorization)
    return bare


def _credentials(settings: Mapping[str, str]) -> dict[str, str]:
    """The values of `Authorization` by place: those that name no host are for nobody, as npm has it since 7.0."""
    found: dict[str, str] = {}
    for key, value in settings.items():
        place, _, name = key.rpartition(":")
        if not place.startswith("//"):
            continue
        place = _place("https:" + place.rstrip("/") + "/")
        if name == "_authToken":
            found[place] = f"Bearer {value}"
        elif name == "_auth":
            found.setdefault(place, f"Basic {value}")
        elif name == "username" and (password := settings.get(key[: -len("username")] + "_password")):
            found.setdefault(place, _basic(value, password))
    return {place: value for place, value in found.items() if place and value.isprintable()}


def _basic(user: str, password: str) -> str:
    """RFC 7617; in `.npmrc` the password is in base64."""
    try:
        plain = b64decode(password, validate=True)
    except ValueError:
        plain = password.encode()
    return "Basic " + b64encode(user.encode() + b":" + plain).decode("ascii")


def _proxies(settings: Mapping[str, str]) -> Mapping[str, str] | None:
    both = settings.get("proxy", "")
    secure = settings.get("https-proxy") or both
    found = {scheme: url for scheme, url in (("http", both or secure), ("https", secure)) if url not in ("", "null")}
    return found or None


def _place(url: str) -> str:
    """`//host:port/path/` of what `url` names, without the port that is usual; empty for what is no such URL, and for a
    path that climbs, which a server reads as another one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not parts.hostname or ".." in unquote(parts.path).split("/"):
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    own = f":{port}" if port and port != _PORTS[parts.scheme] else ""
    return f"//{host}{own}{parts.path or '/'}"


def _host(place: str) -> str:
    return place[2:].partition("/")[0]


def certificates_of(settings: RegistrySettings) -> str:
    """The text of PEM that the settings name or hold. Raises ConfigError where the file cannot be read."""
    if not settings.certificate_file:
        return settings.certificates
    try:
        with open(os.path.expanduser(settings.certificate_file), encoding="ascii") as file:
            return file.read()
    except (OSError, ValueError) as fault:
        reason = reason_text(fault) if isinstance(fault, OSError) else "it is no text of PEM"
        shown = settings.certificate_file
        message = f"cannot read the certificates in `{shown}`: {reason}"
        hint = "correct `cafile` in `.npmrc`"
        raise ConfigError([error("registry/none", message, Location(shown), hint=hint)]) from None
