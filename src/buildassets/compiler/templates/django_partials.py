"""Takes the named parts of Django templates, `{% partialdef %}`, out of their pages.

Django has them from 6.0 on, and django-template-partials for older ones. A part is rendered where
`{% partial %}` names it, with the variables of that place, and perhaps by a view alone. Imports Django.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.template.base import Token, TokenType

from buildassets.frozen import field, frozen

OPENS: Final = "partialdef"
CLOSES: Final = "endpartialdef"
NAMES: Final = "partial"


@frozen
class Page:
    """The tokens of a page, those of each part by its name, and the tags of parts that are not closed."""

    tokens: Sequence[Token] = ()
    parts: Mapping[str, Sequence[Token]] = field(default_factory=dict)
    unclosed: tuple[Token, ...] = ()


def taken_apart(tokens: Iterable[Token]) -> Page:
    """The page of all `tokens`. What an `inline` part has, the page has, too, and so has the part around it."""
    page: list[Token] = []
    parts: dict[str, list[Token]] = {}
    # The tag of each open part, and its tokens.
    open_parts: list[tuple[Token, list[Token]]] = []
    for token in tokens:
        words = token.contents.split() if token.token_type is TokenType.BLOCK else []
        if words[:1] == [OPENS] and len(words) > 1:
            open_parts.append((token, parts.setdefault(words[1], [])))
        elif words[:1] == [CLOSES] and open_parts:
            open_parts.pop()
        else:
            _add(token, page, open_parts)
    return Page(page, parts, tuple(opening for opening, _ in open_parts))


def _add(token: Token, page: list[Token], open_parts: Sequence[tuple[Token, list[Token]]]) -> None:
    """Add `token` to the innermost open part, and as far outward as parts are `inline`."""
    for opening, part in reversed(open_parts):
        part.append(token)
        if "inline" not in opening.contents.split()[2:]:
            return
    page.append(token)
