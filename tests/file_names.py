"""Texts such as file names give: bytes that are no UTF-8 come as `os.fsdecode` gives them."""

from typing import Final

from hypothesis import strategies as st

TEXTS: Final = st.text(
    st.characters(exclude_categories=["Cs"]) | st.integers(0xDC80, 0xDCFF).map(chr),
    min_size=1,
)
