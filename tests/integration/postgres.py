"""A PostgreSQL server of its own for tests, in a folder and on a port of its own, with a password."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.test_ui import free_port

PASSWORD = "correct-horse-battery"  # noqa: S105  # of a server that lives for a test
USER = "tunegenie"


def programs() -> Path | None:
    """The folder of the server's programs; Debian leaves it out of PATH."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin")) + ([Path(found).parent] if found else [])
    return folders[-1] if folders else None


@contextmanager
def postgres_server() -> Generator[str]:
    """Its address, without the password, which is PASSWORD."""
    folder = programs()
    assert folder is not None
    data = Path(tempfile.mkdtemp(prefix="tunegenie-postgres-"))
    secret = data / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    cluster, port = data / "cluster", free_port()
    if os.getuid() == 0:
        # The server refuses to run as root.
        for path in (data, secret):
            shutil.chown(path, "postgres", "postgres")
    _run(folder / "initdb", "-D", cluster, "-U", USER, "-A", "scram-sha-256", "--pwfile", secret, "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories={data}"
    _run(folder / "pg_ctl", "-D", cluster, "-w", "-l", data / "log", "-o", options, "start")
    try:
        yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    finally:
        _run(folder / "pg_ctl", "-D", cluster, "-m", "immediate", "stop")
        shutil.rmtree(data)


def _run(*command: str | Path) -> None:
    owner = "postgres" if os.getuid() == 0 else None
    # Without pipes: the server inherits them, and reading them would not end.
    subprocess.run(
        [str(part) for part in command],
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
    )
