"""Writes the two checkpoints beside this script, as PyTorch itself writes them.

Run with PyTorch 1.6 or newer: python3 make_checkpoints.py
"""

from collections import OrderedDict
from pathlib import Path

import torch

values = torch.arange(12, dtype=torch.float32).reshape(3, 4)
norm = torch.nn.BatchNorm1d(2)
state = OrderedDict(
    [
        ("module.whole", torch.nn.Parameter(values)),
        ("module.transposed", values.t()),
        ("module.part", values[1:, ::2]),
        ("module.half", values[0].half()),
        ("module.brain", values[0].bfloat16()),
    ]
    + [("module.bn." + name, value) for name, value in norm.state_dict().items()]
)
state._metadata = norm.state_dict()._metadata
optimizer = torch.optim.SGD(norm.parameters(), lr=0.1, momentum=0.9)
checkpoint = {"epoch": 3, "optimizer": optimizer.state_dict(), "state_dict": state}

folder = Path(__file__).parent
torch.save(checkpoint, folder / "zip.pt")
torch.save(checkpoint, folder / "legacy.pt", _use_new_zipfile_serialization=False)
