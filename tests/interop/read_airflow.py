"""Reads exports as Apache Airflow does, with its own Connection: `{"reader": NAME, "exports": [{file: text}, ...]}` in, a JSON list of objects out."""

import json
import os
import sys
from urllib.parse import unquote

os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"

from airflow.sdk.definitions.connection import Connection


def from_json(files):
    ((id, connection),) = json.loads(files["connections.json"]).items()
    return Connection.from_json(json.dumps(connection), conn_id=id)


def from_uri(files):
    id, uri = files["connections.env"].strip().split("=", 1)
    return Connection.from_uri(uri, conn_id=unquote(id))


def told(connection):
    # Through its own address too, which hooks and the environment use.
    again = Connection.from_uri(connection.get_uri(), conn_id=connection.conn_id)
    assert (again.password or "") == (connection.password or ""), "its own address says otherwise"
    found = {name: getattr(connection, name) or "" for name in ("conn_type", "host", "login", "password", "schema")}
    return dict(connection.extra_dejson, connection_id=connection.conn_id, token=found["password"], **found)


def main():
    asked = json.load(sys.stdin)
    read = {"JSON": from_json, "URI": from_uri}[asked["reader"]]
    print(json.dumps([told(read(files)) for files in asked["exports"]]))


main()
