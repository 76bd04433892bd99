"""Reads exports as the Python programs do for which they are meant. `{"reader": NAME, "exports": [{file: text}, ...]}` in, for each export what
was found in it out: one JSON list of objects.
"""

import json
import os
import sys
import tempfile
from unittest.mock import MagicMock

# What tables of results would be made of; no result comes here.
sys.modules["pandas"] = MagicMock()


def only(files):
    return next(iter(files.values()))


def ending(files, end):
    return next(text for name, text in files.items() if name.endswith(end))


def said(found):
    return {name: value for name, value in found.items() if value is not None}


def sqlalchemy_url(files):
    """Its own reader, and what the dialect gives to the connector."""
    from sqlalchemy import make_url

    url = make_url(only(files).strip())
    _, arguments = url.get_dialect()().create_connect_args(url)
    assert (arguments["server_hostname"], arguments["access_token"]) == (url.host, url.password)
    read = {name: arguments[name] for name in ("http_path", "catalog", "schema")}
    return said(dict(read, drivername=url.drivername, username=url.username, password=url.password or "", host=url.host))


def run(files):
    """Runs a program up to where it would open a socket."""
    program = ending(files, ".py")
    exec(compile(program, "export.py", "exec"), {"__name__": "__main__", "print": lambda *_: None})


class Stopped(Exception):
    pass


def stop(into, *names):
    def stopped(self, *_, **__):
        into.update((name, getattr(self, name)) for name in names)
        raise Stopped

    return stopped


def sdk_profile(into):
    """The SDK reads no file here: it tells which profile it would read, and gets an address and a token instead."""
    from databricks.sdk.core import Config

    def read(self):
        into["profile"] = self.profile
        self.host, self.token = "https://adb-1234567890123456.7.azuredatabricks.net", "t"

    Config._known_file_config_loader = read
    Config._resolve_host_metadata = lambda self: None


def sdk(files):
    from databricks.sdk.core import ApiClient

    found = {}
    sdk_profile(found)
    ApiClient.do = stop(found)
    try:
        run(files)
    except Stopped:
        return found
    raise AssertionError("nothing was asked")


def sql_connector(files):
    from databricks.sql.session import Session

    found = {}
    sdk_profile(found)
    Session.open = stop(found, "host", "http_path", "catalog", "schema")
    try:
        run(files)
    except Stopped:
        found["server_hostname"] = found.pop("host")
        return said(found)
    raise AssertionError("no session was opened")


def sqlalchemy_program(files):
    from databricks.sql.session import Session

    found = {}
    Session.open = stop(found, "host", "http_path", "catalog", "schema")
    try:
        run(files)
    except Stopped:
        return said({f"query.{name}": value for name, value in found.items()})
    raise AssertionError("no session was opened")


def dotenv(files):
    import io

    from dotenv import dotenv_values

    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(only(files))).items()}


READERS = {
    "SQLAlchemy URL": sqlalchemy_url,
    "SQLAlchemy": sqlalchemy_program,
    "SDK": sdk,
    "SQL connector": sql_connector,
    "python-dotenv": dotenv,
}


def main():
    asked = json.load(sys.stdin)
    os.environ["DATABRICKS_TOKEN"] = "from the environment"
    os.chdir(tempfile.mkdtemp(dir=os.environ["HOME"]))
    found = [READERS[asked["reader"]](files) for files in asked["exports"]]
    assert not os.listdir("."), "a value was run"
    print(json.dumps(found))


main()
