"""Halves timm's smallest hybrids of convolutions and attention, with random weights, from outside:

    python try_timm.py ../../../../capstan FOLDER [NETWORK-EXPORTER ...]

exports each into FOLDER by both exporters, lets the command compress it, and prints a row of a
table: MACs kept of the whole file, counted here from shapes that ONNX Runtime shows, and how far
the result's outputs are off, in numbers and of the original's variation between images. Not a part
of the build. Needs timm, onnxruntime, onnxscript, pillow.
"""

import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import timm
import torch
from onnx import numpy_helper
from PIL import Image

NETWORKS = ["mobilevitv2_050", "edgenext_xx_small", "mobilevit_xxs"]
EXPORTERS = ["script", "dynamo"]
SIZE, IMAGES, SHOWN = 128, 48, 8
OPTIONS = ["--few-images", "--keep-macs", "0.5", "--forward-runs", "300", "--quiet"]


def exported(name, file):
    network, exporter = name.rsplit("-", 1)
    torch.manual_seed(1)
    model = timm.create_model(network, pretrained=False, num_classes=10).eval()
    image = torch.randn(1, 3, SIZE, SIZE)
    names = {"input_names": ["image"], "output_names": ["output"]}
    if exporter == "script":
        torch.onnx.export(model, (image,), file, dynamo=False, opset_version=17, **names)
    else:
        torch.onnx.export(
            model, (image,), file, dynamo=True, external_data=False, opset_version=18, **names
        )


def draw(folder):
    """Images of a few waves and a disc each."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(IMAGES):
        image = np.zeros((SIZE, SIZE, 3))
        for channel in range(3):
            fx, fy, phase = random.uniform([0.02, 0.02, 0], [0.5, 0.5, 6])
            image[..., channel] = np.sin(fx * x + fy * y + phase)
        cx, cy, radius = random.uniform(0, SIZE), random.uniform(0, SIZE), random.uniform(9, 40)
        image[(x - cx) ** 2 + (y - cy) ** 2 < radius**2] = random.uniform(-1, 1, 3)
        Image.fromarray(np.uint8((image + 1) * 127)).save(folder / f"{i}.png")


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options)


def macs(file):
    """Multiply-accumulates of one image, by the shapes of one run."""
    model = onnx.load(file)
    shapes = {w.name: tuple(w.dims) for w in model.graph.initializer}
    given = {output.name for output in model.graph.output}
    for node in model.graph.node:
        if node.op_type == "Constant":
            value = next((a.t for a in node.attribute if a.name == "value"), None)
            shapes[node.output[0]] = tuple(value.dims) if value else ()
        for output in node.output:
            if output and output not in given:
                model.graph.output.append(onnx.helper.make_empty_tensor_value_info(output))
    run = session(model.SerializeToString())
    image = np.zeros((1, 3, SIZE, SIZE), np.float32)
    shapes[run.get_inputs()[0].name] = image.shape
    found = run.run(None, {run.get_inputs()[0].name: image})
    shapes.update({o.name: v.shape for o, v in zip(run.get_outputs(), found)})
    return sum(cost(node, shapes) for node in model.graph.node)


def cost(node, shapes):
    kind = node.op_type
    if kind in ("Conv", "ConvTranspose"):
        side = shapes[node.output[0] if kind == "Conv" else node.input[0]]
        return int(np.prod(side) * np.prod(shapes[node.input[1]][1:]))
    if kind == "Gemm":
        turned = any(a.name == "transA" and a.i for a in node.attribute)
        return int(np.prod(shapes[node.output[0]]) * shapes[node.input[0]][0 if turned else -1])
    if kind == "MatMul":
        return int(np.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1])
    if kind in ("Einsum", "LSTM", "GRU", "RNN", "Attention", "If", "Loop", "Scan"):
        raise ValueError(f"no rule for {kind}")
    return 0


def compared(original, result, images):
    """Whether the signature is the same, the largest difference, and that by the variation."""
    runs = [session(str(file)) for file in (original, result)]
    signatures = [
        [(v.name, v.type, v.shape) for v in (*run.get_inputs(), *run.get_outputs())] for run in runs
    ]
    outputs = [[], []]
    for file in sorted(images.iterdir())[:SHOWN]:
        pixels = np.asarray(Image.open(file), np.float32) / 255
        pixels = (pixels - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
        image = pixels.transpose(2, 0, 1)[None].astype(np.float32)
        for run, given in zip(runs, outputs):
            given.append(run.run(None, {run.get_inputs()[0].name: image})[0])
    before, after = (np.concatenate(given) for given in outputs)
    off = np.sqrt(((before - after) ** 2).mean() / ((before - before.mean(0)) ** 2).mean())
    return signatures[0] == signatures[1], np.abs(before - after).max(), off


def main():
    command, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    images = folder / "images"
    draw(images)
    names = sys.argv[3:] or [f"{n}-{e}" for n in NETWORKS for e in EXPORTERS]
    print("| network | MACs | kept | same signature | largest difference | of the variation |")
    print("|---|---|---|---|---|---|")
    for name in names:
        original, result = folder / f"{name}.onnx", folder / f"{name}-half.onnx"
        exported(name, original)
        job = [command, "compress", original, "--data", images, *OPTIONS, "-o", result]
        ended = subprocess.run([str(word) for word in job])
        if ended.returncode not in (0, 3):  # 3: written, but worse than most would take it
            sys.exit(f"{name}: exit code {ended.returncode}")
        before, after = macs(original), macs(result)
        same, most, off = compared(original, result, images)
        row = f"{before:,} | {after / before:.4f} | {same} | {most:.2g} | {off:.2f}"
        print(f"| {name} | {row} |", flush=True)


if __name__ == "__main__":
    main()
