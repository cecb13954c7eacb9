"""Stores what `torch.randn` gives on the CPU, and what A1111's NV noise gives, for sequences of calls from one seed."""
import pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fixture import save_io, stamp
import numpy as np, torch

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
SEEDS = [0, 1, 42, 2**32 - 1, 2**32 + 5, 2**63 + 11]
# One call each, in this order: below, at and above a block of 16, odd small calls between them, a latent of 3x32x32.
SIZES = [1, 2, 15, 16, 3, 17, 31, 1, 32, 100, 7, 256, 1000, 9, 3072]


def torch_cpu(seed):
    generator = torch.Generator("cpu").manual_seed(seed if seed < 2**63 else seed - 2**64)
    return torch.cat([torch.randn(size, generator=generator) for size in SIZES])


def philox(seed):
    """Philox 4x32-10 as A1111's modules/rng_philox.py uses it: counter (call, 0, element, 0), key = seed, sine branch of Box-Muller."""
    values = []
    for call, size in enumerate(SIZES):
        c = [np.full(size, call, np.uint64), np.zeros(size, np.uint64), np.arange(size, dtype=np.uint64), np.zeros(size, np.uint64)]
        k = [seed & 0xFFFFFFFF, seed >> 32]
        for _ in range(10):
            a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
            low, high = np.uint64(0xFFFFFFFF), np.uint64(32)
            c = [(b >> high) ^ c[1] ^ np.uint64(k[0]), b & low, (a >> high) ^ c[3] ^ np.uint64(k[1]), a & low]
            k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
        inv, inv_2pi = np.array([2.3283064e-10], np.float32), np.array([2.3283064e-10 * 6.2831855], np.float32)
        u = c[0].astype(np.uint32) * inv + inv / 2
        v = c[1].astype(np.uint32) * inv_2pi + inv_2pi / 2
        values.append((np.sqrt(-2.0 * np.log(u)) * np.sin(v)).astype(np.float32))
    return torch.from_numpy(np.concatenate(values))


assert torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512"), "another instruction set rounds differently"
FIXTURES.mkdir(exist_ok=True)
tensors = {"sizes": torch.tensor(SIZES)}
for seed in SEEDS:
    tensors[f"torch-cpu.{seed}"] = torch_cpu(seed)
    tensors[f"philox.{seed}"] = philox(seed)
save_io(FIXTURES / "io.safetensors", tensors, stamp(__file__))
