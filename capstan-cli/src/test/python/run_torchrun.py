"""Trains by two processes that PyTorch's launcher starts, kills one of them on the way, and sees the run end.

    python run_torchrun.py FOLDER [COMMAND ...]

FOLDER is made, or what is in it is used again; COMMAND starts Capstan, ./capstan where none is given. Needs pip's torch.
"""

import os
import pathlib
import signal
import subprocess
import sys
import time


def environment(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def ranks(rank):
    """Processes of Capstan, which the launcher has told their rank."""
    java = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
        except OSError:
            continue
        if name == "java" and f"RANK={rank}" in environment(folder.name) and MARK in environment(folder.name):
            java.append(int(folder.name))
    return java


folder = pathlib.Path(sys.argv[1]).resolve()
capstan = sys.argv[2:] or [str(pathlib.Path(__file__).resolve().parents[4] / "capstan")]
MARK = f"CAPSTAN_TRIED_IN={folder}"
if not (folder / "demo.onnx").exists():
    subprocess.run([*capstan, "demo", "-q", "--out", str(folder)], check=True)
output = folder / "torchrun.onnx"
for old in folder.glob("torchrun.*"):
    old.unlink()

run = subprocess.Popen(
    [
        sys.executable, "-m", "torch.distributed.run", "--no-python", "--nproc-per-node", "2", "--max-restarts", "2",
        "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0",
        *capstan, "train", str(folder / "demo.onnx"), "--data", str(folder / "images" / "train"),
        "--epochs", "1", "--threads", "1", "--progress", "json", "-o", str(output),
    ],
    env={**os.environ, "CAPSTAN_TRIED_IN": str(folder)},
)
checkpoint = folder / "torchrun.onnx.checkpoint.before"
while run.poll() is None and not checkpoint.exists():
    time.sleep(0.05)
for pid in ranks(1):
    print("killing rank 1, process", pid, flush=True)
    os.kill(pid, signal.SIGKILL)
code = run.wait()
assert code == 0, f"torchrun ended with {code}"
assert output.exists() and not checkpoint.exists()
assert not ranks(0) + ranks(1), "processes are left"
print("done: killed once, started again, went on to the end")
