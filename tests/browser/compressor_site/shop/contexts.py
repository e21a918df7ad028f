"""What templates are rendered with when they are built."""

from collections.abc import Iterator
from typing import Any


def contexts() -> Iterator[dict[str, Any]]:
    """Two contexts: one for each layout, and for each kind of user."""
    common = {"parts": ["parts/one.html", "parts/two.html"], "numbers": [1, 2, 3], "STATIC_URL": "/static/"}
    yield {**common, "layout": "base.html", "user": {"is_staff": True}}
    yield {**common, "layout": "shop/layout.html", "user": {"is_staff": False}}
