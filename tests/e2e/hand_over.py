"""Handing over, from outside: the door of the import at the first start, secrets that leave the file, a profile that the official SDK signs in with.

usage: hand_over.py BRICKPASS INTEROP_VENV
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import stage

binary = Path(sys.argv[1]).absolute()
sys.argv[1] = str(binary)
stage.enter()
os.environ["BRICKPASS_SHOW_STEPS"] = "1"


def sdk(profile):
    """Whom the official SDK sees with a profile of the file."""
    run = Path(__file__).parent.parent / "interop" / "run.sh"
    environment = {**os.environ, "BRICKPASS_INTEROP_VENV": sys.argv[2]}
    # It finds the file, the keyring and the connection where this program does.
    asked = json.dumps({"profile": profile, "environment": {name: value for name, value in os.environ.items() if name != "PATH"}})
    done = subprocess.run(["sh", run, "whose_profile.py"], input=asked, env=environment, capture_output=True, text=True, timeout=stage.LIMIT)
    assert done.returncode == 0, f"the SDK ended with {done.returncode}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def section(name):
    """The lines of a profile, or nothing."""
    _, _, rest = file.read_text().partition(f"[{name}]\n")
    return rest.split("\n[")[0]


def where_the_sdk_is_installed():
    """A search path on which python3 has the SDK, as a person's own has."""
    folder = stage.home() / "bin"
    folder.mkdir()
    python = folder / "python3"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{sys.argv[2]}/packages" exec "{shutil.which("python3")}" "$@"\n')
    python.chmod(0o700)
    return f"{folder}:{os.environ['PATH']}"


server = subprocess.Popen([binary, "demo"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
workspace = next(it for it in json.loads(server.stdout.readline())["workspaces"] if it["name"] == "Sales lakehouse")
file = Path.home() / ".databrickscfg"
before = f"; mine\n[sales]\nhost = {workspace['base_url']}\ntoken = {workspace['token']}\ncluster_id = 0101-1\n\n[other]\nhost = https://other.example.com\n"
file.write_text(before)
file.chmod(0o600)
stage.start_keyring()
display = stage.Display()
try:
    app = stage.App(binary, display, environment={"PATH": where_the_sdk_is_installed()})
    app.wait_text("2 profiles found")
    app.press("Import profiles...")
    app.wait("push button", "Import 2 connections")
    app.press("other, other", role="check box", exact=False)
    assert workspace["token"] not in app.texts(), "the token is readable on the screen"
    app.press("Import 1 connection")
    app.wait_text("1 connection added")
    print("the door of the first start brings the profile in")

    app.press("Move secrets out of this file...")
    app.wait("push button", "Move")
    assert file.read_text() == before, "nothing is written before somebody says so"
    app.press("Move")
    app.wait_text("The secret of 1 profile was removed from the file.")
    after = file.read_text()
    assert workspace["token"] not in after and "; mine\n" in after and "cluster_id = 0101-1\n" in after and "[other]\n" in after, after
    app.press("Done")
    assert sdk("sales") == {"user": workspace["user"], "auth_type": "databricks-cli"}
    print("its secret is out of the file, and the official SDK still signs in")

    app.press("Export", role="page tab")
    app.wait_text("Published as sales")
    app.type("Profile", "sales-again")
    app.wait_text("added: [sales-again]")
    app.press("Publish again")
    app.wait_text("Published as sales-again")
    stage.eventually("the profile in the file", lambda: "auth_type" in section("sales-again"))
    assert "token" not in section("sales-again"), "a secret stands in the file"
    assert sdk("sales-again") == {"user": workspace["user"], "auth_type": "databricks-cli"}
    print("a profile that was published in the window signs the official SDK in as the same user")

    app.press("Verify")
    app.wait_text("(Python)")
    assert "SAME USER" in app.texts() and workspace["user"] in app.texts(), app.describe()
    print("the proof names the user whom the official SDK sees")

    file.write_text(file.read_text().replace("[sales-again]\n", "[sales-again]\nazure_use_msi = true\n"))
    app.press("Copy field by field", role="radio button")
    app.press("Databricks CLI and SDKs", role="radio button")
    app.wait_text("CHANGED IN THE FILE")
    assert "SAME USER" not in app.texts(), "nothing is proved of the profile as it stands now"
    app.press("Publish again")
    app.wait_text("PUBLISHED")
    stage.eventually("the profile to be as it was", lambda: "azure_use_msi" not in section("sales-again"))
    print("what somebody else changed there is seen, and published again")
    print("done")
finally:
    display.close()
    server.kill()
