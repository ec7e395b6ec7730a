"""HTTP of Spotify's accounts service: the consent page and the token endpoint. The rules of tokens are in `grants`."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tunegenie_assets.sandbox.grants import ACCESS_TOKEN_LIFE, Consent, GrantError, IssuedTokens
from tunegenie_assets.sandbox.world import World

SCOPES = frozenset(
    [
        "ugc-image-upload",
        "user-read-playback-state",
        "user-modify-playback-state",
        "user-read-currently-playing",
        "app-remote-control",
        "streaming",
        "playlist-read-private",
        "playlist-read-collaborative",
        "playlist-modify-private",
        "playlist-modify-public",
        "user-follow-modify",
        "user-follow-read",
        "user-read-playback-position",
        "user-top-read",
        "user-read-recently-played",
        "user-library-modify",
        "user-library-read",
        "user-read-email",
        "user-read-private",
    ]
)


@dataclass(frozen=True)
class AccountsService:
    world: World
    now: Callable[[], datetime]

    def routes(self) -> list[Route]:
        return [
            Route("/authorize", self.authorize, methods=["GET"]),
            Route("/api/token", self.token, methods=["POST"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """Consent at once, by the account that `account` names or the first; `deny` in the query refuses it.

        Neither parameter exists at Spotify, where a person signs in and answers.
        """
        query = request.query_params
        app = self.world.app
        redirect_uri = query.get("redirect_uri", "")
        if not hmac.compare_digest(query.get("client_id", "").encode(), app.client_id.encode()):
            return PlainTextResponse("INVALID_CLIENT: Invalid client", 400)
        if not any(_is_allowed(redirect_uri, registered) for registered in app.redirect_uris):
            return PlainTextResponse("INVALID_CLIENT: Invalid redirect URI", 400)
        if not _is_secure(redirect_uri):
            return PlainTextResponse("INVALID_CLIENT: Insecure redirect URI", 400)
        listener_id = query.get("account") or next(iter(self.world.accounts))
        if listener_id not in self.world.accounts:
            return PlainTextResponse("There is no such account in this world", 400)
        scopes = frozenset(query.get("scope", "").split())
        if (error := _refusal(query, scopes)) is not None:
            return _redirect(redirect_uri, {"error": error}, query.get("state"))
        consent = Consent(listener_id, scopes, self.now(), query.get("code_challenge"))
        code = self.world.grants.issue_code(consent, redirect_uri)
        request.state.listener_id = listener_id
        return _redirect(redirect_uri, {"code": code}, query.get("state"))

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        try:
            has_secret = self._check_client(request.headers.get("authorization"), form)
            tokens = self._grant(form, has_secret=has_secret)
        except GrantError as error:
            return JSONResponse({"error": error.error, "error_description": error.description}, 400)
        request.state.listener_id = self._listener_of(tokens)
        return JSONResponse(_token_document(tokens), headers={"Cache-Control": "no-store"})

    def _grant(self, form: Mapping[str, str], *, has_secret: bool) -> IssuedTokens:
        grants = self.world.grants
        match form.get("grant_type"):
            case "authorization_code":
                return grants.redeem_code(
                    form.get("code", ""),
                    redirect_uri=form.get("redirect_uri", ""),
                    verifier=form.get("code_verifier"),
                    has_secret=has_secret,
                    now=self.now(),
                )
            case "refresh_token":
                if not form.get("refresh_token"):
                    raise GrantError("invalid_request", "refresh_token must be supplied")
                rotates = self.world.app.rotates_refresh_tokens
                return grants.refresh(form["refresh_token"], has_secret=has_secret, rotates=rotates, now=self.now())
            case "client_credentials":
                if not has_secret:
                    raise GrantError("invalid_client", "Invalid client")
                return grants.app_token(self.now())
            case _:
                raise GrantError(
                    "unsupported_grant_type",
                    "grant_type parameter is missing or not supported",
                )

    def _check_client(self, header: str | None, form: Mapping[str, str]) -> bool:
        """Whether the client showed its secret: in a Basic header, or in the form; PKCE shows the id alone."""
        if header is None:
            client_id, secret = form.get("client_id", ""), form.get("client_secret")
        else:
            client_id, secret = _basic(header)
        if not hmac.compare_digest(client_id.encode(), self.world.app.client_id.encode()):
            raise GrantError("invalid_client", "Invalid client")
        if secret is not None and not hmac.compare_digest(secret.encode(), self.world.app.client_secret.encode()):
            raise GrantError("invalid_client", "Invalid client secret")
        return secret is not None

    def _listener_of(self, tokens: IssuedTokens) -> str | None:
        found = self.world.grants.consent_of(tokens.access_token)
        return found[0].listener_id if found else None


def _token_document(tokens: IssuedTokens) -> dict[str, object]:
    lifetime = int(ACCESS_TOKEN_LIFE.total_seconds())
    document: dict[str, object] = {
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
    }
    if tokens.scopes:
        document["scope"] = " ".join(sorted(tokens.scopes))
    if tokens.refresh_token is not None:
        document["refresh_token"] = tokens.refresh_token
    return document


def _refusal(query: Mapping[str, str], scopes: frozenset[str]) -> str | None:
    """The error that the app gets back instead of a code."""
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if not scopes <= SCOPES:
        return "invalid_scope"
    # Plain challenges protect nothing and are not accepted.
    if "code_challenge" in query and query.get("code_challenge_method") != "S256":
        return "invalid_request"
    return "access_denied" if "deny" in query else None


def _redirect(redirect_uri: str, params: dict[str, str], state: str | None) -> Response:
    if state is not None:
        params["state"] = state
    separator = "&" if urlsplit(redirect_uri).query else "?"
    return RedirectResponse(f"{redirect_uri}{separator}{urlencode(params)}", 302)


def _is_allowed(redirect_uri: str, registered: str) -> bool:
    """Exactly as registered; a loopback address registered without a port stands for all its ports."""
    if redirect_uri == registered:
        return True
    asked, known = urlsplit(redirect_uri), urlsplit(registered)
    is_loopback = known.scheme == "http" and known.netloc in ("127.0.0.1", "[::1]")
    return is_loopback and (asked.scheme, asked.hostname, asked.path) == (known.scheme, known.hostname, known.path)


def _is_secure(redirect_uri: str) -> bool:
    parts = urlsplit(redirect_uri)
    return parts.hostname != "localhost" and (parts.scheme != "http" or parts.hostname in ("127.0.0.1", "::1"))


def _basic(header: str) -> tuple[str, str]:
    kind, _, credentials = header.partition(" ")
    if kind.lower() != "basic":
        raise GrantError("invalid_client", "Invalid client")
    try:
        client_id, separator, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise GrantError("invalid_client", "Invalid client") from error
    if not separator:
        raise GrantError("invalid_client", "Invalid client")
    return client_id, secret
