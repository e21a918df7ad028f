"""Django's sessions in one of the stores of `session_stores`: what `SESSION_ENGINE` names unless they are in cookies.

Django's own `cache` backend takes an outage for an empty session, and so signs everybody out; and a refresh of the
expiry writes the whole session, over what another request may have changed meanwhile.
"""

from functools import cache

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware

from django_site import views
from session_stores import StoreDownError, key_of, store_at


@cache
def _store():
    return store_at(settings.SESSION_URL)


class SessionStore(SessionBase):
    """`is_down` where the store did not answer: what looks empty is not known then, and nothing is changed."""

    is_down = False

    def load(self):
        try:
            kept = _store().read(key_of(self.session_key), self.get_session_cookie_age())
        except StoreDownError:
            self.is_down = True
            return {}
        if kept is None:
            self._session_key = None
            return {}
        return self.serializer().loads(kept)

    def exists(self, session_key):
        return False  # ids are long and random: no two are alike

    def create(self):
        self._session_key = self._get_new_session_key()
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create=False):
        if self.is_down:
            return
        if self.session_key is None:
            self.create()
        elif must_create or self.modified:
            content = self.serializer().dumps(self._get_session(no_load=must_create))
            keep = _store().add if must_create else _store().replace
            keep(key_of(self.session_key), content, self.get_expiry_age())

    def delete(self, session_key=None):
        if session_key := session_key or self.session_key:
            _store().delete(key_of(session_key))


class Sessions(SessionMiddleware):
    """Answers with the page for it where a session cannot be kept."""

    def process_exception(self, request, exception):
        return views.sorry(request, 503) if isinstance(exception, StoreDownError) else None

    def process_response(self, request, response):
        try:
            return super().process_response(request, response)
        except StoreDownError:
            return views.sorry(request, 503)
