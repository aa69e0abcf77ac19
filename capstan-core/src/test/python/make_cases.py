"""Small copies of what people met trouble with, random weights, as ONNX files.

    python make_cases.py ../resources/dev/capstan/cases [NAME ...]

needs what make_fixtures.py needs, and timm and efficientnet-lite-pytorch. Files are named alike:
ARCHITECTURE-EXPORTER-OPSET.onnx. What must come of each is a line of the table in CasesTest.
"""

import pathlib
import sys
from dataclasses import replace
from functools import partial
from typing import Callable, NamedTuple

import onnx
import torch
import torch.nn.functional as F
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite_pytorch.utils import efficientnet_lite
from timm.layers import BlurPool2d, GroupNormAct, StdConv2d
from timm.models import byobnet, densenet, edgenext, efficientnet, mobilevit, nasnet, nfnet, pnasnet
from timm.models import resnet, resnetv2
from timm.models._efficientnet_builder import decode_arch_def
from torch import nn

from make_fixtures import Classifier, Detector, Residual, basic, conv, deformed, stripped, suppressed
from make_fixtures import with_random_weights


class Case(NamedTuple):
    """A network, the shape of its inputs and what is done to its export."""

    network: Callable
    shape: tuple = (1, 3, 32, 32)
    change: Callable = lambda model: model
    folding: bool = True
    open_batch: bool = False
    inputs: tuple = ("image",)


# What people met.


def residual():
    return Classifier(
        20, conv(3, 12), basic(12, 12, 1, None), basic(12, 20, 2, conv(12, 20, 1, 2, act=None))
    )


def named_alike(model):
    for node in model.graph.node:
        node.name = "node"
    return model


def unnamed(model):
    for node in model.graph.node:
        node.name = ""
    return model


def renamed(model):
    """With short names: of a thousand nodes they would be most of the file."""
    outputs = {output.name for output in model.graph.output}
    given = [value for node in model.graph.node for value in node.output if value not in outputs]
    given += [tensor.name for tensor in model.graph.initializer]
    names = {name: f"v{i}" for i, name in enumerate(given)}
    for i, node in enumerate(model.graph.node):
        node.name = f"n{i}"
        for values in (node.input, node.output):
            values[:] = [names.get(value, value) for value in values]
    for tensor in model.graph.initializer:
        tensor.name = names[tensor.name]
    model.graph.ClearField("value_info")
    return model


class Stereo(nn.Module):
    """Two pictures side by side on the channel axis through the same layers."""

    def __init__(self):
        super().__init__()
        self.branch = nn.Sequential(conv(3, 16), conv(16, 24, 3, 2), conv(24, 24))
        self.rest = Classifier(16, conv(24, 16))

    def forward(self, x):
        left, right = x[:, :3], x[:, 3:]
        return self.rest((self.branch(left) - self.branch(right)).abs())


class Pair(Stereo):
    """The same from two inputs."""

    def forward(self, before, after):
        return super().forward(torch.cat((before, after), 1))


class SelectiveKernel(nn.Module):
    """Two branches, and a soft choice between them for each channel: stacked, then taken apart."""

    def __init__(self, channels):
        super().__init__()
        self.small, self.large = conv(channels, channels, 3), conv(channels, channels, 5)
        self.squeeze = nn.Linear(channels, 8)
        self.one, self.two = nn.Linear(8, channels), nn.Linear(8, channels)

    def forward(self, x):
        small, large = self.small(x), self.large(x)
        hidden = F.relu(self.squeeze((small + large).mean((2, 3))))
        choice = torch.stack([self.one(hidden), self.two(hidden)], 1).softmax(1)
        return small * choice[:, 0][..., None, None] + large * choice[:, 1][..., None, None]


class GlobalContext(nn.Module):
    """The mean of all positions, weighted by a softmax over them, given back to each (GCNet)."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Conv2d(channels, 1, 1)
        self.transform = nn.Sequential(
            nn.Conv2d(channels, 12, 1), nn.LayerNorm([12, 1, 1]), nn.ReLU(), nn.Conv2d(12, channels, 1)
        )

    def forward(self, x):
        n, c, h, w = x.shape
        weights = self.weight(x).view(n, 1, h * w).softmax(2).unsqueeze(-1)
        context = torch.matmul(x.view(n, c, h * w).unsqueeze(1), weights).view(n, c, 1, 1)
        return x + self.transform(context)


class Same(nn.Conv2d):
    """Pads are counted out from the input's size, more of them at the end, as TensorFlow does."""

    def forward(self, x):
        height, width = (
            max((-(-size // stride) - 1) * stride + kernel - size, 0)
            for size, stride, kernel in zip(x.shape[-2:], self.stride, self.kernel_size)
        )
        pads = (width // 2, width - width // 2, height // 2, height - height // 2)
        return F.conv2d(F.pad(x, pads), self.weight, self.bias, self.stride, groups=self.groups)


class KerasLike(nn.Module):
    """Channels last, bytes rescaled inside, pads computed, a separable convolution, a softmax."""

    def __init__(self):
        super().__init__()
        self.stem = Same(3, 16, 3, 2, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.depth, self.point = Same(16, 16, 3, groups=16), nn.Conv2d(16, 24, 1)
        self.last, self.head = Same(24, 32, 3, 2), nn.Linear(32, 10)

    def forward(self, x):
        x = (x / 127.5 - 1).permute(0, 3, 1, 2)
        x = F.relu6(self.norm(self.stem(F.pad(x, (0, 1, 0, 1)))))
        x = F.relu(self.point(self.depth(x))).permute(0, 2, 3, 1)
        x = F.silu(self.last(x.permute(0, 3, 1, 2))).permute(0, 2, 3, 1)
        return self.head(x.mean((1, 2))).softmax(1)


class Recogniser(nn.Module):
    """Columns of a line of text become a sequence, which comes first, for an LSTM (CRNN)."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            conv(1, 16), nn.MaxPool2d(2), conv(16, 24), nn.MaxPool2d(2), conv(24, 32),
            nn.MaxPool2d((2, 1)), nn.Conv2d(32, 32, (2, 1)), nn.ReLU(),
        )  # fmt: skip
        self.sequence, self.head = nn.LSTM(32, 8, bidirectional=True), nn.Linear(16, 12)

    def forward(self, x):
        steps = self.body(x).squeeze(2).permute(2, 0, 1)
        return self.head(self.sequence(steps)[0]).log_softmax(2)


class InPlace(nn.Module):
    """A quarter of the channels is convolved in place (FasterNet's partial convolution)."""

    def __init__(self, channels):
        super().__init__()
        self.part = channels // 4
        self.partial = nn.Conv2d(self.part, self.part, 3, 1, 1, bias=False)
        self.mlp = nn.Sequential(
            conv(channels, 2 * channels, 1), nn.Conv2d(2 * channels, channels, 1, bias=False)
        )

    def forward(self, x):
        y = x.clone()
        y[:, : self.part] = self.partial(y[:, : self.part])
        return x + self.mlp(y)


def in_place():
    return Classifier(48, conv(3, 24, 4, 4), InPlace(24), conv(24, 32, 2, 2), InPlace(32), conv(32, 48, 1))


class Bytes(nn.Module):
    """Bytes, height x width x channels, normalised inside."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([123.7, 116.3, 103.5]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([58.4, 57.1, 57.4]).view(1, 3, 1, 1))
        self.rest = Classifier(24, conv(3, 16, 3, 2), conv(16, 24), conv(24, 24))

    def forward(self, x):
        return self.rest((x.permute(0, 3, 1, 2).float() - self.mean) / self.std).softmax(1)


class Standardised(nn.Conv2d):
    """Filters of mean 0 and deviation 1."""

    def forward(self, x):
        mean = self.weight.mean((1, 2, 3), keepdim=True)
        variance = ((self.weight - mean) ** 2).mean((1, 2, 3), keepdim=True)
        weight = (self.weight - mean) / (variance + 1e-8).sqrt()
        return F.conv2d(x, weight, self.bias, self.stride, self.padding)


def standardised(norm):
    """Pre-activation blocks (BiT) behind a norm."""

    def branch(inside, out):
        return nn.Sequential(
            norm(inside), nn.ReLU(), Standardised(inside, out, 3, padding=1, bias=False),
            norm(out), nn.ReLU(), Standardised(out, out, 3, padding=1, bias=False),
        )  # fmt: skip

    return Classifier(
        24, Standardised(3, 16, 3, 1, 1, bias=False), Residual(branch(16, 16)),
        Residual(branch(16, 24), Standardised(16, 24, 1, bias=False)), norm(24), nn.ReLU(),
    )  # fmt: skip


class Blurred(nn.Module):
    """Every other pixel of a blurred image, mirrored at its edges."""

    def __init__(self, channels):
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0])
        kernel = (line[:, None] * line / 16).expand(channels, 1, 3, 3).clone()
        self.register_buffer("kernel", kernel)

    def forward(self, x):
        x = F.pad(x, (1, 1, 1, 1), "reflect")
        return F.conv2d(x, self.kernel, stride=2, groups=x.shape[1])


class OddUNet(nn.Module):
    """What was enlarged is padded to the size of what it is joined with."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.three = conv(3, 12), conv(12, 16), conv(16, 24)
        self.up_two = nn.ConvTranspose2d(24, 16, 2, 2)
        self.up_one = nn.ConvTranspose2d(16, 12, 2, 2)
        self.back_two, self.back_one, self.head = conv(32, 16), conv(24, 12), nn.Conv2d(12, 2, 1)

    @staticmethod
    def joined(x, skip):
        high, wide = (skip.shape[axis] - x.shape[axis] for axis in (2, 3))
        pads = [wide // 2, wide - wide // 2, high // 2, high - high // 2]
        return torch.cat((skip, F.pad(x, pads)), 1)

    def forward(self, x):
        one = self.one(x)
        two = self.two(F.max_pool2d(one, 2))
        x = self.up_two(self.three(F.max_pool2d(two, 2)))
        x = self.up_one(self.back_two(self.joined(x, two)))
        return self.head(self.back_one(self.joined(x, one)))


def style():
    """Mirrored edges before each convolution (style transfer)."""
    layers = [(3, 16, 9, 1), (16, 24, 3, 2), (24, 24, 3, 1)]
    body = []
    for inside, out, side, stride in layers:
        body += [nn.ReflectionPad2d(side // 2), nn.Conv2d(inside, out, side, stride), nn.ReLU()]
    end = [nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1), nn.Conv2d(24, 3, 3)]
    return nn.Sequential(*body, *end)


class Warped(nn.Module):
    """A network looks where to look (spatial transformer): GridSample with most layers after it."""

    def __init__(self):
        super().__init__()
        self.before = nn.Sequential(conv(3, 12, 3, 2), conv(12, 12))
        self.where = nn.Linear(12, 2 * 8 * 8)
        self.rest = Classifier(32, conv(12, 24), conv(24, 32), conv(32, 32))

    def forward(self, x):
        x = self.before(x)
        grid = torch.tanh(self.where(x.mean((2, 3)))).view(-1, 8, 8, 2)
        return self.rest(F.grid_sample(x, grid, align_corners=True))


# Networks of timm and others, narrowed to an eighth, a block of each kind.


def efficient(blocks, act, **settings):
    """By blocks as timm writes them, with TensorFlow's padding."""
    return efficientnet.EfficientNet(
        decode_arch_def([[block] for block in blocks]), 10, num_features=40, stem_size=8,
        pad_type="same", act_layer=act, norm_layer=partial(nn.BatchNorm2d, eps=1e-3),
        round_chs_fn=lambda channels: channels, **settings,
    )  # fmt: skip


def lite():
    """The package's own network: the first two of its blocks, a narrow head."""
    blocks, settings = efficientnet_lite(0.5, 0.1, image_size=32, num_classes=10)
    network = EfficientNet(blocks[:2], settings._replace(depth_divisor=4))
    network._conv_head = nn.Conv2d(network._conv_head.in_channels, 40, 1, bias=False)
    network._bn1, network._fc = nn.BatchNorm2d(40), nn.Linear(40, 10)
    return network


def bit():
    """Filters standardised by a BatchNormalization in training mode, norms over groups."""
    return resnetv2.ResNetV2(
        [1, 1], (32, 48), 10, stem_chs=16, stem_type="fixed",
        norm_layer=partial(GroupNormAct, num_groups=4), conv_layer=partial(StdConv2d, eps=1e-8),
    )  # fmt: skip


def norm_free(name, group_size, **settings):
    """Scaled filters, standardised alike, gains beside activations, no norms."""
    usual = nfnet.model_cfgs[name]
    narrow = replace(
        usual, depths=(1, 1), channels=(16, 24), num_features=32, ch_div=4,
        stem_chs=usual.stem_chs and 16, group_size=group_size, **settings,
    )  # fmt: skip
    return nfnet.NormFreeNet(narrow, 10)


def blurred_residual():
    return resnet.ResNet(
        resnet.Bottleneck, (1, 1, 1, 1), 10, base_width=32, stem_width=8, aa_layer=BlurPool2d,
        channels=(8, 16, 16, 16),
    )  # fmt: skip


def blurred_dense():
    return densenet.DenseNet(8, (2, 2), 10, bn_size=2, stem_type="deep", aa_layer=BlurPool2d)


class NasNet(nn.Module):
    """The stem cells of NASNet, which read the last two results."""

    def __init__(self):
        super().__init__()
        self.stem, self.stem_0 = conv(3, 8, 3, 2, act=None), nasnet.CellStem0(8, 4, "same")
        self.stem_1, self.head = nasnet.CellStem1(8, 8, "same"), nn.Linear(32, 10)

    def forward(self, x):
        x = self.stem(x)
        return self.head(F.relu(self.stem_1(x, self.stem_0(x))).mean((2, 3)))


class PnasNet(nn.Module):
    """The stem cells of PNASNet."""

    def __init__(self):
        super().__init__()
        self.stem, self.stem_0 = conv(3, 12, 3, 2, act=None), pnasnet.CellStem0(12, 7, 12, 7, "same")
        self.stem_1 = pnasnet.Cell(12, 8, 35, 8, "same", True, True)
        self.head = nn.Linear(40, 10)

    def forward(self, x):
        x = self.stem(x)
        return self.head(F.relu(self.stem_1(x, self.stem_0(x))).mean((2, 3)))


def edge_next():
    return edgenext.EdgeNeXt(3, 10, dims=(8, 16, 16, 16), depths=(1, 2, 1, 1), heads=(2,) * 4)


def mobile_vit():
    stem = byobnet.ByoBlockCfg(
        "bottle", d=1, c=16, s=2, gs=1, br=2.0,
        block_kwargs={"bottle_in": True, "linear_out": True},
    )  # fmt: skip
    blocks = (stem, mobilevit._mobilevitv2_block(d=1, c=24, s=2, transformer_depth=1))
    narrow = byobnet.ByoModelCfg(
        blocks, stem_chs=8, stem_type="3x3", stem_pool="", downsample="", act_layer="silu"
    )
    return byobnet.ByobNet(narrow, 10)


CASES = {
    "alike-script-17": Case(residual, change=named_alike),
    "unnamed-script-13": Case(residual, change=unnamed),
    "alike-tail-script-11": Case(Detector, change=lambda model: named_alike(suppressed(model))),
    "stereo-dynamo-18": Case(Stereo, (1, 6, 32, 32)),
    "stereo-script-17": Case(Stereo, (1, 6, 32, 32)),
    "pair-script-17": Case(Pair, inputs=("before", "after")),
    "selective-script-17": Case(
        lambda: Classifier(32, conv(3, 16), SelectiveKernel(16), conv(16, 32))
    ),
    "context-script-17": Case(
        lambda: Classifier(
            32, conv(3, 24, 3, 2), GlobalContext(24), conv(24, 32), GlobalContext(32), conv(32, 32)
        )
    ),
    "keras-script-17": Case(KerasLike, (1, 32, 32, 3), folding=False),
    "recogniser-script-17": Case(Recogniser, (1, 1, 16, 48)),
    "channels-last-dynamo-20": Case(residual),
    "in-place-script-17": Case(in_place),
    "in-place-dynamo-18": Case(in_place),
    "in-place-open-script-17": Case(in_place, open_batch=True),
    "bytes-script-17": Case(Bytes, (1, 32, 32, 3)),
    "bytes-dynamo-18": Case(Bytes, (1, 32, 32, 3)),
    "standardised-script-17": Case(lambda: standardised(nn.BatchNorm2d), folding=False),
    "standardised-groups-script-17": Case(
        lambda: standardised(lambda channels: nn.GroupNorm(8, channels)), folding=False
    ),
    "blurred-script-11": Case(
        lambda: Classifier(32, conv(3, 16), Blurred(16), conv(16, 24), Blurred(24), conv(24, 32)),
        (1, 3, 29, 29),
    ),
    "same-script-17": Case(
        lambda: Classifier(
            32, Same(3, 16, 3, 2), nn.ReLU(), Same(16, 24, 5, 2), nn.ReLU(), conv(24, 32)
        ),
        (1, 3, 29, 29),
        open_batch=True,
    ),
    "style-script-13": Case(style, (1, 3, 29, 29)),
    "unet-odd-script-17": Case(OddUNet, (1, 3, 29, 29), open_batch=True),
    "warped-script-17": Case(Warped, open_batch=True),
    "deformed-script-19": Case(
        lambda: Classifier(32, conv(3, 12, 3, 2), conv(12, 24), conv(24, 32), conv(32, 32)),
        change=deformed,
    ),
    "timm-efficientnet-script-13": Case(
        lambda: efficient(["ds_r1_k3_s1_e1_c8_se0.25", "ir_r1_k5_s2_e6_c12_se0.25"], "swish")
    ),
    "timm-mixnet-script-11": Case(
        lambda: efficient(["ds_r1_k3_s1_e1_c8", "ir_r1_k3.5.7_a1.1_p1.1_s2_e6_c12_se0.5_nsw"], "relu")
    ),
    "timm-lite-script-17": Case(
        lambda: efficient(["ds_r1_k3_s1_e1_c8", "ir_r2_k5_s2_e6_c12"], "relu6", fix_stem=True),
        (1, 3, 37, 37),
    ),
    "efficientnet-lite-script-13": Case(
        lite
    ),
    "timm-bit-script-17": Case(bit),
    "timm-bit-dynamo-18": Case(bit),
    "timm-nf-regnet-script-17": Case(lambda: norm_free("nf_regnet_b0", 4)),
    "timm-nfnet-script-13": Case(lambda: norm_free("nfnet_f0", 4)),
    "timm-dm-nfnet-script-17": Case(lambda: norm_free("dm_nfnet_f0", 4)),
    "timm-dm-nfnet-dynamo-18": Case(lambda: norm_free("dm_nfnet_f0", 4)),
    "timm-resnet-blur-script-17": Case(blurred_residual),
    "timm-densenet-blur-script-13": Case(blurred_dense),
    "timm-nasnet-script-17": Case(NasNet, change=renamed),
    "timm-pnasnet-script-13": Case(PnasNet, change=renamed),
    "timm-edgenext-script-17": Case(edge_next, (1, 3, 64, 64), open_batch=True),
    "timm-edgenext-dynamo-18": Case(edge_next, (1, 3, 64, 64)),
    "timm-mobilevit-script-17": Case(mobile_vit),
    "timm-mobilevit-dynamo-18": Case(mobile_vit),
}  # fmt: skip


def export(name, folder):
    architecture, exporter, opset = name.rsplit("-", 2)
    case = CASES[name]
    torch.manual_seed(len(name))
    network = with_random_weights(case.network())
    image = torch.randn(case.shape)
    if architecture.startswith("bytes"):
        image = (60 * image + 128).clamp(0, 255).to(torch.uint8)
    if architecture.startswith("channels-last"):
        image = image.to(memory_format=torch.channels_last)
        network = network.to(memory_format=torch.channels_last)
    outputs = ["boxes", "scores"] if isinstance(network, Detector) else ["output"]
    images = (image, *(torch.randn(case.shape) for _ in case.inputs[1:]))
    names = {"input_names": case.inputs, "output_names": outputs, "opset_version": int(opset)}
    file = folder / (name + ".onnx")
    if exporter == "script":
        if case.open_batch:
            names["dynamic_axes"] = {"image": {0: "batch"}, "output": {0: "batch"}}
        torch.onnx.export(
            network, images, file, dynamo=False, do_constant_folding=case.folding, **names
        )
    else:
        torch.onnx.export(network, images, file, dynamo=True, external_data=False, **names)
    model = onnx.load(file)
    onnx.save_model(case.change(stripped(model)), file)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for name in sys.argv[2:] or CASES:
        export(name, folder)


if __name__ == "__main__":
    main()
