"""Bringing connections over, from outside: pasted text with what is there already, undo, and a backup that only its passphrase opens elsewhere.

usage: bring_over.py BRICKPASS
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import stage

binary = Path(sys.argv[1]).absolute()
sys.argv[1] = str(binary)
stage.enter()
os.environ["BRICKPASS_SHOW_STEPS"] = "1"

PHRASE = "a passphrase of a test"


def import_from(place):
    if app.find("push button", "Import from elsewhere..."):
        app.press("Import from elsewhere...")
    else:
        app.press("More ways to add connections")
        app.press("Import connections", role="menu item")
    app.press(place, role="radio button")


def read_pasted(text):
    field = app.wait("entry", "Pasted text")
    assert app.atspi.EditableText.set_text_contents(field, text)
    # Shown as dots, line by line.
    hidden = "\n".join("•" * len(line) for line in text.split("\n"))
    stage.eventually("what was pasted", lambda: app.value("Pasted text") == hidden)
    app.press("Preview")


def done():
    """What stands behind a dialog can be read before the dialog is gone, and pressed only then."""
    app.press("Done")
    stage.eventually("the dialog to close", lambda: not app.find("push button", "Done"))


def connections():
    return [name for role, name, _ in app.nodes() if role == "list item"]


server = subprocess.Popen([binary, "demo"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
workspace = next(it for it in json.loads(server.stdout.readline())["workspaces"] if it["name"] == "Sales lakehouse")
pasted = f"export DATABRICKS_HOST={workspace['base_url']}\nexport DATABRICKS_TOKEN={workspace['token']}"
place = workspace["base_url"].split("://")[1]
backup = stage.home() / "all.brickpass-backup"
display = stage.Display()
try:
    app = stage.App(binary, display, environment={"BRICKPASS_VAULT": "memory"})
    import_from("Pasted text")
    read_pasted("no connection at all")
    app.wait_text("Brickpass does not recognize this file")
    app.answer("Cancel")
    import_from("Pasted text")
    read_pasted(pasted)
    app.wait_text(place)
    assert not connections(), "nothing comes in before somebody says so"
    assert workspace["token"] not in app.texts(), "the token is readable on the screen"
    app.press("Import 1 connection")
    app.wait_text("1 connection added")
    app.press("Undo import")
    app.wait_text("The import was undone.")
    done()
    app.wait_text("No connections yet")
    print("what was pasted comes in after a preview, and goes again")

    import_from("Pasted text")
    read_pasted(pasted)
    app.press("Import 1 connection")
    done()
    import_from("Pasted text")
    read_pasted(workspace["base_url"])
    app.wait_text("All of these are already in Brickpass.")
    app.answer("Cancel")
    print("an address that is there already is told")

    app.press("Settings")
    app.press("Back up connections...")
    app.type("Passphrase", PHRASE, secret=True)
    app.type("Repeat passphrase", PHRASE, secret=True)
    app.type("File", str(backup))
    app.answer("Save")
    app.wait_text("1 connection and 1 secret backed up")
    done()
    app.close()
    sealed = backup.read_bytes()
    assert workspace["token"].encode() not in sealed and place.encode() not in sealed, "the backup is readable"
    assert backup.stat().st_mode & 0o077 == 0, "others may read the backup"

    elsewhere = {name: str(stage.home() / "elsewhere" / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    for folder in elsewhere.values():
        Path(folder).mkdir(parents=True, mode=0o700)
    app = stage.App(binary, display, environment={"BRICKPASS_VAULT": "memory", **elsewhere})
    import_from("Backup")
    app.type("Backup file", str(backup))
    app.type("Passphrase of the backup", "another passphrase", secret=True)
    app.press("Preview")
    app.wait_text("The passphrase is wrong, or the file was changed.")
    app.type("Passphrase of the backup", PHRASE, secret=True)
    app.press("Preview")
    app.wait("push button", "Import 1 connection")
    app.press("Import 1 connection")
    done()
    app.press("Test connection")
    app.wait_text("Connected in")
    app.wait_text(workspace["user"])
    print("a backup of the window opens elsewhere with its passphrase alone, and its connection works")
    print("done")
finally:
    display.close()
    server.kill()
