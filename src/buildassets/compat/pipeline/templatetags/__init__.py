"""Tag libraries of Django."""
