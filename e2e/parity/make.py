#!/usr/bin/env python3
"""Records the trajectories beside it: two training steps of a tiny DCGAN and a tiny SNGAN, computed by PyTorch.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.15.0 safetensors numpy
    /tmp/torch/bin/python make.py [folder]

Without a folder, the recordings beside this file are written again. A GPU is not used.

The networks and the step are those of the original MedImageGAN, by PyTorch's own layers, spectral norm, loss and Adam;
only the start weights are larger (WEIGHT_DEVIATION).
One folder per trajectory:

    case.json                     settings, losses of each step, PyTorch's version
    real.uint8                    real images [step, N, C, H, W]; a byte b stands for the value b / 127.5 - 1
    inputs.safetensors            z [step, N, nz, 1, 1]
    init-*.safetensors            state dicts before the first step
    final-*.safetensors           state dicts after the last step
    eval-images.safetensors       images [1, C, H, W] of the trained generator in evaluation mode, from the first z

Every trajectory is computed in float64 too. Where both precisions differ by more than LIMIT, rounding decides the result
(an activation lies so near to 0 that its sign is a matter of rounding): the script then stops, and another seed is needed.
It stops too where the recorded images have a standard deviation below LEAST_CONTRAST: grey images compare nothing.
"""
import copy
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn

LIMIT = 1e-6
LEAST_CONTRAST = 0.1
# Standard deviation of a convolution's start weights. The original has 0.02, with which a generator of width 1 makes grey
# images in evaluation mode as long as its running variances, which start at 1, have seen two steps only.
WEIGHT_DEVIATION = 0.3
BETAS = (0.5, 0.999)
CASES = [
    dict(name="tiny-dcgan-64", arch="DCGAN", image_size=64, nz=4, ngf=1, ndf=1, nc=3, batch=2, steps=2,
         real=1.0, lr_g=2e-4, lr_d=2e-4, seed=9),
    # Label smoothing and a ratio of 2 between the learning rates, as in the original's SNGAN studies.
    dict(name="tiny-sngan-64", arch="SNGAN", image_size=64, nz=4, ngf=1, ndf=1, nc=1, batch=3, steps=2,
         real=0.9, lr_g=2e-4, lr_d=4e-4, seed=7),
]


def generator(case):
    """z [N, nz, 1, 1] -> images [N, nc, S, S] in [-1, 1]."""
    width = case["image_size"] // 8 * case["ngf"]
    layers = [nn.ConvTranspose2d(case["nz"], width, 4, 1, 0, bias=False), nn.BatchNorm2d(width), nn.ReLU(True)]
    while width > case["ngf"]:
        layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(width // 2), nn.ReLU(True)]
        width //= 2
    return Network(layers + [nn.ConvTranspose2d(width, case["nc"], 4, 2, 1, bias=False), nn.Tanh()])


def discriminator(case):
    """images [N, nc, S, S] -> probabilities [N, 1, 1, 1]; every convolution of an SNGAN is spectrally normalised."""
    norm = nn.utils.spectral_norm if case["arch"] == "SNGAN" else lambda layer: layer
    width = case["ndf"]
    layers = [norm(nn.Conv2d(case["nc"], width, 4, 2, 1, bias=False)), nn.LeakyReLU(0.2, True)]
    while width < case["image_size"] // 8 * case["ndf"]:
        layers += [norm(nn.Conv2d(width, width * 2, 4, 2, 1, bias=False)), nn.BatchNorm2d(width * 2), nn.LeakyReLU(0.2, True)]
        width *= 2
    return Network(layers + [norm(nn.Conv2d(width, 1, 4, 1, 0, bias=False)), nn.Sigmoid()])


class Network(nn.Module):
    """The layers in a row, named main.0, main.1, ... as in the original."""

    def __init__(self, layers):
        super().__init__()
        self.main = nn.Sequential(*layers)
        for layer in layers:
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.normal_(getattr(layer, "weight_orig", layer.weight), 0.0, WEIGHT_DEVIATION)
            elif isinstance(layer, nn.BatchNorm2d):
                nn.init.normal_(layer.weight, 1.0, 0.02)

    def forward(self, x):
        return self.main(x)


def train(case, networks, z, real):
    """The original's step, once per batch: the discriminator's update, then the generator's, on the same fake images."""
    g, d = networks
    optimizer_g = torch.optim.Adam(g.parameters(), case["lr_g"], BETAS)
    optimizer_d = torch.optim.Adam(d.parameters(), case["lr_d"], BETAS)

    def loss(images, label):
        judged = d(images).view(-1)
        return nn.functional.binary_cross_entropy(judged, torch.full_like(judged, label))

    trajectory = []
    for latent, images in zip(z, real):
        fake = g(latent)
        d.zero_grad()
        loss_real, loss_fake = loss(images, case["real"]), loss(fake.detach(), 0.0)
        (loss_real + loss_fake).backward()
        optimizer_d.step()
        g.zero_grad()
        loss_g = loss(fake, case["real"])
        loss_g.backward()
        optimizer_g.step()
        trajectory.append(dict(lossD=(loss_real + loss_fake).item(), lossG=loss_g.item()))
    g.eval()
    with torch.no_grad():
        return trajectory, g(z[0, :1])


def state(network):
    """The state dict, free of the storage that training goes on to change."""
    return {name: tensor.detach().clone().contiguous() for name, tensor in network.state_dict().items()}


def distance(a, b):
    """Relative L2 distance of two tensors."""
    a, b = a.double(), b.double()
    return ((a - b).norm() / b.norm().clamp(min=1e-12)).item()


def make(case, folder):
    torch.manual_seed(case["seed"])
    g, d = generator(case), discriminator(case)
    shape = (case["steps"], case["batch"], case["nc"])
    z = torch.randn(*shape[:2], case["nz"], 1, 1)
    # Smooth pictures: 8 x 8 random values, enlarged.
    coarse = torch.rand(shape[0] * shape[1], case["nc"], 8, 8)
    smooth = nn.functional.interpolate(coarse, size=[case["image_size"]] * 2, mode="bilinear")
    pixels = (smooth * 255).round().to(torch.uint8).view(*shape, *smooth.shape[2:])
    real = pixels.float() / 127.5 - 1

    before = dict(generator=state(g), discriminator=state(d))
    twins = copy.deepcopy(g).double(), copy.deepcopy(d).double()
    trajectory, images = train(case, (g, d), z, real)
    after = dict(generator=state(g), discriminator=state(d))

    exact, exact_images = train(case, twins, z.double(), pixels.double() / 127.5 - 1)
    errors = {f"step {k + 1} {key}": abs(step[key] / exact[k][key] - 1) for k, step in enumerate(trajectory) for key in step}
    errors["images"] = (images.double() - exact_images).abs().max().item()
    for kind, twin in zip(after, twins):
        errors |= {f"{kind} {name}": distance(after[kind][name], value) for name, value in twin.state_dict().items()}
    worst = max(errors, key=errors.get)
    print(f"{case['name']}: float32 is within {errors[worst]:.1e} of float64 ({worst}), "
          f"contrast {images.std().item():.2f}")
    if errors[worst] > LIMIT:
        sys.exit(f"{case['name']}: seed {case['seed']} lets rounding decide (limit {LIMIT}); choose another seed")
    if images.std().item() < LEAST_CONTRAST:
        sys.exit(f"{case['name']}: seed {case['seed']} makes images with a contrast below {LEAST_CONTRAST}; choose another seed")

    folder.mkdir(parents=True, exist_ok=True)
    for kind in before:
        save_file(before[kind], folder / f"init-{kind}.safetensors")
        save_file(after[kind], folder / f"final-{kind}.safetensors")
    save_file(dict(z=z), folder / "inputs.safetensors")
    save_file(dict(images=images.contiguous()), folder / "eval-images.safetensors")
    (folder / "real.uint8").write_bytes(pixels.numpy().tobytes())
    text = json.dumps(dict(case=case, torch=torch.__version__.split("+")[0], trajectory=trajectory), indent=2)
    (folder / "case.json").write_text(text + "\n")


torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
for each in CASES:
    make(each, target / each["name"])
