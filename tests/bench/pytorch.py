"""What `kento bench --json` measures, measured with PyTorch and diffusers on the CPU in f32; prints the same JSON object.

As `kento bench` does, the first run warms up and the best of the others (by total time) counts; a step is the median of its run.

usage: pytorch.py MODEL_FOLDER [--width 512] [--height 512] [--steps 3] [--runs 2] [--threads N]
"""
import argparse, json, statistics, time
began = time.perf_counter()
import torch
from diffusers import DDIMScheduler, DiffusionPipeline
import_secs = time.perf_counter() - began

ap = argparse.ArgumentParser()
ap.add_argument("model"), ap.add_argument("--width", type=int, default=512), ap.add_argument("--height", type=int, default=512)
ap.add_argument("--steps", type=int, default=3), ap.add_argument("--runs", type=int, default=2), ap.add_argument("--threads", type=int)
args = ap.parse_args()
if args.threads:
    torch.set_num_threads(args.threads)
torch.set_grad_enabled(False)


def timed(work):
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def peak_bytes():
    """The largest resident size of this process so far (Linux)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


pipe, load_secs = timed(lambda: DiffusionPipeline.from_pretrained(args.model, torch_dtype=torch.float32, safety_checker=None))
scheduler = DDIMScheduler.from_config(pipe.scheduler.config)


def run():
    (positive, negative), encode_secs = timed(lambda: pipe.encode_prompt("a red sun over blue mountains, flat vector illustration", "cpu", 1, True)[:2])
    text = torch.cat([negative, positive])
    scheduler.set_timesteps(args.steps)
    latents = torch.randn(1, pipe.unet.config.in_channels, args.height // 8, args.width // 8, generator=torch.Generator().manual_seed(1))
    steps_secs = []
    for t in scheduler.timesteps:
        start = time.perf_counter()
        uncond, cond = pipe.unet(torch.cat([latents] * 2), t, encoder_hidden_states=text).sample.chunk(2)
        latents = scheduler.step(uncond + 7.0 * (cond - uncond), t, latents).prev_sample
        steps_secs.append(time.perf_counter() - start)
    _, decode_secs = timed(lambda: pipe.vae.decode(latents / pipe.vae.config.scaling_factor).sample)
    return {"encode_secs": encode_secs, "step_secs": statistics.median(steps_secs), "decode_secs": decode_secs,
            "total_secs": encode_secs + sum(steps_secs) + decode_secs}


runs = [run() for _ in range(args.runs)]
best = min(runs[1:] or runs, key=lambda r: r["total_secs"])
print(json.dumps({"program": f"torch {torch.__version__}", "device": "CPU", "dtype": "f32", "threads": torch.get_num_threads(),
                  "import_secs": import_secs, "load_secs": load_secs, **best, "peak_memory_bytes": peak_bytes()}))
