"""Where secrets have left traces: in files, in the arguments and the environment of processes. Says where and which, never what."""

import base64
import hashlib
import re
from pathlib import Path


def spellings(secret):
    """The forms in which a secret could lie around: plain, wide, hexadecimal, backwards, and base64 at each of its three offsets."""
    plain = secret.encode()
    found = {plain, secret.encode("utf-16-le"), plain.hex().encode(), plain.hex().upper().encode(), plain[::-1]}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * offset + plain)
            found.add(whole[4 if offset else 0 : -4])
    return found


def found_in(content, secrets, challenge=None):
    """The names of the `secrets` (name to value) that `content` holds; "verifier" if it holds that of the PKCE `challenge` (RFC 7636, S256)."""
    found = [name for name, secret in secrets.items() if any(needle in content for needle in spellings(secret))]
    if challenge:
        for run in re.findall(rb"[A-Za-z0-9._~-]{43,}", content):
            windows = {run, *(run[start : start + 43] for start in range(len(run) - 42))}
            if any(base64.urlsafe_b64encode(hashlib.sha256(it).digest()).rstrip(b"=") == challenge.encode() for it in windows):
                found.append("verifier")
                break
    return found


def in_files(secrets, root, apart=(), challenge=None):
    """The files below `root` that hold a secret, and how many were looked at. What cannot be read is an error, not an absence."""
    found = []
    looked = 0
    for path in Path(root).rglob("*"):
        if path.is_symlink() or not path.is_file() or any(folder in path.parents for folder in apart):
            continue
        looked += 1
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # a lock or a temporary file that is gone already
            continue
        found += [f"{name} in {path}" for name in found_in(content, secrets, challenge)]
    return found, looked


def in_processes(secrets, parts=("cmdline", "environ"), challenge=None):
    """Which processes carry a secret in their arguments or environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            for part in parts:
                try:
                    content = (process / part).read_bytes()
                    found += [f"{name} in {part} of {process.name} ({(process / 'comm').read_text().strip()})" for name in found_in(content, secrets, challenge)]
                except (OSError, PermissionError):
                    pass
    return found


def prove(folder):
    """The search itself works: it finds what is put there."""
    secret, verifier = "a-secret-of-nobody-0123456789", "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    probe = Path(folder) / "probe"
    try:
        for content in (base64.b64encode(b"x" + secret.encode() + b"yz"), secret.encode("utf-16-le"), f"..{secret}..".encode()):
            probe.write_bytes(b"..." + content + b"...")
            assert in_files({"it": secret}, folder)[0] == [f"it in {probe}"], "the search finds nothing"
        probe.write_bytes(b"code_verifier=" + verifier.encode() + b"&")
        assert in_files({}, folder, challenge=challenge)[0] == [f"verifier in {probe}"], "the search finds no verifier"
    finally:
        probe.unlink(missing_ok=True)
