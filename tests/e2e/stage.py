"""A desktop of one's own for a moment: a home, a display, a message bus, a keyring, and hands and eyes over AT-SPI.

An outside program: it knows nothing of Brickpass but what a screen reader is told. Needs the system's Python with gi and Atspi.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INSIDE = "BRICKPASS_STAGE_HOME"
OURS = 19  # the descriptor on which the program inside speaks
DOES_NOT_FIT = 77  # exit code: something is missing here; the last line of stdout says what


def enter():
    """Begins again inside a message bus and a home of its own, and leaves neither behind."""
    if INSIDE in os.environ:
        # Whatever the bus starts chatters on the first three descriptors; ours is one further up.
        os.dup2(OURS, 1)
        os.dup2(OURS, 2)
        os.set_inheritable(OURS, False)
        return
    for tool in ("dbus-run-session", "Xvfb", "import"):
        if not shutil.which(tool):
            cannot(f"{tool} is missing")
    home = Path(tempfile.mkdtemp(prefix="brickpass-stage-"))
    try:
        # The temporary files too: what a killed program leaves behind goes with this home.
        folders = {"TMPDIR": "tmp", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run"}
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home), INSIDE: str(home), "GSETTINGS_BACKEND": "memory"}
        for name, folder in folders.items():
            (home / folder).mkdir(mode=0o700)
            environment[name] = str(home / folder)
        for name in ("BRICKPASS_SHOW_STEPS", "CARGO_TARGET_DIR"):
            if name in os.environ:
                environment[name] = os.environ[name]
        # A session of its own, so that whatever it starts can be ended with it.
        with open(home / "bus.log", "wb") as chatter:
            os.dup2(1, OURS)
            inside = subprocess.Popen(
                ["dbus-run-session", "--", sys.executable, *sys.argv],
                env=environment, stdin=subprocess.DEVNULL, stdout=chatter, stderr=chatter, pass_fds=[OURS], start_new_session=True,
            )
        try:
            code = inside.wait()
        finally:
            try:
                os.killpg(inside.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            _end_whatever_lives_in(home)
        sys.exit(code)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _end_whatever_lives_in(home):
    """A browser that was opened is in no group of ours, and outlives who opened it."""
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit():
                ours = f"HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0")
                # Chromium writes its title over its environment.
                if ours or f"={home}/".encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
        except OSError:  # ended by itself, or somebody else's
            pass


def cannot(reason):
    print(reason, flush=True)
    sys.exit(DOES_NOT_FIT)


def home():
    return Path(os.environ[INSIDE])


# Of everything that must come, in seconds: on a busy machine it comes late.
LIMIT = 120


def eventually(what, look, pause=0.03):
    """The first true answer of `look`; the time limit is an error that says what was waited for."""
    end = time.monotonic() + LIMIT
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"waited {LIMIT} s for {what}")
        time.sleep(pause)


def step(words):
    if "BRICKPASS_SHOW_STEPS" in os.environ:
        print(f"  {words}", flush=True)


class Display:
    """A virtual screen. `wayland`: a Weston in it, so that its picture can be taken."""

    def __init__(self, width=1280, height=800, wayland=False):
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
        self.server = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            cannot("Xvfb does not start")
        self.name = f":{number}"
        self.environment = {"DISPLAY": self.name}
        self.weston = None
        if wayland:
            self._start_weston(width, height)

    def _start_weston(self, width, height):
        log = home() / "weston.log"
        command = ["weston", "--backend=x11-backend.so", "--socket=wl-stage", f"--width={width}", f"--height={height}", "--idle-time=0", f"--log={log}"]
        self.weston = subprocess.Popen(command, env={**os.environ, **self.environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        socket = Path(os.environ["XDG_RUNTIME_DIR"]) / "wl-stage"
        try:
            eventually("weston", lambda: socket.exists() or self.weston.poll() is not None)
        except TimeoutError:
            cannot("weston does not start")
        if not socket.exists():
            cannot("weston does not start")
        self.environment = {"WAYLAND_DISPLAY": "wl-stage"}

    def picture(self, path):
        """The whole screen as a PNG."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-display", self.name, "-window", "root", "-strip", str(path)], check=True, timeout=LIMIT)

    def pixels(self):
        return subprocess.run(["import", "-display", self.name, "-window", "root", "rgb:-"], check=True, timeout=LIMIT, capture_output=True).stdout

    def settled(self):
        """Waits until two pictures in a row are the same: animations and progress have ended."""
        seen = [b"", b"."]

        def still():
            seen.append(self.pixels())
            return seen[-1] == seen[-2]

        eventually("the picture to come to rest", still, pause=0.15)

    def close(self):
        for process in (self.weston, self.server):
            if process:
                process.terminate()
                process.wait(10)


def start_keyring():
    """A real Secret Service on this bus, its keyring created and unlocked."""
    if not shutil.which("gnome-keyring-daemon"):
        cannot("gnome-keyring-daemon is missing")
    subprocess.run(
        ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--daemonize"],
        input=b"password of a test", check=True, timeout=LIMIT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )


def keyring_entries():
    """The attributes of everything that lies in the keyring, whoever put it there."""
    from gi.repository import Gio, GLib

    bus = Gio.bus_get_sync(Gio.BusType.SESSION)

    def get(path, interface, name):
        arguments = GLib.Variant("(ss)", (f"org.freedesktop.Secret.{interface}", name))
        call = ("org.freedesktop.secrets", path, "org.freedesktop.DBus.Properties", "Get", arguments)
        return bus.call_sync(*call, GLib.VariantType("(v)"), Gio.DBusCallFlags.NONE, 10000, None).unpack()[0]

    found = []
    for collection in get("/org/freedesktop/secrets", "Service", "Collections"):
        for item in get(collection, "Collection", "Items"):
            try:
                found.append(get(item, "Item", "Attributes"))
            except GLib.Error:  # deleted since it was listed
                pass
    return found


def _atspi():
    try:
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, Gio, GLib
    except (ImportError, ValueError) as error:
        cannot(f"Python's Atspi is missing ({error})")
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    # As a screen reader does: applications may wait for this before they describe themselves.
    setting = GLib.Variant("(ssv)", ("org.a11y.Status", "ScreenReaderEnabled", GLib.Variant("b", True)))
    try:
        bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set", setting, None, Gio.DBusCallFlags.NONE, 10000, None)
    except GLib.Error as error:
        cannot(f"the accessibility bus does not start ({error.message})")
    Atspi.init()
    return Atspi, GLib.Error


def window_of(display, pid):
    """The X11 window of a process, as a number."""
    tree = subprocess.run(["xwininfo", "-display", display, "-root", "-children"], check=True, timeout=LIMIT, capture_output=True, text=True).stdout
    for word in tree.split():
        if word.startswith("0x"):
            owner = subprocess.run(["xprop", "-display", display, "-id", word, "_NET_WM_PID"], timeout=LIMIT, capture_output=True, text=True).stdout
            if owner.strip().endswith(f"= {pid}"):
                return int(word, 16)
    return None


def _x11():
    import ctypes

    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    return x11


def put_pointer_away(display):
    """Into the corner, where it hovers over nothing: it begins in the middle."""
    import ctypes

    x11 = _x11()
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    x11.XWarpPointer.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong, *[ctypes.c_int] * 2, *[ctypes.c_uint] * 2, *[ctypes.c_int] * 2]
    connection = x11.XOpenDisplay(display.encode())
    x11.XWarpPointer(connection, 0, x11.XDefaultRootWindow(connection), 0, 0, 0, 0, 1 << 14, 1 << 14)
    x11.XCloseDisplay(connection)


def close_window(display, pid):
    """Sends WM_DELETE_WINDOW, for there is no window manager to do it."""
    import ctypes

    class ClientMessage(ctypes.Structure):
        _fields_ = [
            ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p), ("window", ctypes.c_ulong),
            ("message_type", ctypes.c_ulong), ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("room", ctypes.c_long * 24),
        ]

    x11 = _x11()
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
    window = eventually("the X11 window", lambda: window_of(display, pid))
    connection = x11.XOpenDisplay(display.encode())
    message = ClientMessage(type=33, window=window, message_type=x11.XInternAtom(connection, b"WM_PROTOCOLS", 0), format=32)
    message.data[0] = x11.XInternAtom(connection, b"WM_DELETE_WINDOW", 0)
    x11.XSendEvent(connection, window, 0, 0, ctypes.byref(message))
    x11.XCloseDisplay(connection)


class App:
    """The running program, seen and operated as assistive technology does."""

    def __init__(self, binary, display, arguments=(), environment=None):
        self.atspi, self.errors = _atspi()
        self.display = display
        inherited = {name: os.environ[name] for name in os.environ if name != INSIDE}
        self.log = home() / "app.log"
        with open(self.log, "ab") as log:
            self.log_begins = log.tell()
            self.process = subprocess.Popen(
                [str(binary), *arguments], env={**inherited, **display.environment, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.name = Path(binary).name
        self.root = eventually("the window on the accessibility bus", self._find_root)

    def _find_root(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the program ended with {self.process.returncode}: {self.log.read_text(errors='replace')}")
        desktop = self.atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            try:
                child = desktop.get_child_at_index(index)
                if child and child.get_process_id() == self.process.pid and child.get_child_count() and child.get_child_at_index(0).get_child_count():
                    return child
            except Exception:  # noqa: BLE001 - an application that goes away while it is looked at
                continue
        return None

    def nodes(self):
        """(role, name, node) of everything that is there, in reading order."""
        found = []
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            try:
                found.append((node.get_role_name(), node.get_name() or "", node))
                children = [node.get_child_at_index(index) for index in range(node.get_child_count())]
            except Exception:  # noqa: BLE001 - a node that went away while it was looked at
                continue
            waiting.extend(child for child in reversed(children) if child)
        return found

    def find(self, role, name, exact=True):
        for found_role, found_name, node in self.nodes():
            if found_role in (role if isinstance(role, tuple) else (role,)) and (found_name == name if exact else name in found_name):
                return node
        return None

    def wait(self, role, name, exact=True):
        try:
            return eventually(f"{role} {name!r}", lambda: self.find(role, name, exact))
        except TimeoutError as error:
            raise TimeoutError(f"{error}; there is:\n{self.describe()}") from None

    def press(self, name, role=("push button", "toggle button", "radio button", "check box", "page tab", "menu item", "combo box", "link"), exact=True):
        step(f"press {name}")
        self._with(lambda node: (node.do_action(0),), role, name, exact)

    def answer(self, name):
        """Presses a button of the dialog that is open: it comes after everything else with that name."""
        step(f"answer {name}")
        self.wait("push button", "Cancel")
        [node for role, found, node in self.nodes() if role == "push button" and found == name][-1].do_action(0)

    def type(self, name, text, secret=False):
        step(f"type {name}: {'•' * 8 if secret else text}")
        entry = self.wait(("entry", "password text", "text"), name)
        if not self.atspi.EditableText.set_text_contents(entry, text):
            raise RuntimeError(f"{name} takes no text")
        shown = "•" * len(text) if secret else text
        eventually(f"{name} to show {shown!r}", lambda: self.value(name) == shown)

    def value(self, name):
        return self._with(lambda node: (self.atspi.Text.get_text(node, 0, -1),), ("entry", "password text", "text"), name)[0]

    def row(self, name):
        """All that the row of a connection says."""
        return self._with(lambda node: (node.get_name(),), "list item", name, exact=False)[0]

    def _with(self, act, role, name, exact=True):
        """What `act` answers to the node; another one is looked for when it went away meanwhile."""

        def attempt():
            try:
                return act(self.wait(role, name, exact=exact))
            except self.errors:
                return None

        return eventually(f"{role} {name!r} to stay", attempt)

    def texts(self):
        """Every word on the screen: the names, and the text inside fields and labels."""
        words = []
        for _, name, node in self.nodes():
            words.append(name)
            try:
                words.append(self.atspi.Text.get_text(node, 0, -1))
            except Exception:  # noqa: BLE001 - most nodes hold no text
                pass
        return "\n".join(word for word in words if word)

    def wait_text(self, text):
        try:
            eventually(repr(text), lambda: text in self.texts())
        except TimeoutError as error:
            raise TimeoutError(f"{error}; there is:\n{self.describe()}") from None

    def describe(self):
        return "\n".join(f"  {role}: {name}" for role, name, _ in self.nodes() if name)

    def announcement(self):
        """What `--demo` says on its first line: the workspaces with their addresses and tokens, the user who can sign in."""
        return json.loads(self.log.read_bytes()[self.log_begins :].splitlines()[0])

    def alive(self):
        return self.process.poll() is None

    def quit(self):
        """Asks the window to close, as the window manager's close button does (X11 only), and gives its exit code."""
        step("close the window")
        close_window(self.display.name, self.process.pid)
        return self.process.wait(10)

    def close(self):
        if self.alive():
            self.process.kill()
            self.process.wait(10)
