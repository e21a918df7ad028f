"""The errors that this package raises for a user's mistakes; each carries diagnostics and an exit code.

Pure; imports the vocabulary only.
"""

from collections.abc import Iterable

from buildassets.foundation.diagnostics import Diagnostic, printable


class BuildAssetsError(Exception):
    """The root of all our errors, with `diagnostics` and the `exit_code` of the command line."""

    exit_code = 1

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(printable(diagnostic.message) for diagnostic in self.diagnostics))

    def __reduce__(self) -> tuple[type["BuildAssetsError"], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


class BuildError(BuildAssetsError):
    """The build found errors."""


class ConfigError(BuildAssetsError):
    """The configuration or the command line is wrong.

    `looked_at` are absolute paths, apart from the configuration file, whose change may make it valid.
    """

    exit_code = 2

    def __init__(self, diagnostics: Iterable[Diagnostic], *, looked_at: Iterable[str] = ()) -> None:
        super().__init__(diagnostics)
        self.looked_at = frozenset(looked_at)


class ReleaseError(BuildAssetsError):
    """A release or its archive is missing, damaged or incomplete, or cannot be written."""


class ManifestError(BuildAssetsError):
    """A manifest cannot be read, is not a manifest, or has a schema that this version does not know."""

    def __str__(self) -> str:
        # A web process shows a traceback and no diagnostics, so the traceback must contain the hints.
        texts = ("; ".join(filter(None, (fault.message, fault.hint))) for fault in self.diagnostics)
        return "\n".join(map(printable, texts))


class Terminated(SystemExit):
    """SIGTERM or SIGHUP ends the program. A plain SystemExit would be taken for a fault of the running engine."""


class PackagesError(BuildAssetsError):
    """A tool or a package is not available as requested, or differs from the lock."""


class RegistryError(PackagesError):
    """The registry cannot be reached, or its answer is unusable."""
