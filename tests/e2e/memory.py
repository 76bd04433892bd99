"""What a memory dump of the window holds after a secret was typed, stored, used, shown and hidden: no copy of it.

usage: memory.py BRICKPASS file|keyring

Of a release build only root may look.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import stage
import traces

PASSPHRASE = "correct horse battery"
SECONDS = 5  # after which a dump is taken

binary = Path(sys.argv[1]).absolute()
sys.argv[1] = str(binary)
vault = sys.argv[2]
stage.enter()
for tool in ("xclip", "xdotool"):
    if not shutil.which(tool):
        stage.cannot(f"{tool} is missing")


def regions(pid):
    """(what, content) of all the memory that the process can write."""
    process = Path(f"/proc/{pid}")
    try:
        memory = open(process / "mem", "rb", buffering=0)
    except PermissionError:
        stage.cannot("nobody may look into another process here")
    with memory:
        for line in (process / "maps").read_text().splitlines():
            addresses, mode, _, _, _, *name = line.split(maxsplit=5)
            if "w" not in mode or (name and name[0].startswith(("/dev/", "[v"))):
                continue
            begin, end = (int(address, 16) for address in addresses.split("-"))
            memory.seek(begin)
            try:
                yield (name[0] if name else f"{begin:x}", begin), memory.read(end - begin)
            except OSError:  # mapped, and nothing behind it
                continue


def copies(app, secrets, seconds=SECONDS):
    """How many copies of each of the `secrets` (name to value) the process holds after so many seconds."""
    time.sleep(seconds)
    # Also without its beginning, where an allocator writes into what is freed.
    needles = {name: traces.spellings(secret[-20:]) for name, secret in secrets.items()}
    found = dict.fromkeys(needles, 0)
    app.process.send_signal(signal.SIGSTOP)
    try:
        seen = 0
        for (place, begin), content in regions(app.process.pid):
            seen += len(content)
            for name, forms in needles.items():
                for form in forms:
                    at = content.find(form)
                    while at >= 0:
                        found[name] += 1
                        if "BRICKPASS_SHOW_STEPS" in os.environ:
                            around = content[max(0, at - 96) : at + len(form) + 64].replace(form, b"<SECRET>")
                            print(f"    {name} at {begin + at:x} in {place}, {at & 0xfff:x}: {around!r}")
                        at = content.find(form, at + 1)
    finally:
        app.process.send_signal(signal.SIGCONT)
    assert seen > 10 << 20, "nothing was looked at"
    return found


def busy():
    """More programs want to run than this machine has processors for: what takes five seconds elsewhere takes longer here."""
    return os.getloadavg()[0] > 2 * os.cpu_count()


def none(what, app, secrets):
    end = time.monotonic() + stage.LIMIT
    found = copies(app, secrets)
    while any(found.values()) and busy() and time.monotonic() < end:
        found = copies(app, secrets)
    print(f"{what}: {json.dumps(found)}", flush=True)
    assert not any(found.values()), what


def keys(app, *words):
    window = stage.eventually("the X11 window", lambda: stage.window_of(display.name, app.process.pid))
    environment = {**os.environ, **display.environment}
    subprocess.run(["xdotool", "windowfocus", str(window), *words], env=environment, check=True, timeout=stage.LIMIT)


def focus(app, name):
    app.wait(("entry", "password text", "text"), name).grab_focus()


def clipboard():
    return subprocess.run(["xclip", "-selection", "clipboard", "-o"], env={**os.environ, **display.environment}, capture_output=True, text=True, timeout=stage.LIMIT).stdout


def paste(app, name, text):
    """As most people do it."""
    stage.step(f"paste {name}")
    xclip = subprocess.Popen(["xclip", "-selection", "clipboard", "-quiet"], env={**os.environ, **display.environment}, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    xclip.stdin.write(text.encode())
    xclip.stdin.close()
    stage.eventually("xclip to own the clipboard", lambda: clipboard() == text)
    focus(app, name)
    keys(app, "key", "ctrl+v")
    stage.eventually(f"{name} to be pasted", lambda: app.value(name) == "•" * len(text))
    xclip.kill()
    xclip.wait()


def type_letters(app, name, text):
    stage.step(f"type {name} letter by letter")
    focus(app, name)
    keys(app, "type", "--delay", "2", text)
    stage.eventually(f"{name} to be typed", lambda: app.value(name) == "•" * len(text))


def saved(app, name):
    app.press("Save")
    app.wait_text("Stored ")
    stage.eventually("the row to be saved", lambda: "Unsaved" not in app.row(name))


def new_connection(app):
    app.press("New connection")
    # The form of the one before may still be there.
    stage.eventually("an empty form", lambda: app.value("Name") == "")


server = subprocess.Popen([binary, "demo"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
announcement = json.loads(server.stdout.readline())
workspace = next(it for it in announcement["workspaces"] if it["name"] == "Sales lakehouse")
principal = announcement["service_principal"]
if vault == "keyring":
    stage.start_keyring()
display = stage.Display()
try:
    chosen = {"BRICKPASS_VAULT": "file", "BRICKPASS_VAULT_PASSPHRASE": PASSPHRASE} if vault == "file" else {}
    app = stage.App(binary, display, environment=chosen)
    secrets = {"token": workspace["token"], "client secret": principal["client_secret"]}

    app.press("Add workspace...")
    app.type("Name", "Typed")
    app.type("Base URL", workspace["base_url"])
    app.type("Access token", workspace["token"], secret=True)
    assert copies(app, secrets, seconds=0)["token"], "the search does not even find what stands in the field"
    app.press("Test connection")
    app.wait_text("Connected in")
    saved(app, "Typed")
    new_connection(app)
    app.type("Name", "Pasted")
    app.type("Base URL", workspace["base_url"])
    paste(app, "Access token", workspace["token"])
    saved(app, "Pasted")
    new_connection(app)
    app.type("Name", "Principal")
    app.type("Base URL", workspace["base_url"])
    app.press("Authentication type", exact=False)
    app.press("Service principal", role="list item")
    app.type("Client ID", principal["client_id"])
    type_letters(app, "Client secret", principal["client_secret"])
    saved(app, "Principal")
    none("stored", app, secrets)

    app.press("Test connection")
    app.wait_text("Connected in")
    app.press("Show Client secret")
    app.press("Hide Client secret")
    app.press("Pasted", role="list item", exact=False)
    stage.eventually("the other form", lambda: app.value("Name") == "Pasted")
    app.press("Test connection")
    app.wait_text("Connected in")
    app.press("Show Access token")
    app.press("Hide Access token")
    app.wait("push button", "Show Access token")
    none("tested, shown and hidden", app, secrets)

    app.press("Tokens", role="page tab")
    app.press("Generate token...")
    app.type("Comment", "looked for in memory")
    app.press("Generate")
    app.press("Show New token")
    app.press("Hide New token")
    app.press("Copy")
    secrets["new token"] = stage.eventually("the token on the clipboard", lambda: clipboard().startswith("dapi") and clipboard())
    app.press("Use in this connection")
    app.wait_text("This connection now uses this token.")
    app.press("Done")
    stage.eventually("the dialog of the new token to close", lambda: app.find("push button", "Done") is None)
    app.press("Clear now")
    app.press("Rotate this connection's token")
    app.answer("Rotate")
    app.wait_text("Pasted has a new token; the old one is revoked")
    secrets["rotated token"] = subprocess.run([binary, "token", "Pasted"], env={**os.environ, **chosen}, check=True, capture_output=True, text=True, timeout=stage.LIMIT).stdout.strip()
    assert secrets["rotated token"].startswith("dapi") and len(set(secrets.values())) == 4
    none("generated, copied, used and rotated", app, secrets)
    assert app.alive()
    print("done")
finally:
    display.close()
    server.kill()
