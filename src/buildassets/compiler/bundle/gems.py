"""The gems whose assets Rails projects name in directives, by these names. Pure."""

from collections.abc import Mapping
from typing import Final

_GEMS: Final[Mapping[str, str]] = {
    "action_cable": "actioncable",
    "actioncable": "actioncable",
    "actiontext": "actiontext",
    "activestorage": "activestorage",
    "bootstrap": "bootstrap",
    "bootstrap-sprockets": "bootstrap-sass",
    "font-awesome": "font-awesome-rails",
    "jquery": "jquery-rails",
    "jquery-ui": "jquery-ui-rails",
    "jquery2": "jquery-rails",
    "jquery3": "jquery-rails",
    "jquery_ujs": "jquery-rails",
    "popper": "popper_js",
    "rails-ujs": "actionview",
    "select2": "select2-rails",
    "stimulus": "stimulus-rails",
    "timeago": "timeago_js",
    "trix": "actiontext",
    "turbo": "turbo-rails",
    "turbolinks": "turbolinks-source",
}


def gem_of(name: str) -> str | None:
    """The gem with the asset `name`, as a directive names it; None if it is not known."""
    return _GEMS.get(name.partition("/")[0].partition(".")[0])
