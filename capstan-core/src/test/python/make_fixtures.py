"""Small networks of the architectures that people export, with random weights, as ONNX files.

    python make_fixtures.py ../resources/dev/capstan/fixtures

needs torch 2.8, onnx and onnxscript. A file is named ARCHITECTURE-EXPORTER-OPSET.onnx: "script" is
the exporter by TorchScript (dynamo=False), "dynamo" the newer one (dynamo=True).
"""

import pathlib
import sys

import onnx
import torch
import torch.nn.functional as F
from torch import nn


def conv(inside, out, side=3, stride=1, groups=1, act=nn.ReLU):
    """Convolution, BatchNorm, activation."""
    layers = [
        nn.Conv2d(inside, out, side, stride, side // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out),
    ]
    return nn.Sequential(*layers, *([act()] if act else []))


class Classifier(nn.Module):
    """A body, the mean of each channel, a linear layer."""

    def __init__(self, channels, *body):
        super().__init__()
        self.body = nn.Sequential(*body)
        self.head = nn.Linear(channels, 10)

    def forward(self, x):
        return self.head(torch.flatten(F.adaptive_avg_pool2d(self.body(x), 1), 1))


class Residual(nn.Module):
    """The sum of a branch and a shortcut, past an activation."""

    def __init__(self, branch, shortcut=None, act=None):
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut or nn.Identity()
        self.act = act or nn.Identity()

    def forward(self, x):
        return self.act(self.branch(x) + self.shortcut(x))


class OptionA(nn.Module):
    """Every other pixel, zeros around the channels."""

    def __init__(self, more):
        super().__init__()
        self.more = more

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more // 2))


class Concat(nn.Module):
    """Branches side by side."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class SqueezeExcite(nn.Module):
    """A factor for each channel, made of the means of all."""

    def __init__(self, channels, hidden):
        super().__init__()
        self.down = nn.Conv2d(channels, hidden, 1)
        self.up = nn.Conv2d(hidden, channels, 1)

    def forward(self, x):
        means = F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))
        return x * F.hardsigmoid(self.up(means))


class ShuffleUnit(nn.Module):
    """Half of the channels pass by; then both halves are dealt out like cards."""

    def __init__(self, channels):
        super().__init__()
        half = channels // 2
        self.branch = nn.Sequential(
            conv(half, half, 1),
            conv(half, half, 3, groups=half, act=None),
            conv(half, half, 1),
        )

    def forward(self, x):
        left, right = x.chunk(2, 1)
        x = torch.cat((left, self.branch(right)), 1)
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


class UNet(nn.Module):
    """Down twice, up twice, each time beside what was there before."""

    def __init__(self, up):
        super().__init__()
        self.one, self.two, self.three = conv(3, 8), conv(8, 12, 3, 2), conv(12, 16, 3, 2)
        self.up_two, self.up_one = up(16, 12), up(12, 8)
        self.back_two, self.back_one = conv(24, 12), conv(16, 8)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        one = self.one(x)
        two = self.two(one)
        x = self.up_two(self.three(two))
        x = self.up_one(self.back_two(torch.cat((x, two), 1)))
        return self.head(self.back_one(torch.cat((x, one), 1)))


def transposed(inside, out):
    return nn.ConvTranspose2d(inside, out, 2, 2)


def resized(inside, out):
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), conv(inside, out))


class Pyramid(nn.Module):
    """Sums of stages, upwards (FPN), with two heads."""

    def __init__(self):
        super().__init__()
        self.stem, self.low, self.high = conv(3, 12), conv(12, 16, 3, 2), conv(16, 24, 3, 2)
        self.side_low, self.side_high = nn.Conv2d(16, 16, 1), nn.Conv2d(24, 16, 1)
        self.smooth = conv(16, 16)
        self.boxes, self.scores = nn.Conv2d(16, 4, 3, padding=1), nn.Conv2d(16, 3, 3, padding=1)

    def forward(self, x):
        low = self.low(self.stem(x))
        high = self.side_high(self.high(low))
        sum = self.side_low(low) + F.interpolate(high, scale_factor=2.0, mode="nearest")
        return self.boxes(self.smooth(sum)), self.scores(F.relu(high))


class ChannelsLast(nn.Module):
    """Channels come last, as tf2onnx writes it: each layer between two Transposes."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([conv(3, 16, act=None), conv(16, 16, act=None)])
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1))
        return self.head(x.mean((1, 2)))


class Transformer(nn.Module):
    """A plane of patches that attend to each other, and a layer for each channel's own scale."""

    def __init__(self, width=16, wide=32, heads=2):
        super().__init__()
        self.heads, self.before, self.after = heads, nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, wide), nn.GELU(), nn.Linear(wide, width))

    def forward(self, x):
        n, c, h, w = x.shape
        tokens = x.flatten(2).transpose(1, 2)
        parts = self.qkv(self.before(tokens)).reshape(n, h * w, 3, self.heads, c // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * 0.35).softmax(-1)
        tokens = tokens + self.project((weights @ v).transpose(1, 2).reshape(n, h * w, c))
        tokens = tokens + self.mlp(self.after(tokens))
        return tokens.transpose(1, 2).reshape(n, c, h, w)


class Patches(Transformer):
    """Of every patch of 2 x 2 pixels each pixel attends to those at its place (MobileViT)."""

    def forward(self, x):
        n, c, h, w = x.shape
        planes = x.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4)
        planes = super().forward(planes.reshape(n * 4, c, h // 2, w // 2))
        planes = planes.reshape(n, 2, 2, c, h // 2, w // 2).permute(0, 3, 4, 1, 5, 2)
        return planes.reshape(n, c, h, w)


class SpatialTransformer(nn.Module):
    """Says where to look, and looks there."""

    def __init__(self, width=16):
        super().__init__()
        self.where = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 6))

    def forward(self, x):
        line = torch.linspace(-1, 1, 8)
        places = torch.stack([line.repeat(8), line.repeat_interleave(8), torch.ones(64)])
        matrix = self.where(x).view(-1, 2, 3)
        grid = (matrix @ places).transpose(1, 2).reshape(-1, 8, 8, 2)
        return nn.functional.grid_sample(x, grid, align_corners=False)


class Pooled(torch.autograd.Function):
    """The largest of each window and their numbers: ONNX counts them through all images."""

    @staticmethod
    def forward(ctx, x):
        return F.max_pool2d(x, 2, return_indices=True)

    @staticmethod
    def symbolic(g, x):
        return g.op("MaxPool", x, kernel_shape_i=[2, 2], strides_i=[2, 2], outputs=2)


class Unpooled(torch.autograd.Function):
    """Values put where the largest were; torch.onnx.export has no MaxUnpool of its own."""

    @staticmethod
    def forward(ctx, x, numbers):
        return torch.ops.aten.max_unpool2d(x, numbers, [2 * int(side) for side in x.shape[2:]])

    @staticmethod
    def symbolic(g, x, numbers):
        return g.op("MaxUnpool", x, numbers, kernel_shape_i=[2, 2], strides_i=[2, 2])


class SegNet(nn.Module):
    """Down twice and up again to the places of the largest."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([conv(3, 16), conv(16, 24)])
        self.inner = nn.Sequential(conv(24, 32), conv(32, 24))
        self.up = nn.ModuleList([conv(24, 16), nn.Sequential(conv(16, 16), nn.Conv2d(16, 4, 1))])

    def forward(self, x):
        numbers = []
        for block in self.down:
            x, where = Pooled.apply(block(x))
            numbers.append(where)
        x = self.inner(x)
        for block in self.up:
            x = block(Unpooled.apply(x, numbers.pop()))
        return x


class Detector(nn.Module):
    """Boxes (1, n, 4) and scores (1, classes, n), for NonMaxSuppression."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(conv(3, 12), conv(12, 16, 3, 2), conv(16, 24, 3, 2))
        self.boxes, self.scores = nn.Conv2d(24, 4, 1), nn.Conv2d(24, 3, 1)

    def forward(self, x):
        x = self.body(x)
        boxes = self.boxes(x).flatten(2).transpose(1, 2)
        return boxes, torch.sigmoid(self.scores(x).flatten(2))


class Siamese(nn.Module):
    """Both halves of a picture through the same layers, and what tells them apart."""

    def __init__(self):
        super().__init__()
        self.branch = nn.Sequential(conv(3, 12), conv(12, 16, 3, 2), conv(16, 16))
        self.rest = Classifier(12, conv(16, 12))

    def forward(self, x):
        half = x.shape[-1] // 2
        return self.rest((self.branch(x[..., :half]) - self.branch(x[..., half:])).abs())


class SharedHead(nn.Module):
    """One head over three sizes, each with a BatchNorm of its own (EfficientDet, RTMDet)."""

    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([conv(3, 12), conv(12, 16, 3, 2), conv(16, 24, 3, 2)])
        self.lateral = nn.ModuleList([nn.Conv2d(c, 16, 1) for c in (12, 16, 24)])
        self.tower = nn.ModuleList([nn.Conv2d(16, 16, 3, 1, 1, bias=False) for _ in range(2)])
        self.norms = nn.ModuleList(
            [nn.ModuleList([nn.BatchNorm2d(16) for _ in range(2)]) for _ in range(3)]
        )
        self.first, self.scores = nn.Conv2d(16, 16, 3, 1, 1), nn.Conv2d(16, 10, 1)

    def forward(self, x):
        total = 0
        for stage, lateral, norms in zip(self.stages, self.lateral, self.norms):
            x = stage(x)
            y = F.relu(self.first(lateral(x)))
            for layer, norm in zip(self.tower, norms):
                y = F.relu(norm(layer(y)))
            total = total + self.scores(y).mean((2, 3))
        return total


class PreActivated(nn.Module):
    """GroupNorm and ReLU before each convolution, and before the shortcut's (BiT)."""

    def __init__(self, inside, out, stride=1, groups=4):
        super().__init__()
        self.before, self.between = nn.GroupNorm(groups, inside), nn.GroupNorm(groups, out)
        self.one = nn.Conv2d(inside, out, 3, stride, 1, bias=False)
        self.two = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.side = nn.Conv2d(inside, out, 1, stride, bias=False) if inside != out else None

    def forward(self, x):
        y = F.relu(self.before(x))
        shortcut = self.side(y) if self.side else x
        return shortcut + 0.1 * self.two(F.relu(self.between(self.one(y))))


class LayerNorm2d(nn.Module):
    """All channels of a pixel, by means and differences."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x):
        centred = x - x.mean(1, keepdim=True)
        variance = centred.pow(2).mean(1, keepdim=True)
        return self.weight * (centred / torch.sqrt(variance + 1e-6)) + self.bias


class NextBlock(nn.Module):
    """Depthwise, then two linear layers of pixels, channels last for them (ConvNeXt)."""

    def __init__(self, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 5, padding=2, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.up, self.down = nn.Linear(channels, 2 * channels), nn.Linear(2 * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.3))

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.scale * self.down(F.gelu(self.up(y)))
        return x + y.permute(0, 3, 1, 2)


def inverted(inside, wide, out, stride=1, act=nn.ReLU6, squeeze=False):
    """Wide between narrow ends, depthwise in the middle (MobileNetV2 and V3)."""
    branch = nn.Sequential(
        conv(inside, wide, 1, act=act),
        conv(wide, wide, 3, stride, wide, act=act),
        *([SqueezeExcite(wide, 8)] if squeeze else []),
        conv(wide, out, 1, act=None),
    )
    return Residual(branch) if stride == 1 and inside == out else branch


def basic(inside, out, stride, shortcut):
    branch = nn.Sequential(conv(inside, out, 3, stride), conv(out, out, act=None))
    return Residual(branch, shortcut, nn.ReLU())


def bottleneck(inside, inner, out, groups=1):
    branch = nn.Sequential(
        conv(inside, inner, 1), conv(inner, inner, 3, groups=groups), conv(inner, out, 1, act=None)
    )
    shortcut = None if inside == out else conv(inside, out, 1, act=None)
    return Residual(branch, shortcut, nn.ReLU())


def dense(inside, growth, layers):
    """Every layer reads all before it."""
    return [
        Concat(nn.Identity(), nn.Sequential(nn.BatchNorm2d(c), nn.ReLU(), conv(c, growth)))
        for c in range(inside, inside + growth * layers, growth)
    ]


def plain():
    return nn.Sequential(
        conv(3, 12), conv(12, 16), nn.MaxPool2d(2), conv(16, 16), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(16 * 16, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 10),
    )  # fmt: skip


def inception():
    def block(inside):
        pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(inside, 8, 1))
        return Concat(
            conv(inside, 8, 1), nn.Sequential(conv(inside, 8, 1), conv(8, 16, 3)), pooled
        )

    return Classifier(32, conv(3, 12), block(12), nn.MaxPool2d(2), block(32))


def activations():
    kinds = [nn.SiLU, nn.GELU, nn.Mish, nn.ELU, nn.Tanh]
    layers = [conv(12, 12, act=kind) for kind in kinds]
    return Classifier(12, conv(3, 12, act=lambda: nn.PReLU(12)), *layers)


ARCHITECTURES = {
    "plain": plain,
    "residual-a": lambda: Classifier(
        20, conv(3, 12), basic(12, 12, 1, None), basic(12, 20, 2, OptionA(8))
    ),
    "residual-b": lambda: Classifier(
        20, conv(3, 12), basic(12, 12, 1, None), basic(12, 20, 2, conv(12, 20, 1, 2, act=None))
    ),
    "bottleneck": lambda: Classifier(
        32, conv(3, 16), bottleneck(16, 16, 32), bottleneck(32, 16, 32)
    ),
    "dense": lambda: Classifier(
        44, conv(3, 16), *dense(16, 8, 2), conv(32, 20, 1), nn.AvgPool2d(2), *dense(20, 8, 3)
    ),
    "inception": inception,
    "mobilenet-v2": lambda: Classifier(
        48, conv(3, 16), inverted(16, 48, 16), inverted(16, 48, 24, 2), inverted(24, 48, 24),
        conv(24, 48, 1),
    ),
    "mobilenet-v3": lambda: Classifier(
        48, conv(3, 16, act=nn.Hardswish), inverted(16, 32, 16, 1, nn.Hardswish, True),
        inverted(16, 48, 24, 2, nn.Hardswish, True), conv(24, 48, 1, act=nn.Hardswish),
    ),
    "shufflenet-v2": lambda: Classifier(
        48, conv(3, 32), ShuffleUnit(32), ShuffleUnit(32), conv(32, 48, 1)
    ),
    "resnext": lambda: Classifier(
        32, conv(3, 16), bottleneck(16, 32, 32, 4), bottleneck(32, 32, 32, 4)
    ),
    "group-norm": lambda: Classifier(
        32, nn.Conv2d(3, 16, 3, 1, 1), PreActivated(16, 16), PreActivated(16, 32, 2),
        nn.GroupNorm(8, 32), nn.ReLU(),
    ),
    "layer-norm": lambda: Classifier(
        24, nn.Conv2d(3, 16, 2, 2), LayerNorm2d(16), NextBlock(16), LayerNorm2d(16),
        nn.Conv2d(16, 24, 2, 2), NextBlock(24), nn.GroupNorm(1, 24), nn.Conv2d(24, 24, 1),
        nn.InstanceNorm2d(24, affine=True), nn.ReLU(),
    ),
    "unet-transposed": lambda: UNet(transposed),
    "unet-resized": lambda: UNet(resized),
    "pyramid": Pyramid,
    "activations": activations,
    "channels-last": ChannelsLast,
    "detector": Detector,
    "siamese": Siamese,
    "shared-head": SharedHead,
    "deform": lambda: Classifier(
        24, conv(3, 16), nn.MaxPool2d(2), SpatialTransformer(), conv(16, 20), conv(20, 24, 3, 2)
    ),
    "segnet": SegNet,
    "patches": lambda: Classifier(24, conv(3, 16), conv(16, 16, 3, 2), Patches(), conv(16, 24)),
    "plain-half": plain,
    "dense-external": lambda: ARCHITECTURES["dense"](),
    "unet-dynamic": lambda: UNet(transposed),
}  # fmt: skip

EXPORTS = """
plain-script-9 plain-script-13 plain-dynamo-18
residual-a-script-11 residual-a-dynamo-18 residual-b-script-17 residual-b-dynamo-20
bottleneck-script-13 bottleneck-dynamo-18
dense-script-11 dense-dynamo-18 inception-script-13 inception-dynamo-18
mobilenet-v2-script-11 mobilenet-v2-dynamo-18 mobilenet-v3-script-17 mobilenet-v3-dynamo-18
shufflenet-v2-script-13 shufflenet-v2-dynamo-18 resnext-script-17 resnext-dynamo-18
group-norm-script-17 group-norm-dynamo-21 layer-norm-script-13 layer-norm-dynamo-18
unet-transposed-script-11 unet-transposed-dynamo-18
unet-resized-script-11 unet-resized-script-13 unet-resized-dynamo-18
pyramid-script-13 pyramid-dynamo-18 activations-script-17 activations-dynamo-20
channels-last-script-13 detector-script-11
siamese-script-17 siamese-dynamo-18 shared-head-script-13 shared-head-dynamo-18
deform-script-19 segnet-script-17 patches-dynamo-18
plain-half-script-17 dense-external-dynamo-18 unet-dynamic-script-17 unet-dynamic-dynamo-18
""".split()


def with_random_weights(network):
    """Weights that keep the size of what they pass on, and BatchNorms with statistics."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.6, 1.4)
            nn.init.normal_(module.bias, 0, 0.2)
            nn.init.normal_(module.running_mean, 0, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        elif isinstance(module, (nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm2d, LayerNorm2d)):
            nn.init.uniform_(module.weight, 0.6, 1.4)
            nn.init.normal_(module.bias, 0, 0.2)
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
        elif isinstance(module, nn.PReLU):
            nn.init.uniform_(module.weight, 0.05, 0.4)
    return network.eval()


def suppressed(model):
    """The model with what detectors end in, and no shapes known there."""
    boxes, scores = (output.name for output in model.graph.output)
    constants = [
        onnx.helper.make_tensor("most", onnx.TensorProto.INT64, [1], [5]),
        onnx.helper.make_tensor("overlap", onnx.TensorProto.FLOAT, [1], [0.5]),
    ]
    model.graph.initializer.extend(constants)
    node = onnx.helper.make_node(
        "NonMaxSuppression", [boxes, scores, "most", "overlap"], ["selected"], "suppress"
    )
    model.graph.node.append(node)
    selected = onnx.helper.make_tensor_value_info("selected", onnx.TensorProto.INT64, ["k", 3])
    model.graph.output.append(selected)
    return model


def deformed(model):
    """The model where the layer after the places looks elsewhere too, as far as its input says."""
    graph = model.graph
    index = [i for i, node in enumerate(graph.node) if node.op_type == "Conv"][1]
    layer = graph.node[index]
    inside = next(w.dims[1] for w in graph.initializer if w.name == layer.input[1])
    kernel = 0.1 * torch.randn(18, inside, 3, 3)
    graph.initializer.append(onnx.numpy_helper.from_array(kernel.numpy(), "offset.weight"))
    offsets = onnx.helper.make_node(
        "Conv", [layer.input[0], "offset.weight"], ["offsets"], "offset", pads=[1, 1, 1, 1]
    )
    layer.op_type = "DeformConv"
    layer.input[:] = [layer.input[0], layer.input[1], "offsets", *layer.input[2:]]
    graph.node.insert(index, offsets)
    return model


def stripped(model):
    """Without the exporter's notes, which tell of the machine it ran on; with notes of our own."""
    for part in [*model.graph.node, *model.graph.value_info, *model.graph.initializer]:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for part in [*model.functions, *(node for f in model.functions for node in f.node)]:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for value in [*model.graph.input, *model.graph.output]:
        value.ClearField("metadata_props")
        value.doc_string = "what " + value.name + " is"
    model.graph.ClearField("metadata_props")
    model.graph.doc_string = "a small network"
    model.doc_string = "made for tests"
    onnx.helper.set_model_props(model, {"author": "Capstan's tests"})
    return model


def export(name, folder):
    architecture, exporter, opset = name.rsplit("-", 2)
    torch.manual_seed(len(name))
    network = with_random_weights(ARCHITECTURES[architecture]())
    shape = (1, 16, 16, 3) if architecture == "channels-last" else (1, 3, 16, 16)
    image = torch.randn(shape)
    if architecture.endswith("-half"):
        network, image = network.half(), image.half()
    outputs = ["boxes", "scores"] if architecture in ("pyramid", "detector") else ["output"]
    arguments = {"input_names": ["image"], "output_names": outputs, "opset_version": int(opset)}
    batch_only = {"image": {0: "batch"}, **{output: {0: "batch"} for output in outputs}}
    if architecture == "unet-dynamic":
        axes = {0: "batch", 2: "height", 3: "width"}
        if exporter == "script":
            arguments["dynamic_axes"] = {"image": axes, "output": axes}
        else:
            batch = torch.export.Dim("batch", min=1)
            height, width = (4 * torch.export.Dim("_" + side, min=2) for side in ("height", "width"))
            image = torch.randn(2, 3, 16, 24)
            arguments["dynamic_shapes"] = ({0: batch, 2: height, 3: width},)
    elif exporter == "script" and architecture != "detector":
        arguments["dynamic_axes"] = batch_only
    elif architecture in ("dense", "residual-b", "group-norm"):
        image = image.repeat(2, 1, 1, 1)
        arguments["dynamic_shapes"] = ({0: torch.export.Dim("batch", min=1)},)
    file = folder / (name + ".onnx")
    if exporter == "script":
        torch.onnx.export(network, (image,), file, dynamo=False, **arguments)
    else:
        torch.onnx.export(
            network, (image,), file, dynamo=True, optimize=True, external_data=False, **arguments
        )
    model = stripped(onnx.load(file))
    if architecture == "detector":
        model = suppressed(model)
    elif architecture == "deform":
        model = deformed(model)
    onnx.checker.check_model(model, full_check=architecture != "detector")
    beside = architecture.endswith("-external")
    onnx.save_model(
        model, file, save_as_external_data=beside, location=name + ".data", size_threshold=64
    )


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:] or EXPORTS:
        export(name, folder)


if __name__ == "__main__":
    main()
