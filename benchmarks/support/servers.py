"""Runs a server on one core and a load on another."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time


def pinned(cpu, command):
    """One core for the server and another for the load, where there are two."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2 or not shutil.which("taskset"):
        return [str(part) for part in command]
    return ["taskset", "-c", str(cpus[cpu]), *map(str, command)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_listening(port, server):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("a server does not listen: " + " ".join(server.args))


@contextlib.contextmanager
def running(command):
    """A fresh server: (its port, its process)."""
    port = free_port()
    server = subprocess.Popen(pinned(0, [*command, "--port", port]))
    try:
        wait_until_listening(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:  # one that was overrun may have forgotten how to stop
            server.kill()
            server.wait()


def start_load(load, port, pid):
    return subprocess.Popen(pinned(1, [*load, "--port", port, "--pid", pid]), stdout=subprocess.PIPE)


def result_of(load):
    output, _ = load.communicate()
    if load.returncode != 0:
        sys.exit("a load failed: " + " ".join(load.args))
    return json.loads(output)


def measure(load, port, pid):
    """What a load says about the server."""
    return result_of(start_load(load, port, pid))


def measure_in_turns(commands, load, turn):
    """What a load says about each of several fresh servers, when all are there at once and one load after the other
    runs for `turn` seconds, again and again. Good for CPU only: what is under way meanwhile waits for the others."""
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(running(command)) for command in commands]
        loads = []
        for port, pid in places:
            loads.append(start_load(load, port, pid))
            stack.callback(loads[-1].kill)  # also when this is interrupted: a stopped one would stay for good
            loads[-1].send_signal(signal.SIGSTOP)
        while all(load.poll() is None for load in loads):
            for each in loads:
                each.send_signal(signal.SIGCONT)
                time.sleep(turn)
                each.send_signal(signal.SIGSTOP)
        for each in loads:
            each.send_signal(signal.SIGCONT)
        return [result_of(each) for each in loads]
