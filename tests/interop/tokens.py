"""Makes, lists and revokes a personal access token in every workspace of the announcement on standard input that lets it, with the official SDK.

Each made token is used by a second client before it is revoked, and must be refused after.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError

COMMENT = "made by the SDK"


def client(workspace, **credential):
    return WorkspaceClient(config=Config(host=workspace["base_url"], retry_timeout_seconds=30, **credential))


def or_error(call):
    try:
        return call()
    except DatabricksError as refused:
        return type(refused).__name__


def visit(workspace, who, **credential):
    w = client(workspace, **credential)
    before = or_error(lambda: sorted(token.comment for token in w.tokens.list()))
    seen = {"name": workspace["name"], "who": who, "before": before}
    seen["conf"] = or_error(lambda: w.workspace_conf.get_status(keys="enableTokensConfig,maxTokenLifetimeDays"))
    if not isinstance(before, list):
        return seen
    made = w.tokens.create(comment=COMMENT, lifetime_seconds=3600)
    info = made.token_info
    listed = {token.token_id: token for token in w.tokens.list()}
    assert listed[info.token_id] == info, (listed, info)
    seen["lifetime"] = info.expiry_time - info.creation_time
    seen["user"] = client(workspace, token=made.token_value, auth_type="pat").current_user.me().user_name
    w.tokens.delete(token_id=info.token_id)
    seen["after"] = sorted(token.comment for token in w.tokens.list())
    seen["used_after"] = or_error(lambda: client(workspace, token=made.token_value, auth_type="pat").current_user.me())
    seen["deleted_again"] = or_error(lambda: w.tokens.delete(token_id=info.token_id))
    seen["too_long"] = or_error(lambda: w.tokens.create(comment=COMMENT, lifetime_seconds=731 * 86400))
    return seen


def main():
    announced = json.load(sys.stdin)
    principal = announced["service_principal"]
    machine = {"client_id": principal["client_id"], "client_secret": principal["client_secret"], "auth_type": "oauth-m2m"}
    visits = [(it, "user", {"token": it["token"], "auth_type": "pat"}) for it in announced["workspaces"]]
    visits += [(it, "service principal", machine) for it in announced["workspaces"] if it["name"] == "Nightly jobs"]
    with ThreadPoolExecutor(max_workers=len(visits)) as pool:
        for seen in pool.map(lambda it: visit(it[0], it[1], **it[2]), visits):
            print(json.dumps(seen))


main()
