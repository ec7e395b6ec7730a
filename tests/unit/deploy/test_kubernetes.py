"""Values for the Helm chart: keys that the chart knows, queues that jobs name, nothing secret, nothing as root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import pytest

from tests.unit.deploy.files import DEPLOY, read_yaml
from tunegenie_assets.pods import QUEUE_TAG
from tunegenie_assets.settings import PREFIX, SECRETS, Settings, load_settings

_POD = {"podSecurityContext": ..., "securityContext": ..., "resources": ...}
_IMAGE = {"repository": str, "tag": str, "pullPolicy": str}
# What of the chart's values is used here, a list kept by hand; `...` is what Kubernetes defines.
CHART: dict[str, Any] = {
    "global": {"dagsterHome": str, "postgresqlSecretName": str},
    "generatePostgresqlPasswordSecret": bool,
    "telemetry": {"enabled": bool},
    "postgresql": {
        "enabled": bool,
        "postgresqlHost": str,
        "postgresqlUsername": str,
        "postgresqlDatabase": str,
        "postgresqlScheme": str,
        "service": {"port": int},
    },
    "dagster-user-deployments": {
        "enabled": bool,
        "enableSubchart": bool,
        "deployments": [
            {
                "name": str,
                "image": _IMAGE,
                "codeServerArgs": [str],
                "port": int,
                "includeConfigInLaunchedRuns": {"enabled": bool},
                "env": [{"name": str, "value": str}],
                "envSecrets": [{"name": str}],
                "volumes": ...,
                "volumeMounts": ...,
                "readinessProbe": ...,
                **_POD,
            }
        ],
    },
    "runLauncher": {
        "type": str,
        "config": {
            "k8sRunLauncher": {
                "imagePullPolicy": str,
                "loadInclusterConfig": bool,
                "failPodOnRunFailure": bool,
                "resources": ...,
                "securityContext": ...,
                "runK8sConfig": {"podSpecConfig": ..., "jobSpecConfig": ...},
            }
        },
    },
    "concurrency": {
        "enabled": bool,
        "runs": {"maxConcurrentRuns": int, "tagConcurrencyLimits": [{"key": str, "value": ..., "limit": int}]},
        "pools": {"granularity": str, "defaultLimit": int},
    },
    "dagsterDaemon": {
        "enabled": bool,
        "image": _IMAGE,
        "runCoordinator": {"enabled": bool, "type": str, "config": {"queuedRunCoordinator": {}}},
        "runMonitoring": {
            "enabled": bool,
            "startTimeoutSeconds": int,
            "maxResumeRunAttempts": int,
            "pollIntervalSeconds": int,
            "freeSlotsAfterRunEndSeconds": int,
        },
        "runRetries": {"enabled": bool, "retryOnAssetOrOpFailure": bool},
        **_POD,
    },
    "dagsterWebserver": {"replicaCount": int, "image": _IMAGE, "service": {"type": str, "port": int}, **_POD},
}


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return read_yaml(DEPLOY / "kubernetes" / "values.yaml")


def unknown(found: Any, known: Any, path: str = "") -> Iterator[str]:
    """Where a value is not what the chart knows."""
    if known is ...:
        return
    if isinstance(known, Mapping):
        if not isinstance(found, Mapping):
            yield path
            return
        for key, value in found.items():
            yield from unknown(value, known[key], f"{path}.{key}") if key in known else [f"{path}.{key}"]
    elif isinstance(known, list):
        for number, value in enumerate(found):
            yield from unknown(value, known[0], f"{path}[{number}]")
    elif not isinstance(found, known):
        yield path


def test_the_chart_knows_every_key(values: dict[str, Any]) -> None:
    assert list(unknown(values, CHART)) == []
    assert list(unknown({"dagit": 1, "postgresql": {"enabled": "yes"}}, CHART)) == [".dagit", ".postgresql.enabled"]


def test_chart_and_image_are_of_one_dagster() -> None:
    for name in ("values.yaml", "README.md"):
        assert f"--version {version('dagster')}" in (DEPLOY / "kubernetes" / name).read_text(encoding="utf-8")


def test_runs_of_a_queue_wait_for_each_other(values: dict[str, Any]) -> None:
    [limit] = values["concurrency"]["runs"]["tagConcurrencyLimits"]
    assert limit == {"key": QUEUE_TAG, "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
    # What a killed pod took of a pool would stay taken.
    assert values["dagsterDaemon"]["runMonitoring"]["freeSlotsAfterRunEndSeconds"] > 0
    # The chart refuses limits that are given in both places.
    assert values["dagsterDaemon"]["runCoordinator"]["config"] == {"queuedRunCoordinator": {}}


def test_chart_and_program_mean_the_same_home(values: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    [deployment] = values["dagster-user-deployments"]["deployments"]
    environment = {entry["name"]: entry["value"] for entry in deployment["env"]}
    for name, value in environment.items():
        if not name.endswith("_PATH"):
            monkeypatch.setenv(name, value)
    settings = load_settings()
    assert str(settings.dagster_home) == values["global"]["dagsterHome"]
    assert str(settings.home) in [mount["mountPath"] for mount in deployment["volumeMounts"]]
    [claim] = [volume["persistentVolumeClaim"] for volume in deployment["volumes"] if volume["name"] == "home"]
    assert claim["claimName"] == read_yaml(DEPLOY / "kubernetes" / "home.yaml")["metadata"]["name"]


def test_secrets_come_by_reference(values: dict[str, Any]) -> None:
    [deployment] = values["dagster-user-deployments"]["deployments"]
    secret = {f"{PREFIX}{name.upper()}" for name in SECRETS}
    assert not secret & {entry["name"] for entry in deployment["env"]}
    assert deployment["envSecrets"]
    assert "postgresqlPassword" not in values["postgresql"]


def test_nothing_runs_as_root_or_without_limits(values: dict[str, Any]) -> None:
    [deployment] = values["dagster-user-deployments"]["deployments"]
    launcher = values["runLauncher"]["config"]["k8sRunLauncher"]
    pods = [part["podSecurityContext"] for part in (deployment, values["dagsterDaemon"], values["dagsterWebserver"])]
    for pod in [*pods, launcher["runK8sConfig"]["podSpecConfig"]["securityContext"]]:
        assert pod["runAsNonRoot"] is True
    for part in (deployment, launcher, values["dagsterDaemon"], values["dagsterWebserver"]):
        assert part["resources"]["limits"]["memory"]
        assert part["securityContext"]["allowPrivilegeEscalation"] is False
    tags = {part["image"]["tag"] for part in (deployment, values["dagsterDaemon"], values["dagsterWebserver"])}
    assert tags == {version("tunegenie")}


def test_the_example_names_settings_with_values_that_can_be(values: dict[str, Any]) -> None:
    [deployment] = values["dagster-user-deployments"]["deployments"]
    names = {entry["name"].removeprefix(PREFIX).lower() for entry in deployment["env"]}
    assert names <= set(Settings.model_fields)
