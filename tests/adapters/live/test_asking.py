"""Many questions at once: how many, until when, and what one server's failure means for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from adapters.live.answer import Said
from adapters.live.asking import Question, answers
from adapters.remote.failures import NoAccessError, UnreachableError
from engine.execute.errors import AdapterError, RetryableError, TerminalError

WELL = Said("Healthy", "Synced")


class Server:
    """A server that counts what it is asked, and fails as it is told."""

    def __init__(self, fails: Callable[[int], AdapterError | None] = lambda number: None, takes: float = 0.0) -> None:
        self.fails, self.takes = fails, takes
        self.asked = self.now = self.most = 0

    async def ask(self) -> Said:
        self.asked += 1
        number = self.asked
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.takes)
        finally:
            self.now -= 1
        failure = self.fails(number)
        if failure is not None:
            raise failure
        return WELL


def ask(deadline: float, **servers: tuple[Server, int]) -> list[Said | AdapterError]:
    questions = [Question(name, server.ask) for name, (server, count) in servers.items() for _ in range(count)]
    return asyncio.run(answers(questions, deadline))


def test_nothing_is_asked_where_nothing_is_to_be_asked() -> None:
    assert ask(1) == []


def test_a_server_is_asked_eight_times_at_once_and_servers_side_by_side() -> None:
    first, second = Server(takes=0.01), Server(takes=0.01)
    assert ask(30, first=(first, 20), second=(second, 12)) == [WELL] * 32
    assert (first.most, second.most, first.asked, second.asked) == (8, 8, 20, 12)


def test_what_has_no_answer_at_the_deadline_has_none() -> None:
    slow, quick = Server(takes=600), Server()
    *late, answer = ask(0.2, slow=(slow, 10), quick=(quick, 1))
    assert answer == WELL
    assert {str(one) for one in late} == {
        "no answer within 0.2 seconds; ask again, or give it longer with --live-timeout"
    }
    assert slow.asked == 8
    assert slow.now == 0  # and nobody waits for it any more


@pytest.mark.parametrize(("failure", "most"), [(NoAccessError("wrong token"), 8), (UnreachableError("no route"), 16)])
def test_a_server_that_nobody_can_ask_is_asked_no_more(failure: AdapterError, most: int) -> None:
    broken, well = Server(lambda number: failure), Server()
    found = ask(30, broken=(broken, 200), well=(well, 3))
    assert found == [failure] * 200 + [WELL] * 3
    assert broken.asked <= most


def test_trouble_that_passes_is_asked_about_once_more() -> None:
    shaky = Server(lambda number: RetryableError("busy", after=0.0) if number % 2 else None)
    assert ask(30, shaky=(shaky, 1)) == [WELL]
    ill = Server(lambda number: RetryableError("busy", after=0.0))
    (found,) = ask(30, ill=(ill, 1))
    assert (str(found), ill.asked) == ("busy", 2)


def test_a_server_that_asks_for_more_time_than_there_is_is_told_as_it_is() -> None:
    busy = Server(lambda number: RetryableError("busy", after=600.0))
    (found,) = ask(5, busy=(busy, 1))
    assert (str(found), busy.asked) == ("busy", 1)


def test_what_is_wrong_with_one_application_is_not_asked_again() -> None:
    missing = Server(lambda number: TerminalError("no such application") if number == 1 else None)
    found = ask(30, missing=(missing, 3))
    assert [str(one) if isinstance(one, AdapterError) else one for one in found] == ["no such application", WELL, WELL]
    assert missing.asked == 3


def test_a_fault_of_promo_is_not_swallowed() -> None:
    async def broken() -> Said:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(answers([Question("a", broken)], 5))
