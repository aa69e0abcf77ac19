"""Trains by two processes in network namespaces of their own: undisturbed, over a slow line, and cut off on the way.

    python run_namespaces.py FOLDER [COMMAND ...]

Needs Linux, root, ip and tc. FOLDER is made, or what is in it is used again; COMMAND starts Capstan, ./capstan where none
is given. A process that is cut off must be named by the other one after --peer-timeout, and both must end.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import time

PORT = "29555"
NAMES = ["capstan0", "capstan1"]
ADDRESSES = ["10.77.0.1", "10.77.0.2"]
# Beyond the timeout: to find out, to say so and to end.
GRACE = 15

folder = pathlib.Path(sys.argv[1]).resolve()
capstan = sys.argv[2:] or [str(pathlib.Path(__file__).resolve().parents[4] / "capstan")]


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def inside(rank, *words):
    return ["ip", "netns", "exec", NAMES[rank], *words]


@contextlib.contextmanager
def hosts():
    """Two hosts, as far as the network goes, and one line between them."""
    try:
        for name in NAMES:
            ip("netns", "add", name)
        ip("link", "add", "line", "netns", NAMES[0], "type", "veth", "peer", "name", "line", "netns", NAMES[1])
        for rank, name in enumerate(NAMES):
            ip("-n", name, "addr", "add", ADDRESSES[rank] + "/24", "dev", "line")
            for device in ["lo", "line"]:
                ip("-n", name, "link", "set", device, "up")
        yield
    finally:
        for name in NAMES:
            subprocess.run(["ip", "netns", "del", name], check=False)


def start(rank, output, *more):
    words = [
        *capstan, "train", str(folder / "demo.onnx"), "--data", str(folder / "images" / "train"),
        "--epochs", "1", "--threads", "1", "--batch", "32", "-o", str(output), *more,
    ]
    told = {
        "RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "1",
        "MASTER_ADDR": ADDRESSES[0], "MASTER_PORT": PORT,
    }
    with open(folder / f"{output.stem}-{rank}.txt", "w") as said:
        return subprocess.Popen(
            inside(rank, *words), env={**os.environ, **told}, stdout=said, stderr=subprocess.STDOUT
        )


def both(name, *more):
    output = folder / f"{name}.onnx"
    for old in folder.glob(f"{name}[.-]*"):
        old.unlink()
    return output, [start(rank, output, *more) for rank in range(2)]


def said(output, rank):
    return (folder / f"{output.stem}-{rank}.txt").read_text(errors="replace").strip()


def whole(name):
    begun = time.monotonic()
    output, processes = both(name)
    codes = [process.wait(900) for process in processes]
    assert codes == [0, 0], (codes, said(output, 0), said(output, 1))
    print(f"{name}: {time.monotonic() - begun:.1f} s")
    return output.read_bytes()


def cut(name, timeout):
    """Takes the line down in the middle; how long each process goes on, and what it says."""
    output, processes = both(name, *([] if timeout is None else ["--peer-timeout", str(timeout)]))
    checkpoint = folder / f"{name}.onnx.checkpoint"
    while not checkpoint.exists():
        assert all(process.poll() is None for process in processes), (said(output, 0), said(output, 1))
        time.sleep(0.01)
    ip("-n", NAMES[1], "link", "set", "line", "down")
    begun = time.monotonic()
    ended = {}
    while len(ended) < 2 and time.monotonic() - begun < (timeout or 30) + GRACE:
        for rank, process in enumerate(processes):
            if rank not in ended and process.poll() is not None:
                ended[rank] = time.monotonic() - begun
        time.sleep(0.05)
    for rank, process in enumerate(processes):
        last = (said(output, rank).splitlines() or [""])[-1]
        print(f"{name}: rank {rank} ended after {ended.get(rank, float('nan')):.1f} s with {process.poll()}: {last}")
        if rank not in ended:
            process.kill()
    ip("-n", NAMES[1], "link", "set", "line", "up")
    assert len(ended) == 2, "a process goes on"
    assert "rank 1 (process" in said(output, 0) and "rank 0 (process" in said(output, 1), "a process is not named"


if not (folder / "demo.onnx").exists():
    subprocess.run([*capstan, "demo", "-q", "--out", str(folder)], check=True)
with hosts():
    plain = whole("plain")
    for rank in range(2):
        shape = ["qdisc", "add", "dev", "line", "root", "tbf", "rate", "20mbit", "burst", "16kb", "latency", "400ms"]
        subprocess.run(inside(rank, "tc", *shape), check=True)
    assert whole("slow") == plain, "a slow line changes the result"
    for rank in range(2):
        subprocess.run(inside(rank, "tc", "qdisc", "del", "dev", "line", "root"), check=True)
    cut("cut", 5)
    cut("cut-by-default", None)
print("done: the same bits over a slow line; who is cut off is named, and both end")
