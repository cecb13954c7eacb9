"""Prompts that diffusers has no words for (weights, BREAK, more than 77 tokens) and conditions that its pipelines have: embeddings as A1111 makes
them, given to diffusers' own pipelines as prompt_embeds; the guidance embedding of a distilled UNet; an autoencoder with latents_mean and latents_std.

The models are those of ../pipelines (a case's `chunks` say how its prompt is to be read, so that nothing here parses a prompt); of `lcm` the UNet and
the scheduler are here and the rest is sd1's. cases.json and io.safetensors are as in ../pipelines.
"""
import pathlib, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fixture import *
import numpy as np
from PIL import Image
from diffusers import LCMScheduler, StableDiffusionPipeline, StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline, UNet2DConditionModel

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES, MODELS = HERE / "fixtures", HERE.parent / "pipelines/fixtures"
LATENTS = dict(latents_mean=[0.4, -1.2, 0.7, 2.0], latents_std=[1.5, 0.8, 2.2, 1.1])
PIPELINES = {"text-to-image": {"sd1": StableDiffusionPipeline, "lcm": StableDiffusionPipeline, "sdxl": StableDiffusionXLPipeline},
             "image-to-image": {"sdxl": StableDiffusionXLImg2ImgPipeline}}
# 84 words of one token each, without a comma: the second chunk begins at the 76th.
LONG = ("a red sun over the blue mountains with a house in the night and an ugly vector of low quality on the mountains " * 4).split()[:84]


def parts(*pieces):
    """One chunk: (text, weight) in a row."""
    return [[text, weight] for text, weight in pieces]


PROMPTS = {
    "weights": ("a (red:1.4) boat over (blue) mountains, [flat] vector", "(blurry:1.3), ugly",
                [parts(("a", 1.0), ("red", 1.4), ("boat over", 1.0), ("blue", 1.1), ("mountains,", 1.0), ("flat", 1 / 1.1), ("vector", 1.0))],
                [parts(("blurry", 1.3), (", ugly", 1.0))]),
    "break": ("a red boat BREAK (blue:0.5) mountains BREAK the sun", "low quality",
              [parts(("a red boat", 1.0)), parts(("blue", 0.5), ("mountains", 1.0)), parts(("the sun", 1.0))], [parts(("low quality", 1.0))]),
    "long": (" ".join(LONG[:70]) + f" ({' '.join(LONG[70:])}:1.2)", "blurry, ugly",
             [parts((" ".join(LONG[:70]), 1.0), (" ".join(LONG[70:75]), 1.2)), parts((" ".join(LONG[75:]), 1.2))], [parts(("blurry, ugly", 1.0))]),
    "plain": ("a red boat over the blue mountains", "blurry", [parts(("a red boat over the blue mountains", 1.0))], [parts(("blurry", 1.0))]),
}


def case(model, words, **change):
    prompt, negative, chunks, avoided = PROMPTS[words]
    return dict(name=f"{model}-{words}", model=model, task="text-to-image", prompt=prompt, negative_prompt=negative, width=64, height=64, steps=8,
                guidance_scale=7.5, scheduler="DDIMScheduler", strength=1.0, seed=11, chunks=chunks, avoided=avoided) | change


def embed(tok, encoder, chunks, penultimate):
    """A1111's process_tokens and EmphasisOriginal (modules/sd_hijack_clip.py, modules/sd_emphasis.py): tokens times their weights, the mean of each
    chunk restored; the chunks in a row. The pooled embedding is the first chunk's, without weights."""
    rows, weights = [], []
    for chunk in chunks:
        ids = [(i, w) for text, w in chunk for i in tok(text, add_special_tokens=False).input_ids]
        assert len(ids) <= 75, len(ids)
        ids = [(tok.bos_token_id, 1.0)] + ids + [(tok.eos_token_id, 1.0)]
        ids += [(tok.pad_token_id, 1.0)] * (77 - len(ids))
        rows.append([i for i, _ in ids])
        weights.append([w for _, w in ids])
    out = encoder(torch.tensor(rows), output_hidden_states=True)
    hidden = out.hidden_states[-2] if penultimate else out[0]
    zs = []
    for z, w in zip(hidden, torch.tensor(weights)):
        mean = z.mean()
        z = z * w[:, None]
        zs.append(z * (mean / z.mean()))
    return torch.cat(zs)[None], out[0][:1] if penultimate else None


def conditions(pipe, c):
    """prompt_embeds and what SDXL wants beside them; both sides get the same number of chunks."""
    count = max(len(c["chunks"]), len(c["avoided"]))
    sides = {"": c["chunks"], "negative_": c["avoided"]}
    given = {}
    for side, chunks in sides.items():
        chunks = chunks + [[]] * (count - len(chunks))
        if hasattr(pipe, "text_encoder_2"):
            first, _ = embed(pipe.tokenizer, pipe.text_encoder, chunks, True)
            second, pooled = embed(pipe.tokenizer_2, pipe.text_encoder_2, chunks, True)
            given |= {f"{side}prompt_embeds": torch.cat([first, second], 2), f"{side}pooled_prompt_embeds": pooled}
        else:
            given[f"{side}prompt_embeds"], _ = embed(pipe.tokenizer, pipe.text_encoder, chunks, False)
    return given


def picture(width, height):
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([127 + 120 * np.sin(x / 9), 127 + 120 * np.cos(y / 7), np.where(x + y > width, 220, 30)], -1)
    return rgb.astype(np.uint8)


def build_lcm():
    """sd1 with a UNet that takes the guidance as an embedding, as the distilled models do."""
    folder = FIXTURES / "lcm"
    shutil.rmtree(folder, ignore_errors=True)
    model = randomise(UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(16, 32), norm_num_groups=8, cross_attention_dim=24,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), attention_head_dim=4,
        time_cond_proj_dim=16), "lcm unet")
    save_model(folder / "unet", model)
    (folder / "scheduler").mkdir()
    write_json(folder / "scheduler/scheduler_config.json", {
        "_class_name": "LCMScheduler", "_diffusers_version": diffusers.__version__, "beta_start": 0.00085, "beta_end": 0.012,
        "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "clip_sample": False, "set_alpha_to_one": True, "steps_offset": 0,
        "original_inference_steps": 50, "prediction_type": "epsilon", "timestep_scaling": 10.0})
    index = json.loads((MODELS / "sd1/model_index.json").read_text())
    write_json(folder / "model_index.json", index | {"scheduler": ["diffusers", "LCMScheduler"]})


def folder_of(model, scratch):
    if model != "lcm":
        return MODELS / model.removesuffix("-latents")
    target = pathlib.Path(scratch) / "lcm"
    shutil.copytree(MODELS / "sd1", target, dirs_exist_ok=True)
    shutil.copytree(FIXTURES / "lcm", target, dirs_exist_ok=True)
    return target


def run(cases):
    io, images = {}, {}
    with tempfile.TemporaryDirectory() as scratch:
        for c in cases:
            family = c["model"].removesuffix("-latents")
            quiet = {"add_watermarker": False} if family == "sdxl" else {"safety_checker": None}
            pipe = PIPELINES[c["task"]][family].from_pretrained(folder_of(c["model"], scratch), torch_dtype=torch.float32, **quiet)
            pipe.set_progress_bar_config(disable=True)
            if c["scheduler"]:
                pipe.scheduler = getattr(diffusers, c["scheduler"]).from_config(pipe.scheduler.config)
            if c["model"].endswith("-latents"):
                pipe.vae.register_to_config(**LATENTS)
            call = conditions(pipe, c) | dict(num_inference_steps=c["steps"], guidance_scale=c["guidance_scale"], output_type="np",
                                              generator=torch.Generator().manual_seed(c["seed"]))
            if c["task"] == "text-to-image":
                call |= dict(width=c["width"], height=c["height"])
            else:
                rgb = picture(c["width"], c["height"])
                io[f"picture.{c['width']}x{c['height']}"] = torch.from_numpy(rgb)
                call |= dict(image=Image.fromarray(rgb), strength=c["strength"])
            image = (pipe(**call).images * 255).round().astype("uint8")
            io[f"{c['name']}.image"] = torch.from_numpy(image)
            images[c["name"]] = image.astype(float)
            print(f"{c['name']}: mean {image.mean():.1f} sd {image.std():.1f}")
    for family in ("sd1", "sdxl"):
        for words in ("weights", "break", "long"):
            print(f"{family} {words} differs from plain by {abs(images[f'{family}-{words}'] - images[f'{family}-plain']).mean():.1f} on average")
    write_json(FIXTURES / "cases.json", [{k: v for k, v in c.items() if k not in ("chunks", "avoided")} for c in cases])
    write_json(FIXTURES / "latents.json", LATENTS)
    save_io(FIXTURES / "io.safetensors", io, stamp(__file__))


build_lcm()
run([case(model, words) for model in ("sd1", "sdxl") for words in PROMPTS] + [
    case("lcm", "plain", scheduler=None, steps=4, guidance_scale=8.0),
    case("lcm", "plain", name="lcm-guidance-2", scheduler=None, steps=4, guidance_scale=2.0, width=72, height=48),
    case("lcm", "weights", scheduler=None, steps=4, guidance_scale=1.0),
    case("sdxl-latents", "plain"),
    case("sdxl-latents", "weights", task="image-to-image", name="sdxl-latents-image", strength=0.6, steps=10),
])
