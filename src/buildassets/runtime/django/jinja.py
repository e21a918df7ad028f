"""The helpers for Django's Jinja backend.

    "BACKEND": "django.template.backends.jinja2.Jinja2",
    "OPTIONS": {"extensions": ["buildassets.runtime.django.jinja.AssetsExtension"]},

Imports Jinja and Django.
"""

from jinja2 import Environment

from buildassets.runtime.django import assets
from buildassets.runtime.jinja import AssetsExtension as _AssetsExtension

__all__ = ["AssetsExtension"]


class AssetsExtension(_AssetsExtension):
    """Like the extension for Jinja alone, with the release of the settings, and Django's `static` as a global."""

    def __init__(self, environment: Environment) -> None:
        from django.templatetags.static import static

        super().__init__(environment)
        environment.assets = assets()  # type: ignore[attr-defined]  # the extension adds it
        environment.globals.setdefault("static", static)
