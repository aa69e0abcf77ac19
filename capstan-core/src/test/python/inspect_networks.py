"""Whether Capstan reads networks of timm whole, exported both ways: a line for each.

    python inspect_networks.py [--capstan COMMAND] [NETWORK ...]

ends with exit code 1 if one is not. Needs torch, timm, onnx, onnxscript and
efficientnet-lite-pytorch, a few GB of memory and half an hour. Weights are random: what is tried is
what exporters make of layers. Not a part of the build; make_cases.py makes small networks of the
same kinds, which are.
"""

import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HOME = pathlib.Path(__file__).resolve().parents[4]
PACKAGE = "efficientnet_lite_pytorch"
NETWORKS = """
tf_efficientnet_b0 tf_efficientnet_lite0 efficientnet_lite_pytorch tf_mixnet_s resnetv2_50x1_bit nf_regnet_b0
resnetblur50 densenetblur121d edgenext_small mobilevitv2_100
nfnet_f0 dm_nfnet_f0 nasnetalarge pnasnet5large
""".split()
EXPORTERS = ("script", "dynamo")


def export(name, exporter, file):
    """Writes the network, in a process of its own, whose memory ends with it."""
    import torch

    torch.set_num_threads(1)
    if name == PACKAGE:
        from efficientnet_lite_pytorch import EfficientNet

        network, side = EfficientNet.from_name("efficientnet-lite0"), 224
    else:
        import timm

        network = timm.create_model(name)
        side = network.pretrained_cfg["input_size"][-1]
    image = torch.randn(1, 3, side, side)
    arguments = {"input_names": ["image"], "output_names": ["classes"]}
    if exporter == "script":
        axes = {"image": {0: "batch"}, "classes": {0: "batch"}}
        arguments |= {"dynamo": False, "opset_version": 17, "dynamic_axes": axes}
    else:
        arguments |= {"dynamo": True, "opset_version": 18, "external_data": False, "verbose": False}
    torch.onnx.export(network.eval(), (image,), file, **arguments)


def in_tail(file, reasons):
    """Nodes that depend on those the reasons name, and all nodes."""
    import onnx

    nodes = onnx.load(file, load_external_data=False).graph.node
    first = set(re.findall("node '([^']*)'", " ".join(reasons)))
    lost = set()
    tail = 0
    for node in nodes:
        if node.name in first or lost.intersection(node.input):
            tail += 1
            lost.update(node.output)
    return tail, len(nodes)


def last_line(text):
    return (text.strip().splitlines() or ["no message"])[-1]


def tried(name, exporter, capstan):
    """A line on the network, and whether it was read as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "network.onnx"
        made = subprocess.run(
            [sys.executable, __file__, "--export", name, exporter, file], capture_output=True, text=True
        )
        if made.returncode:
            return f"was not exported: {last_line(made.stderr)}", False
        seen = subprocess.run(
            [*capstan, "inspect", "--json", "--quiet", file], capture_output=True, text=True
        )
        if seen.returncode:
            return f"exit code {seen.returncode}: {last_line(seen.stderr)}", False
        reasons = (json.loads(seen.stdout)["tail"] or {"reasons": []})["reasons"]
        tail, nodes = in_tail(file, reasons)
        line = f"exit code 0, {nodes - tail} nodes read, {tail} in the tail"
        return "; ".join([line, *reasons]), not tail


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--capstan", default=shlex.quote(str(HOME / "capstan")), help="how it is started")
    parser.add_argument("--export", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.export:
        export(*arguments.export)
        return 0
    failed = 0
    for name in arguments.networks or NETWORKS:
        for exporter in EXPORTERS:
            line, good = tried(name, exporter, shlex.split(arguments.capstan))
            print(f"{name} {exporter}: {line}", flush=True)
            failed += not good
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
