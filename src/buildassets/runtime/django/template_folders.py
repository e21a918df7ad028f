"""Lists the folders of templates, for the check of the names in them.

Takes the settings, gives folders. Looks for folders, opens no file. Imports Django.
"""

import os
from collections.abc import Iterator
from typing import Literal

from django.template import engines
from django.template.backends.django import DjangoTemplates

__all__ = ["template_folders"]


def template_folders() -> Iterator[tuple[str, Literal["django", "jinja"]]]:
    """The existing template folders of each backend, from settings and applications, each with its language."""
    for backend in engines.all():
        language: Literal["django", "jinja"] = "django" if isinstance(backend, DjangoTemplates) else "jinja"
        for folder in backend.template_dirs:
            if os.path.isdir(folder):
                yield os.path.abspath(folder), language
