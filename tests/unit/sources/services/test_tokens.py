from __future__ import annotations

import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tunegenie_assets.sources.services.errors import TokenFileError
from tunegenie_assets.sources.services.tokens import Token, TokenStore

NOW = datetime(2026, 3, 1, 12)


def token(**changes: object) -> Token:
    fields: dict[str, object] = {
        "service": "spotify",
        "listener_id": "ada",
        "account_id": "Ab/../9",
        "access_token": "acc3ss",
        "refresh_token": "r3fresh",
        "scopes": frozenset({"user-top-read", "user-library-read"}),
        "expires_at": NOW,
        "authorized_at": NOW,
    }
    return Token(**(fields | changes))  # pyright: ignore[reportArgumentType] - each test changes fields of its own


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
TIMES = st.datetimes(min_value=datetime(2008, 1, 1), max_value=datetime(2200, 1, 1))


@given(
    stored=st.builds(
        Token,
        service=st.sampled_from(["spotify", "lastfm"]),
        listener_id=TEXT,
        account_id=TEXT,
        access_token=TEXT,
        refresh_token=TEXT,
        scopes=st.frozensets(TEXT, max_size=4),
        expires_at=TIMES,
        authorized_at=TIMES,
        needs_reauth_since=st.none() | TIMES,
    )
)
def test_a_token_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, stored: Token) -> None:
    folder = tmp_path_factory.mktemp("tokens")
    TokenStore(folder).save(stored)
    assert TokenStore(folder).get(stored.service, stored.account_id) == stored


def test_nothing_readable_is_on_disk_and_only_the_owner_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tokens"
    TokenStore(folder).save(token())
    key, file = files(folder)
    for path in (key, file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    # Short words come up in ciphertext by chance.
    assert not [word for word in (b"acc3ss", b"r3fresh", b'"ada"', b"Ab/../9") if word in file.read_bytes()]
    assert "acc3ss" not in repr(token())
    assert "r3fresh" not in repr(token())


def test_a_key_from_the_settings_is_not_kept_beside_the_tokens(tmp_path: Path) -> None:
    key = Fernet.generate_key()
    TokenStore(tmp_path, SecretStr(key.decode())).save(token())
    assert len(files(tmp_path)) == 1
    assert TokenStore(tmp_path, key).get("spotify", "Ab/../9") == token()


def test_another_key_or_a_damaged_file_is_one_clear_line(tmp_path: Path) -> None:
    TokenStore(tmp_path).save(token())
    with pytest.raises(TokenFileError, match=r"restore the key, or delete the file and run `tunegenie login` again$"):
        TokenStore(tmp_path, Fernet.generate_key()).get("spotify", "Ab/../9")
    [file] = tmp_path.glob("spotify/*.token")
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(TokenFileError, match=r"the file is damaged"):
        TokenStore(tmp_path).tokens()


def test_a_file_that_holds_no_token_shows_nothing_of_it(tmp_path: Path) -> None:
    key = Fernet.generate_key()
    TokenStore(tmp_path, key).save(token())
    [file] = tmp_path.glob("spotify/*.token")
    file.write_bytes(Fernet(key).encrypt(b'{"access_token": "acc3ss"}'))
    with pytest.raises(TokenFileError) as raised:
        TokenStore(tmp_path, key).tokens()
    assert "acc3ss" not in str(raised.value)
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("key", ["", "short", "ü" * 32])
def test_a_key_that_is_none_is_one_clear_line(tmp_path: Path, key: str) -> None:
    (tmp_path / "key").write_text(key, encoding="utf-8")
    with pytest.raises(TokenFileError, match=r"is no Fernet key .* correct it, or remove it"):
        TokenStore(tmp_path).save(token())


def test_tokens_are_listed_and_forgotten(tmp_path: Path) -> None:
    store = TokenStore(tmp_path)
    bob, ada, other = token(listener_id="bob", account_id="b"), token(), token(service="lastfm")
    for stored in (bob, ada, other):
        store.save(stored)
    assert store.tokens() == [other, ada, bob]
    assert store.tokens("spotify") == [ada, bob]
    assert [store.remove("spotify", "b"), store.remove("spotify", "b")] == [True, False]
    assert store.find("spotify", "b") is None
    with pytest.raises(TokenFileError, match="no account 'b' of spotify is connected; run `tunegenie login`"):
        store.get("spotify", "b")


def test_a_failed_write_keeps_the_token_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TokenStore(tmp_path)
    store.save(token())

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        store.save(token(listener_id="bob"))
    assert store.get("spotify", "Ab/../9") == token()
    assert len(files(tmp_path)) == 2


MAKE_KEY = """
import sys
from pathlib import Path
from datetime import datetime
from tunegenie_assets.sources.services.tokens import Token, TokenStore
folder, name = sys.argv[1:]
now = datetime(2026, 1, 1)
print("ready", flush=True)
sys.stdin.readline()
TokenStore(Path(folder)).save(Token("spotify", name, name, "a", "r", frozenset(), now, now))
"""


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE_KEY, str(tmp_path)]
    repository = Path(__file__).parents[4]
    processes = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=repository, text=True)
        for name in ("ada", "bob", "eve")
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [stored.listener_id for stored in TokenStore(tmp_path).tokens()] == ["ada", "bob", "eve"]


@pytest.mark.parametrize(
    ("authorized_at", "due"),
    [
        (datetime(2026, 1, 15, 8), datetime(2026, 7, 15, 8)),
        (datetime(2026, 8, 31), datetime(2027, 2, 28)),
        (datetime(2027, 8, 31), datetime(2028, 2, 29)),
        (datetime(2026, 6, 30), datetime(2026, 12, 30)),
        (datetime(2026, 7, 1), datetime(2027, 1, 1)),
    ],
)
def test_an_authorization_ends_after_six_calendar_months(authorized_at: datetime, due: datetime) -> None:
    assert token(authorized_at=authorized_at).reauth_due_at == due


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (timedelta(days=30, seconds=1), None),
        (timedelta(days=30), "ends on 2026-09-01, within 30 days"),
        (timedelta(days=7, seconds=1), "within 30 days"),
        (timedelta(days=7), "within 7 days"),
        (timedelta(seconds=1), "within 7 days"),
        (timedelta(0), "has ended"),
        (timedelta(days=-9), "has ended"),
    ],
)
def test_a_person_is_warned_in_time(left: timedelta, says: str | None) -> None:
    warning = token().warning(token().reauth_due_at - left)
    assert (warning is None) == (says is None)
    assert (says or "") in (warning or "")


def test_a_refused_authorization_has_ended_whatever_the_time() -> None:
    assert "ada: the authorization of spotify has ended" in str(token(needs_reauth_since=NOW).warning(NOW))
