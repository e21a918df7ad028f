"""The manifest of a release: its values, its JSON, and the checks of both. Pure."""
