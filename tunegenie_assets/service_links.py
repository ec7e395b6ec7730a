"""Variables that Kubernetes gives every pod for each Service of its namespace: where a Service is called `tunegenie`,
they begin like settings. Nobody chose them, so they are none; settings.py passes over them.
"""

from __future__ import annotations

import re

IN_A_POD = "KUBERNETES_SERVICE_HOST"
"""Every pod has it, wherever the others are switched off."""
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_LINK = re.compile(r".+_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)")


def is_service_link(name: str) -> bool:
    return _LINK.fullmatch(name) is not None
