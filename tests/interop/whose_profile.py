"""Says as whom a profile of `.databrickscfg` signs in, with the official SDK: {"profile", "environment"} on standard input. With nothing it only shows that it could run."""

import json
import os
import sys

from databricks.sdk import WorkspaceClient

asked = json.load(sys.stdin)
if asked:
    os.environ.update(asked["environment"])
    client = WorkspaceClient(profile=asked["profile"])
    print(json.dumps({"user": client.current_user.me().user_name, "auth_type": client.config.auth_type}))
