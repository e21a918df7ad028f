"""Filters of the site."""

from typing import Any

from compressor.filters import FilterBase


class Colours(FilterBase):  # type: ignore[misc]  # of one package or another
    """Names of the house's colours in sheets."""

    def input(self, **_: Any) -> str:
        """Each sheet."""
        return str(self.content.replace("HOUSE-BLUE", "rgb(0, 51, 102)"))


class Count(FilterBase):  # type: ignore[misc]  # of one package or another
    """A statement behind all scripts of a file."""

    def output(self, **_: Any) -> str:
        """The whole file."""
        return f"{self.content}\nwindow.files = (window.files || 0) + 1;"
