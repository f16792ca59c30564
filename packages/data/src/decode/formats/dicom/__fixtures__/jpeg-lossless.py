"""DICOM's lossless JPEG (process 14), encoded by GDCM, each read back by pydicom before it is written down.

    pip install pydicom==3.0.2 python-gdcm==3.2.6 numpy && python jpeg-lossless.py

Sample i of an image is 37 * i * i modulo 2 ** bits: whoever reads the images knows what must be in them.
"""

import base64
import json
import tempfile
from pathlib import Path

import gdcm
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

SYNTAXES = {
    "1.2.840.10008.1.2.4.57": gdcm.TransferSyntax.JPEGLosslessProcess14,
    "1.2.840.10008.1.2.4.70": gdcm.TransferSyntax.JPEGLosslessProcess14_1,
}
ROWS, COLUMNS = 12, 16


def samples(bits, channels):
    at = np.arange(ROWS * COLUMNS * channels)
    return (37 * at * at) % 2**bits


def write_plain(path, bits, channels):
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID, image.SOPInstanceUID = SecondaryCaptureImageStorage, "1.2.3"
    image.Rows, image.Columns, image.SamplesPerPixel = ROWS, COLUMNS, channels
    image.PhotometricInterpretation = "MONOCHROME2" if channels == 1 else "RGB"
    if channels == 3:
        image.PlanarConfiguration = 0
    image.BitsAllocated = 8 if bits == 8 else 16
    image.BitsStored, image.HighBit, image.PixelRepresentation = bits, bits - 1, 0
    image.PixelData = samples(bits, channels).astype("u1" if bits == 8 else "<u2").tobytes()
    image.save_as(path, enforce_file_format=True)


def recode(plain, encoded, syntax):
    reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
    reader.SetFileName(str(plain))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFileName(str(encoded))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


cases = []
for syntax, number in SYNTAXES.items():
    for bits, channels in [(8, 1), (12, 1), (16, 1), (8, 3)]:
        with tempfile.TemporaryDirectory() as folder:
            plain, encoded = Path(folder, "plain.dcm"), Path(folder, "encoded.dcm")
            write_plain(plain, bits, channels)
            recode(plain, encoded, number)
            image = pydicom.dcmread(encoded)
            assert image.file_meta.TransferSyntaxUID == syntax
            assert (image.pixel_array.ravel() == samples(bits, channels)).all()
            frame = next(generate_frames(image.PixelData, number_of_frames=1))
        cases.append({"syntax": syntax, "bits": bits, "channels": channels, "frame": base64.b64encode(frame).decode()})

with Path(__file__).with_suffix(".json").open("w") as file:
    json.dump({"rows": ROWS, "columns": COLUMNS, "cases": cases}, file, indent=2)
    file.write("\n")
