"""Finds the registry's URL, credentials and proxies, as npm is configured; no registry is built in.

Takes the project's folder and its own setting; reads the environment and `.npmrc` files, and asks an `npm` on PATH only
if none of these names a registry. Raises ConfigError.
"""

import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from subprocess import DEVNULL, TimeoutExpired
from typing import Final
from urllib.parse import unquote, urlsplit

from buildassets.disk.files import bytes_at, small_content_of
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.errors import ConfigError
from buildassets.foundation.credentials import masked_url, without_credentials
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.permission import NotPermittedError, Permission
from buildassets.packages.registry.npmrc import settings_in
from buildassets.programs.start import run, tool

_PREFIX: Final = "npm_config_"
_PORTS: Final = {"http": 80, "https": 443}
_NPM_SECONDS: Final = 30
_WAY: Final = ("proxy", "https-proxy", "ca", "cafile")  # who decides these can read what is sent
_SETTING: Final = "set `registry` under `[tool.buildassets]`, `registry=` in `.npmrc`, or `$npm_config_registry`"


@frozen
class RegistrySettings:
    """The settings of a registry: `url` ends in a slash, as do the URLs of `scopes`, whose names begin with `@`.

    `credentials` are values of `Authorization` for URLs below a key such as `//host:8080/path/`; no other host, port or
    path ever gets them. `users` are those of the user and of the environment; without TLS they go to the hosts of
    `users_open` only, and nowhere if they are `withheld`, which names the setting of the project that decides the way.
    `proxies` are URLs by scheme, None for those of the environment; `direct` are hosts that are asked without a proxy.
    `certificates` is a text of PEM and `certificate_file` a path.
    """

    url: str
    scopes: Mapping[str, str]
    credentials: Mapping[str, str]
    permission: Permission
    users: Mapping[str, str] = field(default_factory=dict)
    users_open: frozenset[str] = frozenset()
    withheld: str = ""
    proxies: Mapping[str, str] | None = None
    direct: tuple[str, ...] = ()
    certificates: str = ""
    certificate_file: str = ""

    def registry_of(self, name: str) -> str:
        """The URL of the registry that has the package `name`."""
        scope = name.partition("/")[0] if name.startswith("@") else ""
        return self.scopes.get(scope, self.url)

    def authorization_for(self, url: str) -> str:
        """The `Authorization` for `url`: the credentials for the longest path above it; empty if there are none.

        Without TLS they are sent only if the registry itself is configured with such a URL, those of the user only if
        the user or the environment configured it.
        """
        place, is_open = _place(url), url.startswith("http:")
        if not place:
            return ""
        usable: dict[str, str] = {}
        if not self.withheld and (not is_open or _host(place) in self.users_open):
            usable |= self.users
        if not is_open or _host(place) in _open_hosts([self.url, *self.scopes.values()]):
            usable |= self.credentials
        around = [key for key in usable if place.startswith(key)]
        return usable[max(around, key=len)] if around else ""

    def withholds(self, url: str) -> str:
        """The reason for which credentials of the user for the place of `url` are not sent; empty if they are."""
        place = _place(url)
        if not any(place.startswith(key) for key in self.users) or self.authorization_for(url):
            return ""
        return f"`{self.withheld}` is" if self.withheld else "a URL without TLS is"


def registry_settings(
    folder: str, configured: str = "", environment: Mapping[str, str] = os.environ, *, permission: Permission
) -> RegistrySettings:
    """The registry for the project in `folder`: the `configured` one, or else npm's.

    npm's is that of `$npm_config_registry`, else of the project's `.npmrc`, else of the user's, else of an `npm` on
    PATH. Raises ConfigError if none of them names one.
    """
    user, project, given = _npm_settings(folder, environment)
    settings, trusted = user | project | given, user | given
    url = configured or settings.get("registry", "") or _of_npm(folder, environment, permission=permission)
    if not url:
        raise ConfigError([error("registry/none", "no registry of packages is configured", hint=_SETTING)])
    users, credentials = _credentials(trusted), _credentials(project)
    users_open = _open_hosts([trusted.get("registry", ""), *_scopes(trusted).values()])
    by_user = not configured and "registry" not in project.keys() - given.keys()
    extra_file = "" if "ca" in settings else _existing(environment.get("NODE_EXTRA_CA_CERTS", ""))
    return RegistrySettings(
        permission=permission,
        url=_registry_url(url, users if by_user else credentials),
        scopes={
            scope: _registry_url(one, users if trusted.get(f"{scope}:registry") == one else credentials)
            for scope, one in _scopes(settings).items()
        },
        credentials=credentials,
        users=users,
        users_open=users_open,
        withheld=next((name for name in _WAY if settings.get(name) != trusted.get(name)), ""),
        proxies=_proxies(settings),
        direct=tuple(filter(None, (one.strip() for one in (settings.get("noproxy") or "").split(",")))),
        certificates=settings.get("ca", "").replace("\\n", "\n"),
        certificate_file=settings.get("cafile") or extra_file,
    )


def _scopes(settings: Mapping[str, str]) -> dict[str, str]:
    """The URLs of the registries of scopes."""
    ending = ":registry"
    return {
        key.removesuffix(ending): value
        for key, value in settings.items()
        if key.startswith("@") and key.endswith(ending) and value
    }


def _open_hosts(urls: Iterable[str]) -> frozenset[str]:
    """The hosts of those of `urls` that have no TLS."""
    return frozenset(_host(_place(url)) for url in urls if url.startswith("http:"))


def _existing(path: str) -> str:
    """`path` if that file exists, else empty: Node ignores a missing one."""
    return path if os.path.isfile(path) else ""


def _npm_settings(folder: str, environment: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """npm's settings in the order in which later ones count: of the user's `.npmrc`, the project's, the environment."""
    # npm takes the names of settings in any case, but not the URLs that begin those for one host.
    given = {
        key[len(_PREFIX) :].lower() if "//" not in key else key[len(_PREFIX) :]: value
        for key, value in environment.items()
        if key.lower().startswith(_PREFIX) and value
    }
    given = {
        key.replace("_", "-") if key in ("https_proxy", "no_proxy") else key: value for key, value in given.items()
    }
    user = given.get("userconfig") or os.path.join(_home(environment), ".npmrc")
    found = [
        settings_in((bytes_at(path, MOST_SETTINGS_BYTES) or b"").decode("utf-8", "replace"), environment)
        for path in (user, os.path.join(folder, ".npmrc"))
    ]
    for settings in (*found, given):
        if "no-proxy" in settings:
            settings.setdefault("noproxy", settings["no-proxy"])
    return found[0], found[1], given


def _home(environment: Mapping[str, str]) -> str:
    return environment.get("HOME") or os.path.expanduser("~")


def _of_npm(folder: str, environment: Mapping[str, str], *, permission: Permission) -> str:
    """The registry that an `npm` on PATH would ask; empty if there is no `npm`, or it does not answer."""
    home = _home(environment)
    npm = shutil.which("npm", path=environment.get("PATH", ""))
    if npm is None:
        return ""
    try:
        done = run(
            tool([npm], folder, permission=permission),
            *("config", "get", "registry"),
            cwd=home if os.path.isdir(home) else os.sep,  # where no `.npmrc` or `package.json` of the project counts
            env=dict(environment),
            stdin=DEVNULL,
            capture_output=True,
            timeout=_NPM_SECONDS,
        )
    except (OSError, TimeoutExpired, NotPermittedError):
        return ""
    answer = done.stdout.decode("utf-8", "replace").strip()
    return answer if done.returncode == 0 and answer.startswith(("http://", "https://")) else ""


def _registry_url(url: str, credentials: dict[str, str]) -> str:
    """`url` with a slash at its end, and without user and password, which are added to `credentials`."""
    bare, authorization = without_credentials(url)
    bare = bare.rstrip("/") + "/"
    place = _place(bare)
    if not place:
        message = f"`{masked_url(url)}` is not the URL of a registry"
        raise ConfigError([error("registry/none", message, hint="begin it with `https://` and a host")])
    if authorization:
        credentials.setdefault(place, authorization)
    return bare


def _credentials(settings: Mapping[str, str]) -> dict[str, str]:
    """The values of `Authorization` by place; settings without a host are ignored, as by npm since 7.0."""
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
    """The value of `Authorization` by RFC 7617; in `.npmrc` the password is in base64."""
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
    """`//host:port/path/` of `url`, without a default port; empty if there is none.

    Also empty for a path with `..`, which a server reads as another path.
    """
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
    """The certificates of the settings as PEM. Raises ConfigError if their file cannot be read."""
    if not settings.certificate_file:
        return settings.certificates
    try:
        content = small_content_of(os.path.expanduser(settings.certificate_file))
        if content is None:
            raise ValueError
        return content.decode("ascii")
    except (OSError, ValueError) as fault:
        reason = reason_text(fault) if isinstance(fault, OSError) else "it is not PEM text"
        shown = settings.certificate_file
        message = f"cannot read the certificates in `{shown}`: {reason}"
        hint = "correct `cafile` in `.npmrc`"
        raise ConfigError([error("registry/none", message, Location(shown), hint=hint)]) from None
