"""Jinja as the templates know it from Flask: `url_for` by the name of a page, and the assets of the release."""

from django.urls import reverse
from jinja2 import Environment

from buildassets.runtime.django import assets


def environment(**options):
    env = Environment(**options, extensions=["buildassets.runtime.jinja.AssetsExtension"])
    env.assets = assets()
    env.globals["url_for"] = reverse
    return env
