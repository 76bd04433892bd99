"""Says what the official SDK for Python makes of configurations: {"home", "cases": [{"file", "env", "profile"}]} on standard input, one JSON document a
line. Nobody is asked: the sign-in itself is left out. With neither it only shows that it could run."""

import contextlib
import io
import json
import os
import sys

import databricks.sdk.config as config


class Nobody:
    """A way to sign in that needs nothing."""

    def auth_type(self):
        return "nobody"

    def __call__(self, cfg):
        return lambda: {}


def no_metadata(*_, **__):
    raise ValueError("nobody is asked")


def answer(home, case):
    os.environ.clear()
    os.environ["HOME"] = home
    os.environ.update({name: value for name, value in case["env"].items() if value})
    with open(os.path.join(home, ".databrickscfg"), "w", encoding="utf-8", newline="") as file:
        file.write(case["file"])
    arguments = {"profile": case["profile"]} if case["profile"] else {}
    try:
        cfg = config.Config(credentials_strategy=Nobody(), **arguments)
    except Exception as problem:
        return {"problem": str(problem)}
    shown = {}
    for attribute in config.Config.attributes():
        value = getattr(cfg, attribute.name)
        if value and attribute.name not in ("auth_type", "profile", "config_file"):
            shown[attribute.name] = "***" if attribute.sensitive else ",".join(value) if isinstance(value, list) else str(value)
    return {"problem": "", "attributes": shown}


asked = json.load(sys.stdin)
if asked:
    config.get_host_metadata = no_metadata
    for case in asked["cases"]:
        with contextlib.redirect_stderr(io.StringIO()):
            answered = answer(asked["home"], case)
        print(json.dumps(answered))
