"""Asks a registry for packages, their archives, and advisories. Raises PackagesError for every failure."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from hashlib import sha512
from hmac import compare_digest
from ssl import SSLError, create_default_context
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from buildassets.disk.files import chunks_of
from buildassets.errors import PackagesError, RegistryError
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.diagnostics import error, reason_text
from buildassets.foundation.digest import sha512_of
from buildassets.net.download import AnswerError, ServerError, Terms, download, download_to
from buildassets.packages.registry.documents import Advisory, PackageRelease, RegistryPackage, advisories_in, package_in
from buildassets.packages.registry.settings import RegistrySettings, certificates_of
from buildassets.work.threads import UnwaitedThreads

if TYPE_CHECKING:
    from ssl import SSLContext

_LARGEST_DOCUMENT_BYTES: Final = 128 << 20  # some packages have thousands of releases, each with a readme
_LARGEST_ARCHIVE_BYTES: Final = 512 << 20
_DOCUMENT_SECONDS: Final = 300.0  # for a whole document, however slow the connection
_ARCHIVE_SECONDS: Final = 900.0
_AT_ONCE: Final = 6
_ADVISORIES: Final = "-/npm/v1/security/advisories/bulk"
_REACHABLE: Final = "check that the registry can be reached from here: `registry`, `.npmrc`, proxies and certificates"


class Registry:
    """The registry of `settings`. Each package is asked for once."""

    def __init__(self, settings: RegistrySettings) -> None:
        self.settings = settings
        self._known: dict[str, RegistryPackage] = {}

    def package(self, name: str) -> RegistryPackage:
        """The package `name`. Raises PackagesError if there is none, RegistryError if the registry cannot be asked."""
        if name not in self._known:
            registry = self.settings.registry_of(name)
            url = registry + quote(name, safe="@")
            try:
                content = self._asked(url, registry)
            except FileNotFoundError:
                message = f"the registry `{masked_url(registry)}` has no package `{name}`"
                raise PackagesError([error("registry/missing", message, hint="correct the name")]) from None
            try:
                self._known[name] = package_in(content, name)
            except ValueError as fault:
                raise _unusable(registry, f"of `{name}`: {fault}") from None
        return self._known[name]

    def packages(self, names: Iterable[str]) -> dict[str, RegistryPackage]:
        """Several packages at once; those that the registry does not have are left out."""
        return self._known_of(self._package_or_none, names)

    def required(self, names: Iterable[str]) -> dict[str, RegistryPackage]:
        """Several packages, which must all exist: raises as `package` does for the first that does not."""
        return self._known_of(self.package, names)

    def _known_of(
        self, ask: Callable[[str], RegistryPackage | None], names: Iterable[str]
    ) -> dict[str, RegistryPackage]:
        """The packages of `names`, after asking for each that is not known yet."""
        ordered = sorted(names)
        unknown = [name for name in ordered if name not in self._known]
        with UnwaitedThreads(min(_AT_ONCE, len(unknown))) as executor:
            list(executor.map(ask, unknown))
        return {name: self._known[name] for name in ordered if name in self._known}

    def _package_or_none(self, name: str) -> RegistryPackage | None:
        try:
            return self.package(name)
        except RegistryError:
            raise
        except PackagesError:
            return None

    def fetch(self, release: PackageRelease, path: str) -> None:
        """Write the archive of `release` to a new file at `path`, verified by its `sha512`."""
        shown = f"{release.name}@{release.version}"
        expected = sha512_of(release.integrity)
        if expected is None:
            message = f"the registry states no `sha512` for `{shown}`"
            raise PackagesError([error("package/damaged", message, hint="take a release that has one")])
        url = release.tarball
        try:
            download_to(
                path,
                url,
                _LARGEST_ARCHIVE_BYTES,
                _ARCHIVE_SECONDS,
                terms=self._terms(url, {}),
                permission=self.settings.permission,
            )
        except FileNotFoundError as fault:
            if fault.filename is not None:  # the folder of `path` no longer exists
                raise
            hint = "try again later, or take another version: a registry may list a release before it has the archive"
            message = f"there is no archive of `{shown}`: {fault}"
            raise RegistryError([error("registry/failed", message, hint=hint)]) from None
        except AnswerError as fault:
            raise _refused(url, fault, self.settings.withholds(url)) from None
        except (ServerError, TimeoutError) as fault:
            raise _unreachable(url, fault) from None
        if not compare_digest(_sha512(path), expected):
            message = f"the archive of `{shown}` is not the one that its `sha512` states"
            notes = [f"from `{masked_url(url)}`, {os.path.getsize(path):,} bytes"]
            hint = "try again; if that fails, something between here and the registry changes or cuts archives"
            raise PackagesError([error("package/damaged", message, notes=notes, hint=hint)])

    def advisories(self, versions: Mapping[str, Sequence[str]]) -> tuple[Advisory, ...]:
        """The registry's advisories for packages at these `versions`, by name. Raises RegistryError."""
        advisories: list[Advisory] = []
        for registry in sorted({self.settings.registry_of(name) for name in versions}):
            asked = {
                name: [*several] for name, several in versions.items() if self.settings.registry_of(name) == registry
            }
            body = json.dumps(asked).encode("ascii")
            try:
                advisories += advisories_in(self._asked(registry + _ADVISORIES, registry, body))
            except FileNotFoundError:
                raise _unusable(registry, "about advisories: it has no such endpoint") from None
            except ValueError as fault:
                raise _unusable(registry, f"about advisories: {fault}") from None
        return tuple(advisories)

    def _asked(self, url: str, registry: str, body: bytes | None = None) -> bytes:
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body else {})}
        try:
            content = download(
                url,
                _LARGEST_DOCUMENT_BYTES,
                _DOCUMENT_SECONDS,
                self._terms(url, headers, body),
                permission=self.settings.permission,
            )
        except FileNotFoundError:
            raise
        except AnswerError as fault:
            raise _refused(registry, fault, self.settings.withholds(url)) from None
        except OSError as fault:
            raise _unreachable(registry, fault) from None
        if len(content) > _LARGEST_DOCUMENT_BYTES:
            raise _unusable(registry, f"with more than {_LARGEST_DOCUMENT_BYTES:,} bytes")
        return content

    def _terms(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Terms:
        host = urlsplit(url).hostname or ""
        is_direct = any(
            host == one.lstrip(".") or fnmatchcase(host, "*." + one.lstrip(".")) for one in self.settings.direct
        )
        return Terms(
            headers,
            self.settings.authorization_for(url),
            body=body,
            proxies={} if is_direct else self.settings.proxies,
            certificates=self._certificates,
        )

    @cached_property
    def _certificates(self) -> "SSLContext | None":
        """The certificates to trust besides the system's; None if the settings name none."""
        pem = certificates_of(self.settings)
        if not pem:
            return None

        context = create_default_context()
        try:
            context.load_verify_locations(cadata=pem)
        except (SSLError, ValueError) as fault:
            message = f"the certificates of `.npmrc` cannot be used: {fault}"
            raise PackagesError([error("registry/none", message, hint="correct `ca` or `cafile`")]) from None
        return context


def _sha512(path: str) -> bytes:
    running = sha512()
    for chunk in chunks_of(path):
        running.update(chunk)
    return running.digest()


def _refused(url: str, fault: AnswerError, withheld: str) -> RegistryError:
    hint = _REACHABLE
    if fault.status in (401, 403) and withheld:
        hint = f"your credentials for it are not sent, as {withheld} set by the project: set that in your own `.npmrc`"
    elif fault.status in (401, 403):
        hint = "give credentials for exactly this host in the user's `.npmrc`, as in `//HOST/:_authToken=${NPM_TOKEN}`"
    message = f"the registry `{masked_url(url)}` refuses: it answers {fault.status}"
    return RegistryError([error("registry/failed", message, hint=hint)])


def _unreachable(url: str, fault: OSError) -> RegistryError:
    reason = reason_text(fault)
    return RegistryError([error("registry/failed", f"cannot ask `{masked_url(url)}`: {reason}", hint=_REACHABLE)])


def _unusable(url: str, complaint: str) -> RegistryError:
    message = f"`{masked_url(url)}` gives an answer {complaint}"
    return RegistryError([error("registry/failed", message, hint="check that this is a registry of npm packages")])
