"""Tags of the site."""

from django import template

register = template.Library()


@register.inclusion_tag("shop/banner.html")
def banner(colour: str) -> dict[str, str]:
    """A template of the application's, with a block in it."""
    return {"colour": colour}


@register.simple_tag
def doubled(number: int) -> int:
    """Twice the number."""
    return 2 * number
