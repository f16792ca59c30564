"""Images a second of a trained generator in PyTorch, in evaluation mode on the CPU.

`--make` writes weights and latents for both sides; without it, one JSON line with the speed is printed. With `--png`
images are saved too, as Pillow does it.
"""

import argparse
import json
import os
import sys
import tempfile
import time

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "step"))
from torch_step import generator  # noqa: E402


def make(options):
    torch.manual_seed(0)
    network = generator(options.image_size, options.latent, options.features)
    with torch.no_grad():
        # A training-mode pass gives the running statistics something to say.
        for _ in range(20):
            network(torch.randn(16, options.latent, 1, 1))
    torch.save({f"main.{name}": tensor for name, tensor in network.state_dict().items()}, options.weights)
    torch.randn(options.count, options.latent).numpy().tofile(options.latents)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--png", action="store_true")
    parser.add_argument("--weights")
    parser.add_argument("--latents")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--latent", type=int, default=100)
    parser.add_argument("--features", type=int, default=64)
    parser.add_argument("--count", type=int, default=512)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.make:
        return make(options)

    torch.set_num_threads(options.threads)
    state = torch.load(options.weights, map_location="cpu")
    network = generator(options.image_size, options.latent, options.features).eval()
    network.load_state_dict({name[len("main."):]: tensor for name, tensor in state.items()})
    z = torch.from_numpy(np.fromfile(options.latents, dtype=np.float32)).view(-1, options.latent, 1, 1)
    total = squares = 0.0
    with torch.inference_mode(), tempfile.TemporaryDirectory() as folder:
        network(z[: options.batch])
        start = time.perf_counter()
        for first in range(0, len(z), options.batch):
            images = network(z[first : first + options.batch])
            if options.png:
                from PIL import Image

                pixels = images.add(1).mul(127.5).add(0.5).clamp(0, 255).permute(0, 2, 3, 1).to(torch.uint8).numpy()
                for i, image in enumerate(pixels):
                    Image.fromarray(image).save(os.path.join(folder, f"{first + i:06}.png"))
            total += images.double().sum().item()
            squares += images.double().square().sum().item()
        seconds = time.perf_counter() - start
    numbers = len(z) * 3 * options.image_size**2
    print(json.dumps({"images_per_s": len(z) / seconds, "mean": total / numbers, "power": squares / numbers}))


main()
