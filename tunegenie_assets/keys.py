"""Names that several modules share: layers in the order of the flow, owners, and keys of assets that jobs pick."""

from __future__ import annotations

LAYERS = ("landing", "raw", "synthetic", "bronze", "silver", "enrichment", "gold", "recommender")
"""Every layer is a schema of the warehouse, a group of the asset graph and the first part of an asset key."""

OWNERS = ("team:tunegenie",)

DAILY_TAG = "daily"
"""dbt models with this tag are incremental by play day and have daily partitions."""
