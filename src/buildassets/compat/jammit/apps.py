"""The application as Django's registry knows it: it holds the tag library `jammit`."""

from django.apps import AppConfig


class JammitConfig(AppConfig):
    """Its release is that of `buildassets.runtime.django`."""

    name = "buildassets.compat.jammit"
    label = "buildassets_jammit"
