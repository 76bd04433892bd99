"""The promise of Brickpass, from outside: add a workspace, test it, save it, start again, and the token is in the keyring and in no file.

usage: main_job.py BRICKPASS [wayland]
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import stage
import traces

binary = Path(sys.argv[1]).absolute()
sys.argv[1] = str(binary)
wayland = "wayland" in sys.argv[2:]
stage.enter()
if wayland and not stage.shutil.which("weston"):
    stage.cannot("weston is missing")
os.environ["BRICKPASS_SHOW_STEPS"] = "1"

# The workspace to add is served by a process of its own: what it knows is in its memory alone.
server = subprocess.Popen([binary, "demo"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
workspace = next(it for it in json.loads(server.stdout.readline())["workspaces"] if it["name"] == "Finance lakehouse")
token = workspace["token"]
stage.start_keyring()
display = stage.Display(wayland=wayland)
try:
    print("the first start")
    app = stage.App(binary, display)
    app.wait_text("Add a workspace")
    app.press("Add workspace...")
    app.type("Name", workspace["name"])
    app.type("Base URL", workspace["base_url"])
    app.type("Access token", token, secret=True)
    app.press("Test connection")
    app.wait_text("Connected in")
    app.wait_text(workspace["user"])
    app.wait_text("clusters,")
    app.press("Save")
    app.wait_text("Stored ")
    stage.eventually("the row to be saved", lambda: "Unsaved" not in app.row(workspace["name"]))
    assert token not in app.texts(), "the token is readable on the screen"
    during = traces.in_processes({"the token": token})
    assert not during, f"a process carries it: {during}"
    print("no process carries the token in its arguments or environment")
    if wayland:
        app.process.terminate()
        app.process.wait(10)
    else:
        code = app.quit()
        assert code == 0, f"closing the window ended with {code}"

    print("what lies on the disk")
    home = stage.home()
    # The keyring's own files are its own affair.
    keyrings = [home / "data" / "keyrings"]
    found, looked = traces.in_files({"the token": token}, home, apart=keyrings)
    assert not found, found
    assert looked > 3, "nothing was looked at"
    connections = list(home.rglob("connections.json"))
    assert connections and workspace["base_url"] in connections[0].read_text(), "the connection was not saved"
    traces.prove(home)
    print(f"  {looked} files, the token in none of them")

    if stage.shutil.which("secret-tool"):
        stored = subprocess.run(["secret-tool", "search", "--all", "service", "brickpass"], capture_output=True, text=True, timeout=stage.LIMIT)
        assert token in stored.stdout, "another program does not find the token in the keyring"
        print("  another program that asks the keyring finds it there")

    print("the second start")
    app = stage.App(binary, display)
    app.wait("list item", workspace["name"], exact=False)
    if not app.find("entry", "Base URL"):
        app.press(workspace["name"], role="list item", exact=False)
    assert app.value("Base URL") == workspace["base_url"]
    app.wait_text("Stored ")
    app.press("Test connection")
    app.wait_text("Connected in")
    app.wait_text(workspace["user"])
    assert not traces.in_processes({"the token": token})
    assert app.alive()
    app.close()
    found, _ = traces.in_files({"the token": token}, home, apart=keyrings)
    assert not found, found
    print("done")
finally:
    display.close()
    server.kill()
