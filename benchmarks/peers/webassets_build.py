"""webassets over a site: `python webassets_build.py SOURCE OUTPUT CACHE SHEET SHEET,SHEET… SCRIPT,SCRIPT…`."""

import os
import sys

from webassets import Bundle, Environment


def main(source: str, output: str, cache: str, sheet: str, sheets: str, scripts: str) -> None:
    """Build what is out of date."""
    os.makedirs(output, exist_ok=True)
    env = Environment(output, "/static/", cache=cache, manifest="json:manifest.json", versions="hash")
    env.append_path(source, "/static/")
    partials = f"{os.path.dirname(sheet)}/**/*.scss"  # below the load path: an absolute one is always out of date
    site = Bundle(sheet, filters="libsass,cssrewrite,rcssmin", depends=partials, output="site.%(version)s.css")
    env.register("site", site)
    env.register("vendor", Bundle(*sheets.split(","), filters="cssrewrite,rcssmin", output="vendor.%(version)s.css"))
    env.register("scripts", Bundle(*scripts.split(","), filters="rjsmin", output="site.%(version)s.js"))
    for bundle in env:
        bundle.urls()


if __name__ == "__main__":
    main(*sys.argv[1:])
