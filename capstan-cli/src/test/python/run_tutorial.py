"""Follows docs/tutorial.md word for word in an empty folder: its Python blocks as the files they name, its shell blocks.

    python run_tutorial.py FOLDER [STEP...]     steps by their numbers, all where none is named

`capstan` must be on the PATH, and the packages that the tutorial names installed. Not part of verify: it takes minutes.
"""

import pathlib
import re
import subprocess
import sys

TUTORIAL = pathlib.Path(__file__).resolve().parents[4] / "docs" / "tutorial.md"


def main(folder, steps):
    folder.mkdir(parents=True, exist_ok=True)
    for section in re.split(r"^## ", TUTORIAL.read_text(), flags=re.M)[1:]:
        number = section.split(".")[0]
        for language, block in re.findall(r"```(\w+)\n(.*?)```", section, flags=re.S):
            if language == "python":
                name = re.match(r"# (\S+\.py)\n", block).group(1)
                (folder / name).write_text(block)
                command = [sys.executable, name]
            else:
                command = ["bash", "-ec", block]
            if not steps or number in steps:
                print(f"== step {number}: {' '.join(command)[:80]}", flush=True)
                subprocess.run(command, cwd=folder, check=True)


main(pathlib.Path(sys.argv[1]), sys.argv[2:])
