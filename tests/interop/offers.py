"""Asks the workspace of the standard input, with the official SDK, for what a person could choose from in an export."""

import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config

asked = json.load(sys.stdin)
w = WorkspaceClient(config=Config(host=asked["base_url"], token=asked["token"], auth_type="pat", retry_timeout_seconds=30))
print(
    json.dumps(
        {
            "clusters": [it.cluster_id for it in w.clusters.list()],
            "http_paths": [it.odbc_params.path for it in w.warehouses.list()],
            "node_types": [it.node_type_id for it in w.clusters.list_node_types().node_types],
            "runtime_versions": [it.key for it in w.clusters.spark_versions().versions],
            "instance_pools": [it.instance_pool_id for it in w.instance_pools.list()],
            "policies": [it.policy_id for it in w.cluster_policies.list()],
            "catalogs": [it.name for it in w.catalogs.list()],
            "schemas": [it.name for it in w.schemas.list(catalog_name=asked["catalog"]) if it.name != "information_schema"],
        }
    )
)
