#!/bin/sh
# Runs the official Databricks SDK for Python against a running demo.
#
#   brickpass demo | head -n 1 > announcement.json    (while `brickpass demo` runs)
#   tests/interop/run.sh [list_clusters.py | credential.py | sign_in.py | tokens.py | service_principals.py | whose_token.py] < announcement.json
#
# Prints one JSON line a workspace, or a way to sign in. Exit code 0: all as it should be; 77: could not run, and `skipped: why`; anything else: it went wrong.
# The SDK comes from PyPI in the version of requirements.txt and is kept in BRICKPASS_INTEROP_VENV, by default target/interop-venv.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
script=${1:-list_clusters.py}
kept=${BRICKPASS_INTEROP_VENV:-$(dirname "$(dirname "$here")")/target/interop-venv}

skip() {
    echo "skipped: $1"
    exit 77
}

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' || skip "python3 is older than 3.8"

# A script that needs something else has requirements of its own, and they lie beside the others.
requirements=$here/requirements.txt
if [ -f "$here/requirements-${script%.py}.txt" ]; then
    requirements=$here/requirements-${script%.py}.txt
    kept=$kept-${script%.py}
fi

wanted="$(python3 --version) $(cat "$requirements")"
if [ "$(cat "$kept/made-from" 2>/dev/null)" != "$wanted" ]; then
    # Made beside it and moved at the end: two runs at once do no harm, an interrupted one leaves nothing half-made.
    mkdir -p "$(dirname "$kept")"
    new=$kept.$$
    trap 'rm -rf "$new"' EXIT
    if python3 -m venv "$new" >/dev/null 2>&1; then
        python=$new/bin/python
    elif python3 -m pip --version >/dev/null 2>&1; then
        rm -rf "$new"
        mkdir -p "$new"
        python=python3
    else
        skip "python3 has neither venv nor pip (Debian: python3-venv)"
    fi
    # A list that is complete says so: what a package names besides can be hundreds of megabytes.
    alone=$(sed -n 's/^# Installed without .*/--no-deps/p' "$requirements")
    if ! "$python" -m pip install $alone --quiet --disable-pip-version-check --no-input --timeout 15 --retries 1 \
        --target "$new/packages" --requirement "$requirements" >"$new/pip.log" 2>&1; then
        cat "$new/pip.log" >&2
        # With versions to choose from, PyPI was there: then requirements.txt is wrong.
        if grep -q 'from versions: [0-9]' "$new/pip.log"; then exit 1; fi
        skip "PyPI could not be reached: $(tail -n 1 "$new/pip.log")"
    fi
    echo "$wanted" >"$new/made-from"
    # Where another run was first, what it has made is in use already.
    if [ "$(cat "$kept/made-from" 2>/dev/null)" = "$wanted" ]; then
        rm -rf "$new"
    else
        rm -rf "$kept"
        mv "$new" "$kept"
        rm -rf "$kept/$(basename "$new")"
    fi
fi

# A home and an environment of its own: the SDK would read profiles, variables and proxies of the person.
home=$(mktemp -d)
trap 'rm -rf "$home" ${new:+"$new"}' EXIT
env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 PYTHONPATH="$kept/packages" PYTHONDONTWRITEBYTECODE=1 python3 "$here/$script"
