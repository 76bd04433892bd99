"""Makes, lists and revokes a personal access token in every workspace of the announcement on standard input that lets it, with the official SDK.

Each made token is used by a second client before it is revoked, and must be refused after. Then what only admins may do: everybody's tokens, the
rules about them, a token on behalf of the service principal; and a token that is limited to one scope.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError

COMMENT = "made by the SDK"
# It is the service principal's, who may be at work in the same workspace.
ON_BEHALF = "made by the SDK for another"
PRINCIPAL = {}


def client(workspace, **credential):
    return WorkspaceClient(config=Config(host=workspace["base_url"], retry_timeout_seconds=30, **credential))


def or_error(call):
    try:
        return call()
    except DatabricksError as refused:
        return type(refused).__name__


def comments(w):
    return sorted(token.comment for token in w.tokens.list() if token.comment != ON_BEHALF)


def visit(workspace, who, **credential):
    w = client(workspace, **credential)
    before = or_error(lambda: comments(w))
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
    seen["after"] = comments(w)
    seen["used_after"] = or_error(lambda: client(workspace, token=made.token_value, auth_type="pat").current_user.me())
    seen["deleted_again"] = or_error(lambda: w.tokens.delete(token_id=info.token_id))
    seen["too_long"] = or_error(lambda: w.tokens.create(comment=COMMENT, lifetime_seconds=731 * 86400))
    # Where every other call is refused for a second, this alone takes a minute.
    if workspace["name"] != "Streaming staging":
        administer(workspace, w, seen)
    return seen


def administer(workspace, w, seen):
    """What admins may do, and what a token for one API may not."""
    seen["limited"] = limited(workspace, w)
    seen["unknown_scope"] = or_error(lambda: w.tokens.create(comment=COMMENT, lifetime_seconds=60, scopes=["everything"]))
    # Somebody else may be at work in the same workspace.
    everybody = or_error(lambda: [owned(token) for token in w.token_management.list() if token.comment not in (COMMENT, ON_BEHALF)])
    seen["everybody"] = everybody
    application_id = PRINCIPAL["client_id"]
    obo = or_error(lambda: w.token_management.create_obo_token(application_id=application_id, comment=ON_BEHALF, lifetime_seconds=60))
    if isinstance(everybody, list):
        me = w.current_user.me()
        mine = [owned(token) for token in w.token_management.list(created_by_username=me.user_name)]
        by_id = [owned(token) for token in w.token_management.list(created_by_id=int(me.id))]
        assert mine == by_id and {it["token_id"] for it in mine} >= {it["token_id"] for it in everybody if it["owner"] == me.user_name}, mine
        info = w.token_management.get(token_id=obo.token_info.token_id).token_info
        assert info == obo.token_info and info.owner_id != info.created_by_id == int(me.id), info
        seen["on_behalf"] = client(workspace, token=obo.token_value, auth_type="pat").current_user.me().user_name
        w.token_management.delete(token_id=info.token_id)
        seen["got_after"] = or_error(lambda: w.token_management.get(token_id=info.token_id))
        w.workspace_conf.set_status({"maxTokenLifetimeDays": "7"})
        seen["changed"] = w.workspace_conf.get_status(keys="maxTokenLifetimeDays")["maxTokenLifetimeDays"]
        seen["over_seven_days"] = or_error(lambda: w.tokens.create(comment=COMMENT, lifetime_seconds=8 * 86400))
        seen["unfit"] = or_error(lambda: w.workspace_conf.set_status({"maxTokenLifetimeDays": "many"}))
        before = seen["conf"]["maxTokenLifetimeDays"]
        w.workspace_conf.set_status({"maxTokenLifetimeDays": before or "0", "enableTokensConfig": "true"})
        assert w.workspace_conf.get_status(keys="enableTokensConfig,maxTokenLifetimeDays") == seen["conf"]
    else:
        seen["on_behalf"] = obo
        seen["changed"] = or_error(lambda: w.workspace_conf.set_status({"enableTokensConfig": "false"}))


def limited(workspace, w):
    """What a token for clusters alone may do."""
    made = w.tokens.create(comment=COMMENT, lifetime_seconds=3600, scopes=["clusters"])
    assert made.token_info.scopes == ["clusters"], made.token_info
    with_it = client(workspace, token=made.token_value, auth_type="pat")
    with_it.current_user.me()
    refused = or_error(lambda: list(with_it.tokens.list()))
    w.tokens.delete(token_id=made.token_info.token_id)
    return refused


def owned(token):
    told = {"token_id": token.token_id, "owner": token.created_by_username, "last_used_day": token.last_used_day, "expiry_time": token.expiry_time}
    return {**told, "comment": token.comment}


def main():
    announced = json.load(sys.stdin)
    principal = announced["service_principal"]
    PRINCIPAL.update(principal)
    machine = {"client_id": principal["client_id"], "client_secret": principal["client_secret"], "auth_type": "oauth-m2m"}
    visits = [(it, "user", {"token": it["token"], "auth_type": "pat"}) for it in announced["workspaces"]]
    visits += [(it, "service principal", machine) for it in announced["workspaces"] if it["name"] == "Nightly jobs"]
    with ThreadPoolExecutor(max_workers=len(visits)) as pool:
        for seen in pool.map(lambda it: visit(it[0], it[1], **it[2]), visits):
            print(json.dumps(seen))


main()
