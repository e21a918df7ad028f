"""What a manifest says of the settings that a release was built with: those that decide contents. Pure."""

from dataclasses import asdict, fields, is_dataclass
from typing import Any, Final

from buildassets.compiler.config.values import Config, Mode

_DECIDING: Final = (
    *("browsers", "data_urls", "directives", "external", "fingerprinted", "minify", "modules", "source_maps"),
    "sources_content",
)


def deciding_settings(config: Config, mode: Mode) -> dict[str, Any]:
    """The settings that decide contents, as JSON has them, without those that are as usual."""
    usual = {field.name: field.default for field in fields(Config)}
    given = {name: getattr(config, name) for name in _DECIDING}
    given["minify"] = config.minify and mode == "production"
    return {name: _plain(value) for name, value in given.items() if value != usual[name]}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(one) for name, one in asdict(value).items()}
    return list(value) if isinstance(value, tuple) else value
