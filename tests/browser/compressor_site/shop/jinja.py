"""The site's environment for Jinja."""

from typing import Any

from django.templatetags.static import static
from jinja2 import Environment


def environment(**options: Any) -> Environment:
    """An environment that has `static`."""
    found = Environment(**options)
    found.globals["static"] = static
    return found
