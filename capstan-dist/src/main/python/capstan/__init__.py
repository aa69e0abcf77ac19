"""Capstan from Python: the command `capstan`, and its jobs as functions.

    import capstan
    record = capstan.compress("model.onnx", "photos", keep_macs=0.5)

Java and all libraries lie in this package; nothing else is needed, and nothing is fetched.
"""

import json
import os
import pathlib
import subprocess
import sys

_LAUNCHER = pathlib.Path(__file__).resolve().parent / "home" / "bin" / "capstan"

#: Exit code of a job that is done but falls short of what was asked for.
_SHORT = 3


class CapstanError(Exception):
    """A job that was not done; the message is the tool's own line."""


def compress(model, data, output=None, **settings):
    """Makes a network smaller, verifies and writes it.

    model: an ONNX file; data: a folder of images, labelled or not; output: the file to write, MODEL-small.onnx beside
    the model where none is given. Settings are the command's options (`capstan compress --help-all`) with underscores:
    keep_macs=0.5, val="images/val", few_images=True.

    Returns what NAME.capstan.json holds. record["result"]["goal"]["met"] says whether the goal was met, and
    record["result"]["lost"]["met"] whether no more was lost than may be.
    Progress goes to the standard error; quiet=True shows none.
    """
    return _run("compress", model, data=data, output=output, **settings)


def evaluate(model, data, **settings):
    """Judges a network on images, as `capstan evaluate` does; returns its figures."""
    return _run("evaluate", model, data=data, **settings)


def _run(command, model, **settings):
    words = [str(_LAUNCHER), command, os.fspath(model), "--json"]
    for name, value in settings.items():
        words += _option(name, value)
    # What is shown on the way is the user's to see; where nothing is, the error's line is for the exception.
    shown = subprocess.PIPE if settings.get("quiet") else None
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=shown, text=True, encoding="utf-8"
    )
    if done.returncode not in (0, _SHORT) or not done.stdout:
        said = (done.stderr or "").strip() or "see what it printed"
        raise CapstanError(f"capstan {command} ended with exit code {done.returncode}: {said}")
    return json.loads(done.stdout)


def _option(name, value):
    option = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    values = value if isinstance(value, (list, tuple)) else [value]
    return [f"{option}={os.fspath(one) if isinstance(one, os.PathLike) else one}" for one in values]


def main():
    """The command `capstan`: becomes the tool, so that signals and the exit code are its own."""
    os.execv(_LAUNCHER, [str(_LAUNCHER), *sys.argv[1:]])
