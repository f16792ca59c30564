#!/usr/bin/env python3
"""Makes the fixtures beside it: small state dicts of made-up numbers, in the ways PyTorch saves them.

    python3 make.py [folder]

(torch 2.4 or newer, and numpy). Without a folder the fixtures are written beside it.

Every state dict is also written as JSON (expected.json): {file: {name: [dtype, shape, hex of the row-major bytes]}}.
"""
import argparse
import collections
import datetime
import decimal
import functools
import io
import json
import os
import pathlib
import pickle
import struct
import sys
import types
import zipfile

import numpy
import torch

here = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
expected = {}
names = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}


def describe(tensor):
    tensor = tensor.detach().contiguous().clone()
    raw = bytes(tensor.storage().untyped().tolist()) if tensor.numel() else b""
    return [names[tensor.dtype], list(tensor.shape), raw.hex()]


def note(file, state):
    expected[file] = {key: describe(value) for key, value in state.items() if isinstance(value, torch.Tensor)}


def save(file, value, state=None, **options):
    torch.save(value, os.path.join(here, file), **options)
    note(file, value if state is None else state)


def rewrite(source, target, change):
    """The same zip with each entry passed through change(name, bytes) -> bytes or None."""
    with zipfile.ZipFile(os.path.join(here, source)) as old, zipfile.ZipFile(os.path.join(here, target), "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(zipfile.ZipInfo(name), data)


# Every dtype, strides of every kind, storage shared by two tensors, scalars and empty tensors.
base = torch.arange(24, dtype=torch.float32) / 7
dtypes = collections.OrderedDict((f"x.{kind}", (torch.arange(6) - 2).to(dtype)) for dtype, kind in names.items())
layouts = collections.OrderedDict(
    transposed=base.view(4, 6).t(), window=base.view(4, 6)[1:3, 2:5], every_other=base[1::2],
    first_half=base[:12].view(3, 4), second_half=base[12:], expanded=base[3:4].expand(2, 3),
    channels_last=base.view(2, 3, 2, 2).contiguous(memory_format=torch.channels_last),
    scalar=torch.tensor(1.5), empty=torch.zeros(0, 3), parameter=torch.nn.Parameter(base[:2].clone()),
)
for legacy in (False, True):
    suffix = "-legacy" if legacy else ""
    save(f"dtypes{suffix}.pth", dtypes, _use_new_zipfile_serialization=not legacy)
    save(f"layouts{suffix}.pth", layouts, _use_new_zipfile_serialization=not legacy)
for protocol in (1, 3, 4, 5):
    save(f"protocol-{protocol}.pth", layouts, pickle_protocol=protocol)
save("protocol-4-legacy.pth", layouts, pickle_protocol=4, _use_new_zipfile_serialization=False)

# A module's own state dict, with _metadata; the two ways to name spectral norm; DataParallel.
torch.manual_seed(1)
net = torch.nn.Sequential(
    torch.nn.utils.spectral_norm(torch.nn.Conv2d(2, 3, 2)), torch.nn.BatchNorm2d(3),
    torch.nn.utils.spectral_norm(torch.nn.ConvTranspose2d(3, 2, 2)),
)
save("spectral-norm.pth", net.state_dict())
new = torch.nn.Sequential(
    torch.nn.utils.parametrizations.spectral_norm(torch.nn.Conv2d(2, 3, 2)), torch.nn.BatchNorm2d(3),
    torch.nn.utils.parametrizations.spectral_norm(torch.nn.ConvTranspose2d(3, 2, 2)),
)
save("spectral-norm-parametrised.pth", new.state_dict())
save("data-parallel.pth", torch.nn.DataParallel(net).state_dict())

# Checkpoints with more in them than weights.
small = collections.OrderedDict(weight=torch.tensor([1.0, 2.0]), bias=torch.tensor([3.0]))
other = collections.OrderedDict(weight=torch.tensor([4.0]))
parameter = torch.nn.Parameter(torch.ones(2))
adam = torch.optim.Adam([parameter])
parameter.sum().backward()
adam.step()
extras = dict(
    epoch=3, lr=2e-4, negative=-5, big=2**40, huge=2**70, name="dcgan", none=None, flag=True, pair=(1, 2, 3, 4),
    size=torch.Size([1, 2]), dtype=torch.float32, device=torch.device("cpu"), some={1, 2}, frozen=frozenset([1]),
    raw=b"abc", array=bytearray(b"abc"), optimizer=adam.state_dict(),
)
save("checkpoint.pth", {"state_dict": small, **extras}, state=small)
save("checkpoint-protocol-4.pth", {"state_dict": small, **extras}, state=small, pickle_protocol=4)
save("two-networks.pth", {"generator": small, "nested": {"discriminator": other}, "epoch": 1}, state=small)
attributed = torch.tensor([5.0, 6.0])
attributed.note = "made up"
save("attributed.pth", {"weight": attributed})

# What other machines write: a big-endian file, CUDA locations, a newer rebuild function, deflated entries.
save("plain.pth", small)


def big_endian(name, data):
    if "/data/" in name:
        return b"".join(data[i : i + 4][::-1] for i in range(0, len(data), 4))
    return data


rewrite("plain.pth", "big-endian.pth", big_endian)
with zipfile.ZipFile(os.path.join(here, "big-endian.pth"), "a") as archive:
    archive.writestr(zipfile.ZipInfo("plain/byteorder"), "big")
note("big-endian.pth", small)


def cuda(name, data):
    assert b"X\x03\x00\x00\x00cpu" in data or "data.pkl" not in name
    return data.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0").replace(b"ctorch\nFloat", b"ctorch.cuda\nFloat")


rewrite("plain.pth", "cuda.pth", cuda)
note("cuda.pth", small)


class Id(tuple):
    pass


class Names(pickle._Pickler):
    def persistent_id(self, value):
        return tuple(value) if isinstance(value, Id) else None


class Global:
    def __init__(self, text):
        self.text = text


def save_global(pickler, value):
    pickler.write(b"c" + value.text.replace(" ", "\n").encode() + b"\n")


Names.dispatch = dict(pickle._Pickler.dispatch)
Names.dispatch[Global] = save_global


class Call:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments


def save_call(pickler, value):
    pickler.save(value.function)
    pickler.save(tuple(value.arguments))
    pickler.write(b"R")


Names.dispatch[Call] = save_call


def written(file, value, records, compression=zipfile.ZIP_STORED):
    """A file as torch.save writes it, its pickle made by hand."""
    stream = io.BytesIO()
    Names(stream, protocol=2).dump(value)
    with zipfile.ZipFile(os.path.join(here, file), "w", compression) as archive:
        for name, data in {"data.pkl": stream.getvalue(), "byteorder": b"little", "version": b"3\n", **records}.items():
            info = zipfile.ZipInfo(f"archive/{name}")
            info.compress_type = compression
            archive.writestr(info, data)


def storage(kind, key, count, location="cuda:1"):
    return Id(("storage", Global(kind), key, location, count))


empty = Call(Global("collections OrderedDict"))
v2, v3 = Global("torch._utils _rebuild_tensor_v2"), Global("torch._utils _rebuild_tensor_v3")
floats = struct.pack("<2f", 1.0, 2.0)
written(
    "newer.pth",
    {
        "weight": Call(v2, storage("torch FloatStorage", "0", 2), 0, (2,), (1,), False, empty),
        "bias": Call(v3, storage("torch.storage UntypedStorage", "1", 4), 1, (1,), (1,), False, empty, Global("torch uint16"), None),
    },
    {"data/0": floats, "data/1": struct.pack("<2H", 1, 65535), ".data/serialization_id": b"0" * 40},
    zipfile.ZIP_DEFLATED,
)
expected["newer.pth"] = {"weight": ["F32", [2], floats.hex()], "bias": ["U16", [1], "ffff"]}

# A weight file inside a zip, as the original project ships them.
with zipfile.ZipFile(os.path.join(here, "wrapped.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("weights/", "")
    archive.write(os.path.join(here, "plain.pth"), "weights/generator.pth")
    archive.writestr("__MACOSX/weights/._generator.pth", "x")
note("wrapped.zip", small)
with zipfile.ZipFile(os.path.join(here, "wrapped-legacy.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    archive.write(os.path.join(here, "layouts-legacy.pth"), "layouts.pt")
note("wrapped-legacy.zip", layouts)
with zipfile.ZipFile(os.path.join(here, "wrapped-two.zip"), "w") as archive:
    archive.write(os.path.join(here, "plain.pth"), "generator.pth")
    archive.write(os.path.join(here, "two-networks.pth"), "both.pth")

# Training checkpoints as people keep them: Python objects of all kinds beside the weights.
network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 2), torch.nn.BatchNorm2d(2))
weights = network.state_dict()


class Settings(dict):
    """A subclass of dict with attributes, as configuration libraries have it."""


settings = Settings(lr=1e-3)
settings.frozen = True
objects = dict(
    best_fid=numpy.float64(12.5), epoch=numpy.int64(3), curve=numpy.arange(3.0), args=argparse.Namespace(lr=2e-4, out="x"),
    out=pathlib.PosixPath("/tmp/x"), saved=datetime.datetime(2024, 5, 6), history=collections.defaultdict(list, g=[1.0]),
    counts=collections.Counter("aab"), recent=collections.deque([1, 2], maxlen=3), settings=settings,
    price=decimal.Decimal("1.5"), namespace=types.SimpleNamespace(a=1), half=functools.partial(int, base=2),
    loss=torch.tensor(0.5), fixed_noise=torch.zeros(4, 3, 1, 1), rng_state=torch.get_rng_state()[:16].clone(),
    optimizer=adam.state_dict(),
)
for suffix, options in (("", {}), ("-protocol-4", {"pickle_protocol": 4}), ("-legacy", {"_use_new_zipfile_serialization": False})):
    save(f"whole-checkpoint{suffix}.pth", {"model": weights, **objects}, state=weights, **options)
save("counters.pth", {**weights, "1.num_batches_tracked": torch.tensor([3], dtype=torch.int32), "step": numpy.int64(1)})

# The networks of a GAN in one state dict, and in wrappers; a whole module, alone and in a dict; a tensor subclass.
both = collections.OrderedDict(
    [(f"generator.{name}", value) for name, value in weights.items()] + [("discriminator.0.weight", torch.ones(1, 1, 2, 2))]
)
callbacks = {"ModelCheckpoint{'monitor': 'g_loss'}": {"best_model_score": torch.tensor(0.25)}}
save("lightning.ckpt", {"epoch": 1, "state_dict": both, "callbacks": callbacks}, state=both)
save("averaged.pth", torch.optim.swa_utils.AveragedModel(network).state_dict())
torch.save(network, os.path.join(here, "module.pth"))
note("module.pth", weights)
save("modules.pth", {"netG": torch.nn.DataParallel(network), "epoch": 2}, state=torch.nn.DataParallel(network).state_dict())


class Weight(torch.Tensor):
    pass


save("subclass.pth", {"weight": torch.ones(2, 2).as_subclass(Weight)})

# Tensors that are not read, alone and beside others.
kinds = dict(
    complex=torch.ones(2, 2, dtype=torch.complex64), quantised=torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8),
    sparse=torch.eye(2).to_sparse(), float8=torch.ones(2, 2).to(torch.float8_e4m3fn), meta=torch.ones(2, 2, device="meta"),
)
for kind, value in kinds.items():
    torch.save({"z": value}, os.path.join(here, f"{kind}.pth"))
    if kind != "float8":
        save(f"beside-{kind}.pth", {"generator": weights, "other": {"z": value}}, state=weights)
torch.save({"z": kinds["complex"], "w": torch.ones(2)}, os.path.join(here, "complex-legacy.pth"), _use_new_zipfile_serialization=False)



class Opaque:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce__(self):
        return Opaque, (self.tensor,)


# What is refused.
torch.save({"weight": Opaque(torch.ones(2, 2))}, os.path.join(here, "made-by-code.pth"))
torch.save({"weight": numpy.ones((2, 2))}, os.path.join(here, "arrays.pth"))
torch.save(torch.ones(3), os.path.join(here, "tensor.pth"))
torch.save({"epoch": 1}, os.path.join(here, "no-tensors.pth"))
torch.jit.script(torch.nn.Linear(2, 2)).save(os.path.join(here, "script.pt"))

with open(os.path.join(here, "expected.json"), "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
