"""Workflows that try to get out: past their limits, into promo's environment, onto other files, into the time after."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.local.confine import NoIsolationError, choose
from adapters.local.running.safe_file import UnsafeFileError, read_below
from engine.execute.errors import TerminalError
from engine.execute.ports import RunPhase
from tests.adapters.execute_contracts.workflows_contract import run, settled
from tests.support.local_world import LocalWorld, gone, possible, processes_with, there

WAYS = possible("namespaces", "landlock")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux confines processes")


@pytest.fixture(params=WAYS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> LocalWorld:
    return LocalWorld(tmp_path, request.param)


def test_this_machine_can_confine_or_nothing_here_shows_anything() -> None:
    assert WAYS, "neither namespaces nor Landlock: run these tests where one of them is"


def state_of_files(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return everything about the files of a folder that somebody could change."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        about = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        found[str(path)] = (oct(about.st_mode), about.st_uid, about.st_size, content)
    return found


OUT = """\
V={victim}
echo evil > $V/new
echo evil > $V/file
echo evil >> $V/file
: > $V/file
truncate -s 0 $V/file
dd if=/dev/zero of=$V/file bs=1 count=1
mkdir $V/folder
rm -f $V/file
rm -rf $V/inner
mv $V/file $V/moved
ln $V/file ./hard && echo evil > ./hard
ln -s $V/file ./soft && echo evil > ./soft
ln -s $V ./way && echo evil > ./way/new
cp /bin/sh $V/sh
mknod ./disk b 8 0 && dd if=./disk of=./copy bs=1 count=1
mount --bind /tmp $V
mount -o remount,rw /
echo evil > /proc/self/root/$V/new
echo evil > /proc/1/root/$V/new
for P in /proc/[0-9]*; do echo evil > $P/cwd/new; echo evil > $P/root/$V/new; done
echo evil > ../../../run.json
echo evil > ../../../../outside
echo core > /proc/sys/kernel/core_pattern
echo x > /usr/evil; echo x > /etc/evil; echo x > /evil; echo x > /root/evil; echo x > $HOME/../../evil
unshare -rm sh -c "mount -o remount,bind,rw /; echo evil > $V/new"
nsenter -t 1 -m sh -c "echo evil > $V/new"
chroot / sh -c "echo evil > $V/new"
"""


def test_nothing_outside_its_folder_can_be_written(world: LocalWorld, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    (victim / "inner").mkdir(parents=True)
    (victim / "file").write_text("precious\n")
    (victim / "inner" / "deep").write_text("precious\n")
    core = Path("/proc/sys/kernel/core_pattern").read_bytes()
    before = state_of_files(victim)
    first, *attempts = OUT.format(victim=victim).splitlines()
    world.script("t", "\n".join([first, *(f"( {attempt} )" for attempt in attempts), "exit 0"]))
    assert world.run("t").phase is RunPhase.SUCCEEDED, world.log("t")
    assert state_of_files(victim) == before
    assert not any(Path(path).exists() for path in ("/usr/evil", "/etc/evil", "/evil", "/root/evil"))
    assert Path("/proc/sys/kernel/core_pattern").read_bytes() == core
    record = world.folder("t").record()
    assert record is not None
    assert record.name == "t", "the run's own record stands"
    assert sorted(one.name for one in world.state.iterdir()) == [".gitignore", "t"]


def test_without_isolation_the_same_workflow_does_all_this(tmp_path: Path) -> None:
    """What is tried above would work if nothing stood in its way."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("precious\n")
    world = LocalWorld(tmp_path, "none")
    world.script("t", f"echo evil > {victim}/new; echo evil > {victim}/file")
    world.run("t")
    assert (victim / "new").read_text() == (victim / "file").read_text() == "evil\n"


def test_modes_and_owners_outside_stay_where_a_root_of_ones_own_is_possible(tmp_path: Path) -> None:
    if "namespaces" not in WAYS:
        pytest.skip("Landlock has no rules about them, as docs/local.md says")
    world = LocalWorld(tmp_path, "namespaces")
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("precious\n")
    world.settings = replace(world.settings, readable=(os.path.realpath(victim),))
    before = state_of_files(victim)
    world.script(
        "t", f"cat {victim}/file && chmod 777 {victim} {victim}/file; chown 1 {victim}/file; touch {victim}/file"
    )
    world.run("t")
    assert world.log("t").startswith("precious\n")
    assert state_of_files(victim) == before


def test_configured_folders_can_be_read_and_written(world: LocalWorld, tmp_path: Path) -> None:
    readable = Path(os.path.realpath(tmp_path)) / "readable"
    readable.mkdir()
    (readable / "file").write_text("hello\n")
    world.settings = replace(world.settings, readable=(str(readable),))
    script = f"cat {readable}/file; echo x > {readable}/new; cp {readable}/file {world.shared}/copy"
    world.script("t", script, f"{{name: c, globalName: C, valueFrom: {{path: {world.shared}/copy}}}}")
    state = world.run("t")
    assert world.log("t").startswith("hello\n")
    assert not (readable / "new").exists()
    assert dict(state.outputs) == {"C": "hello"}


IN = """\
env; export -p; set
for P in {pids}; do cat /proc/$P/environ; tr '\\0' '\\n' < /proc/$P/environ; cat /proc/$P/mem | head -c 1; done
for P in /proc/[0-9]*; do cat $P/environ; done
cat {secret} /etc/shadow
ls -la $HOME /root /home
cat ../../../run.json ../../../runner.log
exit 0
"""


def test_promos_environment_and_other_files_cannot_be_read(world: LocalWorld, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of-a-file-swordfish\n")
    environment = {**os.environ, "SECRET_OF_PROMO": "of-promo-swordfish"}
    with subprocess.Popen(["sleep", "600"], env=environment) as promo:
        try:
            world.script("t", IN.format(pids=f"{promo.pid} {os.getpid()} {os.getppid()} 1 self", secret=secret))
            assert world.run("t").phase is RunPhase.SUCCEEDED
        finally:
            promo.kill()
    log = world.log("t")
    assert "swordfish" not in log
    assert "hunter22" not in log
    assert not [line for line in log.splitlines() if line.startswith(("PROMO_", "VIRTUAL_ENV", "USER=", "PYTEST"))]
    assert "HOME=" in log, "its own environment was read"


def test_without_isolation_the_environment_of_another_process_is_read(tmp_path: Path) -> None:
    world = LocalWorld(tmp_path, "none")
    with subprocess.Popen(["sleep", "600"], env={**os.environ, "SECRET_OF_PROMO": "of-promo-swordfish"}) as promo:
        try:
            world.script("t", f"cat /proc/{promo.pid}/environ")
            world.run("t")
        finally:
            promo.kill()
    assert "of-promo-swordfish" in world.log("t")


def test_variables_are_passed_only_when_they_are_configured_and_are_masked_in_logs(world: LocalWorld) -> None:
    world.settings = replace(world.settings, pass_environment=("SECRET_OF_PROMO", "NOT_SET"))
    world.script("t", 'echo "${#SECRET_OF_PROMO} [$SECRET_OF_PROMO] ${NOT_SET-unset}"; env | grep -c SECRET')
    assert world.run("t").phase is RunPhase.SUCCEEDED
    assert world.log("t") == "8 [***] unset\n1\n"
    everything = b"".join(path.read_bytes() for path in world.state.rglob("*") if path.is_file())
    assert b"hunter22" not in everything


def test_values_of_the_cluster_come_from_passed_variables(world: LocalWorld) -> None:
    env = "env: [{name: SECRET_OF_PROMO, valueFrom: {secretKeyRef: {name: s, key: k}}}]"
    container = f"{{image: i, command: [sh, -c, 'echo ${{#SECRET_OF_PROMO}}'], {env}}}"
    world.add("t", f"entrypoint: main\ntemplates:\n- {{name: main, container: {container}}}")
    with pytest.raises(TerminalError) as caught:
        world.run("t")
    assert "pass-environment" in caught.value.help
    world.settings = replace(world.settings, pass_environment=("SECRET_OF_PROMO",))
    assert world.run("t").phase is RunPhase.SUCCEEDED
    assert world.log("t") == "8\n"


DAEMONS = """\
trap '' TERM HUP INT
(setsid sleep {mark}1 > /dev/null 2>&1 &)
nohup sleep {mark}2 > /dev/null 2>&1 &
setsid sh -c 'trap "" TERM HUP; (setsid sleep {mark}3 &) ; setsid sleep {mark}4 &' > /dev/null 2>&1
(sh -c 'while true; do (setsid sleep {mark}5 &); sleep 0.05; done' > /dev/null 2>&1 &)
echo up > {shared}/up
"""


@pytest.mark.parametrize("ending", ["exit 0", "exit 3", "sleep {mark}9", "kill -9 $$"])
def test_no_process_is_left_whatever_it_does_to_stay(world: LocalWorld, ending: str) -> None:
    mark = f"7{os.getpid()}"
    world.settings = replace(world.settings, step_timeout=2)
    world.script("t", (DAEMONS + ending).format(mark=mark, shared=world.shared))
    state = world.run("t")
    assert state.phase is (RunPhase.SUCCEEDED if ending == "exit 0" else RunPhase.FAILED)
    assert (world.shared / "up").exists()
    assert processes_with(mark) == []


def test_terminating_leaves_no_process(world: LocalWorld) -> None:
    mark = f"8{os.getpid()}"
    world.script("t", (DAEMONS + "sleep {mark}9").format(mark=mark, shared=world.shared))
    run(world.workflows().ensure(world.asked("t")))
    world.told("up")
    assert there(mark)
    run(world.workflows().terminate(world.asked("t"), ""))
    assert processes_with(mark) == []


KILLS = """\
kill -9 {pids}
kill -9 $PPID
kill -STOP {pids}
kill -9 -1
exit 0
"""


def test_other_processes_cannot_be_killed(world: LocalWorld) -> None:
    with subprocess.Popen(["sleep", "600"]) as bystander:
        try:
            world.script("t", KILLS.format(pids=bystander.pid))
            world.script("u", "true")
            state = world.run("t")
            assert state.phase in (RunPhase.SUCCEEDED, RunPhase.FAILED), "its keeper was there to tell"
            assert bystander.poll() is None
            assert world.run("u").phase is RunPhase.SUCCEEDED
        finally:
            bystander.kill()


LIMITS = {
    "time": ({"step_timeout": 0.6}, "sleep 600", "it ran for longer than 0.6 s"),
    "run": ({"timeout": 0.6}, "sleep 600", "it ran for longer than 0.6 s"),
    "busy": ({"step_timeout": 0.6}, "while :; do :; done", "it ran for longer than 0.6 s"),
    "deaf": ({"step_timeout": 0.6}, "trap '' TERM INT HUP; while :; do sleep 1; done", "it ran for longer than 0.6 s"),
    "stopped": ({"step_timeout": 0.6}, "kill -STOP $$; sleep 600", "it ran for longer than 0.6 s"),
    "processes": (
        {"processes": 20},
        "I=0; while [ $I -lt 500 ]; do sleep 600 & I=$((I+1)); done; wait",
        "",  # it is ended, or ends itself because it may start no more
    ),
    "memory": (
        {"memory": 50_000_000},
        "for I in 1 2 3 4; do head -c 40000000 /dev/zero | tail -c 39999999 | sleep 600 & done; wait",
        "it held more than 50,000,000 bytes of memory",
    ),
    "file": ({"file_size": 100_000}, "head -c 200000 /dev/zero > big || exit 9", "Error (exit code 9)"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_no_limit_can_be_passed(world: LocalWorld, limit: str) -> None:
    settings, script, said = LIMITS[limit]
    world.settings = replace(world.settings, **settings)  # type: ignore[arg-type]
    world.script("t", script)
    state = world.run("t")
    assert state.phase is RunPhase.FAILED
    assert said in state.message


def test_a_template_can_only_lower_its_time(world: LocalWorld) -> None:
    world.settings = replace(world.settings, timeout=1)
    world.script("t", "sleep 600", more="  activeDeadlineSeconds: 100000\n")
    assert world.run("t").phase is RunPhase.FAILED
    world.script("u", "sleep 600", more="  activeDeadlineSeconds: 1\n")
    assert "it ran for longer than 1 s" in world.run("u").message


def test_output_beyond_the_limit_is_dropped_and_its_end_kept(world: LocalWorld) -> None:
    world.settings = replace(world.settings, output_limit=200_000)
    world.script("t", "echo begin; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end")
    assert world.run("t").phase is RunPhase.SUCCEEDED
    log = world.log("t")
    assert len(log) < 210_000
    assert log.startswith("begin\nx")
    assert log.endswith("x\nend\n")
    assert "bytes of output were not kept" in log


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("ln -s {secret} out", "links are not followed"),
        ("ln -s /etc/passwd out", "links are not followed"),
        ("mkdir out", "is no regular file"),
        ("mkfifo out", "is no regular file"),
        ("head -c 300000 /dev/zero > out", "has more than"),
        ("true", "there is no file `out`"),
    ],
)
def test_output_files_never_lead_out_of_the_folder(world: LocalWorld, tmp_path: Path, script: str, said: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("swordfish")
    world.script("t", script.format(secret=secret), "{name: o, globalName: O, valueFrom: {path: out}}")
    state = world.run("t")
    assert (state.phase, dict(state.outputs)) == (RunPhase.ERROR, {})
    assert said in state.message


@pytest.mark.parametrize("path", ["../out", "/../../secret", "a/../../../secret", "way/file"])
def test_paths_of_outputs_are_those_of_the_process(world: LocalWorld, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("swordfish")
    (tmp_path / "file").write_text("swordfish")
    if path.startswith("/") and world.settings.isolation != "namespaces":
        pytest.skip("such a path is refused before anything runs")
    world.script("t", f"ln -s {tmp_path} way", f"{{name: o, globalName: O, valueFrom: {{path: '{path}'}}}}")
    assert "swordfish" not in str(world.run("t").outputs)


def test_a_program_that_is_not_there_is_an_error(world: LocalWorld) -> None:
    world.add("t", "entrypoint: main\ntemplates:\n- {name: main, container: {image: i, command: [no-such-program]}}\n")
    state = world.run("t")
    assert state.phase is RunPhase.ERROR
    assert "there is no program `no-such-program`" in state.message


def test_nothing_runs_where_it_cannot_be_confined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.local.confine.mechanism._problem", lambda isolation: "the kernel is too old")
    with pytest.raises(NoIsolationError, match="namespaces: the kernel is too old; landlock: the kernel is too old"):
        choose("auto")
    world = LocalWorld(tmp_path, "auto")
    world.script("t", "true")
    with pytest.raises(TerminalError, match="processes cannot be confined here") as caught:
        world.run("t")
    assert 'isolation = "none"' in caught.value.help
    assert not world.state.exists()


def test_without_isolation_nothing_is_left_either(tmp_path: Path) -> None:
    mark = f"9{os.getpid()}"
    world = LocalWorld(tmp_path, "none")
    world.script("t", (DAEMONS + "exit 0").format(mark=mark, shared=world.shared))
    assert world.run("t").phase is RunPhase.SUCCEEDED
    assert gone(mark)


@pytest.fixture
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Copy what a keeper needs to where a user without any rights can read it."""
    import shutil

    python = Path("/usr/bin/python3")
    if os.geteuid() != 0 or not python.exists():
        pytest.skip("needs root, to become somebody else, and a Python that everybody may run")
    version = subprocess.run(
        [python, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True, check=True
    )
    if version.stdout != b"True\n":
        pytest.skip("the system's Python is older than promo's")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="promo-nobody-") as name:
        folder = Path(name)
        root = Path(__file__).parents[3]
        shutil.copytree(
            root / "adapters/local", folder / "adapters/local", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy(root / "adapters/__init__.py", folder / "adapters/__init__.py")
        shutil.copytree(root / "grammar", folder / "grammar", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "own").mkdir()
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, 65534, 65534)
        yield folder


@pytest.mark.parametrize("way", WAYS)
def test_a_user_without_rights_is_confined_the_same_way(nobody: Path, way: str) -> None:
    code = f"""
import os, subprocess, sys
sys.path.insert(0, {str(nobody)!r})
from adapters.local.leaf.job import Ending, Job, keeper_command
root = os.path.realpath({str(nobody)!r}) + "/own/root"
os.makedirs(root + "/work"); os.makedirs(root + "/tmp")
script = "id -u; echo x > inside; cat inside; echo evil > {nobody}/evil; "
script += "(setsid sleep 6{os.getpid()} &); cat /proc/{{}}/environ"
job = Job(root=root, argv=("sh", "-c", script.format(os.getpid())), environment={{}}, isolation={way!r}, processes=50)
keeper = subprocess.Popen(keeper_command(), stdin=-1, stdout=-1)
keeper.stdin.write(job.line()); keeper.stdin.flush()
print(Ending.read(keeper.stdout.read()))
"""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code],
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "SECRET": "of-promo-swordfish"},
        cwd="/",
    )
    assert "result='65534\\nx\\n'" in done.stdout, done.stdout + done.stderr
    assert "swordfish" not in done.stdout
    assert not (nobody / "evil").exists()
    assert gone(f"6{os.getpid()}")


def test_reading_below_a_folder_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("text")
    (tmp_path / "link").symlink_to("a")
    assert read_below(str(tmp_path), "/a/./b", 10) == "text"
    assert read_below(str(tmp_path), "a/c", 10) is None
    for path in ("link/b", "a", "a/b/c", "..", "", "a/../b"):
        with pytest.raises(UnsafeFileError):
            read_below(str(tmp_path), path, 10)
    with pytest.raises(UnsafeFileError, match="more than 3 bytes"):
        read_below(str(tmp_path), "a/b", 3)


def test_time_passes_for_a_run_that_waits(world: LocalWorld) -> None:
    world.settings = replace(world.settings, timeout=1)
    world.add("t", "entrypoint: main\ntemplates:\n- {name: main, suspend: {}}\n")
    begun = time.monotonic()
    assert settled(world, world.asked("t")).phase is RunPhase.FAILED
    assert time.monotonic() - begun < 60
