#!/usr/bin/env python3
"""Exports the feature networks that papers use, as ONNX files for `--features onnx:<file>`.

    python3 -m venv features && features/bin/pip install torch torchvision onnx pytorch-fid
    features/bin/python tools/export-features.py inception inception.onnx
    features/bin/python tools/export-features.py radimagenet radimagenet.onnx

It downloads the weights: Inception's by pytorch-fid, RadImageNet's ResNet-50 by torch.hub from Warvito/radimagenet-models.
It prints the `--features` text that goes with the file. Neither is part of this project; mind their licences.
"""
import argparse

import torch


class Inception(torch.nn.Module):
    """pytorch-fid's Inception, pool3 features [N, 2048, 1, 1]; it takes images in [-1, 1], which mean=0.5,std=0.5 gives."""

    text = "size=299,mean=0.5,std=0.5,filter=bilinear"
    size = 299

    def __init__(self):
        super().__init__()
        from pytorch_fid.inception import InceptionV3

        block = InceptionV3.BLOCK_INDEX_BY_DIM[2048]
        self.network = InceptionV3([block], resize_input=False, normalize_input=False)

    def forward(self, image):
        return self.network(image)[0]


class RadImageNet(torch.nn.Module):
    """RadImageNet's ResNet-50, features [N, 2048, h, w]. It was trained on BGR minus ImageNet's means, undivided."""

    text = "size=224,mean=0.485:0.456:0.406,std=1,filter=bilinear"
    size = 224

    def __init__(self):
        super().__init__()
        self.network = torch.hub.load("Warvito/radimagenet-models", model="radimagenet_resnet50", trust_repo=True)

    def forward(self, image):
        return self.network(image.flip(1))


networks = {"inception": Inception, "radimagenet": RadImageNet}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=sorted(networks))
    parser.add_argument("out")
    arguments = parser.parse_args()
    network = networks[arguments.network]().eval()
    example = torch.zeros(2, 3, network.size, network.size)
    torch.onnx.export(
        network, (example,), arguments.out, input_names=["images"], output_names=["features"], opset_version=18,
        dynamic_axes={"images": {0: "batch"}, "features": {0: "batch"}}, dynamo=False,
    )
    print(f"--features 'onnx:{arguments.out},{network.text}'")


if __name__ == "__main__":
    main()
