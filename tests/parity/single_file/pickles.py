"""Writes pickles/: 40 harmless pickles as torch and Python write them, with every kind of name. Kento must refuse each by content."""
import collections
import io
import pathlib
import pickle
import shutil
import tarfile
import zipfile

import torch

FOLDER = pathlib.Path(__file__).parent / "pickles"


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    torch.manual_seed(0)
    state = collections.OrderedDict(weight=torch.randn(2, 2), bias=torch.zeros(2))
    plain = {"state_dict": {"weight": [1.0, 2.0]}, "global_step": 470000}
    endings = [".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".pkl"]
    made = []
    for protocol in range(6):
        for name, value in {"dict": plain, "list": [1, "two"], "ordered": collections.OrderedDict(plain), "tuple": (1.5, plain)}.items():
            made.append((f"python-{name}-{protocol}", pickle.dumps(value, protocol=protocol)))
    for name, value in {"state": state, "nested": {"state_dict": state}, "list": [torch.ones(1)], "tensor": torch.ones(3)}.items():
        for zipped in (True, False):
            buffer = io.BytesIO()
            torch.save(value, buffer, _use_new_zipfile_serialization=zipped)
            made.append((f"torch-{name}-{'zip' if zipped else 'legacy'}", buffer.getvalue()))
    for protocol in (3, 4):
        buffer = io.BytesIO()
        torch.save(state, buffer, pickle_protocol=protocol)
        made.append((f"torch-protocol-{protocol}", buffer.getvalue()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes.txt", "x" * 100)
        archive.writestr("deep/er/data.pkl", pickle.dumps(plain))
    made.append(("zip-deflated", buffer.getvalue()))
    for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=kind) as archive:
            for member in ("storages", "tensors", "pickle"):
                data = pickle.dumps(1, protocol=2)
                info = tarfile.TarInfo(member)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        made.append((f"tar-{kind}", buffer.getvalue()))
    for number, (name, data) in enumerate(made):
        (FOLDER / f"{name}{endings[number % len(endings)]}").write_bytes(data)
    print(len(made), "pickles")


main()
