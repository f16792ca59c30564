"""Seconds of one GAN training step in PyTorch: the networks and the step of the original MedImageGAN.

Prints one JSON line, like `medgan bench --json`. Needs PyTorch 1.13 or newer: `pip install torch`, whose convolutions run
on oneDNN. Debian's python3-torch has no oneDNN and is slower, and needs libopenblas0-pthread to be faster than that.
"""

import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn


def generator(size, latent, features):
    layers, inputs, outputs = [], latent, features * size // 8
    for index in range((size // 8).bit_length()):
        stride, pad = (1, 0) if index == 0 else (2, 1)
        layers += [nn.ConvTranspose2d(inputs, outputs, 4, stride, pad, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)]
        inputs, outputs = outputs, outputs // 2
    return nn.Sequential(*layers, nn.ConvTranspose2d(inputs, 3, 4, 2, 1, bias=False), nn.Tanh())


def discriminator(size, features, spectral):
    norm = nn.utils.spectral_norm if spectral else lambda layer: layer
    layers, inputs, outputs = [norm(nn.Conv2d(3, features, 4, 2, 1, bias=False)), nn.LeakyReLU(0.2, True)], features, 2 * features
    for _ in range((size // 8).bit_length() - 1):
        layers += [norm(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2, True)]
        inputs, outputs = outputs, 2 * outputs
    return nn.Sequential(*layers, norm(nn.Conv2d(inputs, 1, 4, 1, 0, bias=False)), nn.Sigmoid())


def adam(network):
    """Adam in one kernel per step where this PyTorch has it for CPUs (2.4 and newer)."""
    options = {"lr": 2e-4, "betas": (0.5, 0.999)}
    try:
        return torch.optim.Adam(network.parameters(), fused=True, **options)
    except (RuntimeError, TypeError):
        return torch.optim.Adam(network.parameters(), **options)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arch", default="DCGAN")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--latent", type=int, default=100)
    parser.add_argument("--features", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    g = generator(options.image_size, options.latent, options.features)
    d = discriminator(options.image_size, options.features, options.arch == "SNGAN")
    memory_format = torch.channels_last if options.channels_last else torch.contiguous_format
    g, d = g.to(memory_format=memory_format), d.to(memory_format=memory_format)
    optimizers = [adam(network) for network in (g, d)]
    bce = nn.BCELoss()
    real = torch.rand(options.batch_size, 3, options.image_size, options.image_size) * 2 - 1
    real = real.contiguous(memory_format=memory_format)
    noise = torch.randn(options.batch_size, options.latent, 1, 1)
    ones, zeros = torch.ones(options.batch_size), torch.zeros(options.batch_size)

    seconds = []
    for step in range(2 + options.steps):
        start = time.perf_counter()
        d.zero_grad()
        loss_real = bce(d(real).view(-1), ones)
        loss_real.backward()
        fake = g(noise)
        loss_fake = bce(d(fake.detach()).view(-1), zeros)
        loss_fake.backward()
        optimizers[1].step()
        g.zero_grad()
        loss_g = bce(d(fake).view(-1), ones)
        loss_g.backward()
        optimizers[0].step()
        if step >= 2:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "median_s": statistics.median(seconds),
        "min_s": min(seconds),
        "engine": f"torch {torch.__version__}",
        "threads": options.threads,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "loss_discriminator": (loss_real + loss_fake).item(),
        "loss_generator": loss_g.item(),
    }))


if __name__ == "__main__":
    main()
