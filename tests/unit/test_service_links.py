"""Variables of Kubernetes that begin like settings."""

from __future__ import annotations

import pytest

from tests.unit.test_settings import error_of
from tunegenie_assets.settings import Settings, load_settings

LINKS = (
    "TUNEGENIE_PORT",
    "TUNEGENIE_SERVICE_HOST",
    "TUNEGENIE_SERVICE_PORT",
    "TUNEGENIE_SERVICE_PORT_GRPC",
    "TUNEGENIE_PORT_4000_TCP",
    "TUNEGENIE_PORT_4000_TCP_ADDR",
    "TUNEGENIE_DAGSTER_WEBSERVER_SERVICE_HOST",
    "TUNEGENIE_DAGSTER_WEBSERVER_PORT_80_TCP_PROTO",
)


def test_what_kubernetes_tells_a_pod_of_services_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LINKS:
        monkeypatch.setenv(name, "tcp://10.0.0.7:4000")
    assert error_of().startswith(f"unknown setting {', '.join(sorted(LINKS))}; ")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    # Of Services that are called like the beginning of a setting; one that somebody chose stays.
    monkeypatch.setenv("TUNEGENIE_UI_PORT", "tcp://10.0.0.7:3000")
    monkeypatch.setenv("TUNEGENIE_SMTP_PORT", "2525")
    settings = load_settings()
    assert (settings.ui_port, settings.smtp_port) == (Settings().ui_port, 2525)
    monkeypatch.setenv("TUNEGENIE_TIME_ZONE", "UTC")
    assert error_of().startswith("unknown setting TUNEGENIE_TIME_ZONE; ")
