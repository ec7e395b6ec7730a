"""Landing in a bucket behind the real protocol: what is built from it is what is built from a folder, byte for byte.

The server is moto's, on loopback; credentials come from the environment, as S3's own clients read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.integration.conftest import home_at
from tests.integration.desk import last_line, open_desk
from tunegenie_assets.erasing.places import Places
from tunegenie_assets.erasing.warehouse import Warehouse
from tunegenie_assets.settings import load_settings
from tunegenie_assets.sources.services.pages import Page, PageStore
from tunegenie_assets.sources.storage import location

BUCKET = "listening"
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI-never-to-be-written-down"
LAYERS = ("raw", "bronze", "silver", "gold")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket, and the environment through which it is reached."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": endpoint,
        # The test must not ask a cloud that it may run in.
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield f"s3://{BUCKET}/landing"
    listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    for held in listed:
        client.delete_object(Bucket=BUCKET, Key=held["Key"])
    client.delete_bucket(Bucket=BUCKET)


def download(folder: Path) -> None:
    client = boto3.client("s3")
    for held in client.list_objects_v2(Bucket=BUCKET)["Contents"]:
        path = folder / held["Key"].removeprefix("landing/")
        path.parent.mkdir(parents=True, exist_ok=True)
        client.download_file(BUCKET, held["Key"], str(path))


def test_what_is_built_from_a_bucket_is_what_is_built_from_a_folder(bucket: str, tmp_path: Path, archive: Path) -> None:
    # Pages of an account, an archive, and what a listener said.
    with open_desk(tmp_path) as desk:
        home = desk.with_settings(landing=bucket).home
        assert desk.with_settings(landing=bucket).log_in("ada").exit_code == 0
        home.json("run-once", "plays")
        home.json("import", str(archive), "--listener", "ada", "--timezone", "Asia/Kolkata")
        home.json("exclude", "--listener", "ada", "--track", "Song 3")
    built = home.fingerprints("gold")
    sources = home.rows("select distinct source from gold.fct_plays")
    assert {"spotify_recently_played", "spotify_extended_history"} <= {source for (source,) in sources}
    assert built["gold.fct_plays"][0] > 60
    assert not (home.path / "landing").exists()
    kept = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept
    assert KEY.encode() not in kept

    local = home_at(tmp_path / "local", TUNEGENIE_LANDING="")
    download(local.path / "landing")
    local.json("rebuild")
    assert local.fingerprints("gold") == built


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TUNEGENIE_LANDING", "s3://no-such-bucket/landing"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        # No key at all: neither here nor from a file or a machine.
        ("AWS_ACCESS_KEY_ID", ""),
    ],
)
def test_what_is_wrong_is_told_in_one_line(bucket: str, tmp_path: Path, archive: Path, name: str, value: str) -> None:
    home = home_at(tmp_path / "home", **{"TUNEGENIE_LANDING": bucket, name: value})
    result = home.run("import", str(archive), "--listener", "ada")
    assert result.exit_code == 1
    assert last_line(result).startswith("tunegenie: TUNEGENIE_LANDING=s3://")
    assert len(result.stderr.strip().splitlines()) == 1
    assert SECRET not in result.stderr


def keys() -> list[str]:
    return [held["Key"] for held in boto3.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def put(listener_id: str) -> None:
    """Landed by another machine, of which this process knows nothing."""
    client = boto3.client("s3")
    for name in ("archives/{}/h1/manifest.json", "archives/{}/h1/a.damaged.zip", "preferences/{}/zones/1.json"):
        client.put_object(Bucket=BUCKET, Key=f"landing/{name.format(listener_id)}", Body=b"{}")
    page = Page("lastfm", "lastfm_scrobbles", listener_id, {"path": "", "user": "fm"}, datetime(2026, 1, 2), 200, "{}")
    PageStore(location(f"s3://{BUCKET}/landing")).write([page])


def test_erasing_in_a_bucket(bucket: str, tmp_path: Path) -> None:
    put("ada")
    put("adam")
    places = Places(load_settings(home=tmp_path / "home", landing=bucket))
    found = {"archives": 1, "preferences": 1, "pages": 1}
    assert places.found("ada") == found
    before = keys()
    places.erase("ada")
    assert places.found("ada") == {}
    assert keys() == [key for key in before if "/ada/" not in key]
    assert len(keys()) == 4
    # The proof asks the bucket, and not what it remembers of it.
    put("ada")
    assert places.found("ada") == found


def test_what_comes_back_into_the_bucket_while_erasing_is_told(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("ada")
    home = home_at(tmp_path / "home", TUNEGENIE_LANDING=bucket)
    forget = Warehouse.forget

    def forget_while_another_machine_collects(self: Warehouse, listener_id: str, *, anybody_left: bool) -> None:
        forget(self, listener_id, anybody_left=anybody_left)
        boto3.client("s3").put_object(Bucket=BUCKET, Key="landing/preferences/ada/zones/2.json", Body=b"{}")

    with monkeypatch.context() as patch:
        patch.setattr(Warehouse, "forget", forget_while_another_machine_collects)
        said = home.run("erase", "--listener", "ada", "--yes", "--json")
    assert said.exit_code == 1
    assert "something of ada stayed: preferences (1); run the same command again" in last_line(said)

    again = home.json("erase", "--listener", "ada", "--yes")
    assert again["scan"]["hits"] == []
    assert again["left_to_do"].keys() == {"landing", "state"}
    assert keys() == []
