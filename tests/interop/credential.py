"""Lists clusters with the official SDK, which starts `brickpass-credential` where it looks for the Databricks CLI.

On standard input: {"host", "helper", "profiles", "environment"}. Prints one JSON line a profile, and one for a profile that nobody has.
"""

import json
import os
import sys

from databricks.sdk import WorkspaceClient

asked = json.load(sys.stdin)
os.environ.update(asked["environment"])
unknown = "nobody"
with open(os.path.expanduser("~/.databrickscfg"), "w", encoding="utf-8") as file:
    for profile in [*asked["profiles"], unknown]:
        file.write(f"[{profile}]\nhost = {asked['host']}\nauth_type = databricks-cli\ndatabricks_cli_path = {asked['helper']}\n\n")

for profile in asked["profiles"]:
    # Twice, as two programs would: each asks for a token of its own.
    for _ in range(2):
        client = WorkspaceClient(profile=profile)
        clusters = sum(1 for _ in client.clusters.list())
    print(json.dumps({"profile": profile, "auth_type": client.config.auth_type, "clusters": clusters}))

try:
    WorkspaceClient(profile=unknown).current_user.me()
    print(json.dumps({"profile": unknown, "refused": False}))
except ValueError:
    print(json.dumps({"profile": unknown, "refused": True}))
