#!/usr/bin/env python3
"""Which cases of the battery the tests cover, read from the test results themselves.

usage: battery.py CASES OUTPUT SKIPPED

CASES    the list of cases: `# ST Secret storage` begins a group, `ST-14 3 what must happen` is a case with its weight
OUTPUT   what `cargo test` printed: a test whose name begins with an ID (`st_14_...`) covers that case
SKIPPED  what the tests wrote to BRICKPASS_SKIP_LOG: `skipped: st_05_...: the reason`

A case is failed when one of its tests failed, skipped when one of them could not run, and passed when all of them ran and passed.
"""

import re
import sys
from dataclasses import dataclass, field

RESULT = re.compile(r"test (?:\S+::)?([a-z]{2})_(\d{2})_\w* \.\.\. (ok|FAILED|ignored)")
SKIPPED = re.compile(r"^skipped: (?:\S+::)?([A-Za-z]{2})[-_](\d{2})[^:]*: (.*)$")


@dataclass
class Case:
    id: str
    weight: int
    text: str
    results: list = field(default_factory=list)
    skipped: list = field(default_factory=list)

    @property
    def state(self):
        if "FAILED" in self.results:
            return "failed"
        if self.skipped or "ignored" in self.results:
            return "skipped"
        return "passed" if self.results else "uncovered"


def read_cases(text):
    groups = {}
    titles = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if heading := re.fullmatch(r"# ([A-Z]{2}) (.+)", line):
            group = heading[1]
            titles[group], groups[group] = heading[2], {}
        elif case := re.fullmatch(r"([A-Z]{2})-(\d{2}) ([123]) (.+)", line):
            groups[case[1]][f"{case[1]}-{case[2]}"] = Case(f"{case[1]}-{case[2]}", int(case[3]), case[4])
        elif not line.startswith("#"):
            raise SystemExit(f"line {number} is neither a group nor a case: {line}")
    return titles, groups


def add_results(groups, output, skipped):
    """Fills in the results; answers the IDs that tests bear and the list does not know."""
    cases = {case.id: case for group in groups.values() for case in group.values()}
    strangers = set()

    def case_of(match):
        name = f"{match[1].upper()}-{match[2]}"
        if name not in cases:
            strangers.add(name)
        return cases.get(name)

    for match in RESULT.finditer(output):
        if case := case_of(match):
            case.results.append(match[3])
    for line in skipped.splitlines():
        if (match := SKIPPED.match(line)) and (case := case_of(match)):
            case.skipped.append(match[3])
    return {name for name in strangers if name[:2] in groups}


def report(titles, groups, strangers):
    lines = [f"{'group':<38}{'cases':>6}{'covered':>9}{'passed':>8}{'failed':>8}{'skipped':>9}{'points':>12}"]
    total = [0] * 7
    details = []
    for group, cases in groups.items():
        states = {state: [case for case in cases.values() if case.state == state] for state in ("passed", "failed", "skipped", "uncovered")}
        points = sum(case.weight for case in states["passed"])
        row = [len(cases), len(cases) - len(states["uncovered"]), *(len(states[state]) for state in ("passed", "failed", "skipped")), points]
        row.append(sum(case.weight for case in cases.values()))
        total = [a + b for a, b in zip(total, row)]
        lines.append(format_row(f"{group} {titles[group]}", row))
        details += [f"failed   {case.id} (weight {case.weight}): {case.text}" for case in states["failed"]]
        details += [f"skipped  {case.id}: {'; '.join(sorted(set(case.skipped))) or 'ignored'}" for case in states["skipped"]]
        if states["uncovered"]:
            details.append(f"not yet covered in {group}: " + " ".join(case.id for case in states["uncovered"]))
    lines.append(format_row("all", total))
    if details:
        lines += ["", *details]
    if strangers:
        lines.append("tests bear IDs that the list does not know: " + " ".join(sorted(strangers)))
    return "\n".join(lines)


def format_row(title, row):
    cases, covered, passed, failed, skipped, points, all_points = row
    return f"{title:<38}{cases:>6}{covered:>9}{passed:>8}{failed:>8}{skipped:>9}{f'{points}/{all_points}':>12}"


def main(arguments):
    if len(arguments) != 3:
        raise SystemExit(__doc__)
    cases, output, skipped = (open(path, encoding="utf-8", errors="replace").read() for path in arguments)
    titles, groups = read_cases(cases)
    strangers = add_results(groups, output, skipped)
    print(report(titles, groups, strangers))
    return 1 if any(case.state == "failed" for group in groups.values() for case in group.values()) or strangers else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
