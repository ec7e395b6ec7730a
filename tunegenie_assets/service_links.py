"""Variables that Kubernetes gives every pod for each Service of its namespace: where a Service is called `tunegenie`,
they begin like settings. Nobody chose them, so settings.py lets them be forgotten before it reads any.
"""

from __future__ import annotations

import re
from collections.abc import Collection, MutableMapping

IN_A_POD = "KUBERNETES_SERVICE_HOST"
"""Every pod has it, wherever the others are switched off."""
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_LINK = re.compile(r".+_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)")
_ADDRESS = re.compile(r"(tcp|udp|sctp)://")


def forget_service_links(environment: MutableMapping[str, str], prefix: str, known: Collection[str]) -> None:
    """Take out the links whose names begin with `prefix`; a known setting only where its value is that of a link."""
    if IN_A_POD not in environment:
        return
    for name, value in list(environment.items()):
        if name.startswith(prefix) and _LINK.fullmatch(name) and (name not in known or _ADDRESS.match(value)):
            del environment[name]
