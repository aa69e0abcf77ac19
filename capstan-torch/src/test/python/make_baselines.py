"""What each baseline thinks of the channels of a small random network, computed independently.

    python make_baselines.py ../resources/dev/capstan/torch/internal/criteria/criteria.safetensors

needs torch, numpy and safetensors. The file holds the network's weights, images, labels and the
expected scores of its two spaces: "a", and the residual stream "b" that two convolutions write.
"""

import sys

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(4)


def conv(out, channels, side):
    scale = (2 / (channels * side * side)) ** 0.5
    return torch.randn(out, channels, side, side) * scale, torch.randn(out) / 3


A, A_BIAS = conv(6, 3, 3)
B, B_BIAS = conv(5, 6, 3)
C, C_BIAS = conv(5, 6, 1)
HEAD, HEAD_BIAS = torch.randn(4, 5), torch.randn(4) / 3
IMAGES = torch.randn(7, 3, 6, 6)
LABELS = torch.randint(4, (7,))


def run(images):
    """Outputs; what a, b and c write; what the consumers of the spaces read."""
    a = F.conv2d(images, A, A_BIAS, padding=1)
    hidden = F.relu(a)
    b = F.conv2d(hidden, B, B_BIAS, padding=1)
    c = F.conv2d(hidden, C, C_BIAS)
    pooled = F.relu(b + c).mean((2, 3))
    return F.linear(pooled, HEAD, HEAD_BIAS), (a, b, c), (hidden, pooled)


def taylor(labels):
    """One image at a time, each with gradients of what the convolutions write."""
    scores = {"a": 0, "b": 0}
    for image, label in zip(IMAGES, labels):
        outputs, (a, b, c), _ = run(image[None])
        loss = -F.log_softmax(outputs, 1)[0, label]
        gradients = torch.autograd.grad(loss, (a, b, c))
        gates = [(y * g).sum((0, 2, 3)) for y, g in zip((a, b, c), gradients)]
        scores["a"] = scores["a"] + gates[0] ** 2
        scores["b"] = scores["b"] + (gates[1] + gates[2]) ** 2
    return scores


def geometric(filters):
    filters = filters.numpy().astype(numpy.float64)
    return torch.tensor([sum(numpy.linalg.norm(f - g) for g in filters) for f in filters])


def moments(read, times):
    columns = read.movedim(1, 0).flatten(1).numpy().astype(numpy.float64)
    return times * (columns @ columns.T)


for tensor in (A_BIAS, A):
    tensor.requires_grad_()
BY_LABELS = taylor(LABELS)
BY_CLASSES = taylor(run(IMAGES)[0].argmax(1))
A, A_BIAS = A.detach(), A_BIAS.detach()
HIDDEN, POOLED = run(IMAGES)[2]
STREAM = torch.cat([B.flatten(1), C.flatten(1)], 1)

expected = {
    "l1.a": A.abs().sum((1, 2, 3)),
    "l1.b": STREAM.abs().sum(1),
    "fpgm.a": geometric(A.flatten(1)),
    "fpgm.b": geometric(STREAM),
    "activation.a": HIDDEN.square().sum((0, 2, 3))
    * (B.square().sum((0, 2, 3)) + C.square().sum((0, 2, 3))),
    "activation.b": POOLED.square().sum(0) * HEAD.square().sum(0),
}
for space in "ab":
    expected["taylor." + space] = BY_LABELS[space]
    expected["own." + space] = BY_CLASSES[space]
for space, sums in (("a", moments(HIDDEN, 2)), ("b", moments(POOLED[:, :, None], 1))):
    vectors = torch.from_numpy(numpy.linalg.svd(sums)[0][:, :3].copy())
    expected["pca." + space] = vectors @ vectors.T

weights = {
    "a.weight": A, "a.bias": A_BIAS, "b.weight": B, "b.bias": B_BIAS,
    "c.weight": C, "c.bias": C_BIAS, "head.weight": HEAD, "head.bias": HEAD_BIAS,
    "images": IMAGES, "labels": LABELS.float(),
}
save_file(
    {name: t.detach().float().contiguous() for name, t in (weights | expected).items()},
    sys.argv[1],
)
