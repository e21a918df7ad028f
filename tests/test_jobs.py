"""The executor of builds does what the one in `concurrent.futures` would do."""

import subprocess
import sys
import threading

import pytest

from buildassets.jobs import threads


def test_the_results_are_those_of_the_calls() -> None:
    with threads(3) as executor:
        assert executor
        calls = [executor.submit(pow, number, 2) for number in range(50)]
        assert [call.result() for call in calls] == [number**2 for number in range(50)]
        assert executor.submit(int, "11", base=2).result() == 3


def test_what_a_call_raises_is_raised_where_its_result_is_asked_for() -> None:
    with threads(2) as executor:
        assert executor
        failing = executor.submit(int, "x")
        assert executor.submit(int, "1").result() == 1
        for _ in range(2):
            with pytest.raises(ValueError, match="invalid literal"):
                failing.result()


def test_as_many_calls_run_at_once_as_there_are_threads() -> None:
    together = threading.Barrier(3)
    with threads(3) as executor:
        assert executor
        calls = [executor.submit(together.wait, 60) for _ in range(6)]
        assert sorted(call.result() for call in calls) == [0, 0, 1, 1, 2, 2]
        names = {executor.submit(threading.get_ident).result() for _ in range(20)}
        assert len(names) <= 3


def test_at_the_end_running_calls_finish_and_waiting_ones_never_begin() -> None:
    begun, done = threading.Event(), []
    free = threading.Event()

    def work(number: int) -> None:
        begun.set()
        free.wait(60)
        done.append(number)

    with threads(2) as executor:
        assert executor
        calls = [executor.submit(work, number) for number in range(20)]
        assert begun.wait(60)
        assert calls[-1].cancel()
        threading.Timer(0.05, free.set).start()
    assert 1 <= len(done) <= 2


def test_one_job_needs_no_executor() -> None:
    with threads(1) as executor:
        assert executor is None


def test_the_standard_library_s_is_not_imported() -> None:
    program = "import sys; from buildassets.jobs import threads\n"
    program += "with threads(2) as executor: assert executor.submit(int).result() == 0\n"
    program += "print({'concurrent.futures', 'logging'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
