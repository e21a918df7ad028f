"""Jammit: `config/assets.yml` as it is, and its helpers in templates of Django and Jinja.

    INSTALLED_APPS = ["buildassets.runtime.django", "buildassets.compat.jammit", ...]    # {% load jammit %}
    env.add_extension("buildassets.compat.jammit.JammitExtension")

Imports nothing before it is asked for: a process of Django needs no Jinja.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildassets.compat.jammit.run.jinja import JammitExtension

__all__ = ["JammitExtension"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from buildassets.compat.jammit.run import jinja

    return getattr(jinja, name)
