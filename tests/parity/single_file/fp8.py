"""Writes app/diffusion/src/weights/fp8_values.bin: the f32 value of every byte of torch's two fp8 types (2 x 256 little-endian floats)."""
import pathlib

import torch

codes = torch.arange(256, dtype=torch.uint8)
values = torch.cat([codes.view(t).to(torch.float32) for t in (torch.float8_e4m3fn, torch.float8_e5m2)])
target = pathlib.Path(__file__).parents[3] / "app/diffusion/src/weights/fp8_values.bin"
target.write_bytes(values.numpy().astype("<f4").tobytes())
