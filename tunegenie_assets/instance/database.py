"""Whether the database that TUNEGENIE_DAGSTER_STORAGE names can be used, said before Dagster tries for seconds.

Knows nothing of what Dagster keeps there; the configuration that names it is in setup.py.
"""

from __future__ import annotations

from importlib.util import find_spec

from tunegenie_assets.settings import SettingsError

NAME = "TUNEGENIE_DAGSTER_STORAGE"
SECONDS = 10


def check_database(address: str) -> None:
    """Connect once.

    Raises:
        SettingsError: it does not answer or refuses, or the packages for PostgreSQL are not installed.
    """
    if find_spec("dagster_postgres") is None:
        raise SettingsError(f"{NAME} needs the deploy extra: pip install 'tunegenie[deploy]'")
    import psycopg2  # noqa: PLC0415  # of that extra

    try:
        psycopg2.connect(address.replace("+psycopg2", "", 1), connect_timeout=SECONDS).close()
    except psycopg2.OperationalError as error:
        # The driver names host, port and user, and never the password.
        raise SettingsError(f"{NAME}: the database cannot be used: {' '.join(str(error).split())}") from error
