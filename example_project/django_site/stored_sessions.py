"""Django's sessions in a cache, told apart from a cache that does not answer.

Django's own takes an outage for an empty session, and so signs everybody out; and a refresh of its expiry writes the
whole session, over what another request may have changed meanwhile.
"""

from django.contrib.sessions.backends import cache
from django.contrib.sessions.middleware import SessionMiddleware

import settings
from django_site import views
from session_stores import StoreDownError, outages, told_as_store_down

OUTAGES = outages(settings.load().session_url)


class SessionStore(cache.SessionStore):
    """`is_down` where the cache did not answer: what looks empty is not known then, and nothing is changed."""

    is_down = False

    def load(self):
        try:
            with told_as_store_down(OUTAGES):
                content = self._cache.get(self.cache_key)
        except StoreDownError:
            self.is_down = True
            return {}
        if content is None:
            self._session_key = None
        return content or {}

    def save(self, must_create=False):
        if self.is_down:
            return
        with told_as_store_down(OUTAGES):
            if self.modified or must_create or not self.session_key:
                super().save(must_create)
            else:
                self._cache.touch(self.cache_key, self.get_expiry_age())

    def delete(self, session_key=None):
        with told_as_store_down(OUTAGES):
            super().delete(session_key)


class Sessions(SessionMiddleware):
    """Answers with the page for it where a session cannot be kept."""

    def process_exception(self, request, exception):
        return views.sorry(request, 503) if isinstance(exception, StoreDownError) else None

    def process_response(self, request, response):
        try:
            return super().process_response(request, response)
        except StoreDownError:
            return views.sorry(request, 503) if request.session.modified else response
