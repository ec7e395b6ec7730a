"""What `tunegenie doctor` says of the services: each is asked what a collection would ask, as little as will do.

How it is shown is in doctoring.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tunegenie_assets.checks.collected import waiting
from tunegenie_assets.cli.connecting import APP_CREDENTIALS, Connections
from tunegenie_assets.settings import PREFIX
from tunegenie_assets.sources.budget import DAY
from tunegenie_assets.sources.errors import SourceError
from tunegenie_assets.sources.services.accounts import SPOTIFY, SpotifyAccounts, StoredTokenSource
from tunegenie_assets.sources.services.errors import BadCredentials, NotAvailable, NotFound, Parked, PrivateProfile
from tunegenie_assets.sources.services.lastfm import LastfmClient
from tunegenie_assets.sources.services.responses import Response
from tunegenie_assets.sources.services.spotify import SCOPES, SpotifyClient
from tunegenie_assets.sources.services.state import ParkedWork
from tunegenie_assets.sources.services.tokens import Token
from tunegenie_assets.wiring import build_collection

PROBED_TRACKS = ("11dFghVXANMlKmJXsNCbNl", "4iV5W9uYEdYUVa79Axb7Rh")
"""Any two do: what is found out is whether the app may ask, not what these are."""
PROBED_ARTIST, PROBED_SONG = "Cher", "Believe"
"""Likewise."""


class State(StrEnum):
    WORKS = "works"
    WAITS = "waits"
    """It will go on by itself."""
    WARNS = "warning"
    FAILS = "fails"
    ABSENT = "not set"
    NOT_GIVEN = "not given"
    """The service does not offer it to this app; nothing that is set would change that."""


@dataclass(frozen=True)
class Finding:
    """One thing that was tried; `says` is one line, with what to do."""

    what: str
    state: State
    says: str


def examine_services(connections: Connections) -> list[Finding]:
    """Each service, what was spent and what waits."""
    findings = [*_spotify(connections), *_lastfm(connections), *_metabrainz(connections)]
    settings = connections.settings
    if (settings.spotify_client_id or settings.lastfm_api_key) and not settings.contact:
        says = f"set {PREFIX}CONTACT to your e-mail address: Last.fm and MusicBrainz ask for a way to reach you"
        findings.append(Finding("contact", State.WARNS, says))
    return [*findings, *_spent(connections), *_parked(connections)]


def _tried(what: str, ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except Parked as error:
        return Finding(what, State.WAITS, str(error))
    except BadCredentials as error:
        return Finding(what, State.FAILS, f"{error} to {_credentials_of(what)}")
    except SourceError as error:
        return Finding(what, State.FAILS, str(error))


def _credentials_of(what: str) -> str:
    if what.startswith("Last.fm"):
        return f"{PREFIX}LASTFM_API_KEY"
    if what == "ListenBrainz":
        return f"{PREFIX}LISTENBRAINZ_TOKEN"
    return APP_CREDENTIALS


def _spotify(connections: Connections) -> Iterator[Finding]:
    try:
        tokens = [token for token in connections.services.tokens() if token.service == SPOTIFY]
    except SourceError as error:
        yield Finding("Spotify tokens", State.FAILS, str(error))
        return
    if not connections.settings.spotify_client_id:
        who = ", ".join(token.listener_id for token in tokens)
        says = f"set {PREFIX}SPOTIFY_CLIENT_ID to that of your app on https://developer.spotify.com/dashboard"
        yield Finding(
            "Spotify app", State.FAILS if who else State.ABSENT, f"{says} (connected: {who})" if who else says
        )
        return
    accounts = connections.services.accounts(connections.caller)
    app = _tried("Spotify app", lambda: _app(accounts))
    yield app
    if app.state is State.FAILS:
        return
    if not tokens:
        yield Finding("Spotify accounts", State.ABSENT, "nobody is connected; run `tunegenie login --listener NAME`")
    yield from _listeners_of_two(tokens)
    unavailable: set[str] = set()
    working: SpotifyClient | None = None
    for token in tokens:
        client = connections.services.spotify_client(
            token, connections.caller, accounts=accounts, unavailable=unavailable
        )
        account = _account(connections, token, client, accounts)
        yield account
        if account.state in (State.WORKS, State.WARNS):
            working = working or client
    if working is not None:
        yield from _capabilities(working, unavailable)


def _listeners_of_two(tokens: Sequence[Token]) -> Iterator[Finding]:
    """A login that was broken off may have left a second account: its plays would be taken for one person's."""
    for listener_id, accounts in Counter(token.listener_id for token in tokens).items():
        if accounts > 1:
            log_in = f"run `tunegenie logout --listener {listener_id}`, then `tunegenie login --listener {listener_id}`"
            yield Finding(f"accounts of {listener_id}", State.FAILS, f"{accounts} are connected, not one; {log_in}")


def _app(accounts: SpotifyAccounts) -> Finding:
    # A page that asks for consent comes, or a refusal of the app: nobody needs to see it.
    accounts.check_app(accounts.authorize_url(SCOPES, state="doctor", verifier="doctor"))
    return Finding("Spotify app", State.WORKS, f"knows its id and the redirect address {accounts.app.redirect_uri}")


def _account(connections: Connections, token: Token, client: SpotifyClient, accounts: SpotifyAccounts) -> Finding:
    what = f"Spotify of {token.listener_id}"

    def ask() -> Finding:
        source = StoredTokenSource(accounts, connections.services.token_store(), token.account_id)
        # A token that is still good for an hour would hide an authorization or a secret that is good no longer.
        source.replaced(token.access_token)
        client.me()
        warning = token.warning(connections.clock())
        missing = sorted(SCOPES - token.scopes)
        if warning:
            return Finding(what, State.WARNS, warning)
        until = f"connected until {token.reauth_due_at:%Y-%m-%d}"
        if missing:
            says = f"{until}, without {', '.join(missing)}; run `tunegenie login` again and allow it"
            return Finding(what, State.WARNS, says)
        return Finding(what, State.WORKS, until)

    return _tried(what, ask)


def _capabilities(client: SpotifyClient, unavailable: set[str]) -> Iterator[Finding]:
    def audio_features() -> Finding:
        try:
            client.audio_features(PROBED_TRACKS)
        except NotAvailable as error:
            return Finding("Spotify audio features", State.NOT_GIVEN, str(error))
        return Finding("Spotify audio features", State.WORKS, "this app still has them")

    def batches() -> Finding:
        next(client.lookup("track", PROBED_TRACKS))
        if "tracks" in unavailable:
            says = "this app asks for tracks one by one; the most played ones come first"
            return Finding("Spotify batches", State.NOT_GIVEN, says)
        return Finding("Spotify batches", State.WORKS, "this app may ask for many tracks in one call")

    yield _tried("Spotify audio features", audio_features)
    yield _tried("Spotify batches", batches)


def _lastfm(connections: Connections) -> Iterator[Finding]:
    names = connections.services.credentials.lastfm_names
    client = connections.services.lastfm_client(connections.caller)
    if client is None:
        says = f"set {PREFIX}LASTFM_API_KEY to a key from https://www.last.fm/api/account/create"
        who = f" ({PREFIX}LASTFM_NAMES names {', '.join(names)})" if names else ""
        yield Finding("Last.fm", State.FAILS if names else State.ABSENT, says + who)
        return
    key = _tried("Last.fm key", lambda: _key(client))
    yield key
    if key.state is not State.WORKS:
        return
    if not names:
        says = f"set {PREFIX}LASTFM_NAMES, such as ada=ada_fm, to collect what they scrobble"
        yield Finding("Last.fm names", State.ABSENT, says)
    for listener_id, name in names.items():
        yield _tried(
            f"Last.fm of {listener_id}", lambda who=listener_id, name=name: _name(connections, client, who, name)
        )


def _key(client: LastfmClient) -> Finding:
    client.chart_artists()
    return Finding("Last.fm key", State.WORKS, "is accepted")


def _name(connections: Connections, client: LastfmClient, listener_id: str, name: str) -> Finding:
    what, now = f"Last.fm of {listener_id}", connections.clock()
    try:
        next(client.scrobbles(name, until=now, since=now - timedelta(days=1)))
    except NotFound:
        says = f"Last.fm knows nobody called {name!a}; correct {PREFIX}LASTFM_NAMES"
        return Finding(what, State.FAILS, says)
    except PrivateProfile as error:
        return Finding(what, State.FAILS, str(error))
    return Finding(what, State.WORKS, f"the scrobbles of {name} can be read")


def _metabrainz(connections: Connections) -> Iterator[Finding]:
    musicbrainz = connections.services.musicbrainz_client(connections.caller)
    if musicbrainz is None:
        says = f"set {PREFIX}CONTACT to your e-mail address to ask it for genres: it wants a way to reach you"
        yield Finding("MusicBrainz", State.ABSENT, says)
    else:
        yield _tried("MusicBrainz", lambda: _answers("MusicBrainz", musicbrainz.search_artist(PROBED_ARTIST)))
    listenbrainz = connections.services.listenbrainz_client(connections.caller)
    if listenbrainz is None:
        says = f"set {PREFIX}LISTENBRAINZ_TOKEN to the user token of https://listenbrainz.org/settings/"
        yield Finding("ListenBrainz", State.ABSENT, says)
    else:
        yield _tried("ListenBrainz", lambda: _answers("ListenBrainz", listenbrainz.lookup(PROBED_ARTIST, PROBED_SONG)))


def _answers(what: str, response: Response) -> Finding:
    return Finding(what, State.WORKS, f"answers at {response.path}")


def _spent(connections: Connections) -> Iterator[Finding]:
    limit = connections.settings.spotify_daily_calls
    if not connections.settings.spotify_client_id:
        return
    spent = len(connections.state.calls_since(SPOTIFY, connections.clock() - DAY))
    says = f"{spent} of {limit} in the last 24 hours ({PREFIX}SPOTIFY_DAILY_CALLS)"
    yield Finding("Spotify calls", State.WORKS if spent < limit else State.WAITS, says)


def _parked(connections: Connections) -> Iterator[Finding]:
    if not connections.settings.collector_path.exists():
        return
    by_reason: dict[tuple[str, str], list[ParkedWork]] = {}
    for work in waiting(build_collection(connections.settings)):
        by_reason.setdefault((work.service, work.reason), []).append(work)
    for (_, reason), works in by_reason.items():
        yield Finding("parked work", State.WAITS, _waiting(reason, works))


def _waiting(reason: str, works: Sequence[ParkedWork]) -> str:
    streams = ", ".join(dict.fromkeys(work.stream for work in works))
    retry_at = max(work.retry_at for work in works)
    return f"{streams}: {reason}; it goes on after {retry_at:%Y-%m-%d %H:%M} UTC by itself"
