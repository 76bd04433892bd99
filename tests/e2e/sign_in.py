"""The promise of signing in, from outside: the browser opens, the person logs in, comes back, and nobody pastes a code or a token.

usage: sign_in.py BRICKPASS PORT window|terminal [patient]

PORT is where the demo's authorization server takes orders: one line in, one line of JSON out (tests/it/e2e.rs).
An access token ends by order; `patient` waits instead until its time is over.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import stage
import traces
from browser import Browser

binary = Path(sys.argv[1]).absolute()
sys.argv[1] = str(binary)
orders = int(sys.argv[2])
terminal = sys.argv[3] == "terminal"
patient = "patient" in sys.argv[4:]
stage.enter()
os.environ["BRICKPASS_SHOW_STEPS"] = "1"
for tool in ("xdg-open", *([] if terminal else ["secret-tool"])):
    if not stage.shutil.which(tool):
        stage.cannot(f"{tool} is missing")


LIFETIME = 61  # seconds; below a minute, Brickpass takes it for a minute


def demo(order):
    with socket.create_connection(("127.0.0.1", orders), 10) as connection, connection.makefile("rw") as lines:
        lines.write(f"{order}\n")
        lines.flush()
        return json.loads(lines.readline())


def brickpass(*arguments, code=0):
    done = subprocess.run([binary, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=stage.LIMIT)
    assert done.returncode == code, f"brickpass {arguments[0]} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done


def free_port():
    """Free on both families."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first, socket.socket(socket.AF_INET6) as second:
            port = first.getsockname()[1]
            try:
                second.bind(("::1", port))
            except OSError as error:
                if error.errno == 98:  # taken there; a machine without IPv6 has no second family
                    continue
            return port


class Visit:
    """The person in the browser: logs in and allows. Afterwards `secrets` are those that passed through the address bar."""

    def __init__(self, browser):
        page = browser.page()
        address = browser.asked_for()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256" and asked["redirect_uri"] == f"http://localhost:{port}", asked
        self.challenge = asked["code_challenge"]
        page.log_in(user)
        stage.eventually("the address bar to be clean", lambda: page.address() == f"http://localhost:{port}/done")
        answers = [parse_qs(urlsplit(it).query) for it in page.requests() if it.startswith(f"http://localhost:{port}/?")]
        assert len(answers) == 1 and answers[0]["state"] == [asked["state"]], "the browser did not bring one answer"
        self.secrets = {"the code": answers[0]["code"][0], "the state": asked["state"]}
        # The address that asked holds `state` too: it stays, as the page of the service that it is.
        answered = [it for it in page.history() if it.startswith("http://localhost")]
        assert answered == [page.address()] and not any(self.secrets["the code"] in it for it in page.history()), "the history keeps the answer"
        print("the address bar and the history hold neither code nor state")


def look_for(secrets, challenge, apart=()):
    browsers_own = [browser.profile]
    # The address of the login, and with it its state, is handed to the opener and the browser as an argument, as any address is.
    found = traces.in_processes({name: it for name, it in secrets.items() if name != "the state"}, challenge=challenge)
    found += traces.in_processes({"the state": secrets["the state"]}, parts=["environ"])
    assert not found, found
    print("no process carries a secret in its arguments or environment")
    found, looked = traces.in_files(secrets, stage.home(), apart=[*browsers_own, *apart], challenge=challenge)
    assert not found, found
    assert looked > 3, "nothing was looked at"
    print(f"{looked} files, no secret in any of them")


announced = demo("announcement")
user = announced["user"]
workspace = next(it for it in announced["workspaces"] if it["name"] == "Finance lakehouse")
name = workspace["name"]
port = free_port()
demo(f"register {port}")
if patient:
    demo(f"lifetime {LIFETIME}")
browser = Browser(headless=terminal)
environment = {**os.environ, **browser.environment, "DATABRICKS_OAUTH_CALLBACK_PORT": str(port)}
traces.prove(stage.home())


def in_the_window():
    stage.start_keyring()
    brickpass("add", name, "--base-url", workspace["base_url"], "--auth", "browser")
    display = stage.Display()
    surroundings = {key: environment[key] for key in (*browser.environment, "DATABRICKS_OAUTH_CALLBACK_PORT")}
    app = stage.App(binary, display, environment=surroundings)

    def select():
        app.wait("list item", name, exact=False)
        if not app.find("entry", "Base URL"):
            app.press(name, role="list item", exact=False)
        app.wait("entry", "Base URL")

    def test():
        app.press("Test connection")
        app.wait_text("Connected in")
        stage.eventually("the test to end", lambda: not app.find("push button", "Cancel test") and "Connected in" in app.texts())
        app.wait_text(user["name"])

    try:
        select()
        app.press("Sign in")
        visit = Visit(browser)
        app.wait_text("Signed in\n")
        app.wait_text(user["name"])
        print("the window says who has signed in")
        test()
        assert demo("counts") == {"exchanges": 1, "refreshes": 0, "reuses": 0}, demo("counts")
        secrets = {**visit.secrets, **tokens()}
        assert all(it not in app.texts() for it in secrets.values()), "a secret is readable on the screen"
        look_for(secrets, visit.challenge, apart=[stage.home() / "data" / "keyrings"])

        expire()
        test()
        assert demo("counts") == {"exchanges": 1, "refreshes": 1, "reuses": 0}, demo("counts")
        assert browser.opened() == 1, "a browser was opened for it"
        print("the expired token was renewed, and nobody was asked")

        entries = stage.keyring_entries()
        assert len(entries) == 1 and entries[0]["service"] == "brickpass", f"the keyring does not hold one sign-in and nothing else: {entries}"
        seen = subprocess.run(["secret-tool", "search", "--all", "service", "brickpass"], capture_output=True, text=True, timeout=stage.LIMIT).stdout
        assert sum(it in seen for it in tokens().values()) == 2, "another program does not find the refresh token and the access token of today in the keyring"
        print("another program that asks the keyring finds the sign-in there")

        assert app.quit() == 0
        app = stage.App(binary, display, environment=surroundings)
        select()
        test()
        assert demo("counts") == {"exchanges": 1, "refreshes": 1, "reuses": 0} and browser.opened() == 1, demo("counts")
        print("after a restart the sign-in is still there")

        app.press("Sign out")
        stage.eventually("the keyring to be empty", lambda: not stage.keyring_entries())
        app.wait_text("Not signed in")
        app.wait("push button", "Sign in")
        print("signing out leaves nothing in the keyring")
        look_for({**secrets, **tokens()}, visit.challenge, apart=[stage.home() / "data" / "keyrings"])
    finally:
        app.close()
        browser.close()
        display.close()


def in_the_terminal():
    environment.update(BRICKPASS_VAULT="file", BRICKPASS_VAULT_PASSPHRASE="passphrase of a test")
    brickpass("add", name, "--base-url", workspace["base_url"], "--auth", "browser")
    login = subprocess.Popen([binary, "login", name], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        visit = Visit(browser)
        said, _ = login.communicate(timeout=stage.LIMIT)
        assert login.returncode == 0 and user["name"] in said, said
        print("the terminal says who has signed in")
        brickpass("test", name)
        token = brickpass("token", name).stdout.strip()
        assert token in tokens().values(), "the token is none that was issued"
        secrets = {**visit.secrets, **tokens()}
        look_for(secrets, visit.challenge)

        before = demo("counts")
        expire()
        brickpass("test", name)
        assert demo("counts")["refreshes"] > before["refreshes"] and browser.opened() == 1
        print("the expired token was renewed, and nobody was asked")

        brickpass("logout", name)
        brickpass("test", name, code=1)
        print("after logout nobody is signed in")
        look_for({**secrets, **tokens()}, visit.challenge)
    finally:
        if login.poll() is None:
            login.kill()
            login.wait(10)
        browser.close()


def expire():
    """The access token that is in use now is worth nothing any more."""
    if patient:
        time.sleep(LIFETIME)
    else:
        demo("expire")


def tokens():
    """Every token that was issued so far."""
    return {f"token {number}": it for number, it in enumerate(demo("tokens"))}


if terminal:
    in_the_terminal()
else:
    in_the_window()
print("done")
