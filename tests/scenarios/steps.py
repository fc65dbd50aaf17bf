"""What can be said in a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.scenarios.binding import step
from tests.scenarios.world import Mishap, Outcome, Seen, World

# --- given ---------------------------------------------------------------------------------------


@step("given", "the workspace {word}")
def _given_the_workspace(world: World, folder: str) -> None:
    world.use_workspace(folder, ())


@step("given", "the workspace {word} with", block=True)
def _given_the_workspace_with(world: World, folder: str, lines: Sequence[str]) -> None:
    world.use_workspace(folder, lines)


@step("given", "the workspace says {text} instead of {text}")
def _given_the_workspace_says_instead_of(world: World, after: str, before: str) -> None:
    world.replace_words(before, after)


@step("given", "it is {moment}")
def _given_it_is(world: World, moment: datetime) -> None:
    world.set_time(moment)


@step("given", "the workflow {word} takes {duration}")
def _given_the_workflow_takes(world: World, name: str, takes: timedelta) -> None:
    world.script(name, "", [Outcome(takes=takes)])


@step("given", "the workflow {word} fails once with {text}")
def _given_the_workflow_fails_once_with(world: World, name: str, message: str) -> None:
    world.script(name, "", [Outcome(False, message=message), Outcome()])


@step("given", "the workflow {word} always fails with {text}")
def _given_the_workflow_always_fails_with(world: World, name: str, message: str) -> None:
    world.script(name, "", [Outcome(False, message=message)])


@step("given", "the workflow {word} fails once in {word} with {text}")
def _given_the_workflow_fails_once_in_with(world: World, name: str, where: str, message: str) -> None:
    world.script(name, where, [Outcome(False, message=message), Outcome()])


@step("given", "the workflow {word} exports", block=True)
def _given_the_workflow_exports(world: World, name: str, lines: Sequence[str]) -> None:
    world.script(name, "", [Outcome(exports=_pairs(lines))])


@step("given", "the workflow {word} fails and exports", block=True)
def _given_the_workflow_fails_and_exports(world: World, name: str, lines: Sequence[str]) -> None:
    world.script(name, "", [Outcome(False, exports=_pairs(lines), message="it says no")])


@step("given", "the workflow {word} exports in {word}", block=True)
def _given_the_workflow_exports_in(world: World, name: str, where: str, lines: Sequence[str]) -> None:
    world.script(name, where, [Outcome(exports=_pairs(lines))])


@step("given", "the next change makes {word} unhealthy for good")
def _given_the_next_change_makes_unhealthy_for_good(world: World, application: str) -> None:
    world.break_application(application, 1)


@step("given", "every change makes {word} unhealthy for good")
def _given_every_change_makes_unhealthy_for_good(world: World, application: str) -> None:
    world.break_application(application, 1_000)


@step("given", "{word} merges pull requests of {word} after {duration}")
def _given_merges_pull_requests_of_after(world: World, who: str, environment: str, after: timedelta) -> None:
    world.decide_pull_requests(environment, who, True, after)


@step("given", "{word} closes pull requests of {word} after {duration}")
def _given_closes_pull_requests_of_after(world: World, who: str, environment: str, after: timedelta) -> None:
    world.decide_pull_requests(environment, who, False, after)


@step("given", "the {word} of {word} cannot be reached {count} times")
def _given_the_of_cannot_be_reached_times(world: World, role: str, where: str, times: int) -> None:
    world.misfortune(Mishap.UNREACHABLE, role, where, times)


@step("given", "the {word} of {word} is refused for good")
def _given_the_of_is_refused_for_good(world: World, role: str, where: str) -> None:
    world.misfortune(Mishap.REFUSED, role, where, 1)


@step("given", "the answer about the {word} of {word} is lost {count} times")
def _given_the_answer_about_the_of_is_lost_times(world: World, role: str, where: str, times: int) -> None:
    world.misfortune(Mishap.LOST_ANSWER, role, where, times)


@step("given", "the call for the {word} of {word} is delivered twice")
def _given_the_call_for_the_of_is_delivered_twice(world: World, role: str, where: str) -> None:
    world.misfortune(Mishap.TWICE, role, where, 1)


@step("given", "the {word} of {word} takes effect and never answers")
def _given_the_of_takes_effect_and_never_answers(world: World, role: str, where: str) -> None:
    world.misfortune(Mishap.HANGS, role, where, 1)


@step("given", "the worker dies just before the {word} of {word}")
def _given_the_worker_dies_just_before_the_of(world: World, role: str, where: str) -> None:
    world.misfortune(Mishap.DIES_BEFORE, role, where, 1)


@step("given", "the worker dies between the {word} of {word} and its record")
def _given_the_worker_dies_between_the_of_and_its_record(world: World, role: str, where: str) -> None:
    world.misfortune(Mishap.DIES_AFTER, role, where, 1)


@step("given", "the worker dies between the end of the {word} of {word} and its record")
def _given_the_worker_dies_after_ending(world: World, role: str, where: str) -> None:
    world.misfortune(Mishap.DIES_AFTER_ENDING, role, where, 1)


@step("given", "the worker dies {count} times after the commit shows a status")
def _given_the_worker_dies_after_showing(world: World, times: int) -> None:
    world.misfortune(Mishap.DIES_AFTER_SHOWING, "", "", times)


# --- when ----------------------------------------------------------------------------------------


@step("when", "{word} starts {word} along {word}")
def _when_starts_along(world: World, who: str, product: str, flow: str) -> None:
    world.start(who, product, flow, "")


@step("when", "{word} starts {word} along {word} as {word}")
def _when_starts_along_as(world: World, who: str, product: str, flow: str, name: str) -> None:
    world.start(who, product, flow, name)


@step("when", "{word} starts {word} along {word} {count} times")
def _when_starts_along_times(world: World, who: str, product: str, flow: str, times: int) -> None:
    for _number in range(times):
        world.start(who, product, flow, "")


@step("when", "{word} promotes {word} from {word} into {word}")
def _when_promotes_from_into(world: World, who: str, product: str, source: str, environment: str) -> None:
    world.start_into(who, product, environment, source)


@step("when", "{duration} passes")
def _when_passes(world: World, duration: timedelta) -> None:
    world.pass_time(duration)


@step("when", "it has run to its end")
def _when_it_has_run_to_its_end(world: World) -> None:
    world.run_to_end()


@step("when", "{word} has become {word}")
def _when_has_become(world: World, environment: str, status: str) -> None:
    world.run_until(environment, status)


@step("when", "{word} of {words} approves {word}")
def _when_of_approves(world: World, who: str, teams: Sequence[str], environment: str) -> None:
    world.approve(who, teams, environment)


@step("when", "{word} terminates the release because {text}")
def _when_terminates_the_release_because(world: World, who: str, reason: str) -> None:
    world.terminate(who, reason, "")


@step("when", "{word} terminates release {word} because {text}")
def _when_terminates_release_because(world: World, who: str, name: str, reason: str) -> None:
    world.terminate(who, reason, name)


@step("when", "{word} retries the release")
def _when_retries_the_release(world: World, who: str) -> None:
    world.retry(who, "")


@step("when", "{word} retries release {word}")
def _when_retries_release(world: World, who: str, name: str) -> None:
    world.retry(who, name)


@step("when", "{word} merges the pull request of {word}")
def _when_merges_the_pull_request_of(world: World, who: str, environment: str) -> None:
    world.merge(who, environment)


@step("when", "{word} closes the pull request of {word}")
def _when_closes_the_pull_request_of(world: World, who: str, environment: str) -> None:
    world.close(who, environment)


@step("when", "{word} falls ill")
def _when_falls_ill(world: World, application: str) -> None:
    world.fall_ill(application)


@step("when", "{word} recovers")
def _when_recovers(world: World, application: str) -> None:
    world.recover(application)


@step("when", "somebody pushes version {text} to {word}")
def _when_somebody_pushes_version_to(world: World, version: str, application: str) -> None:
    world.push_version(application, version)


@step("when", "the workspace is edited to say", block=True)
def _when_the_workspace_is_edited_to_say(world: World, lines: Sequence[str]) -> None:
    world.edit_workspace(lines)


@step("when", "the database is away for {duration}")
def _when_the_database_is_away_for(world: World, duration: timedelta) -> None:
    world.take_database_away(duration)


@step("when", "the run of the {word} of {word} is deleted")
def _when_the_run_of_the_of_is_deleted(world: World, role: str, where: str) -> None:
    world.forget_run(f"{where} {role}")


# --- then ----------------------------------------------------------------------------------------


@step("then", "the release is {word}")
def _then_the_release_is(world: World, status: str) -> None:
    _is(world.see_release(""), status)


@step("then", "the release is {word} because {text}")
def _then_the_release_is_because(world: World, status: str, why: str) -> None:
    _is(world.see_release(""), status, why)


@step("then", "release {word} is {word}")
def _then_release_is(world: World, name: str, status: str) -> None:
    _is(world.see_release(name), status)


@step("then", "release {word} is {word} because {text}")
def _then_release_is_because(world: World, name: str, status: str, why: str) -> None:
    _is(world.see_release(name), status, why)


@step("then", "{word} is {word}")
def _then_is(world: World, environment: str, status: str) -> None:
    _is(world.see_environment(environment), status)


@step("then", "{word} is {word} because {text}")
def _then_is_because(world: World, environment: str, status: str, why: str) -> None:
    _is(world.see_environment(environment), status, why)


@step("then", "the {word} of {word} is {word}")
def _then_the_of_is(world: World, role: str, where: str, status: str) -> None:
    _is(world.see_step(role, where), status)


@step("then", "the {word} of {word} is {word} because {text}")
def _then_the_of_is_because(world: World, role: str, where: str, status: str, why: str) -> None:
    _is(world.see_step(role, where), status, why)


@step("then", "{count} releases are {word}")
def _then_releases_are(world: World, count: int, status: str) -> None:
    found = world.count_releases(status)
    assert found == count, f"{found} releases are {status}"


@step("then", "exactly this happened", block=True)
def _then_exactly_this_happened(world: World, lines: Sequence[str]) -> None:
    assert world.effects() == lines


@step("then", "these happened in order", block=True)
def _then_these_happened_in_order(world: World, lines: Sequence[str]) -> None:
    _in_order(world.effects(), lines)


@step("then", "{text} happened {count} times")
def _then_happened_times(world: World, effect: str, times: int) -> None:
    found = world.effects().count(effect)
    assert found == times, f"`{effect}` happened {found} times in {world.effects()}"


@step("then", "{text} never happened")
def _then_never_happened(world: World, effect: str) -> None:
    assert effect not in world.effects()


@step("then", "no effect was made twice")
def _then_no_effect_was_made_twice(world: World) -> None:
    assert world.repeated() == []


@step("then", "the {word} of {word} was passed", block=True)
def _then_the_of_was_passed(world: World, role: str, where: str, lines: Sequence[str]) -> None:
    passed, wanted = world.passed(role, where), _pairs(lines)
    assert {name: passed.get(name) for name in wanted} == wanted, f"it was passed {dict(passed)}"


@step("then", "the {word} of {word} was not passed {word}")
def _then_the_of_was_not_passed(world: World, role: str, where: str, name: str) -> None:
    assert name not in world.passed(role, where)


@step("then", "the promotion context is", block=True)
def _then_the_promotion_context_is(world: World, lines: Sequence[str]) -> None:
    assert dict(world.context()) == _pairs(lines)


@step("then", "the audit trail says in order", block=True)
def _then_the_audit_trail_says_in_order(world: World, lines: Sequence[str]) -> None:
    _in_order(world.trail(), lines)


@step("then", "{word} has version {text}")
def _then_has_version(world: World, application: str, version: str) -> None:
    found = world.version(application)
    assert found == version, f"{application} has version {found}"


@step("then", "the commit shows {word}")
def _then_the_commit_shows(world: World, status: str) -> None:
    _is(world.commit_status(), status)


@step("then", "the release goes by", block=True)
def _then_the_release_goes_by(world: World, lines: Sequence[str]) -> None:
    for line in lines:
        environment, _, setting = line.partition(": ")
        assert setting in world.settings(environment), f"{environment} has {world.settings(environment)}"


def _is(seen: Seen, status: str, why: str = "") -> None:
    assert seen.status == status, f"it is {seen.status}: {seen.message}"
    assert why in seen.message, f"it says: {seen.message}"


def _in_order(found: Sequence[str], wanted: Sequence[str]) -> None:
    """Check that lines come in this order, whatever stands between them; a wanted line is a part of one."""
    rest = list(found)
    for line in wanted:
        while rest and line not in rest[0]:
            rest.pop(0)
        assert rest, f"`{line}` is missing, or not in its place, in:\n" + "\n".join(found)
        rest.pop(0)


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition(" = ") for line in lines)}
