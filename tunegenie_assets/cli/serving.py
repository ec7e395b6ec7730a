"""`tunegenie serve PART`: one part of a deployment in several containers that share a home; see deploy/docker.

`tunegenie run` and `tunegenie ui` are all parts in one, for one machine without containers.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tunegenie_assets.cli.errors import CommandError
from tunegenie_assets.cli.lost_runs import fail_lost_runs
from tunegenie_assets.cli.opening import open_home
from tunegenie_assets.cli.parts import Part
from tunegenie_assets.cli.ui import UNHELPFUL_WARNINGS
from tunegenie_assets.instance.setup import prepare_dagster_home
from tunegenie_assets.locking import SERVING, hold_for_life
from tunegenie_assets.settings import Settings, apply_to_process, leave_out_warnings

CODE_PORT = 4000
WORKSPACE = """\
# Written by tunegenie: the code location as another container serves it.
load_from:
  - grpc_server:
      host: {host}
      port: {port}
      location_name: tunegenie
"""


def run(part: Part, *, host: str, code: str) -> None:
    """Replace this process by Dagster's program for the part; it listens on `host`, and the code server on `code`.

    Raises:
        CommandError: another code server works on this home.
        SettingsError: a setting cannot be used, or the database does not answer.
    """
    # Dagster's program keeps the umask: of the three parts only the code server loads the definitions, which set it.
    settings = open_home()
    apply_to_process(settings)
    leave_out_warnings(UNHELPFUL_WARNINGS)
    prepare_dagster_home(settings.dagster_home, database=settings.dagster_database)
    arguments = _serve_code(settings, host) if part is Part.CODE else _follow_code(settings, part, host, code)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.stdout.flush()
    # A program of our own choosing with arguments of our own making.
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606  # this very interpreter


def _serve_code(settings: Settings, host: str) -> list[str]:
    if not hold_for_life(settings.home / SERVING):
        raise CommandError(f"another code server, tunegenie run or tunegenie ui works on {settings.home}; end it first")
    # Runs are processes of this container: those of the one before it have ended with it.
    fail_lost_runs(settings)
    settings.inbox_path.mkdir(parents=True, exist_ok=True)
    place = ["--host", host, "--port", str(CODE_PORT)]
    what = ["--module-name", "tunegenie_assets.definitions", "--location-name", "tunegenie"]
    return ["dagster", "code-server", "start", *place, *what]


def _follow_code(settings: Settings, part: Part, host: str, code: str) -> list[str]:
    workspace: Path = settings.dagster_home / f"workspace_of_{part}.yaml"
    workspace.write_text(WORKSPACE.format(host=code, port=CODE_PORT), encoding="utf-8")
    if part is Part.DAEMON:
        return ["dagster._daemon", "run", "--workspace", str(workspace)]
    place = ["--host", host, "--port", str(settings.ui_port)]
    return ["dagster_webserver", "--workspace", str(workspace), *place]
