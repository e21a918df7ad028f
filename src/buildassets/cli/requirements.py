"""What is reported where a package that buildassets requires is not installed, as after `pip install --no-deps`.

Takes the fault of an import, gives an error. Imports none of the packages.
"""

from typing import Final

from buildassets.compiler.engines.registry import BUILT_IN
from buildassets.diagnostics import error
from buildassets.errors import ConfigError

_MODULES: Final = ("brotli", "click", "jinja2", "nodesemver", "watchdog", "yaml")  # and those of engines


def missing_requirement(fault: ModuleNotFoundError) -> ConfigError | None:
    """The error for a required package that could not be imported; None if the module is another one's."""
    name = (fault.name or "").partition(".")[0]
    if name not in (*_MODULES, *(one.requires for one in BUILT_IN.values() if one.requires)):
        return None
    hint = (
        "install it with all others: `pip install buildassets`, without `--no-deps`; "
        "or run the command in an earlier stage, and copy the release"
    )
    message = f"this command needs the package of `{name}`, which is not installed"
    return ConfigError([error("environment/requirement", message, hint=hint)])
