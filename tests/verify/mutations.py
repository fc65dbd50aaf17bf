"""Mistakes made on purpose in the merge, the patterns and the domination, to see whether the tests notice.

`make mutations` (or `python tests/verify/mutations.py [NUMBER ...]`) makes each of them in a copy of the sources,
runs the tests that ought to fail, and says which one did. The exit code is 1 when a mistake was not noticed.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("grammar", "engine", "adapters", "tests", "policies", "docs", "pyproject.toml", "README.md")
LONGEST = 300
"""Seconds the tests may take before a mistake counts as noticed: it made something endless."""

MOST_MEMORY = 4 << 30

SUITES = {
    "merge": (
        "tests/engine/resolve/test_merge.py",
        "tests/engine/resolve/test_side_index.py",
        "tests/engine/resolve/test_evaluate.py",
        "tests/engine/resolve/test_explain.py",
        "tests/verify/test_cases.py",
        "tests/engine/verify/test_differential.py",
    ),
    "patterns": (
        "tests/engine/model/test_glob.py",
        "tests/engine/verify/test_globs.py",
        "tests/engine/resolve/test_evaluate.py",
        "tests/verify/test_cases.py",
        "tests/engine/verify/test_differential.py",
    ),
    "domination": (
        "tests/engine/verify/test_flow_domination.py",
        "tests/verify/test_cases.py",
        "tests/engine/verify/test_flow_cases.py",
    ),
}
"""The tests for each area, those that find most first."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mistake: a text that occurs once in a file, and what stands there instead."""

    area: str
    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """Return a file's text with the mistake in it; the text it replaces has to occur exactly once."""
        assert text.count(self.old) == 1, f"{self.file} has {text.count(self.old)} times: {self.old}"
        return text.replace(self.old, self.new)


def _merge(file: str, old: str, new: str) -> Mutation:
    return Mutation("merge", f"engine/{file}.py", old, new)


def _patterns(file: str, old: str, new: str) -> Mutation:
    return Mutation("patterns", f"engine/{file}.py", old, new)


def _domination(file: str, old: str, new: str) -> Mutation:
    return Mutation("domination", f"engine/verify/{file}.py", old, new)


MUTATIONS = (
    # --- the merge: priorities, ties, inline settings, conditions taken apart into rows
    _merge("model/priority_order", "return -priority if", "return priority if"),
    _merge("resolve/resolver", "(rank(policy.priority), policy.name)", "(rank(policy.priority), policy.name[::-1])"),
    _merge("resolve/resolver", "for policy in reversed(self.policies) for row", "for policy in self.policies for row"),
    _merge("resolve/resolver", "merged = effective | over", "merged = over | effective"),
    _merge("resolve/resolver", "if self._whole & side & place.matching:", "if self._whole & side and inline:"),
    _merge("resolve/resolver", "() if step is None else step.settings", "() if step is None else step.settings[1:]"),
    _merge(
        "resolve/resolver", "(side & setting_rows).bit_length()", "(side & setting_rows & -setting_rows).bit_length()"
    ),
    _merge(
        "resolve/evaluation",
        "return not evaluate(condition.operand, facts)",
        "return evaluate(condition.operand, facts)",
    ),
    _merge(
        "resolve/side_index", "part.attribute, {}), part.values, row)", "part.attribute, {}), part.values[:1], row)"
    ),
    _merge("resolve/side_index", "and (type(part), part.attribute) not in tabled:", "and part.attribute is not None:"),
    _merge("resolve/glob_table", "glob[1:]] = asking", "glob[1:]] = 0"),
    _merge("resolve/side_index", "|= 1 << (number & 7)", "|= 1 << (number & 3)"),
    _merge("resolve/rows", "pure = condition if wanted else Negation(condition)", "pure = condition"),
    _merge(
        "resolve/rows",
        "if wanted else _sum(condition.operands, False)",
        "if wanted else _product(condition.operands, False)",
    ),
    _merge("resolve/decision", "and other.value != winner.value", "and other.origin != winner.origin"),
    _merge(
        "resolve/decision",
        "and other.origin.priority == origin.priority",
        "and other.origin.priority <= origin.priority",
    ),
    # --- patterns: matching, containment, overlap, words that some fit and others do not
    _patterns("model/glob", "or len(text) < len(first) + len(last) or", "or"),
    _patterns("model/glob", "len(first), len(text) - len(last)", "len(first), len(text)"),
    _patterns("model/glob", "position = found + len(part)", "position = found"),
    _patterns("model/glob", "text.find(part, position, limit)", "text.find(part, 0, limit)"),
    _patterns("model/glob", "return glob == text", "return glob.lower() == text.lower()"),
    _patterns("verify/globs", 'inner.replace("*", strange)', 'inner.replace("*", "")'),
    _patterns("verify/globs", "if first and first == second:", 'if first and first == second != "-":'),
    _patterns("verify/globs", "begin = (self.start, 0)", "begin = (self.start, 1)"),
    _patterns("verify/globs", "self.hopeless |= self.loops & 1 << at", "self.hopeless |= 1 << at"),
    _patterns("verify/globs", "return phase > 0", "return True"),
    _patterns(
        "verify/globs", "_is_good(exact.text, fitting, others, language)", "_is_good(exact.text, fitting, (), language)"
    ),
    _patterns(
        "verify/encoding",
        "contains(second.text, first.text), contains(first.text, second.text)",
        "contains(first.text, second.text), contains(second.text, first.text)",
    ),
    # --- domination: what every change has passed
    _domination("flow_paths", "collected[follower] |= through", "collected[follower] = through"),
    _domination("flow_paths", "through = before[name] | bits[name]", "through = bits[name]"),
    _domination("flow_paths", "] = len(waits)", "] = min(1, len(waits))"),
    _domination("flow_paths", "if name in impassable:", "if name in impassable and not before[name]:"),
    _domination(
        "domination", "passed if known is None else known & passed", "passed if known is None else known | passed"
    ),
    _domination("domination", "None if entered is None else entered | inside", "None if entered is None else inside"),
    _domination("domination", "if merged != known:", "if known is None:"),
    _domination("domination", "if not inside & bit and paths", "if paths"),
    _domination("domination", "uses = () if declared is None else declared.flows", "uses = ()"),
)


def caught_by(mutation: Mutation, folder: Path) -> str | None:
    """Make a mistake in a copy of the sources, run the tests, and take it back.

    Returns:
        The test that failed; None where all passed.
    """
    path = folder / mutation.file
    text = path.read_text(encoding="utf-8")
    path.write_text(mutation.applied(text), encoding="utf-8")
    try:
        return _first_failure(SUITES[mutation.area], folder)
    finally:
        path.write_text(text, encoding="utf-8")


def _first_failure(tests: tuple[str, ...], folder: Path) -> str | None:
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    arguments = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "--tb=no", "-rfE", *tests]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            preexec_fn=_bounded,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"nothing ended within {LONGEST} s"
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    assert found is not None, f"the tests did not run:\n{done.stdout}{done.stderr}"
    return found[1]


def _bounded() -> None:
    """Bound the memory of the tests: a mistake may make something endless."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def copied(folder: Path) -> None:
    """Copy the sources into a folder, and make sure that Python takes them from there."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    done = subprocess.run(
        [sys.executable, "-c", "import engine; print(engine.__file__)"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(folder.resolve()), done.stdout


def main(arguments: list[str]) -> int:
    """Try the mutations whose numbers are given, or all; return the exit code."""
    chosen = [int(argument) for argument in arguments] or list(range(1, len(MUTATIONS) + 1))
    survived = 0
    with tempfile.TemporaryDirectory(prefix="promo-mutations-") as temporary:
        folder = Path(temporary)
        copied(folder)
        for area, tests in SUITES.items():
            failed = _first_failure(tests, folder)
            assert failed is None, f"without any mistake, {failed} fails among the tests of {area}"
        for number in chosen:
            mutation = MUTATIONS[number - 1]
            began = time.monotonic()
            found = caught_by(mutation, folder)
            survived += found is None
            took = f"{time.monotonic() - began:.0f} s"
            print(f"{number:>2} {mutation.area:<10} {mutation.file}: {mutation.new}")
            print(f"   {f'caught by {found}' if found else 'SURVIVED'} ({took})", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} mistakes were noticed")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
