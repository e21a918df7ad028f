"""This project as a contender: its settings for a work, and its version."""

import json
import sys
from collections.abc import Mapping

from benchmarks.contest import Place
from benchmarks.installed import HERE, MissingError, said
from benchmarks.measure import Command

NAME = "buildassets"


def build(place: Place, **settings: object) -> Command:
    """A build with these settings; what is not named has its default."""
    config = place.settings / "buildassets.toml"
    config.write_text(
        "".join(f"{key} = {_toml(value)}\n" for key, value in {"output": str(place.output), **settings}.items())
    )
    options = ["--quiet", "--config", str(config), "--cache-dir", str(place.cache)]
    return Command([sys.executable, "-m", "buildassets", "build", *options], version())


def version() -> str:
    """The version, and, where this is a checkout, the last commit that changed the sources."""
    from buildassets import __version__

    try:
        commit = said("git", "-C", str(HERE.parent), "log", "-1", "--format=%h", "--", "src")
        return f"{__version__} ({commit})"
    except MissingError:
        return __version__


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + " }"
    return json.dumps(list(value) if isinstance(value, tuple) else value)  # for these, JSON's spelling is TOML's
