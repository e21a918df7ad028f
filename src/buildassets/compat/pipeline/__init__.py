"""A Django application in the place of django-pipeline: its tags, its Jinja extension, its packages in every build.

    INSTALLED_APPS = ["buildassets.compat.pipeline", "buildassets.runtime.django", ...]    # {% load pipeline %}

Importing it imports neither Jinja nor Django.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildassets.compat.pipeline.run.jinja import PipelineExtension

__all__ = ["PipelineExtension"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from buildassets.compat.pipeline.run import jinja

    return getattr(jinja, name)
