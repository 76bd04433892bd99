"""A real Chromium as the desktop's browser: found by the desktop's opener, then operated over the DevTools protocol.

Fields and buttons are found by role and name, as a screen reader finds them, and operated with real input events.
"""

import base64
import json
import os
import shutil
import signal
import socket
import stat
import struct
import tempfile
import time
from pathlib import Path

import stage

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium():
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if not found:
        stage.cannot("Chromium is missing")
    if "/snap/" in os.path.realpath(found) or b"/snap/" in Path(os.path.realpath(found)).read_bytes()[:4096]:
        stage.cannot("Chromium is a snap here: it sees no home but the person's own")
    return found


class Browser:
    """What opens web addresses in this home from now on. It starts when somebody opens one."""

    def __init__(self, headless=False):
        self.profile = Path(tempfile.mkdtemp(prefix="browser-", dir=stage.home()))
        self.script = stage.home() / "bin" / "stage-browser"
        self.started = self.profile / "started"
        self.devtools = None
        self.script.parent.mkdir(exist_ok=True)
        options = [
            f"--user-data-dir={self.profile}",
            "--remote-debugging-port=0",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--password-store=basic",
            "--use-mock-keychain",
            # It shows pages of this computer alone, and what the sandbox needs is missing in many a container.
            "--no-sandbox",
            *(["--headless=new"] if headless else ["--window-size=1000,760", "--window-position=140,20"]),
        ]
        log = self.profile / "log"
        command = " ".join(f"'{word}'" for word in [chromium(), *options])
        self.script.write_text(f"#!/bin/sh\necho $$ >>'{self.started}'\nexec {command} \"$@\" >>'{log}' 2>&1\n")
        self.script.chmod(stat.S_IRWXU)
        applications = Path(os.environ["XDG_DATA_HOME"]) / "applications"
        applications.mkdir(exist_ok=True)
        entry = f"[Desktop Entry]\nType=Application\nName=Browser\nExec={self.script} %u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;\n"
        (applications / "stage-browser.desktop").write_text(entry)
        choice = "[Default Applications]\nx-scheme-handler/http=stage-browser.desktop\nx-scheme-handler/https=stage-browser.desktop\n"
        (Path(os.environ["XDG_CONFIG_HOME"]) / "mimeapps.list").write_text(choice)
        # `BROWSER` is asked where there is no display; no desktop of this machine has a say.
        self.environment = {"XDG_CURRENT_DESKTOP": "X-Generic", **({"BROWSER": str(self.script)} if headless else {})}

    def opened(self):
        """How often somebody opened an address."""
        return len(self.started.read_text().split()) if self.started.exists() else 0

    def asked_for(self):
        """The address that it was started with."""
        pid = int(self.started.read_text().split()[0])
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")[-1].decode()

    def page(self):
        """The page that was opened."""
        stage.eventually("the browser to be started", self.opened)
        if not self.devtools:
            port_file = self.profile / "DevToolsActivePort"
            lines = stage.eventually("the browser to listen", lambda: port_file.exists() and len(found := port_file.read_text().split()) == 2 and found)
            self.devtools = DevTools(int(lines[0]), lines[1])

        def opened():
            targets = self.devtools.ask("Target.getTargets")["targetInfos"]
            return next((it for it in targets if it["type"] == "page" and it["url"].startswith("http")), None)

        target = stage.eventually("a page in the browser", opened)
        return Page(self.devtools, target["targetId"])

    def close(self):
        if not self.started.exists():
            return
        pids = [int(word) for word in self.started.read_text().split()]
        try:
            if self.devtools:
                self.devtools.ask("Browser.close")
            stage.eventually("the browser to end", lambda: not any(_alive(pid) for pid in pids))
        except (OSError, TimeoutError, RuntimeError):
            pass
        for pid in pids:
            if _alive(pid):
                os.kill(pid, signal.SIGKILL)


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Page:
    def __init__(self, devtools, target):
        self.devtools = devtools
        self.session = devtools.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "DOM", "Accessibility", "Runtime"):
            self.ask(f"{domain}.enable")

    def ask(self, method, limit=20, **parameters):
        return self.devtools.ask(method, self.session, limit, **parameters)

    def address(self):
        """What the address bar shows."""
        history = self.ask("Page.getNavigationHistory")
        return history["entries"][history["currentIndex"]]["url"]

    def history(self):
        """Every address that *Back* could reach."""
        return [entry["url"] for entry in self.ask("Page.getNavigationHistory")["entries"]]

    def requests(self):
        """Every address that this page has asked for since it is watched, redirects too."""
        self.address()
        sent = (event for event in self.devtools.events if event.get("sessionId") == self.session and event["method"] == "Network.requestWillBeSent")
        return [event["params"]["request"]["url"] for event in sent]

    def text(self):
        return self.ask("Runtime.evaluate", limit=2, expression="document.body ? document.body.innerText : ''", returnByValue=True)["result"]["value"]

    def describe(self):
        tree = self.ask("Accessibility.getFullAXTree")["nodes"]
        named = [(node.get("role", {}).get("value"), node.get("name", {}).get("value")) for node in tree]
        return "\n".join(f"  {role}: {name}" for role, name in named if name and role != "InlineTextBox")

    def wait_text(self, text):
        def there():
            try:
                return text in self.text()
            except (RuntimeError, TimeoutError):  # between two documents
                return False

        try:
            stage.eventually(repr(text), there)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; {self.address()} shows:\n{self.describe()}") from None

    def find(self, role, name):
        try:
            root = self.ask("DOM.getDocument", limit=2, depth=0)["root"]["nodeId"]
            found = self.ask("Accessibility.queryAXTree", limit=2, nodeId=root, role=role, accessibleName=name)["nodes"]
        except (RuntimeError, TimeoutError):  # between two documents
            return None
        return next((node["backendDOMNodeId"] for node in found if not node.get("ignored")), None)

    def wait(self, role, name):
        try:
            return stage.eventually(f"{role} {name!r} in the browser", lambda: self.find(role, name))
        except TimeoutError as error:
            raise TimeoutError(f"{error}; {self.address()} shows:\n{self.describe()}") from None

    def type(self, name, text, role="textbox"):
        stage.step(f"in the browser, type {name}")
        node = self.wait(role, name)
        self.ask("DOM.focus", backendNodeId=node)
        self.ask("Input.insertText", text=text)

    def log_in(self, user):
        """On the demo's pages, as a person does."""
        self.type("User name", user["name"])
        self.type("Password", user["password"])
        self.press("Sign in")
        self.press("Allow")
        self.wait_text("Return to Brickpass")

    def press(self, name, role="button"):
        stage.step(f"in the browser, press {name}")
        node = self.wait(role, name)
        self.ask("DOM.scrollIntoViewIfNeeded", backendNodeId=node)
        corners = self.ask("DOM.getBoxModel", backendNodeId=node)["model"]["border"]
        x, y = sum(corners[0::2]) / 4, sum(corners[1::2]) / 4
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


class DevTools:
    """The DevTools protocol over a WebSocket (RFC 6455): as much of both as is needed here."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), stage.LIMIT)
        self.received = b""
        self.last = 0
        self.events = []
        key = base64.b64encode(os.urandom(16)).decode()
        head = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        self.socket.sendall("\r\n".join([*head, "", ""]).encode())
        while b"\r\n\r\n" not in self.received:
            self._receive()
        answer, _, self.received = self.received.partition(b"\r\n\r\n")
        if b" 101 " not in answer.splitlines()[0]:
            raise RuntimeError(f"the browser's debugger answers {answer!r}")

    def ask(self, method, session=None, limit=20, **parameters):
        """A question that is lost, as one is when its page goes away, is a TimeoutError after `limit` seconds."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        self._send(1, json.dumps(message).encode())
        end = time.monotonic() + limit
        while True:
            answer = json.loads(self._message(end, method))
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def _send(self, kind, content):
        length = len(content)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length) if length < 1 << 16 else b"\xff" + struct.pack(">Q", length)
        mask = os.urandom(4)
        self.socket.sendall(bytes([0x80 | kind]) + size + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(content)))

    def _message(self, end, method):
        """One whole message; pings are answered on the way."""
        content = b""
        while True:
            while not (frame := self._frame()):
                self.socket.settimeout(max(end - time.monotonic(), 0.001))
                try:
                    self._receive()
                except TimeoutError:
                    raise TimeoutError(f"the browser does not answer {method}") from None
            final, kind, part = frame
            if kind == 8:
                raise OSError("the browser has ended the conversation")
            if kind == 9:
                self._send(10, part)
            elif kind in (0, 1):
                content += part
                if final:
                    return content

    def _frame(self):
        """The next frame, if all of it is there: whether it is the last of its message, its kind, its content."""
        if len(self.received) < 2:
            return None
        first, second = self.received[:2]
        begin, length = 2, second & 0x7F
        if length > 125:
            begin = 4 if length == 126 else 10
            length = int.from_bytes(self.received[2:begin], "big")
        if len(self.received) < begin + length:
            return None
        content, self.received = self.received[begin : begin + length], self.received[begin + length :]
        return first & 0x80, first & 0x0F, content

    def _receive(self):
        more = self.socket.recv(1 << 16)
        if not more:
            raise OSError("the browser has hung up")
        self.received += more
