"""Says whom the official SDK for Python signs in as, and which clusters it sees, from the configuration around it alone."""

import json

from databricks.sdk import WorkspaceClient

client = WorkspaceClient()
seen = [it.cluster_id for it in client.clusters.list()]
print(json.dumps({"user": client.current_user.me().user_name, "clusters": seen, "auth_type": client.config.auth_type}))
