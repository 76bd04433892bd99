"""Every relative link, heading and path that the documents name exists. Prints what does not, and fails."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:crates|src|tests|scripts|fuzz|benches|docs)/[\w./-]+)`")


def anchors(document: pathlib.Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", document.read_text(), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def missing(document: pathlib.Path) -> list[str]:
    text, found = document.read_text(), []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    found += [path for path in PATH.findall(text) if "NAME" not in path and not (ROOT / path).exists()]
    return found


def main() -> int:
    broken = [f"{document.relative_to(ROOT)}: {link}" for document in sorted(DOCUMENTS) for link in missing(document)]
    print("\n".join(broken), end="\n" if broken else "")
    return 1 if broken else 0


sys.exit(main())
