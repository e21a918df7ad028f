"""The values that `import.meta.env` has in modules: those of the build, and the environment variables that `env` lists.

Takes the configuration, reads the environment, gives values by name.
"""

import os

from buildassets.compiler.config.values import Config, Mode


def variables(config: Config) -> dict[str, str]:
    """The listed environment variables that are set."""
    return {name: os.environ[name] for name in config.env if name in os.environ}


def meta_env(config: Config, mode: Mode) -> dict[str, str | bool]:
    """All values by name, sorted; a name that is not among them is undefined."""
    is_production = mode == "production"
    own: dict[str, str | bool] = {"BASE_URL": config.url, "DEV": not is_production, "MODE": mode, "PROD": is_production}
    return dict(sorted({**variables(config), **own}.items()))
