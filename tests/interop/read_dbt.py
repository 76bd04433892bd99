"""Reads profiles.yml as dbt does, with dbt-databricks: `{"exports": [{file: text}, ...]}` in, a JSON list of objects out."""

import json
import os
import pathlib
import sys
import warnings

warnings.simplefilter("ignore")
os.environ["DBT_ENV_SECRET_DATABRICKS_TOKEN"] = "of the environment"
os.environ["DBT_ENV_SECRET_DATABRICKS_CLIENT_SECRET"] = "of the environment"

from dbt.adapters.databricks.credentials import DatabricksCredentials
from dbt.config.profile import Profile, read_profile
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context


def read(text, folder):
    (folder / "profiles.yml").write_text(text, encoding="utf-8")
    profiles = read_profile(str(folder))
    ((name, profile),) = profiles.items()
    target, data = Profile.render_profile(profile, name, None, ProfileRenderer({}))
    credentials = Profile._credentials_from_profile(data, name, target)
    assert type(credentials) is DatabricksCredentials, type(credentials)
    found = {key: getattr(credentials, key) for key in ("host", "http_path", "token", "client_id", "client_secret", "auth_type", "schema")}
    # Where none is named, it takes the metastore of old.
    catalog = {} if credentials.database in (None, "hive_metastore") else {"catalog": credentials.database}
    found = {key: value for key, value in found.items() if value is not None}
    return dict(found, **catalog, profile=name, target=target, type=credentials.type)


def main():
    set_invocation_context(os.environ)
    folder = pathlib.Path(os.environ["HOME"])
    print(json.dumps([read(next(iter(files.values())), folder) for files in json.load(sys.stdin)["exports"]]))


main()
