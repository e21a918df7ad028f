"""The table of helpers in the page on the runtime: those of the table in the code, with the parameters of `Assets`."""

import re
from collections.abc import Iterator
from inspect import Parameter, signature
from pathlib import Path
from typing import Final

from buildassets.foundation.template_helpers import TEMPLATE_HELPERS
from buildassets.runtime import Assets

_PAGE: Final = Path(__file__).parents[1] / "docs/reference/runtime.md"
_TABLE: Final = re.compile(r"^\| Python \| Jinja and Django \|.*?(?=^$)", re.MULTILINE | re.DOTALL)


def page() -> str:
    """The text of the page with the table as it is now."""
    text, count = _TABLE.subn(lambda _: "".join(f"{line}\n" for line in _lines()), _PAGE.read_text("utf-8"))
    assert count == 1
    return text


def _lines() -> Iterator[str]:
    yield "| Python | Jinja and Django | returns |"
    yield "|---|---|---|"
    for helper in TEMPLATE_HELPERS:
        yield f"| `{helper.method}({_parameters(helper.method)})` | `{helper.name}` | {helper.result} |"


def _parameters(method: str) -> str:
    """The parameters as a reader needs them: `name, alt="", type=, …`."""
    return ", ".join(map(_shown, list(signature(getattr(Assets, method)).parameters.values())[1:]))


def _shown(parameter: Parameter) -> str:
    if parameter.kind is Parameter.VAR_KEYWORD:
        return "…"
    if parameter.kind is Parameter.VAR_POSITIONAL:
        return f"*{parameter.name}"
    if parameter.kind is Parameter.KEYWORD_ONLY:
        return f"{parameter.name}="
    if parameter.default is Parameter.empty:
        return parameter.name
    default = f'"{parameter.default}"' if isinstance(parameter.default, str) else repr(parameter.default)
    return f"{parameter.name}={default}"
