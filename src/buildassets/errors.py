"""The errors that this package raises. Whatever is a user's mistake carries diagnostics and an exit code.

Pure; imports the vocabulary only.
"""

from collections.abc import Iterable

from buildassets.diagnostics import Diagnostic, printable


class BuildAssetsError(Exception):
    """The root of all our errors: `diagnostics` say what is wrong, `exit_code` what the command line answers."""

    exit_code = 1

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(printable(diagnostic.message) for diagnostic in self.diagnostics))

    def __reduce__(self) -> tuple[type["BuildAssetsError"], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


class BuildError(BuildAssetsError):
    """The build found errors."""


class ConfigError(BuildAssetsError):
    """The configuration or the command line is wrong."""

    exit_code = 2


class ReleaseError(BuildAssetsError):
    """A release, or an archive of one, is not what it should be, or cannot be put where it should."""


class ManifestError(BuildAssetsError):
    """A manifest cannot be read, is no manifest, or has a schema that this version does not know."""

    def __str__(self) -> str:
        # A web process shows a traceback and no diagnostics, so the traceback has to say what to do.
        return "\n".join(printable("; ".join(filter(None, (one.message, one.hint)))) for one in self.diagnostics)


class Terminated(SystemExit):
    """SIGTERM or SIGHUP ends the program. An engine that raises SystemExit has failed; this passes through it."""


class PackagesError(BuildAssetsError):
    """A tool or a package cannot be had as it is asked for, or is not what the lock states."""


class RegistryError(PackagesError):
    """The registry cannot be asked, or its answer is none that can be used."""
