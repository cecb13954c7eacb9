"""One picture at full size: a random SD1.5 (see ../bench/sd15_folder.py), diffusers and Kento, 512x512, and how far apart they end.

usage: sd15_size.py [--kento target/release/kento] [--model /tmp/kento-sd15] [--out /tmp/kento-sd15-out] [--steps 4] [--width 512] [--height 512]
Not in CI: it needs 5 GB of memory and minutes. Without --kento it only makes the reference. The figure belongs in README.md.
"""
import argparse, pathlib, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
from sd15_folder import *
import numpy as np
from PIL import Image
from diffusers import DDIMScheduler, StableDiffusionPipeline
from safetensors.torch import load_file

PROMPT, NEGATIVE, SEED, GUIDANCE = "a red boat over the blue mountains, flat vector illustration", "blurry", 7, 7.5
ap = argparse.ArgumentParser()
ap.add_argument("--kento"), ap.add_argument("--model", default="/tmp/kento-sd15"), ap.add_argument("--out", default="/tmp/kento-sd15-out")
ap.add_argument("--steps", type=int, default=4), ap.add_argument("--width", type=int, default=512), ap.add_argument("--height", type=int, default=512)
args = ap.parse_args()
out = pathlib.Path(args.out)
out.mkdir(parents=True, exist_ok=True)
folder = build(args.model)

reference = out / "diffusers.png"
request = f"{args.width}x{args.height} {args.steps} steps"
if not reference.exists() or (out / "request.txt").read_text() != request:
    torch.set_num_threads(os.cpu_count())
    pipe = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32, safety_checker=None)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    latents = []
    def keep(_, i, t, kw):
        latents.append(kw["latents"].clone())
        return {}
    image = pipe(PROMPT, negative_prompt=NEGATIVE, width=args.width, height=args.height, num_inference_steps=args.steps, guidance_scale=GUIDANCE,
                 generator=torch.Generator().manual_seed(SEED), output_type="np", callback_on_step_end=keep).images[0]
    Image.fromarray((image * 255).round().astype("uint8")).save(reference)
    save_io(out / "latents.safetensors", {"latents": torch.stack(latents)}, {})
    (out / "request.txt").write_text(request)

if args.kento:
    ours = out / "kento.png"
    ours.unlink(missing_ok=True)
    subprocess.run([args.kento, "generate", "--model", folder, "--prompt", PROMPT, "--negative", NEGATIVE, "--seed", str(SEED), "--noise", "torch-cpu",
                    "--scheduler", "DDIM", "--steps", str(args.steps), "--guidance", str(GUIDANCE), "--clip-skip", "1", "--width", str(args.width),
                    "--height", str(args.height), "--device", "cpu", "--dtype", "f32", "--out", ours], check=True)
    a, b = (np.asarray(Image.open(p).convert("RGB")).astype(int) for p in (reference, ours))
    difference = np.abs(a - b)
    psnr = 10 * np.log10(255 ** 2 / max((difference ** 2).mean(), 1e-12))
    print(f"{request}: largest difference {difference.max()} of 255, {(difference > 0).mean():.3%} of bytes differ, {(difference > 1).mean():.3%} by more than 1, PSNR {psnr:.1f} dB")
