"""What a whole journey leaves behind: secrets, e-mail addresses and addresses of machines stay where they belong."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.integration.desk import Desk, open_desk
from tests.unit.sources.samples import AUDIO, record, write_zip
from tests.unit.sources.services.worlds import LASTFM_KEY, LISTENBRAINZ_TOKEN, SECRET
from tunegenie_assets.erasing.scanning import scan_home
from tunegenie_assets.erasing.traces import Traces
from tunegenie_assets.sandbox.faults import Fault, FaultPlan, FaultRule

ADDRESS, AS_AN_ADDRESS = "203.0.113.99", "ada.lovelace@example.org"
"""What an export of Spotify says of whoever listened; older accounts have an e-mail address for a name."""
PERSONAL_COLUMNS = {("raw", "spotify_extended_history", "ip_addr"), ("raw", "spotify_extended_history", "username")}
"""Records stay as the source wrote them, for whoever may read the warehouse; bronze leaves these columns out."""
AT_HOME = ("landing/archives/", "parsed/", "warehouse.duckdb")
"""Where an export's own columns are by nature."""
ECHO = f'{{"error": 10, "message": "Invalid API key {LASTFM_KEY} at /2.0/?api_key={LASTFM_KEY}"}}'
FAULTS = FaultPlan(
    [
        FaultRule(Fault(status=403), path="/v1/me/tracks*", calls=(1,)),
        FaultRule(Fault(status=401), path="/v1/me/top*", calls=(1,)),
        FaultRule(Fault(status=429, retry_after=86400), path="/v1/me/playlists*", calls=(1,)),
        FaultRule(Fault(status=403, body=ECHO), path="/2.0/*", calls=(1,)),
    ]
)


@pytest.fixture
def desk(tmp_path: Path, clean_environment: None) -> Iterator[Desk]:
    """Where a shell gives every right to everybody."""
    before = os.umask(0)
    with open_desk(tmp_path) as desk:
        yield desk
    os.umask(before)


def test_a_journey_leaves_no_secret_and_nothing_that_others_may_read(desk: Desk, tmp_path: Path) -> None:
    plays = [
        record(ts=f"2019-03-{day:02d}T07:30:00Z", ip_addr=ADDRESS, username=AS_AN_ADDRESS, ms_played=150_000 + day)
        for day in range(1, 9)
    ]
    archive = write_zip(tmp_path / "mine.zip", {AUDIO: [*plays, record(ts=..., ip_addr=ADDRESS)]})
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no zip")
    told = [desk.log_in("ada")]
    desk.sandbox.faults = FAULTS
    told.append(desk.run("run-once", "--json"))
    echo, refusal = FaultRule(Fault(status=403, body=ECHO), path="/2.0/*"), FaultRule(Fault(status=403), path="/v1/*")
    desk.sandbox.faults = FaultPlan([echo, refusal])
    told += [desk.run("run-once", "plays"), desk.run("doctor")]
    desk.sandbox.faults = FaultPlan()
    imported = desk.run("import", str(archive), "--listener", "ada")
    assert imported.exit_code == 0, imported.stderr
    told += [imported, desk.run("import", str(broken))]
    told += [desk.run("stats"), desk.run("ask", "who are my top artists?", "--listener", "ada")]

    home = desk.home.path
    [token] = desk.store.tokens()
    secrets = (SECRET, LASTFM_KEY, LISTENBRAINZ_TOKEN, token.access_token, token.refresh_token)
    personal = (ADDRESS, AS_AN_ADDRESS, "me@example.org")
    shown = "".join(result.output + result.stderr for result in told)
    assert [value for value in (*secrets, *personal) if value in shown] == []
    assert scan_home(home, Traces("nobody-of-that-name", secrets)).hits == []
    found = scan_home(home, Traces("nobody-of-that-name", personal)).hits
    assert [file for file in found if not file.startswith(AT_HOME)] == []
    assert any(file.startswith("parsed/") for file in found), "the scan sees nothing"
    assert columns_with(home, (*secrets, *personal)) <= PERSONAL_COLUMNS
    entries = [home, *home.rglob("*")]
    assert [str(entry) for entry in entries if stat.S_IMODE(entry.stat().st_mode) & 0o077] == []


def columns_with(home: Path, values: tuple[str, ...]) -> set[tuple[str, str, str]]:
    """The columns of the warehouse's tables in which one of the values is."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        columns = connection.execute(
            "select c.table_schema, c.table_name, c.column_name from information_schema.columns as c "
            "inner join information_schema.tables as t using (table_schema, table_name) "
            "where c.data_type = 'VARCHAR' and t.table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            (schema, table, column)
            for schema, table, column in columns
            if connection.execute(
                f'select count(*) from {schema}."{table}" where list_bool_or([contains("{column}", v) for v in ?])',
                [list(values)],
            ).fetchall()
            != [(0,)]
        }
