"""The promise of Brickpass, from outside: add a workspace, test it, save it, start again, and the token is in the keyring and in no file.

usage: main_job.py BRICKPASS [wayland]
"""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import stage

binary = Path(sys.argv[1]).absolute()
sys.argv[1] = str(binary)
wayland = "wayland" in sys.argv[2:]
stage.enter()
if wayland and not stage.shutil.which("weston"):
    stage.cannot("weston is missing")
os.environ["BRICKPASS_SHOW_STEPS"] = "1"


def spellings(secret):
    """The forms in which a secret could lie around: plain, wide, hexadecimal, URL, JSON, and base64 at each of its three offsets."""
    plain = secret.encode()
    found = {plain, secret.encode("utf-16-le"), plain.hex().encode(), plain[::-1]}
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain)
        found.add(whole[4 if offset else 0 : -4])
    return found


def files_with(secret, roots):
    """The files that hold the secret in any spelling. What cannot be read is an error, not an absence."""
    needles = spellings(secret)
    found = []
    looked = 0
    for root in roots:
        for path in Path(root).rglob("*"):
            if path.is_symlink() or not path.is_file():
                continue
            looked += 1
            content = path.read_bytes()
            if any(needle in content for needle in needles):
                found.append(path)
    return found, looked


def processes_with(secret):
    """Which processes carry the secret in their arguments or environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            for part in ("cmdline", "environ"):
                try:
                    if secret.encode() in (process / part).read_bytes():
                        found.append(f"{process.name} {part}")
                except (OSError, PermissionError):
                    pass
    return found


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
    app.wait_text("Stored in")
    stage.eventually("the row to be saved", 10, lambda: "Unsaved" not in (app.find("list item", workspace["name"], exact=False).get_name()))
    assert token not in app.texts(), "the token is readable on the screen"
    during = processes_with(token)
    assert not during, f"a process carries the token: {during}"
    print("no process carries the token in its arguments or environment")
    if wayland:
        app.process.terminate()
        app.process.wait(10)
    else:
        code = app.quit()
        assert code == 0, f"closing the window ended with {code}"

    print("what lies on the disk")
    home = stage.home()
    found, looked = files_with(token, [home])
    allowed = home / "data" / "keyrings"
    assert not [path for path in found if allowed not in path.parents], f"the token lies in {found}"
    assert looked > 3, "nothing was looked at"
    connections = list(home.rglob("connections.json"))
    assert connections and workspace["base_url"] in connections[0].read_text(), "the connection was not saved"
    # The search itself works: it finds what is put there.
    probe = home / "probe"
    probe.write_bytes(b"..." + base64.b64encode(b"x" + token.encode() + b"yz") + b"...")
    assert files_with(token, [home])[0] == [probe], "the search finds nothing"
    probe.unlink()
    print(f"  {looked} files, the token in none of them")

    if stage.shutil.which("secret-tool"):
        stored = subprocess.run(["secret-tool", "search", "--all", "service", "brickpass"], capture_output=True, text=True, timeout=20)
        assert token in stored.stdout, "another program does not find the token in the keyring"
        print("  another program that asks the keyring finds it there")

    print("the second start")
    app = stage.App(binary, display)
    app.wait("list item", workspace["name"], exact=False)
    if not app.find("entry", "Base URL"):
        app.press(workspace["name"], role="list item", exact=False)
    assert app.value("Base URL") == workspace["base_url"]
    app.wait_text("Stored in")
    app.press("Test connection")
    app.wait_text("Connected in")
    app.wait_text(workspace["user"])
    assert not processes_with(token)
    assert app.alive()
    app.close()
    found, _ = files_with(token, [home])
    assert not [path for path in found if allowed not in path.parents], f"the token lies in {found}"
    print("done")
finally:
    display.close()
    server.kill()
