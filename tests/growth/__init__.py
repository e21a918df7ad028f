"""Time that grows with the size of the input."""

import pytest

pytestmark = pytest.mark.thorough
