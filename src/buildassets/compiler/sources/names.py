"""What sources are called: by their files, and by what these are compiled to. Pure."""

from posixpath import basename, dirname, join

from buildassets.compiler.model import Source


def file_name(source: Source) -> str:
    """The logical path that `source` would have if it were not compiled: with the suffix of its file."""
    return join(dirname(source.logical), basename(source.relative))


def names_of(source: Source) -> tuple[str, ...]:
    """What a user may call `source`: its logical path, and the name of its file where it is compiled."""
    return tuple(dict.fromkeys((source.logical, file_name(source))))


def is_compiled(source: Source) -> bool:
    """Whether the asset has another suffix than its file, as what is compiled has."""
    return file_name(source) != source.logical


def is_template(source: Source) -> bool:
    """Whether the source is a template that becomes a script."""
    return source.logical.endswith(f"{source.relative}.js")
