"""Names settings in hints as the configuration file of the project has them.

Hints are written for `pyproject.toml`, with the table `[tool.buildassets]`, which a file of ours leaves out.
"""

import os
import re
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import replace

_TABLE: Final = "[tool.buildassets"


def hinted(config: Config, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """`diagnostics`, in whose hints settings are named as in the configuration file.

    It is the same value if none names any.
    """
    if not any(one.hint and _TABLE in one.hint for one in diagnostics):
        return diagnostics
    return tuple(replace(one, hint=one.hint and in_file(config, one.hint)) for one in diagnostics)


def in_file(config: Config, text: str) -> str:
    """`text` for the configuration file; without one, for the `pyproject.toml` that is there, or a file to make."""
    has_project_file = os.path.exists(os.path.join(config.folder, "pyproject.toml"))
    shown = config.shown(config.file) if config.file else "pyproject.toml" if has_project_file else "buildassets.toml"
    if os.path.basename(shown) == "pyproject.toml":
        return text
    text = re.sub(r"(?:under )?`\[tool\.buildassets\]`", f"in `{shown}`", text)
    return re.sub(r"`\[tool\.buildassets\.([\w.-]+)\]`", rf"`[\1]` in `{shown}`", text)
