"""Reads odbc.ini as unixODBC does, with its own library: `{"exports": [{file: text}, ...]}` in, a JSON list of objects out."""

import ctypes
import glob
import json
import os
import sys

KEYS = ("Driver", "Host", "Port", "HTTPPath", "SSL", "AuthMech", "UID", "PWD", "Catalog", "Schema")

try:
    library = ctypes.CDLL(glob.glob(sys.argv[1] + "/usr/lib/*/libodbcinst.so.2")[0])
except (OSError, IndexError) as error:
    print(error)
    sys.exit(77)


def read(text, at):
    # A file of its own each time: what it has read once it keeps.
    path = os.path.join(os.environ["HOME"], f"{at}.ini").encode()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    section = text[1 : text.index("]")].encode()
    found = {}
    for key in KEYS:
        value = ctypes.create_string_buffer(8192)
        if library.SQLGetPrivateProfileString(section, key.encode(), b"", value, len(value), path) > 0:
            found[key] = value.value.decode()
    return found


exports = json.load(sys.stdin)["exports"]
print(json.dumps([read(next(iter(files.values())), at) for at, files in enumerate(exports)]))
