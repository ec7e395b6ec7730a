"""The services on the network as a Dagster resource: how they are reached and for whom. What is asked is in sources/.

What the Dagster UI shows is the configuration; credentials are held beside it and shown nowhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import SystemRandom
from time import sleep

import dagster as dg
from pydantic import SecretStr

from tunegenie_assets.settings import PREFIX, Settings, SettingsError
from tunegenie_assets.sources.budget import DailyBudget
from tunegenie_assets.sources.clients import Clients
from tunegenie_assets.sources.collecting import Clock
from tunegenie_assets.sources.errors import InvalidRequestError
from tunegenie_assets.sources.landing import check_listener_id
from tunegenie_assets.sources.services.accounts import SPOTIFY, SpotifyAccounts, SpotifyApp, StoredTokenSource
from tunegenie_assets.sources.services.calls import Caller
from tunegenie_assets.sources.services.lastfm import LASTFM, LastfmClient
from tunegenie_assets.sources.services.listenbrainz import ListenBrainzClient
from tunegenie_assets.sources.services.login import FixedToken, Login
from tunegenie_assets.sources.services.musicbrainz import MusicBrainzClient
from tunegenie_assets.sources.services.pages import SHARED, SIMULATED
from tunegenie_assets.sources.services.responses import Response
from tunegenie_assets.sources.services.spotify import SpotifyClient
from tunegenie_assets.sources.services.state import CollectorState
from tunegenie_assets.sources.services.tokens import Stage, Token, TokenStore

Sleep = Callable[[float], None]
SIMULATED_LOOKUPS = 20
"""Of one stream at a stand-in: enough to show what they are, and a second demo adds none."""


def utc_now() -> datetime:
    """Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Time:
    """How a pass tells the time, and how it waits."""

    now: Clock = utc_now
    sleep: Sleep = sleep


@dataclass(frozen=True)
class Credentials:
    """What must be known to nobody else."""

    spotify_client_secret: SecretStr | None = None
    token_key: SecretStr | None = None
    lastfm_api_key: SecretStr | None = None
    listenbrainz_token: SecretStr | None = None
    contact: str = field(default="", repr=False)
    """An e-mail address, so not among what is shown. Empty: nothing is asked of MusicBrainz."""
    lastfm_names: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """By listener. Whose they are is not kept with each run: who is erased would stay in what runs remember."""


@dataclass(frozen=True)
class Connected:
    """An account that is asked for plays."""

    service: str
    listener_id: str
    since: datetime | None
    """When the listener logged in (naive UTC); None where nobody logs in."""


class Services(dg.ConfigurableResource[None]):
    """Clients of the services for the listeners who are connected."""

    spotify_client_id: str
    """Empty: nothing is asked of Spotify."""
    spotify_redirect_uri: str
    spotify_api_url: str
    spotify_accounts_url: str
    spotify_daily_calls: int
    lastfm_url: str
    musicbrainz_url: str
    listenbrainz_url: str
    tokens_path: str
    simulated: bool = False
    """Whether they are a stand-in's: what it tells is kept apart, and its calls are counted beside the tokens."""
    # A resource of its own, and not a private attribute, which Dagster leaves behind when it binds resources to a run.
    credentials: dg.ResourceDependency[Credentials]
    time: dg.ResourceDependency[Time]

    def token_store(self) -> TokenStore:
        return TokenStore(Path(self.tokens_path), self.credentials.token_key)

    def tokens(self) -> list[Token]:
        """Of all accounts that are connected, by listener.

        Raises:
            TokenFileError: one cannot be read.
        """
        # Looking for tokens makes no folder and no key.
        return self.token_store().tokens() if Path(self.tokens_path).exists() else []

    def connected(self, now: datetime) -> list[Connected]:
        """The accounts that are asked for plays at `now`, naive UTC: not those whose authorization has ended.

        Raises:
            TokenFileError: a token cannot be read.
        """
        tokens = [token for token in self.tokens() if token.service == SPOTIFY and token.stage(now) is not Stage.ENDED]
        names = self.credentials.lastfm_names if self.credentials.lastfm_api_key else {}
        return [
            *(Connected(SPOTIFY, one.listener_id, one.authorized_at) for one in tokens if self.spotify_client_id),
            *(Connected(LASTFM, listener_id, None) for listener_id in names),
        ]

    def caller(self, state: CollectorState, clock: Clock, sleep: Sleep) -> Caller:
        """Through which all calls of a process should go: what it learns of a closed service holds for all of them."""
        counted_in = CollectorState(Path(self.tokens_path) / "calls.sqlite") if self.simulated else state
        budget = DailyBudget(counted_in, {SPOTIFY: self.spotify_daily_calls})
        return Caller(clock=clock, sleep=sleep, random=SystemRandom(), budget=budget)

    def clients(self, state: CollectorState, clock: Clock, sleep: Sleep) -> Clients:
        """The clients of every connected listener and of what is nobody's own, with one caller behind them.

        Raises:
            TokenFileError: a token cannot be read.
        """
        caller = self.caller(state, clock, sleep)
        return Clients(
            spotify=self._spotify_clients(caller),
            lastfm=self.lastfm_client(caller),
            lastfm_names=self.credentials.lastfm_names,
            musicbrainz=self.musicbrainz_client(caller),
            listenbrainz=self.listenbrainz_client(caller),
            shared=SIMULATED if self.simulated else SHARED,
            most_lookups=SIMULATED_LOOKUPS if self.simulated else None,
        )

    def accounts(self, caller: Caller) -> SpotifyAccounts:
        """Spotify's accounts service on behalf of our app.

        Raises:
            SettingsError: no app is set.
        """
        if not self.spotify_client_id:
            raise SettingsError(
                f"set {PREFIX}SPOTIFY_CLIENT_ID (and {PREFIX}SPOTIFY_CLIENT_SECRET) to those of your app on "
                "https://developer.spotify.com/dashboard"
            )
        app = SpotifyApp(self.spotify_client_id, self.spotify_redirect_uri, self.credentials.spotify_client_secret)
        return SpotifyAccounts(app, caller, accounts_url=self.spotify_accounts_url)

    def login(self, caller: Caller) -> Login:
        """Logins with our app; raises as `accounts` does."""
        return Login(self.accounts(caller), self.token_store(), identify=partial(self._identify, caller))

    def spotify_client(
        self, token: Token, caller: Caller, *, accounts: SpotifyAccounts, unavailable: set[str] | None = None
    ) -> SpotifyClient:
        """Spotify on behalf of the account of `token`; `unavailable` as in SpotifyClient."""
        source = StoredTokenSource(accounts, self.token_store(), token.account_id)
        return SpotifyClient(caller, source, base_url=self.spotify_api_url, unavailable=unavailable)

    def lastfm_client(self, caller: Caller) -> LastfmClient | None:
        """Last.fm, where there is a key."""
        key = self.credentials.lastfm_api_key
        if key is None:
            return None
        return LastfmClient(caller, key, user_agent=user_agent(self.credentials.contact), base_url=self.lastfm_url)

    def musicbrainz_client(self, caller: Caller) -> MusicBrainzClient | None:
        """MusicBrainz, where there is a contact: it refuses programs without one."""
        if not self.credentials.contact:
            return None
        return MusicBrainzClient(caller, user_agent=user_agent(self.credentials.contact), base_url=self.musicbrainz_url)

    def listenbrainz_client(self, caller: Caller) -> ListenBrainzClient | None:
        """ListenBrainz, where there is a token."""
        token = self.credentials.listenbrainz_token
        if token is None:
            return None
        return ListenBrainzClient(
            caller, user_agent=user_agent(self.credentials.contact), token=token, base_url=self.listenbrainz_url
        )

    def _spotify_clients(self, caller: Caller) -> dict[str, SpotifyClient]:
        if not self.spotify_client_id:
            return {}
        accounts, unavailable = self.accounts(caller), set[str]()
        return {
            token.listener_id: self.spotify_client(token, caller, accounts=accounts, unavailable=unavailable)
            for token in self.tokens()
            if token.service == SPOTIFY and token.stage(caller.clock()) is not Stage.ENDED
        }

    def _identify(self, caller: Caller, token: FixedToken) -> Response:
        return SpotifyClient(caller, token, base_url=self.spotify_api_url).me()


def build_services(settings: Settings) -> Services:
    """The services of these settings.

    Raises:
        SettingsError: a name at Last.fm is that of no possible listener.
    """
    names = dict(settings.lastfm_accounts)
    try:
        for listener_id in names:
            check_listener_id(listener_id)
    except InvalidRequestError as error:
        raise SettingsError(f"{PREFIX}LASTFM_NAMES={settings.lastfm_names!r}: {error}") from error
    return Services(
        spotify_client_id=settings.spotify_client_id,
        spotify_redirect_uri=settings.spotify_redirect_uri,
        spotify_api_url=settings.spotify_api_url,
        spotify_accounts_url=settings.spotify_accounts_url,
        spotify_daily_calls=settings.spotify_daily_calls,
        lastfm_url=settings.lastfm_url,
        musicbrainz_url=settings.musicbrainz_url,
        listenbrainz_url=settings.listenbrainz_url,
        tokens_path=str(settings.tokens_path),
        credentials=Credentials(
            spotify_client_secret=settings.spotify_client_secret,
            token_key=settings.token_key,
            lastfm_api_key=settings.lastfm_api_key,
            listenbrainz_token=settings.listenbrainz_token,
            contact=settings.contact,
            lastfm_names=names,
        ),
        time=Time(),
    )


def user_agent(contact: str) -> str:
    """The program and how to reach whoever runs it, as MusicBrainz and Last.fm ask for."""
    program = f"TuneGenie/{version('tunegenie')}"
    return f"{program} ( {contact} )" if contact else program
