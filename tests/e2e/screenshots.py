"""Walks through the demo and writes the pictures that the README shows.

usage: screenshots.py BRICKPASS FOLDER
"""

import sys
from pathlib import Path

import stage
from browser import Browser

sys.argv[1:] = [str(Path(argument).absolute()) for argument in sys.argv[1:3]]
stage.enter()
binary, folder = sys.argv[1], Path(sys.argv[2])


def opened(display, demo=True, theme=None, scale=None, browser=None):
    """`theme` through the settings, as a person would choose it."""
    environment = {"WINIT_X11_SCALE_FACTOR": str(scale or 1), **(browser.environment if browser else {})}
    stage.put_pointer_away(display.name)
    app = stage.App(binary, display, ["--demo"] if demo else [], environment)
    if theme:
        app.press("Settings")
        app.press(theme)
        app.press("Close")
    return app


def select(app, name):
    app.press(name, role="list item", exact=False)
    stage.eventually(f"{name} in the form", lambda: app.value("Name") == name)


def take(display, name):
    display.settled()
    path = folder / f"{name}.png"
    display.picture(path)
    # Few colours and smooth letters: so many of them show no difference and make a quarter of the size.
    reduce = ["/usr/bin/convert", str(path), "-strip", "+dither", "-colors", "192", "-define", "png:compression-level=9", f"PNG8:{path}"]
    stage.subprocess.run(reduce, check=True, timeout=stage.LIMIT)
    print(f"{path.name}: {path.stat().st_size // 1024} KB")


def everything_tested(app):
    app.press("Test all")
    busy = ("Testing", "Waiting", "Not tested")
    stage.eventually("all tests to end", lambda: not any(word in name for role, name, _ in app.nodes() if role == "list item" for word in busy))


if stage.shutil.which("gnome-keyring-daemon"):
    stage.start_keyring()

for theme in ("Light", "Dark"):
    display = stage.Display()
    app = opened(display, theme=theme)
    everything_tested(app)
    select(app, "Sales lakehouse")
    take(display, f"main-{theme.lower()}")
    select(app, "Marketing reports")
    take(display, f"failed-{theme.lower()}")
    if theme == "Light":
        app.press("Settings")
        take(display, "settings")
        app.press("Close")
        select(app, "Sales lakehouse")
        app.press("Export", role="page tab")
        app.press("Publish")
        app.wait("push button", "Verify")
        app.press("Terraform provider", role="radio button")
        app.wait("push button", "Copy")
        # The message in passing would stand over it.
        stage.eventually("the message to go", lambda: [name for _, name, _ in app.nodes()].count("Published as sales-lakehouse") == 1)
        take(display, "export-light")
    else:
        select(app, "Sales lakehouse")
        app.press("Administration", role="page tab")
        app.wait("check box", "Select all tokens shown")
        take(display, "administration-dark")
    app.close()
    display.close()

    display = stage.Display()
    browser = Browser(headless=True)
    app = opened(display, theme=theme, browser=browser)
    select(app, "Acme account")
    app.press("Sign in")
    app.wait_text("Continue in your browser")
    page = browser.page()
    take(display, f"sign-in-{theme.lower()}")
    page.log_in(app.announcement()["user"])
    app.wait("push button", "Add workspaces from this account")
    take(display, f"signed-in-{theme.lower()}")
    app.press("Add workspaces from this account")
    app.press("Select all shown")
    take(display, f"workspaces-{theme.lower()}")
    app.close()
    browser.close()
    display.close()

display = stage.Display()
app = opened(display, demo=False, theme="Light")
take(display, "first-start")
app.close()
display.close()

display = stage.Display(2560, 1600)
app = opened(display, theme="Dark", scale=2)
everything_tested(app)
select(app, "Sales lakehouse")
take(display, "main-dark-2x")
app.close()
display.close()
