"""Times piqa on the image pairs in a folder; prints one line of JSON. Arguments: folder, size, repetitions.

piqa 1.1.3 hands 4-D tensors to `conv1d`, which newer versions of PyTorch refuse: here they go to `conv2d`, the
function that PyTorch called for them then.
"""

import json
import sys
import time

import numpy
import torch
import torch.nn.functional
import piqa.utils.color
import piqa.utils.functional


class Functional:
    def __getattr__(self, name):
        return getattr(torch.nn.functional, "conv2d" if name == "conv1d" else name)


piqa.utils.color.F = piqa.utils.functional.F = Functional()

folder, size, repetitions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(name):
    values = numpy.fromfile(f"{folder}/{size}.{name}.f32", dtype="<f4").reshape(-1, size, size, 3)
    return torch.from_numpy(values).permute(0, 3, 1, 2).contiguous()


a, b = read("a"), read("b")
metrics = {
    "psnr": piqa.PSNR(reduction="none"),
    "ssim": piqa.SSIM(reduction="none"),
    "ms_gmsd": piqa.MS_GMSD(reduction="none"),
    "mdsi": piqa.MDSI(reduction="none"),
    "haarpsi": piqa.HaarPSI(reduction="none"),
}
answer = {}
with torch.no_grad():
    for name, metric in metrics.items():
        mean = metric(a, b).mean().item()
        times, cpu = [], []
        for _ in range(repetitions):
            start, busy = time.perf_counter(), time.process_time()
            metric(a, b)
            cpu.append(1000 * (time.process_time() - busy))
            times.append(1000 * (time.perf_counter() - start))
        answer[name] = {"mean": mean, "times": times, "cpu": cpu}
print(json.dumps(answer))
