"""Complete tiny diffusers folders and what diffusers' own pipelines make of them.

Each folder in fixtures/ is a model as a user would bring it (f16 weights, hub-style scheduler_config.json); beside it lie
cases.json (the requests) and io.safetensors (8-bit images, the latents after every step, the input pictures).
The noise comes from CPU generators, one for each image, so image i of a case is what seed + i gives. Every scheduler of Kento runs through a
whole pipeline here; where diffusers has no class for one, it is written out after the code that A1111 runs.
"""
import math, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fixture import *
import numpy as np
from PIL import Image
from diffusers import (AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
                       PNDMScheduler, StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline, StableDiffusionPipeline,
                       StableDiffusionXLImg2ImgPipeline, StableDiffusionXLInpaintPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
PROMPT, NEGATIVE = "a red boat over the blue mountains, flat vector illustration", "blurry, ugly, low quality"
BETAS = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000)


def text_encoder(folder, vocab, name, cls=CLIPTextModel, prefix="", **change):
    base = dict(vocab_size=vocab, hidden_size=24, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=77,
                hidden_act="quick_gelu", bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=vocab - 1, projection_dim=16)
    save_model(folder, randomise(cls(CLIPTextConfig(**base | change)), name), prefix)


def unet(folder, name, **change):
    """Two levels. The last layer is scaled so that the prediction has about unit spread and the loop neither explodes nor dies."""
    base = dict(sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(16, 32), norm_num_groups=8,
                down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
                cross_attention_dim=24, attention_head_dim=4)
    model = randomise(UNet2DConditionModel(**base | change), name)
    save_model(folder, model)


def vae(folder, name, scaling_factor):
    """Factor 8, as every VAE of these families."""
    model = randomise(AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 16, 16, 16), layers_per_block=1, norm_num_groups=8, sample_size=64,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, scaling_factor=scaling_factor), name)
    scale_layer(model.decoder.conv_out, 0.8)
    save_model(folder, model)


def build_sd(name, cls, scheduler, scheduler_config, pad, vocabulary_files, act, unet_change, unet_name):
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    vocab = tokenizer(folder / "tokenizer", pad, vocabulary_files)
    # keys as the hub has them in one folder, as transformers 5 writes them in the others
    text_encoder(folder / "text_encoder", vocab, f"{name} text", hidden_act=act, prefix="text_model." if name == "sd1" else "")
    unet(folder / "unet", unet_name, **unet_change)
    vae(folder / "vae", "pipeline vae", 0.18215)
    (folder / "scheduler").mkdir()
    write_json(folder / "scheduler/scheduler_config.json", {"_class_name": scheduler.__name__, "_diffusers_version": "0.6.0"} | BETAS | scheduler_config)
    model_index(folder, cls, {"scheduler": ["diffusers", scheduler.__name__], "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": 0, "unet": 0, "vae": 0},
          feature_extractor=[None, None], safety_checker=[None, None], image_encoder=[None, None], requires_safety_checker=False)
    return folder


def build_sdxl(name, cls=StableDiffusionXLPipeline, refiner=False, depths=(1, 2), **unet_change):
    """The refiner has the second text encoder alone, and five numbers beside the pooled text: size, crop, aesthetic score."""
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    vocab = tokenizer(folder / "tokenizer_2", "!", True)
    text_encoder(folder / "text_encoder_2", vocab, f"{name} text 2", CLIPTextModelWithProjection, hidden_act="gelu", pad_token_id=0)
    if not refiner:
        tokenizer(folder / "tokenizer", "<|endoftext|>", True)
        text_encoder(folder / "text_encoder", vocab, f"{name} text", hidden_size=16)
    base = dict(down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
                transformer_layers_per_block=list(depths), attention_head_dim=[2, 4], cross_attention_dim=24 if refiner else 40, use_linear_projection=True,
                addition_embed_type="text_time", addition_time_embed_dim=8, projection_class_embeddings_input_dim=16 + (5 if refiner else 6) * 8)
    unet(folder / "unet", f"{name} unet", **base | unet_change)
    vae(folder / "vae", "pipeline vae", 0.13025)
    (folder / "scheduler").mkdir()
    write_json(folder / "scheduler/scheduler_config.json", {
        "_class_name": "EulerDiscreteScheduler", "_diffusers_version": "0.19.0.dev0", "clip_sample": False, "interpolation_type": "linear", "prediction_type": "epsilon",
        "sample_max_value": 1.0, "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1, "timestep_spacing": "leading",
        "trained_betas": None, "use_karras_sigmas": False} | BETAS)
    parts = {"scheduler": ["diffusers", "EulerDiscreteScheduler"], "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
             "tokenizer_2": 0, "unet": 0, "vae": 0}
    if refiner:  # as the refiner's folder on the hub says it
        extra = dict(text_encoder=[None, None], tokenizer=[None, None], requires_aesthetics_score=True, force_zeros_for_empty_prompt=False)
    else:
        parts |= {"text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": 0}
        extra = dict(feature_extractor=[None, None], image_encoder=[None, None], force_zeros_for_empty_prompt=True)
    model_index(folder, cls, parts, **extra)
    return folder


def picture(width, height):
    """A smooth picture with an edge, and a mask with a hard border that is no multiple of 8."""
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([127 + 120 * np.sin(x / 9), 127 + 120 * np.cos(y / 7), np.where(x + y > width, 220, 30)], -1)
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4:height - 5, width // 3:width - 9] = 255
    return rgb.astype(np.uint8), mask


def case(name, **change):
    return dict(name=name, task="text-to-image", prompt=PROMPT, negative_prompt=NEGATIVE, width=64, height=64, steps=8, guidance_scale=7.5,
                guidance_rescale=0.0, clip_skip=0, scheduler=None, karras=False, strength=1.0, seed=11, count=1) | change


def soft_mask(width, height):
    """A mask that rises from black to white over most of the picture, with a white and a black end."""
    y, x = np.mgrid[0:height, 0:width]
    return (np.clip((x + 0.5 * y) / (0.9 * width) - 0.15, 0, 1) * 255).round().astype(np.uint8)


def differential(pipe, c, rgb, mask, generators, keep):
    """Differential diffusion with diffusers' own parts, in the order of the community pipeline that is not in the package:
    exx8/differential-diffusion, SD2/diff_pipe.py (the loop that diffusers' examples/community/pipeline_stable_diffusion_xl_differential_img2img.py
    has for SDXL). There `map` says what is kept; a mask of Kento says what is made anew. torchvision's Resize without antialias is interpolate's bilinear."""
    images = []
    for g in generators:
        positive, negative = pipe.encode_prompt(c["prompt"], "cpu", 1, c["guidance_scale"] > 1, c["negative_prompt"])
        text = torch.cat([negative, positive])
        image = pipe.image_processor.preprocess(Image.fromarray(rgb))
        kept = 1 - torch.from_numpy(mask)[None, None].float() / 255
        kept = torch.nn.functional.interpolate(kept, [s // pipe.vae_scale_factor for s in image.shape[2:]], mode="bilinear", antialias=False)[0]
        pipe.scheduler.set_timesteps(c["steps"])
        # get_timesteps of the img2img pipeline, without set_begin_index: that came later and would make add_noise give every row of
        # original_with_noise the noise of the first step.
        skipped = c["steps"] - min(int(c["steps"] * c["strength"]), c["steps"])
        timesteps = pipe.scheduler.timesteps[skipped * pipe.scheduler.order:]
        pipe.prepare_latents(image, timesteps[:1], 1, 1, torch.float32, "cpu", g)  # its draws shift the next; its result is not used
        original_with_noise = pipe.prepare_latents(image, timesteps, 1, 1, torch.float32, "cpu", g)
        thresholds = (torch.arange(len(timesteps), dtype=torch.float32) / len(timesteps))[:, None, None]
        masks = kept > thresholds
        extra = pipe.prepare_extra_step_kwargs(g, 0.0)
        for i, t in enumerate(timesteps):
            if i == 0:
                latents = original_with_noise[:1]
            else:
                m = masks[i][None, None].float()
                latents = original_with_noise[i] * m + latents * (1 - m)
            model_input = pipe.scheduler.scale_model_input(torch.cat([latents] * 2), t)
            avoided, wanted = pipe.unet(model_input, t, encoder_hidden_states=text).sample.chunk(2)
            latents = pipe.scheduler.step(avoided + c["guidance_scale"] * (wanted - avoided), t, latents, **extra).prev_sample
            keep(None, i, t, {"latents": latents})
        decoded = pipe.vae.decode(latents / pipe.vae.config.scaling_factor).sample
        images.append(pipe.image_processor.postprocess(decoded, output_type="np"))
    return np.concatenate(images)


def start_from_noise(pipe, mask):
    """A1111's masked content "latent noise": what is masked of the picture's latent becomes noise before the noise of the first step
    is added (modules/processing.py, create_random_tensors over init_latent)."""
    before = pipe.prepare_latents
    def prepare(batch_size, channels, height, width, dtype, device, generator, latents=None, image=None, timestep=None, **options):
        latents, noise, image_latents = before(batch_size, channels, height, width, dtype, device, generator, latents, image, timestep, **options)
        m = (torch.from_numpy(mask)[None, None] >= 128).float()
        m = torch.nn.functional.interpolate(m, latents.shape[2:])
        other = diffusers.utils.torch_utils.randn_tensor(latents.shape, generator=generator)
        return pipe.scheduler.add_noise(image_latents * (1 - m) + other * m, noise, timestep), noise, image_latents
    pipe.prepare_latents = prepare


def turned(c, shape):
    """The first noise turned towards that of another seed (AUTOMATIC1111/stable-diffusion-webui, modules/rng.py, slerp)."""
    low, high = (torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in (c["seed"], c["variation"][0]))
    val = c["variation"][1]
    low_norm, high_norm = (x / torch.norm(x, dim=1, keepdim=True) for x in (low, high))
    omega = torch.acos((low_norm * high_norm).sum(1))
    so = torch.sin(omega)
    return ((torch.sin((1.0 - val) * omega) / so).unsqueeze(1) * low + (torch.sin(val * omega) / so).unsqueeze(1) * high)[None]


class Dpmpp2sAncestral:
    """k-diffusion's `sample_dpmpp_2s_ancestral` (eta = 1, k_diffusion/sampling.py) behind the contract of diffusers' schedulers, which have
    no class for it, on the sigmas of `EulerDiscreteScheduler`: two model calls a step and one for the last, noise after the second."""
    order = 2

    def __init__(self, euler):
        self.euler, self.config = euler, euler.config

    @classmethod
    def from_config(cls, config, **change):
        return cls(EulerDiscreteScheduler.from_config(config, **change))

    def set_timesteps(self, steps, device=None):
        self.euler.set_timesteps(steps)
        log_sigmas = np.log(np.array(((1 - self.euler.alphas_cumprod) / self.euler.alphas_cumprod) ** 0.5))
        sigmas = self.euler.sigmas.double().tolist()
        self.calls, timesteps = [], []  # of every call: its sigma, where its step starts and ends, the noise after the step
        for start, end, t in zip(sigmas, sigmas[1:], self.euler.timesteps.tolist()):
            up = min(end, (end**2 * (start**2 - end**2) / start**2) ** 0.5)
            down = (end**2 - up**2) ** 0.5
            self.calls.append((start, start, down, up)), timesteps.append(t)
            if down > 0:
                middle = (start * down) ** 0.5
                self.calls.append((middle, start, down, up)), timesteps.append(float(self.euler._sigma_to_t(np.array(middle), log_sigmas)))
        self.timesteps, self.at, self.init_noise_sigma = torch.tensor(timesteps), 0, float(self.euler.init_noise_sigma)

    def set_begin_index(self, at):
        self.at = at

    def scale_model_input(self, sample, t):
        return sample / (self.calls[self.at][0] ** 2 + 1) ** 0.5

    def add_noise(self, original, noise, t):
        return original + noise * self.calls[self.at][0]

    def step(self, output, t, sample, generator=None, return_dict=True):
        sigma, start, down, up = self.calls[self.at]
        self.at += 1
        denoised = sample - sigma * output
        if down == 0:
            return (denoised,)
        h = math.log(start / down)
        if sigma == start:
            self.sample = sample
            return (math.exp(-h / 2) * sample - math.expm1(-h / 2) * denoised,)
        noise = diffusers.utils.torch_utils.randn_tensor(sample.shape, generator=generator)
        return (math.exp(-h) * self.sample - math.expm1(-h) * denoised + noise * up,)


def run(folder, task_class, cases):
    """Runs every case from the saved folder, as a user of diffusers would, and writes cases.json and io.safetensors."""
    io = {}
    for c in cases:
        pipe = task_class[c["task"]].from_pretrained(folder, torch_dtype=torch.float32, safety_checker=None) if "sdxl" not in folder.name \
            else task_class[c["task"]].from_pretrained(folder, torch_dtype=torch.float32, add_watermarker=False)
        pipe.set_progress_bar_config(disable=True)
        if c["scheduler"]:
            name, swap = VARIANTS.get(c["scheduler"], (c["scheduler"], {}))
            swap = swap | ({"use_karras_sigmas": True} if c["karras"] else {})
            cls = Dpmpp2sAncestral if name == "dpmpp-2s-a" else getattr(diffusers, name)
            pipe.scheduler = cls.from_config(pipe.scheduler.config, **swap)
        if pipe.text_encoder is not None and not hasattr(pipe.text_encoder, "text_model"):
            pipe.text_encoder.text_model = _Final(pipe.text_encoder)  # diffusers 0.42 expects the name that transformers 5 dropped
        latents = []
        def keep(_, i, t, kw):
            latents.append(kw["latents"].clone())
            return {}
        call = dict(prompt=c["prompt"], negative_prompt=c["negative_prompt"], num_inference_steps=c["steps"], guidance_scale=c["guidance_scale"],
                    generator=[torch.Generator().manual_seed(c["seed"] + i) for i in range(c["count"])], num_images_per_prompt=c["count"],
                    callback_on_step_end=keep, output_type="np")
        if c["clip_skip"]:
            call["clip_skip"] = c["clip_skip"]
        if c["guidance_rescale"]:
            call["guidance_rescale"] = c["guidance_rescale"]
        if c["scheduler"] == "TCDScheduler":
            call["eta"] = 0.3  # the scheduler's own default, in whose place pipelines hand their 0 on
        if c.get("variation"):
            call["latents"] = turned(c, (4, c["height"] // 8, c["width"] // 8))
        if c["task"] == "text-to-image":
            call |= dict(width=c["width"], height=c["height"])
        else:
            rgb, mask = picture(c["width"], c["height"])
            io[f"picture.{c['width']}x{c['height']}"], io[f"mask.{c['width']}x{c['height']}"] = torch.from_numpy(rgb), torch.from_numpy(mask)
            call |= dict(image=Image.fromarray(rgb), strength=c["strength"])
            if c["task"] == "inpaint":
                call |= dict(mask_image=Image.fromarray(mask), width=c["width"], height=c["height"])
        if c.get("start") == "noise":
            start_from_noise(pipe, mask)
        if c["task"] == "soft-inpaint":
            mask = soft_mask(c["width"], c["height"])
            io[f"soft-mask.{c['width']}x{c['height']}"] = torch.from_numpy(mask)
            images = differential(pipe, c, rgb, mask, call["generator"], keep)
        else:
            images = pipe(**call).images
        io[f"{c['name']}.image"] = torch.from_numpy((images * 255).round().astype("uint8"))
        io[f"{c['name']}.latents"] = torch.stack(latents)
        clipped = ((images <= 0) | (images >= 1)).mean()
        print(f"{folder.name} {c['name']}: {len(latents)} steps, latents sd {latents[-1].std():.2f}, image mean {images.mean():.2f} sd {images.std():.2f}, clipped {clipped:.0%}")
    write_json(folder / "cases.json", cases)
    save_io(folder / "io.safetensors", io, stamp(__file__))


class _Final:
    def __init__(self, encoder):
        self.final_layer_norm = encoder.final_layer_norm


SD = {"text-to-image": StableDiffusionPipeline, "image-to-image": StableDiffusionImg2ImgPipeline, "inpaint": StableDiffusionInpaintPipeline,
      "soft-inpaint": StableDiffusionImg2ImgPipeline}
XL = {"text-to-image": StableDiffusionXLPipeline, "image-to-image": StableDiffusionXLImg2ImgPipeline, "inpaint": StableDiffusionXLInpaintPipeline}
# Schedulers that are a class of diffusers with another setting, by Kento's name.
VARIANTS = {"dpmpp-2m-sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"})}
PNDM_SD15 = dict(clip_sample=False, set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1, trained_betas=None)

sd1 = build_sd("sd1", StableDiffusionPipeline, PNDMScheduler, PNDM_SD15, "<|endoftext|>", True, "quick_gelu", {}, "sd1 unet")
run(sd1, SD, [
    case("pndm"),
    case("ddim", scheduler="DDIMScheduler"),
    case("euler", scheduler="EulerDiscreteScheduler", steps=20),
    case("euler-a", scheduler="EulerAncestralDiscreteScheduler", seed=12345),
    case("dpmpp-2m-karras", scheduler="DPMSolverMultistepScheduler", karras=True, steps=20),
    case("no-guidance", scheduler="DDIMScheduler", guidance_scale=1.0),
    case("no-negative", scheduler="DDIMScheduler", negative_prompt=""),
    case("clip-skip", scheduler="DDIMScheduler", clip_skip=1),
    case("not-square", scheduler="EulerDiscreteScheduler", width=72, height=48),
    case("two-images", scheduler="EulerAncestralDiscreteScheduler", count=2, width=40),
    case("one-step", scheduler="DDIMScheduler", steps=1),
    case("image-0.3", task="image-to-image", scheduler="DDIMScheduler", strength=0.3, steps=10),
    case("image-0.75", task="image-to-image", scheduler="EulerDiscreteScheduler", strength=0.75, steps=10, width=72, height=48),
    case("image-pndm", task="image-to-image", strength=0.75, steps=10),
    case("image-dpmpp", task="image-to-image", scheduler="DPMSolverMultistepScheduler", karras=True, strength=0.5, steps=10, count=2),
    case("inpaint-ddim", task="inpaint", scheduler="DDIMScheduler", strength=1.0),
    case("inpaint-euler-0.75", task="inpaint", scheduler="EulerDiscreteScheduler", strength=0.75, width=72, height=48),
    case("inpaint-euler-a", task="inpaint", scheduler="EulerAncestralDiscreteScheduler", strength=1.0, seed=12),
    case("inpaint-from-noise", task="inpaint", scheduler="DDIMScheduler", strength=0.6, steps=10, start="noise"),
    case("soft-ddim", task="soft-inpaint", scheduler="DDIMScheduler", strength=1.0),
    case("soft-euler-0.75", task="soft-inpaint", scheduler="EulerDiscreteScheduler", strength=0.75, steps=12, width=72, height=48),
    case("soft-euler-a", task="soft-inpaint", scheduler="EulerAncestralDiscreteScheduler", strength=0.9, steps=10, seed=12, count=2),
    case("turned-0.1", scheduler="DDIMScheduler", variation=[4711, 0.1]),
    case("turned-0.6", scheduler="EulerDiscreteScheduler", variation=[12, 0.6], width=72, height=48),
    case("heun", scheduler="HeunDiscreteScheduler"),
    case("heun-karras", scheduler="HeunDiscreteScheduler", karras=True, steps=5, width=72, height=48),
    case("lms", scheduler="LMSDiscreteScheduler"),
    case("ddpm", scheduler="DDPMScheduler", steps=10),
    case("unipc", scheduler="UniPCMultistepScheduler"),
    case("dpmpp-2m-sde-karras", scheduler="dpmpp-2m-sde", karras=True),
    case("dpmpp-2s-a", scheduler="dpmpp-2s-a"),
    case("lcm", scheduler="LCMScheduler", steps=4, guidance_scale=1.5),
    case("tcd", scheduler="TCDScheduler", steps=4, guidance_scale=1.5),
    case("image-heun", task="image-to-image", scheduler="HeunDiscreteScheduler", strength=0.6, steps=10),
    case("image-dpmpp-sde", task="image-to-image", scheduler="dpmpp-2m-sde", strength=0.5, steps=10, width=72, height=48),
    case("image-dpmpp-2s-a-karras", task="image-to-image", scheduler="dpmpp-2s-a", karras=True, strength=0.6, steps=10, width=72, height=48),
    case("image-lcm", task="image-to-image", scheduler="LCMScheduler", strength=0.75, steps=4, guidance_scale=1.5),
    case("inpaint-heun", task="inpaint", scheduler="HeunDiscreteScheduler", strength=0.8, steps=5),
    case("inpaint-lcm", task="inpaint", scheduler="LCMScheduler", strength=1.0, steps=4, guidance_scale=1.5),
])
sd2 = build_sd("sd2", StableDiffusionPipeline, DDIMScheduler, dict(clip_sample=False, set_alpha_to_one=False, steps_offset=1, prediction_type="v_prediction", trained_betas=None),
               "!", False, "gelu", dict(use_linear_projection=True, attention_head_dim=[2, 4], upcast_attention=True), "sd2 unet")
run(sd2, SD, [
    case("ddim"),
    case("rescale", guidance_rescale=0.7),
    case("euler", scheduler="EulerDiscreteScheduler", guidance_rescale=0.7, width=56),
    case("dpmpp-2m-karras", scheduler="DPMSolverMultistepScheduler", karras=True),
    case("image-0.75", task="image-to-image", strength=0.75),
])
inpaint = build_sd("sd1-inpainting", StableDiffusionInpaintPipeline, PNDMScheduler, PNDM_SD15, "<|endoftext|>", True, "quick_gelu", dict(in_channels=9), "inpaint unet")
run(inpaint, SD, [
    case("ddim", task="inpaint", scheduler="DDIMScheduler"),
    case("euler-0.75", task="inpaint", scheduler="EulerDiscreteScheduler", strength=0.75, width=72, height=48),
    case("no-guidance", task="inpaint", scheduler="DDIMScheduler", guidance_scale=1.0),
])
sdxl = build_sdxl("sdxl")
run(sdxl, XL, [
    case("euler"),
    case("no-negative", negative_prompt=None),
    case("rescale", guidance_rescale=0.7, width=72, height=48),
    case("dpmpp-2m-karras", scheduler="DPMSolverMultistepScheduler", karras=True),
    case("clip-skip", clip_skip=1),
    case("no-guidance", guidance_scale=1.0),
    case("image-0.3", task="image-to-image", strength=0.3, steps=10),
    case("image-0.75", task="image-to-image", scheduler="DDIMScheduler", strength=0.75),
    case("heun", scheduler="HeunDiscreteScheduler", steps=5),
    case("lcm", scheduler="LCMScheduler", steps=4, guidance_scale=1.5),
    case("inpaint", task="inpaint"),
    case("inpaint-0.75", task="inpaint", scheduler="DDIMScheduler", strength=0.75, width=72, height=48),
    case("inpaint-euler-a", task="inpaint", scheduler="EulerAncestralDiscreteScheduler", strength=0.9, steps=10, seed=12),
    case("inpaint-no-negative", task="inpaint", negative_prompt=None, guidance_rescale=0.7),
])
sdxl_inpaint = build_sdxl("sdxl-inpainting", StableDiffusionXLInpaintPipeline, depths=(1, 1), in_channels=9)
run(sdxl_inpaint, XL, [
    case("inpaint", task="inpaint"),
    case("inpaint-0.75", task="inpaint", scheduler="DDIMScheduler", strength=0.75, width=72, height=48),
    case("inpaint-no-guidance", task="inpaint", guidance_scale=1.0),
    case("inpaint-heun", task="inpaint", scheduler="HeunDiscreteScheduler", strength=0.8, steps=5),
])
refiner = build_sdxl("sdxl-refiner", StableDiffusionXLImg2ImgPipeline, refiner=True, depths=(1, 1))
run(refiner, XL, [
    case("refine-0.3", task="image-to-image", strength=0.3, steps=10),
    case("refine-0.75", task="image-to-image", scheduler="DPMSolverMultistepScheduler", karras=True, strength=0.75, width=72, height=48),
    case("refine-no-negative", task="image-to-image", negative_prompt="", strength=0.5, steps=10),
    case("refine-no-guidance", task="image-to-image", guidance_scale=1.0, strength=0.5, steps=10),
    case("refine-clip-skip", task="image-to-image", clip_skip=1, strength=0.75),
])
