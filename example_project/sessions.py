"""Flask's sessions, in a signed cookie or behind one: the two look alike to a view.

Takes the settings, gives a session interface. A process keeps nothing of a session from one request to the next.
"""

import secrets
from hashlib import sha256
from typing import Any

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionInterface, SessionMixin
from itsdangerous import BadSignature, Signer
from werkzeug.exceptions import ServiceUnavailable

from session_stores import SessionStore, StoreDownError, key_of, store_at
from settings import Settings

ID_BYTES = 32


class StoredSession(SecureCookieSession):
    """A session whose content is in a store. `id` is what the cookie holds, None while there is no such entry.

    `is_down` where the store did not answer: what looks empty is not known then, and nothing is to be changed.
    """

    def __init__(self, content: Any = None, *, id: str | None = None, is_down: bool = False) -> None:  # noqa: A002
        super().__init__(content)
        self.id = id
        self.former_id: str | None = None
        self.is_down = is_down

    def leave_id(self) -> None:
        """Let the session go on under another id: whoever knows this one, or has planted it, has nothing."""
        self.former_id, self.id = self.id, None
        self.modified = True


def interface_for(settings: Settings) -> SessionInterface:
    """What SESSION_URL asks for."""
    if settings.session_url.startswith("cookie:"):
        return SecureCookieSessionInterface()
    return StoredSessionInterface(store_at(settings.session_url), settings.secret_keys)


def begin(session: SessionMixin) -> None:
    """Make this the session of somebody who has just signed in: empty, lasting, with an id of its own."""
    end(session)
    session.permanent = True


def end(session: SessionMixin) -> None:
    """Empty the session. In a store it is gone; a copy of a signed cookie is good until it expires."""
    session.clear()
    if isinstance(session, StoredSession):
        session.leave_id()


def is_down(session: SessionMixin) -> bool:
    """Whether nothing is known of the session, because its store does not answer."""
    return isinstance(session, StoredSession) and session.is_down


class StoredSessionInterface(SessionInterface):
    """Keeps the session in `store`, and in the cookie only its id, signed with the first of `keys`."""

    serializer = TaggedJSONSerializer()

    def __init__(self, store: SessionStore, keys: tuple[str, ...]) -> None:
        self._store = store
        # With a signature, made-up ids are refused without asking the store. It signs with the last key.
        self._signer = Signer(list(reversed(keys)), salt="session-id", digest_method=sha256)

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """The session that the request's cookie names, good for its whole lifetime again."""
        try:
            session_id = self._signer.unsign(request.cookies.get(self.get_cookie_name(app), "")).decode()
        except BadSignature:
            return StoredSession()
        try:
            kept = self._store.read(key_of(session_id), _seconds(app))
        except StoreDownError as fault:
            app.logger.error("the session store is down: %s", fault)
            return StoredSession(is_down=True)
        return StoredSession(self.serializer.loads(kept.decode()), id=session_id) if kept else StoredSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what has changed. If the store is down, the answer becomes the one for that."""
        assert isinstance(session, StoredSession)
        if session.accessed:
            response.vary.add("Cookie")
        if session.is_down:
            return
        try:
            if session.modified:
                self._keep(app, session)
        except StoreDownError as fault:
            app.logger.error("the session store is down: %s", fault)
            _answer_instead(app, response)
            return
        self._set_cookie(app, session, response)

    def _keep(self, app: Flask, session: StoredSession) -> None:
        if session.former_id:
            self._store.delete(key_of(session.former_id))
        content = self.serializer.dumps(dict(session)).encode()
        if session.id:
            self._store.replace(key_of(session.id), content, _seconds(app))
        elif session:
            session.id = secrets.token_urlsafe(ID_BYTES)
            self._store.add(key_of(session.id), content, _seconds(app))

    def _set_cookie(self, app: Flask, session: StoredSession, response: Response) -> None:
        where = {"domain": self.get_cookie_domain(app), "path": self.get_cookie_path(app)}
        how = {
            "secure": self.get_cookie_secure(app),
            "httponly": self.get_cookie_httponly(app),
            "samesite": self.get_cookie_samesite(app),
        }
        name = self.get_cookie_name(app)
        if session.id and self.should_set_cookie(app, session):
            signed = self._signer.sign(session.id).decode()
            response.set_cookie(name, signed, expires=self.get_expiration_time(app, session), **where, **how)
        elif not session.id and session.modified:
            response.delete_cookie(name, **where, **how)


def _seconds(app: Flask) -> int:
    return int(app.permanent_session_lifetime.total_seconds())


def _answer_instead(app: Flask, response: Response) -> None:
    sorry = app.make_response(app.handle_user_exception(ServiceUnavailable()))
    response.status, response.headers, response.response = sorry.status, sorry.headers, sorry.response
