"""The life of a token, from outside: made in the window, taken from the clipboard by another program, good for the official SDK, used, replaced, refused.

usage: token_flow.py BRICKPASS INTEROP_VENV
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import stage

SECONDS = 10  # that a secret stays on the clipboard

binary = Path(sys.argv[1]).absolute()
sys.argv[1] = str(binary)
stage.enter()
if not shutil.which("xclip"):
    stage.cannot("xclip is missing")
os.environ["BRICKPASS_SHOW_STEPS"] = "1"


def clipboard():
    """What another program gets when a person pastes."""
    xclip = ["xclip", "-selection", "clipboard", "-o"]
    return subprocess.run(xclip, env={**os.environ, **display.environment}, capture_output=True, text=True, timeout=stage.LIMIT).stdout


def sdk(token):
    """What the official SDK says of a token."""
    run = Path(__file__).parent.parent / "interop" / "run.sh"
    asked = json.dumps({"host": workspace["base_url"], "token": token})
    environment = {**os.environ, "BRICKPASS_INTEROP_VENV": sys.argv[2]}
    done = subprocess.run(["sh", run, "whose_token.py"], input=asked, env=environment, capture_output=True, text=True, timeout=stage.LIMIT)
    assert done.returncode == 0, f"the SDK ended with {done.returncode}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def brickpass(*arguments):
    """The command line, which finds the same connection and the same keyring."""
    done = subprocess.run([binary, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=stage.LIMIT)
    assert done.returncode == 0, f"brickpass {arguments[0]} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


settings = Path(os.environ["XDG_CONFIG_HOME"]) / "brickpass" / "settings.json"
settings.parent.mkdir(mode=0o700)
settings.write_text(json.dumps({"clipboard_seconds": SECONDS}))
settings.chmod(0o600)
server = subprocess.Popen([binary, "demo"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
workspace = next(it for it in json.loads(server.stdout.readline())["workspaces"] if it["name"] == "Sales lakehouse")
stage.start_keyring()
display = stage.Display()
try:
    app = stage.App(binary, display)
    app.press("Add workspace...")
    app.type("Name", "Sales")
    app.type("Base URL", workspace["base_url"])
    app.type("Access token", workspace["token"], secret=True)
    app.press("Save")
    app.wait_text("Stored ")

    app.press("Tokens", role="page tab")
    app.press("Generate token...")
    app.type("Comment", "for a script")
    app.press("Generate")
    app.wait("push button", "Show New token")
    assert not clipboard(), "nothing is copied before somebody asks for it"
    app.press("Copy")
    copied_at = time.monotonic()
    token = stage.eventually("the token on the clipboard", clipboard)
    assert token.startswith("dapi") and token != workspace["token"]
    assert token not in app.texts(), "the token is readable on the screen"
    assert sdk(token) == {"user": workspace["user"]}, "the SDK does not sign in with it"
    print("the copied token works with the official SDK")
    while time.monotonic() < copied_at + SECONDS - 2:
        assert clipboard() == token, "it was taken off the clipboard too early"
        time.sleep(0.25)
    stage.eventually("the clipboard to be empty", lambda: not clipboard())
    assert time.monotonic() > copied_at + SECONDS - 1
    print("the clipboard is empty after its time")

    app.press("Use in this connection")
    app.wait_text("This connection now uses this token.")
    app.press("Done")
    assert brickpass("token", "Sales") == token
    assert "Not tested" in app.row("Sales")
    app.press("Test connection")
    stage.eventually("the test to succeed", lambda: "OK" in app.row("Sales"))
    print("the connection signs in with it")

    app.press("Tokens", role="page tab")
    app.press("Rotate this connection's token")
    app.answer("Rotate")
    app.wait_text("Sales has a new token; the old one is revoked")
    rotated = brickpass("token", "Sales")
    assert rotated not in (token, workspace["token"])
    refused = sdk(token)
    assert refused == {"refused": "PermissionDenied"}, f"the old token is not refused as a token that is not valid: {refused}"
    assert sdk(rotated) == {"user": workspace["user"]}, "the new token does not sign in"
    brickpass("test", "Sales")
    assert app.alive()
    print("after the rotation the old token is refused and the new one works")
    print("done")
finally:
    display.close()
    server.kill()
