"""`tunegenie playlist push`: what is recommended to a listener, as a playlist of their account."""

from __future__ import annotations

from dataclasses import asdict

from tunegenie_assets.cli import display
from tunegenie_assets.cli.connecting import Connections, not_connected
from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.resources.factory import warehouse_for
from tunegenie_assets.resources.tables import WarehouseIOManager
from tunegenie_assets.settings import Environment, Settings, apply_to_process
from tunegenie_assets.sources.services.playlists import push_playlist

DESCRIPTION = "What TuneGenie recommends to play next."
_TABLE = """
select count(*) as found
from information_schema.tables
where lower(table_schema) = 'recommender' and lower(table_name) = 'playlist'
"""
_RECOMMENDED = """
select spotify_track_id
from recommender.playlist
where week = (select max(week) from recommender.playlist) and listener_id = ? and position <= ?
order by position
"""


def push(*, listener: str | None, name: str, count: int, as_json: bool) -> None:
    """Create the playlist, or replace what it held.

    Raises:
        CommandError: nothing is recommended to the listener, or they are not connected.
        ServiceError: Spotify refused, or kept failing.
    """
    out, _ = display.consoles(as_json=as_json)
    connections = Connections.open()
    who = connections.listener(listener)
    # Cheaper than asking the warehouse, and without it the rest is of no use.
    tokens = connections.tokens_of(who)
    if not tokens:
        raise CommandError(not_connected(connections, who))
    uris = [f"spotify:track:{track_id}" for track_id in _recommended(connections.settings, who, count)]
    accounts = connections.services.accounts(connections.caller)
    client = connections.services.spotify_client(tokens[0], connections.caller, accounts=accounts)
    result = push_playlist(client, name, uris, DESCRIPTION)
    if as_json:
        display.print_json({"command": "playlist push", "listener": who, **asdict(result), "url": result.url})
        return
    tracks = f"{result.items} {'track' if result.items == 1 else 'tracks'}"
    out.print(f'"{name}" of {who} {_became(result.outcome)}: {tracks}.', markup=False)
    out.print(result.url, markup=False, soft_wrap=True)


def _became(outcome: str) -> str:
    return "was already so" if outcome == "unchanged" else f"was {outcome}"


def _recommended(settings: Settings, listener_id: str, count: int) -> list[str]:
    """Ids of the best tracks, the best first; raises CommandError when there are none."""
    if settings.env is Environment.PRODUCTION or settings.warehouse_path.exists():
        # The warehouse of production finds its passphrase there.
        apply_to_process(settings)
        found = _rows(warehouse_for(settings), listener_id, count)
        if found:
            return found
    raise CommandError(
        f"nothing is recommended to {listener_id}; set TUNEGENIE_CATALOGUE to a table of Spotify tracks, import or "
        "collect what they listened to, and run `tunegenie rebuild`"
    )


def _rows(warehouse: WarehouseIOManager, listener_id: str, count: int) -> list[str]:
    [row] = warehouse.query(_TABLE).to_pylist()
    if not row["found"]:
        return []
    return [str(value) for value in warehouse.query(_RECOMMENDED, [listener_id, count])["spotify_track_id"].to_pylist()]
