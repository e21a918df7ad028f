"""A picture in another width or format, as it is asked for. Pure: a value without behaviour."""

from buildassets.compiler.images.moving import Kind
from buildassets.frozen import frozen


@frozen
class Variant:
    """A variant of the picture at the absolute path `of`, which is of the kind `source_kind`.

    `width` and `height` are those that browsers show. `quality`, from 1 to 100, is that of lossy formats. With `strip`,
    it has no metadata but the colour profile.
    """

    of: str
    source_kind: Kind
    width: int
    height: int
    kind: Kind
    quality: int
    strip: bool
