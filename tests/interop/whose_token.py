"""Says as whom a token signs in, with the official SDK: {"host", "token"} on standard input. With neither it only shows that it could run."""

import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError

asked = json.load(sys.stdin)
if asked:
    try:
        user = WorkspaceClient(host=asked["host"], token=asked["token"]).current_user.me().user_name
        print(json.dumps({"user": user}))
    except DatabricksError as refused:
        print(json.dumps({"refused": type(refused).__name__}))
