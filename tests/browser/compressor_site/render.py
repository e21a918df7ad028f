"""Builds the site, and renders its pages into `SITE_OUT/pages`; prints what could not be rendered, and why, as JSON.

Reads the list of pages from standard input: file, template, engine, language, values.
"""

import io
import json
import os
import sys
from pathlib import Path

import django

sys.path[:0] = json.loads(os.environ["SITE_PATH"])
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.core.management import CommandError, call_command  # noqa: E402 after the settings
from django.template import engines  # noqa: E402 the same
from django.test import RequestFactory  # noqa: E402 the same
from django.utils import translation  # noqa: E402 the same

NONCE = "c2VjcmV0"


def build() -> str:
    """What the build reports."""
    out, side = io.StringIO(), os.environ["SITE_SIDE"]
    if side != "ours":
        call_command("collectstatic", interactive=False, verbosity=0)
    if side == "ours":
        try:
            call_command("compress", stdout=out, stderr=out)
        except CommandError as fault:
            sys.exit(f"{out.getvalue()}{fault}")
    if side == "theirs":
        for engine in ("django", "jinja2"):
            call_command("compress", engines=[engine], extensions=["html"], stdout=out, stderr=out)
            offline = Path(os.environ["SITE_OUT"], "static/CACHE/manifest.json")
            offline.rename(offline.with_name(f"{engine}.json"))  # the second run would write over it
        kept: dict[str, str] = {}
        for engine in ("django", "jinja2"):
            kept |= json.loads(offline.with_name(f"{engine}.json").read_text())
        offline.write_text(json.dumps(kept))
    return out.getvalue()


def main() -> None:
    """Build and render."""
    folder = Path(os.environ["SITE_OUT"], "pages")
    folder.mkdir(parents=True)
    built, failed = build(), {}
    for file, name, engine, language, values in json.load(sys.stdin):
        request = RequestFactory().get("/")
        request.csp_nonce = NONCE  # type: ignore[attr-defined]  # as a middleware sets it
        try:
            with translation.override(language):
                text = engines[engine].get_template(name).render(values, request)
        except Exception as fault:
            failed[file] = f"{type(fault).__name__}: {str(fault)[:300]}"
            text = "<!doctype html><title>500</title>"
        (folder / file).write_text(str(text), encoding="utf-8")
    json.dump({"built": built, "failed": failed}, sys.stdout)


main()
