"""The keys of packages in the manifest. Pure."""


def package_key(kind: str, name: str) -> str:
    """The key of the package `name`, whose kind is `css` or `js`."""
    return f"pipeline {kind} {name}"


def members_key(kind: str, name: str) -> str:
    """The key of what pages load in its place where `PIPELINE_ENABLED` is off."""
    return f"pipeline {kind} {name} members"
