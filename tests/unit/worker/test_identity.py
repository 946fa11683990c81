from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from wentu.worker.identity import Identity


def dead_pid() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_dead_worker_of_this_machine_is_known_and_a_living_one_too() -> None:
    me = Identity.mine()
    assert me.knows_dead(replace(me, pid=dead_pid(), start="old").token())
    assert me.knows_dead(replace(me, start="old").token())  # its number is mine now
    assert not me.knows_dead(replace(me, pid=os.getppid(), start="other").token())
    assert not me.knows_dead(me.token())


def test_a_machine_with_the_same_name_is_another_one() -> None:
    me = Identity.mine()
    name, boot, processes = me.where.split("/")
    assert len(boot) == 8
    namesake = replace(me, where=f"{name}/{'0' * 8}/{processes}", pid=dead_pid(), start="old")
    assert not me.knows_dead(namesake.token())
