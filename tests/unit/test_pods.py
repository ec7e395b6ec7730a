"""Tags of jobs are what dagster-k8s reads, and every job waits in a queue; executors follow the settings."""

from __future__ import annotations

import json

import dagster as dg
import pytest
from dagster_k8s.job import UserDefinedDagsterK8sConfig

from tunegenie_assets.jobs import JOBS
from tunegenie_assets.pods import QUEUE_TAG, RESOURCES_TAG, Queue
from tunegenie_assets.settings import SettingsError, load_settings
from tunegenie_assets.wiring import build_executor

MEMORY = {"512Mi": 0.5, "1Gi": 1, "2Gi": 2, "4Gi": 4}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_asks_for_what_kubernetes_understands(job: dg.UnresolvedAssetJobDefinition) -> None:
    tags = job.tags or {}
    assert tags[QUEUE_TAG] in set(Queue)
    told = tags[RESOURCES_TAG]
    asked = UserDefinedDagsterK8sConfig.from_dict(json.loads(told) if isinstance(told, str) else told)
    resources = asked.container_config["resources"]
    assert MEMORY[resources["requests"]["memory"]] <= MEMORY[resources["limits"]["memory"]]
    assert resources["requests"]["cpu"]


def test_jobs_that_write_the_same_tables_share_a_queue() -> None:
    queues = {job.name: (job.tags or {})[QUEUE_TAG] for job in JOBS}
    apart = {name for name, queue in queues.items() if queue != Queue.WAREHOUSE}
    assert apart == {"collect", "train_recommender"}


def test_steps_share_a_process_unless_pods_are_asked_for() -> None:
    assert build_executor(load_settings()).name == "in_process"
    production = load_settings(steps="pods", env="production")
    assert build_executor(production).name == "k8s"


def test_pods_cannot_share_a_file() -> None:
    with pytest.raises(SettingsError, match="TUNEGENIE_ENV=production"):
        build_executor(load_settings(steps="pods"))
