"""Administers service principals with the official SDK, in "Sales lakehouse" and in the account of the announcement on standard input.

`token` in its `account` is the access token of an account admin; without one there is nothing to be seen.
"""

import json
import sys
import urllib.parse

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import catalog, iam

WORKSPACE = "Sales lakehouse"
NAME = "made by the SDK"
CATALOG = "main"


def say(what, seen):
    print(json.dumps({"what": what, "seen": seen}))


def or_error(call):
    try:
        return call()
    except (DatabricksError, ValueError) as refused:
        return type(refused).__name__


def in_order(listed):
    return sorted(listed, key=lambda it: (it[1].lower(), it[0]))


def entitlements(principal):
    order = ["workspace-access", "databricks-sql-access", "allow-cluster-create"]
    held = {it.value for it in principal.entitlements or []}
    return [it for it in order if it in held]


def stamp(time):
    """As RFC 3339 writes it, without needless zeros, is how both sides give it."""
    return time


def sign_in(host, client_id, secret):
    config = Config(host=host, client_id=client_id, client_secret=secret, auth_type="oauth-m2m")
    return WorkspaceClient(config=config).current_user.me().user_name


def permission(kind, level):
    return [iam.AccessControlRequest(service_principal_name=kind, permission_level=iam.PermissionLevel(level))]


def main():
    announced = json.load(sys.stdin)
    account = announced["account"]
    if "token" not in account:
        print("skipped: the announcement has no token of an account admin")
        sys.exit(77)
    workspace = next(it for it in announced["workspaces"] if it["name"] == WORKSPACE)
    host = workspace["base_url"]
    w = WorkspaceClient(config=Config(host=host, token=workspace["token"], auth_type="pat"))
    a = AccountClient(config=Config(host=account["base_url"], account_id=account["account_id"], token=account["token"], auth_type="pat"))

    # Created in the account, it enters the workspace when it is assigned.
    made = a.service_principals.create(display_name=NAME)
    assert a.service_principals.get(made.id).application_id == made.application_id
    assert NAME not in [it.display_name for it in w.service_principals.list()]
    above = a.service_principal_secrets.create(made.id, lifetime="86400s")
    workspace_id = w.get_workspace_id()
    assigned = a.workspace_assignment.update(workspace_id, int(made.id), permissions=[iam.WorkspacePermission.USER])
    assert assigned.principal.service_principal_name == made.application_id, assigned
    names = [it.principal.service_principal_name for it in a.workspace_assignment.list(workspace_id)]
    assert made.application_id in names, names

    # Entitlements are added and removed one by one.
    schema = [iam.PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP]
    for word in ["databricks-sql-access", "allow-cluster-create"]:
        add = iam.Patch(op=iam.PatchOp.ADD, path="entitlements", value=[{"value": word}])
        w.service_principals.patch(made.id, operations=[add], schemas=schema)
    remove = iam.Patch(op=iam.PatchOp.REMOVE, path='entitlements[value eq "allow-cluster-create"]')
    w.service_principals.patch(made.id, operations=[remove], schemas=schema)
    listed = [[it.id, it.application_id, it.display_name, it.active, entitlements(it)] for it in w.service_principals.list()]
    say("service_principals", sorted(listed, key=lambda it: (it[2].lower(), it[0])))
    found = [it.id for it in w.service_principals.list(filter=f'displayName eq "{NAME}"')]
    assert found == [made.id], found

    # A secret signs in until it is deleted, whoever made it.
    below = w.service_principal_secrets_proxy.create(made.id)
    extra = w.service_principal_secrets_proxy.create(made.id, lifetime="60s")
    say("signed in", [sign_in(host, made.application_id, it.secret) for it in (above, below)])
    w.service_principal_secrets_proxy.delete(made.id, extra.id)
    try:
        sign_in(host, made.application_id, extra.secret)
        say("deleted", "signed in")
    except ValueError as refused:
        say("deleted", "invalid_client" if "invalid_client" in str(refused) else str(refused))
    secrets = [[it.id, it.create_time, it.expire_time, it.status] for it in w.service_principal_secrets_proxy.list(made.id)]
    assert secrets == [[it.id, it.create_time, it.expire_time, it.status] for it in a.service_principal_secrets.list(made.id)]
    say("secrets", secrets)

    # The second step of each ladder, on the first object of each kind by name.
    who = made.application_id
    clusters = in_order([it.cluster_id, it.cluster_name] for it in w.clusters.list())
    warehouses = in_order([it.id, it.name] for it in w.warehouses.list())
    jobs = in_order([str(it.job_id), it.settings.name] for it in w.jobs.list())
    schemas = in_order([it.full_name, it.name] for it in w.schemas.list(CATALOG) if it.name != "information_schema")
    for kind, path, objects, level in [
        ("Cluster", "clusters", clusters, "CAN_RESTART"),
        ("SqlWarehouse", "warehouses", warehouses, "CAN_USE"),
        ("Job", "jobs", jobs, "CAN_MANAGE_RUN"),
    ]:
        say(kind, objects)
        before = w.permissions.get(path, objects[0][0]).access_control_list
        after = w.permissions.update(path, objects[0][0], access_control_list=permission(who, level)).access_control_list
        new = [it for it in after if it not in before]
        assert [it.service_principal_name for it in new] == [who] and all(it in after for it in before), (before, after)
        assert [it.permission_level.value for it in new[0].all_permissions] == [level], new
    say("Schema", schemas)
    say("catalogs", sorted(it.name for it in w.catalogs.list()))
    for kind, name, privileges in [("schema", schemas[0][0], ["USE_SCHEMA", "SELECT", "MODIFY"]), ("catalog", CATALOG, ["USE_CATALOG"])]:
        add = [catalog.Privilege(it) for it in privileges]
        w.grants.update(kind, name, changes=[catalog.PermissionsChange(principal=who, add=add)])
        held = w.grants.get(kind, name, principal=who).privilege_assignments
        assert [sorted(it.value for it in one.privileges) for one in held] == [sorted(privileges)], held
    effective = w.grants.get_effective("schema", schemas[0][0], principal=who).privilege_assignments[0].privileges
    assert sorted(it.privilege.value for it in effective) == ["MODIFY", "SELECT", "USE_CATALOG", "USE_SCHEMA"], effective

    machine = Config(host=host, client_id=who, client_secret=above.secret, auth_type="oauth-m2m")
    full = w.service_principals.create(display_name="full")
    for _ in range(5):
        w.service_principal_secrets_proxy.create(full.id)
    refused = [
        or_error(lambda: w.service_principals.create(display_name="")),
        or_error(lambda: w.service_principal_secrets_proxy.create(full.id)),
        or_error(lambda: w.permissions.get("jobs", "1")),
        or_error(lambda: w.grants.get("schema", "main.gone")),
        or_error(lambda: w.permissions.update("jobs", jobs[0][0], access_control_list=permission("nobody", "CAN_VIEW"))),
        or_error(lambda: w.permissions.update("jobs", jobs[0][0], access_control_list=permission(who, "CAN_RESTART"))),
        or_error(lambda: list(WorkspaceClient(config=machine).service_principals.list())),
    ]
    say("refused", refused)
    w.service_principals.delete(full.id)
    a.service_principals.delete(full.id)
    assert "full" not in [it.display_name for it in a.service_principals.list()]


main()
