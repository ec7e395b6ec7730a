"""What a job asks of Kubernetes, as tags that do nothing anywhere else: memory, processors and the queue it waits in.

Which queue may run how many at once is for the deployment to say: deploy/kubernetes/values.yaml.
"""

from __future__ import annotations

from enum import StrEnum

RESOURCES_TAG = "dagster-k8s/config"
QUEUE_TAG = "tunegenie/queue"


class Steps(StrEnum):
    """Where the steps of a run are worked through: in its process, or each in a pod of its own."""

    PROCESS = "process"
    PODS = "pods"


class Queue(StrEnum):
    """Jobs of one queue wait for each other."""

    WAREHOUSE = "warehouse"
    """They replace the same tables."""
    SERVICES = "services"
    """They spend the same budget of calls."""
    TRAINING = "training"
    """It takes long, and what it reads is not changed under it: each table is replaced in one transaction."""


def pod(queue: Queue, *, memory: str, limit: str, processors: str) -> dict[str, object]:
    """Tags of a job whose runs wait in `queue` and get a pod with `memory` to `limit`."""
    requests = {"cpu": processors, "memory": memory}
    resources = {"requests": requests, "limits": {"memory": limit}}
    return {QUEUE_TAG: queue.value, RESOURCES_TAG: {"container_config": {"resources": resources}}}
