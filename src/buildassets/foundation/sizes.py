"""Formats sizes for people. Pure; standard library only."""


def size_text(size_bytes: int) -> str:
    """A size for a person, as `980 B`, `18.2 kB` or `1.4 MB`."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"
