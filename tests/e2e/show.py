"""The main job, done in the real window by an outside program, for a machine without a display.

usage: show.py BRICKPASS [PICTURE]
"""

import os
import sys
from pathlib import Path

import stage

os.environ.setdefault("BRICKPASS_SHOW_STEPS", "1")
picture = Path(sys.argv[2] if len(sys.argv) > 2 else Path(sys.argv[1]).parent.parent / "brickpass-demo.png").absolute()
sys.argv[1:] = [str(Path(sys.argv[1]).absolute()), str(picture)]
stage.enter()

print("No display here: the window opens on a virtual one, and an outside program does the main job in it.", flush=True)
display = stage.Display()
app = stage.App(sys.argv[1], display, ["--demo"])
try:
    new = next(it for it in app.announcement()["workspaces"] if it["name"] == "Finance lakehouse")
    app.press("New connection")
    # The form of the one before may still be there.
    stage.eventually("an empty form", lambda: app.value("Name") == "")
    app.type("Name", new["name"])
    app.type("Base URL", new["base_url"])
    app.type("Access token", new["token"], secret=True)
    app.press("Test connection")
    app.wait_text("Connected in")
    app.press("Save")
    stage.eventually("the connection to be saved", lambda: "Unsaved" not in app.row(new["name"]))
    display.settled()
    display.picture(picture)
    print("\nWhat the window says:")
    said = [name for _, name, _ in app.nodes()]
    for words in said[next(index for index, name in enumerate(said) if name.startswith("Connected in")) :]:
        if words:
            print(f"  {words}")
    print(f"  {app.row(new['name'])}")
    print(f"\nThe window as it now looks: {picture}")
    print(f"With a display, `make run` opens it for you. {sys.argv[1]} --help shows what works without one.")
finally:
    app.close()
    display.close()
