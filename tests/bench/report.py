"""The tables of a run: what each is about, its columns, and the rows as they are measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One table.

    Attributes:
        id: what the documentation and other tables call it.
        title: what is measured.
        columns: heads of the columns.
        note: what has to be known to read it.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    note: str


PARSE = Benchmark(
    "parse",
    "Reading 10,000 declarations, 100 files of 100",
    ("reader", "declarations/s", "CPU s", "MB kept", "MB at most", "target"),
    "CPU and growth of resident memory, each in a fresh process, text already in memory; median of the runs. "
    "Readers of YAML read the same content as manifests. `calm` is with the garbage collector set as promo sets it.",
)
DECIDE = Benchmark(
    "decide",
    "One decision: all settings of a product in an environment, us of CPU",
    ("engine", "10 policies", "100", "1,000", "10,000", "target"),
    "Prepared once, then the same 64 pairs over and over; median of a round, divided by 64. The answers of all engines "
    "were equal for the sample at every size.",
)
SWEEP = Benchmark(
    "decide-sweep",
    "promo: every pair once, us of CPU a pair; and the first decision of all, ms of CPU",
    ("question", "10 policies", "100", "1,000", "10,000"),
    "A new resolver for every run: the sweep includes making its index, and every pair is asked for the first time.",
)
PROCESS = Benchmark(
    "process",
    "Whole process, ms of CPU (user + system)",
    ("command", "median", "lowest", "target"),
    "An installed wheel with compiled bytecode. The workspace has 10 policies, 10 products and 5 environments; "
    "yamllint reads the same as manifests.",
)
LINT = Benchmark(
    "lint",
    "Linting 10 policies, the whole process, ms of CPU (user + system)",
    ("command", "median", "lowest", "target"),
    "An installed wheel with compiled bytecode. promo: 10 policies, 10 products and 5 environments; yamllint and "
    "check-jsonschema: the same as YAML, the latter with a schema of its kinds; cfn-lint: a template of 10 IAM "
    "policies. Only promo's rules are about what policies mean.",
)
LINT_LARGE = Benchmark(
    "lint-large",
    "Linting 10,000 declarations, the whole process, s of CPU (user + system)",
    ("command", "median", "lowest", "declarations/s", "target"),
    "Long: policies and flows of some 22 lines in 100 files; short: a line each, most of them policies, with many "
    "products. Cold: promo's cache is empty. Warm: nothing changed. One file changed: 99 of the 100 come from the "
    "cache, and every rule is asked anew. Peers read the long ones as YAML, cfn-lint a template of IAM policies of "
    "500 resources, which is the most it takes; what is read in parts is extrapolated.",
)
EDIT = Benchmark(
    "yaml-edit",
    "Replacing one scalar in a values file of 208 kB, ms of CPU an edit",
    ("editor", "documented file", "dense file", "bytes outside the value", "target"),
    "From the bytes of the file to the new bytes, parsing included. Documented: a key every 84 characters, as in large "
    "published charts, the rest comments; dense: a key every 31. The other editors are handed the value; promo takes "
    "it from a YAML file, and reads its own result again. Kept trees: promo remembers the last files it read, so "
    "another edit of the same files costs less.",
)
EXACT = Benchmark(
    "yaml-exact",
    "Edits whose data are right / that also left every other byte alone",
    ("editor", "hard cases: right", "exact", "real promotions: right", "exact"),
    "Right: read back by libyaml, the data are what was wanted. Exact: also, nothing outside the replaced values "
    "changed.",
)
GIT_COMMIT = Benchmark(
    "git-commit",
    "Promoting one value in a repository of 10,000 files: edit, commit, push; ms a promotion",
    ("way", "median, wall", "lowest, wall", "CPU", "target"),
    "The target is a bare repository on this machine, and takes the push with its hooks and checks. Everything counts: "
    "finding the head, reading both files, the edit, the commit and the push; CPU is that of all processes. By hand: "
    "`git clone --depth=1`, the edit, `git commit`, `git push`, as a script in a pipeline does it. Others pushed "
    "since: the history is searched for the promotion's own commit first.",
)
VERIFY_PROCESS = Benchmark(
    "verify-process",
    "promo verify, the whole process, all checks",
    (
        "policies",
        "first run, wall s",
        "anew, wall s",
        "anew, CPU s",
        "unchanged, wall s",
        "unchanged, CPU s",
        "MB at most",
        "target",
    ),
    "Start-up, reading, all proofs with the one that no further ambiguity exists, and printing what is found. First "
    "run: promo was never called before. Anew: `--no-cache`, every proof again. Unchanged: every answer of the prover "
    "is known. CPU: medians; wall: the lowest of the runs, because others may use the machine too.",
)
VERIFY_GOAL = Benchmark(
    "verify-goal",
    "One goal of a verification, ms of CPU",
    ("prover", "goals", "without solver", "mean", "p50", "p99", "CPU s together", "growth from a tenth of it"),
    "In one process, without start-up and reading, nothing cached. Growth: the exponent of CPU over policies. Cedar's "
    "figure is the mean its authors published, for other questions on another machine.",
)
VERIFY_DIFF = Benchmark(
    "verify-diff",
    "promo diff: regions, witnesses and the proof that nothing else changed, s of CPU",
    ("question", "median", "at most", "target"),
    "In one process, without start-up and reading; five different sets of edits.",
)
VERIFY_FLOWS = Benchmark(
    "verify-flows",
    "The checks of flows, s of CPU",
    ("flows x steps", "median", "at most", "target"),
    "Reachability, redundant dependencies, what was passed across flows, and unreviewed production.",
)
LSP = Benchmark(
    "lsp",
    "promo lsp: from an edit to the findings in the editor, ms of wall time",
    ("policies", "what happens", "median", "95 %", "whole workspace", "target"),
    "Over the pipes of a real session, from before the edit is written until the findings of the edited text with the "
    "new one among them are read; one file. Whole workspace: until the findings of an analysis of everything have "
    "arrived, which the editor here asks for at once; by itself it comes after a pause of up to 250 ms. Keys: every "
    "edit of a line as it is typed, without waiting for any answer.",
)
RELEASES = Benchmark(
    "releases",
    "Releases of eight steps from beginning to end, and 5,000 that wait",
    ("store", "releases/s", "a CPU s", "saves each", "MB for 5,000 waiting", "of a core", "target"),
    "One worker with the real engine and store; ports answer at once. Every commit waits for the disk. `a CPU s` is by "
    "the CPU time of the worker, without the server's. dbos runs workflows of eight empty steps. Each waiting release "
    "is looked at once a minute, as one that has waited for ten.",
)
BENCHMARKS = (
    *(PARSE, DECIDE, SWEEP, PROCESS, LINT, LINT_LARGE, EDIT, EXACT, GIT_COMMIT),
    *(VERIFY_PROCESS, VERIFY_GOAL, VERIFY_DIFF, VERIFY_FLOWS),
    LSP,
    RELEASES,
)


@dataclass(slots=True)
class Report:
    """Rows by benchmark, in the order they were measured."""

    machine: str
    rows: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, benchmark: Benchmark, *cells: str) -> None:
        """Add a row: one cell a column."""
        assert len(cells) == len(benchmark.columns), (benchmark.id, cells)
        self.rows[benchmark.id].append(cells)

    def markdown(self) -> str:
        """Return the tables that have rows."""
        return "\n".join([self.machine, "", *(line for found in BENCHMARKS for line in self._table(found))])

    def _table(self, benchmark: Benchmark) -> Iterator[str]:
        rows = self.rows.get(benchmark.id)
        if not rows:
            return
        table = [benchmark.columns, *rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(benchmark.columns))]
        yield from (f"### `{benchmark.id}`: {benchmark.title}", "")
        for number, row in enumerate(table):
            yield f"| {' | '.join(_aligned(cell, widths[column], column) for column, cell in enumerate(row))} |"
            if number == 0:
                yield f"|{'|'.join('-' * (width + 1) + ('-' if not at else ':') for at, width in enumerate(widths))}|"
        yield from ("", benchmark.note, "")


def verdict(met: bool, target: str) -> str:
    """Return a cell that says what the target is and whether it was met."""
    return f"{target}: {'met' if met else 'MISSED'}"


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)
