"""Signs in to the demo of the announcement on standard input with the official SDK: as a service principal and in the browser.

A person in front of the browser is played by `Person`. The SDK's own redirect port is 8020; where that is taken, its login runs on the next
free one of those that are registered.
"""

import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import webbrowser
from html.parser import HTMLParser

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.oauth import OAuthClient, get_endpoints_from_url

REGISTERED = range(8020, 8041)


class Forms(HTMLParser):
    """The only form of a page: where it goes, its fields, and what its first button adds."""

    def __init__(self, html):
        super().__init__()
        self.action, self.fields, self.button = None, {}, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input":
            self.fields[attributes["name"]] = attributes.get("value") or ""
        elif tag == "button" and self.button is None:
            self.button = {attributes["name"]: attributes["value"]} if "name" in attributes else {}


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Person(webbrowser.BaseBrowser):
    """Signs in and allows whatever address is opened, beside the program that waits for the answer."""

    def __init__(self, user):
        super().__init__("person")
        self.user = user
        self.logins = 0
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirects())

    def open(self, url, new=0, autoraise=True):
        self.logins += 1
        threading.Thread(target=self.walk, args=(url,), daemon=True).start()
        return True

    def load(self, url, form=None):
        """The page, or the address that it leads to."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self.opener.open(url, data, timeout=10) as answer:
                return answer.read().decode(), None
        except urllib.error.HTTPError as redirect:
            if redirect.code != 302:
                raise
            return "", redirect.headers["Location"]

    def walk(self, url):
        page, leads_to = self.load(url)
        while leads_to is None:
            form = Forms(page)
            known = {"username": self.user["name"], "password": self.user["password"]}
            fields = {name: known.get(name, value) for name, value in form.fields.items()}
            url = urllib.parse.urljoin(url, form.action)
            page, leads_to = self.load(url, {**fields, **form.button})
        # The SDK listens only after it has opened the browser.
        for _ in range(100):
            try:
                self.load(leads_to)
                return
            except urllib.error.URLError:
                time.sleep(0.05)


def free_port():
    for port in REGISTERED:
        with socket.socket() as probe:
            # As the SDK's own server: what a login just left behind is no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    print("skipped: every port from 8020 to 8040 is taken")
    sys.exit(77)


def in_browser(host, account_id=None):
    """The access token of a login in the browser, and through which of the SDK's doors it came."""
    for _ in range(3):
        try:
            return log_in(free_port(), host, account_id)
        except (OSError, ValueError) as failed:
            # Somebody else was quicker.
            if "Address already in use" not in str(failed):
                raise
    print("skipped: the ports from 8020 to 8040 are taken again and again")
    sys.exit(77)


def log_in(port, host, account_id):
    if port == REGISTERED[0]:
        config = Config(host=host, account_id=account_id, auth_type="external-browser")
        return config.authenticate()["Authorization"].split(" ")[1], "external-browser"
    discovery = Config(host=host, account_id=account_id, token="unused", auth_type="pat").discovery_url
    login = OAuthClient(
        oidc_endpoints=get_endpoints_from_url(discovery),
        redirect_url=f"http://localhost:{port}",
        client_id="databricks-cli",
        scopes=["all-apis", "offline_access"],
    )
    return login.initiate_consent().launch_external_browser().token().access_token, "OAuthClient"


def main():
    announced = json.load(sys.stdin)
    account, principal, user = announced["account"], announced["service_principal"], announced["user"]
    host = next(it["base_url"] for it in announced["workspaces"] if it["name"] == "Nightly jobs")
    person = Person(user)
    webbrowser.register("person", None, person, preferred=True)

    client = WorkspaceClient(host=host, auth_type="oauth-m2m", **principal)
    clusters = [it.cluster_id for it in client.clusters.list()]
    print(json.dumps({"way": "m2m workspace", "user": client.current_user.me().user_name, "seen": clusters}))

    def workspaces(**auth):
        listed = AccountClient(host=account["base_url"], account_id=account["account_id"], **auth).workspaces.list()
        return [it.workspace_name for it in listed]

    print(json.dumps({"way": "m2m account", "user": principal["client_id"], "seen": workspaces(auth_type="oauth-m2m", **principal)}))

    token, door = in_browser(host)
    client = WorkspaceClient(host=host, token=token, auth_type="pat")
    clusters = [it.cluster_id for it in client.clusters.list()]
    print(json.dumps({"way": "browser workspace", "user": client.current_user.me().user_name, "seen": clusters, "door": door}))

    token, door = in_browser(account["base_url"], account["account_id"])
    print(json.dumps({"way": "browser account", "user": user["name"], "seen": workspaces(token=token, auth_type="pat"), "door": door}))

    workspace_id = str(WorkspaceClient(host=host, auth_type="oauth-m2m", **principal).get_workspace_id())
    client = WorkspaceClient(host=announced["unified"]["base_url"], workspace_id=workspace_id, auth_type="oauth-m2m", **principal)
    clusters = [it.cluster_id for it in client.clusters.list()]
    print(json.dumps({"way": "m2m unified", "user": client.current_user.me().user_name, "seen": clusters}))

    assert person.logins >= 2, person.logins


main()
