"""One measurement of torchvision's ImageFolder and torch's DataLoader, as one line of JSON.

torch_loader.py <folder> <size> <workers> <later epochs> <file for the bytes after resize and crop>
"""

import json
import resource
import sys
import time

import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import CenterCrop, Compose, Normalize, Resize, ToTensor

folder, size, workers, later, pixels_file = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]

to_square = [Resize(size), CenterCrop(size)]
to_tensor = [ToTensor(), Normalize((0.5,) * 3, (0.5,) * 3)]


def cpu():
    """Processor seconds of this process; those of the workers count when they have ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def epoch(loader):
    start = time.perf_counter()
    total = 0.0
    for images, _ in loader:
        total += float(images[0, 0, 0, 0])
    return time.perf_counter() - start, total


torch.set_num_threads(1)
dataset = ImageFolder(folder, Compose(to_square + to_tensor))
start_cpu = cpu()
# As people write it: workers end with each epoch.
loader = DataLoader(dataset, batch_size=16, shuffle=True, num_workers=workers)
first, checksum = epoch(loader)
first_cpu = cpu() - start_cpu
# As kind to it as can be: the workers stay.
loader = DataLoader(dataset, batch_size=16, shuffle=True, num_workers=workers, persistent_workers=True)
epoch(loader)
epochs = [epoch(loader)[0] for _ in range(later)]
del loader

squares = ImageFolder(folder, Compose(to_square))
with open(pixels_file, "wb") as out:
    for image, _ in squares:
        out.write(image.convert("RGB").tobytes())

print(
    json.dumps(
        {
            "images": len(dataset),
            "first": {"seconds": first, "cpu": first_cpu},
            "later": [{"seconds": seconds} for seconds in epochs],
            "checksum": checksum,
        }
    )
)
