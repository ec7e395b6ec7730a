"""Every check of the graph but those that stand with an asset or in dbt. Each module beside this one has its own."""

from __future__ import annotations

import dagster as dg

from tunegenie_assets.checks.arrivals import ARRIVAL_CHECKS
from tunegenie_assets.checks.authorizations import AUTHORIZATION_CHECKS
from tunegenie_assets.checks.clusters import CLUSTER_CHECKS
from tunegenie_assets.checks.collected import COLLECTED_CHECKS
from tunegenie_assets.checks.conservation import CONSERVATION_CHECKS
from tunegenie_assets.checks.descriptions import DESCRIPTION_CHECKS
from tunegenie_assets.checks.metrics import METRIC_CHECKS
from tunegenie_assets.checks.models import MODEL_CHECKS
from tunegenie_assets.checks.payloads import PAYLOAD_CHECKS
from tunegenie_assets.checks.preferences import PREFERENCE_CHECKS
from tunegenie_assets.checks.publishing import PUBLISHING_CHECKS
from tunegenie_assets.checks.quality import QUALITY_CHECKS
from tunegenie_assets.checks.recommender import RECOMMENDER_CHECKS
from tunegenie_assets.checks.records import RECORD_CHECKS
from tunegenie_assets.checks.results import RESULT_CHECKS
from tunegenie_assets.checks.simulated import SIMULATION_CHECKS
from tunegenie_assets.checks.usual import USUAL_CHECKS
from tunegenie_assets.checks.views import VIEW_CHECKS

CHECKS: tuple[dg.AssetChecksDefinition, ...] = (
    *ARRIVAL_CHECKS,
    *AUTHORIZATION_CHECKS,
    *CLUSTER_CHECKS,
    *COLLECTED_CHECKS,
    *CONSERVATION_CHECKS,
    *DESCRIPTION_CHECKS,
    *SIMULATION_CHECKS,
    *PREFERENCE_CHECKS,
    *PUBLISHING_CHECKS,
    *RECOMMENDER_CHECKS,
    *RECORD_CHECKS,
    *RESULT_CHECKS,
    *QUALITY_CHECKS,
    *METRIC_CHECKS,
    *MODEL_CHECKS,
    *PAYLOAD_CHECKS,
    *USUAL_CHECKS,
    *VIEW_CHECKS,
)
