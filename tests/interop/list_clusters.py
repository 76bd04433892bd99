"""Asks every workspace of the announcement on standard input for its user and its clusters: once over plain HTTP, once with the official SDK.

Both must tell the same. Where the API refuses, the SDK must raise its own error for that refusal.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import PermissionDenied, Unauthenticated

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def over_http(workspace, path):
    """Status and JSON of one call; a call that the server asks to repeat is repeated."""
    request = urllib.request.Request(workspace["base_url"] + path, headers={"Authorization": "Bearer " + workspace["token"]})
    for _ in range(5):
        try:
            with NO_PROXY.open(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 503):
                return refused.code, json.load(refused)
            time.sleep(float(refused.headers.get("Retry-After", "1")))
    raise AssertionError(f"{workspace['name']}: {path} asked to be repeated again and again")


def with_sdk(call):
    """What the SDK makes of it, and the name of its error if it was refused."""
    try:
        return call(), None
    except (PermissionDenied, Unauthenticated) as refused:
        return None, type(refused).__name__


def agree(workspace, what, http, sdk):
    (status, raw), (value, error) = http, sdk
    if (error is None) != (status == 200) or value != raw:
        raise AssertionError(f"{workspace['name']}: {what}: HTTP {status} {raw!r}, SDK {value!r} {error}")


def visit(workspace):
    client = WorkspaceClient(
        config=Config(host=workspace["base_url"], token=workspace["token"], auth_type="pat", retry_timeout_seconds=30)
    )

    status, me = over_http(workspace, "/api/2.0/preview/scim/v2/Me")
    user, user_error = with_sdk(lambda: client.current_user.me().user_name)
    agree(workspace, "current user", (status, me.get("userName")), (user, user_error))

    status, listed = over_http(workspace, "/api/2.0/clusters/list")
    expected = [cluster["cluster_id"] for cluster in listed.get("clusters", [])] if status == 200 else None
    clusters, clusters_error = with_sdk(lambda: [cluster.cluster_id for cluster in client.clusters.list()])
    agree(workspace, "clusters", (status, expected), (clusters, clusters_error))

    return {"name": workspace["name"], "user": user, "user_error": user_error, "clusters": clusters, "clusters_error": clusters_error}


def main():
    workspaces = json.load(sys.stdin)["workspaces"]
    with ThreadPoolExecutor(max_workers=len(workspaces)) as pool:
        for seen in pool.map(visit, workspaces):
            print(json.dumps(seen))


main()
