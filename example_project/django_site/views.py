"""The pages, as in `app.py`: what they show is in `pages`, what forms mean in `skippers`."""

from dataclasses import asdict
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

import pages
import skippers


def in_every_page(request):
    """What all templates use."""
    match = request.resolver_match
    return {**pages.every(known_session(request)), "page": match.url_name if match else None}


def known_session(request):
    """The session, or None if its store is down."""
    session = request.session
    session.get("skipper")  # it is loaded when it is first asked
    return None if getattr(session, "is_down", False) else session


def needs_session(view):
    """Answers 503 in place of `view` while nothing is known of the session."""

    def answer(request):
        return sorry(request, 503) if known_session(request) is None else view(request)

    return answer


def home(request):
    skipper = pages.skipper_in(known_session(request) or {})
    return render(request, "home.html", pages.home(datetime.now(UTC), skipper))


def tides(request):
    return render(request, "tides.html", pages.tides(datetime.now(UTC)))


def visit(request):
    return render(request, "visit.html", pages.visit())


def health(request):
    return HttpResponse("ok\n", content_type="text/plain")


@needs_session
def sign_in(request):
    faults = {}
    if request.method == "POST":
        skipper, faults = skippers.read_skipper(request.POST, settings.HARBOUR_CODE)
        if skipper:
            request.session.flush()  # what the former id or token was worth ends here
            rotate_token(request)
            request.session["skipper"] = asdict(skipper)
            return _see(reverse("berth"))
    return _form(request, "sign_in.html", request.POST, faults)


@require_POST
@needs_session
def sign_out(request):
    request.session.flush()
    return _see(reverse("home"))


@needs_session
def berth(request):
    skipper = pages.skipper_in(request.session)
    if not skipper:
        return _see(reverse("sign_in"))
    now = datetime.now(UTC)
    faults = {}
    if request.method == "POST":
        asked, faults = skippers.read_request(request.POST, skipper, now.date())
        if asked:
            request.session["request"] = asdict(asked)
            return _see(reverse("berth"))
    given = request.POST or request.session.get("request", {})
    return _form(request, "berth.html", given, faults, **pages.berth(now, skipper))


@require_POST
@needs_session
def withdraw(request):
    request.session.pop("request", None)
    return _see(reverse("berth"))


def _form(request, template, given, faults, **names):
    return render(request, template, {"given": given, "faults": faults, **names}, status=422 if faults else 200)


def _see(url):
    response = HttpResponseRedirect(url)
    response.status_code = 303  # see there, with GET
    return response


def sorry(request, status):
    """The page that says what went wrong; it tells nothing of how."""
    response = render(request, "sorry.html", pages.sorry(status), status=status)
    if status == 503:
        response["Retry-After"] = str(pages.RETRY_SECONDS)
    return response


def bad_request(request, exception=None):
    return HttpResponseBadRequest("Bad request\n", content_type="text/plain")


def forged(request, exception=None, reason=""):
    return sorry(request, 403)


def not_found(request, exception=None):
    return sorry(request, 404)


def broken(request):
    return HttpResponse("Something is wrong here; it has been noted.\n", status=500, content_type="text/plain")
