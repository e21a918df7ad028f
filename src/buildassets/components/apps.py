"""The application as Django's registry knows it: it brings the tag library `component_assets`."""

from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    """Brings the tag library."""

    name = "buildassets.components"
    label = "buildassets_components"
