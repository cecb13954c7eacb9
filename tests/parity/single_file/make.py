"""Tiny models in both layouts: a diffusers folder and the LDM single file of the same weights, plus the key lists of the real sizes.

For each of sd1, sd1-inpainting, sd2, sdxl and sdxl-refiner:
  NAME/                      diffusers folder, the reference
  NAME.safetensors           the same weights under LDM names
and layouts/NAME.txt: names and shapes of the real LDM file, with the sha256 of the list of diffusers names and shapes that it must become.

The way from diffusers to LDM is written here in Python, apart from the tables in app/diffusion/src/checkpoint/ldm.rs, and checked below by sending
every file back through diffusers' own converters. Run: python tests/parity/single_file/make.py
"""
import hashlib
import json
import pathlib
import re
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, PNDMScheduler, UNet2DConditionModel
from diffusers.loaders import single_file_utils as reference
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

HERE = pathlib.Path(__file__).parent
TOKENIZER = HERE.parent / "tokenizer/starter"


# ---- diffusers to LDM ----

RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3", "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection"}


def unet_to_ldm(state: dict, layers: int) -> dict:
    heads = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "add_embedding.linear_1": "label_emb.0.0",
             "add_embedding.linear_2": "label_emb.0.2", "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2"}
    out = {}
    for key, value in state.items():
        stem, leaf = key.rsplit(".", 1)
        if stem in heads:
            new = f"{heads[stem]}.{leaf}"
        elif m := re.fullmatch(r"down_blocks\.(\d+)\.resnets\.(\d+)\.(\w+)\.(\w+)", key):
            new = f"input_blocks.{1 + int(m[1]) * (layers + 1) + int(m[2])}.0.{RESNET[m[3]]}.{m[4]}"
        elif m := re.fullmatch(r"down_blocks\.(\d+)\.attentions\.(\d+)\.(.+)", key):
            new = f"input_blocks.{1 + int(m[1]) * (layers + 1) + int(m[2])}.1.{m[3]}"
        elif m := re.fullmatch(r"down_blocks\.(\d+)\.downsamplers\.0\.conv\.(\w+)", key):
            new = f"input_blocks.{(int(m[1]) + 1) * (layers + 1)}.0.op.{m[2]}"
        elif m := re.fullmatch(r"mid_block\.resnets\.(\d)\.(\w+)\.(\w+)", key):
            new = f"middle_block.{2 * int(m[1])}.{RESNET[m[2]]}.{m[3]}"
        elif m := re.fullmatch(r"mid_block\.attentions\.0\.(.+)", key):
            new = f"middle_block.1.{m[1]}"
        elif m := re.fullmatch(r"up_blocks\.(\d+)\.resnets\.(\d+)\.(\w+)\.(\w+)", key):
            new = f"output_blocks.{int(m[1]) * (layers + 1) + int(m[2])}.0.{RESNET[m[3]]}.{m[4]}"
        elif m := re.fullmatch(r"up_blocks\.(\d+)\.attentions\.(\d+)\.(.+)", key):
            new = f"output_blocks.{int(m[1]) * (layers + 1) + int(m[2])}.1.{m[3]}"
        elif m := re.fullmatch(r"up_blocks\.(\d+)\.upsamplers\.0\.conv\.(\w+)", key):
            place = 2 if f"up_blocks.{m[1]}.attentions.0.proj_in.weight" in state else 1
            new = f"output_blocks.{int(m[1]) * (layers + 1) + layers}.{place}.conv.{m[2]}"
        else:
            raise ValueError(key)
        out["model.diffusion_model." + new] = value
    return out


def vae_to_ldm(state: dict, blocks: int) -> dict:
    attention = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
    out = {}
    for key, value in state.items():
        new = key.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
        new = re.sub(r"down_blocks\.(\d+)\.resnets", r"down.\1.block", new)
        new = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", new)
        new = re.sub(r"up_blocks\.(\d+)\.resnets", lambda m: f"up.{blocks - 1 - int(m[1])}.block", new)
        new = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{blocks - 1 - int(m[1])}.upsample", new)
        new = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", new)
        if m := re.fullmatch(r"(.*)mid_block\.attentions\.0\.(.+)\.(weight|bias)", new):
            new = f"{m[1]}mid.attn_1.{attention[m[2]]}.{m[3]}"
            if value.ndim == 2:
                value = value[:, :, None, None]
        out["first_stage_model." + new] = value
    return out


def prefixed(state: dict) -> dict:
    """transformers 5 leaves `text_model.` out of CLIPTextModel."""
    return {k if k.startswith(("text_model.", "text_projection.")) else "text_model." + k: v for k, v in state.items() if not k.endswith("position_ids")}


def open_clip(state: dict, prefix: str) -> dict:
    leaf = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj", "self_attn.out_proj": "attn.out_proj"}
    whole = {"text_model.embeddings.position_embedding.weight": "positional_embedding", "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
             "text_model.final_layer_norm.weight": "ln_final.weight", "text_model.final_layer_norm.bias": "ln_final.bias"}
    out = {}
    for key, value in state.items():
        if key in whole:
            out[prefix + whole[key]] = value
        elif key == "text_projection.weight":
            out[prefix + "text_projection"] = value.T.contiguous()
        else:
            m = re.fullmatch(r"text_model\.encoder\.layers\.(\d+)\.(.+)\.(weight|bias)", key)
            block = f"{prefix}transformer.resblocks.{m[1]}."
            if m[2] == "self_attn.q_proj":
                parts = [state[f"text_model.encoder.layers.{m[1]}.self_attn.{x}_proj.{m[3]}"] for x in "qkv"]
                out[f"{block}attn.in_proj_{m[3]}"] = torch.cat(parts)
            elif m[2] not in ("self_attn.k_proj", "self_attn.v_proj"):
                out[f"{block}{leaf[m[2]]}.{m[3]}"] = value
    return out


def single_file(family: str, parts: dict, configs: dict) -> dict:
    """All components under the names of one LDM file."""
    file = unet_to_ldm(parts["unet"], configs["unet"]["layers_per_block"])
    file |= vae_to_ldm(parts["vae"], len(configs["vae"]["block_out_channels"]))
    if family == "sd1":
        file |= {"cond_stage_model.transformer." + k: v for k, v in parts["text_encoder"].items()}
    elif family == "sd2":
        file |= open_clip(parts["text_encoder"], "cond_stage_model.model.")
    elif family == "sdxl":
        file |= {"conditioner.embedders.0.transformer." + k: v for k, v in parts["text_encoder"].items()}
        file |= open_clip(parts["text_encoder_2"], "conditioner.embedders.1.model.")
    else:
        file |= open_clip(parts["text_encoder_2"], "conditioner.embedders.0.model.")
    return file


def extras(family: str, file: dict, like: dict) -> dict:
    """What real files carry beside the weights and what must be left out."""
    position = next(v for k, v in file.items() if k.endswith(("position_embedding.weight", "positional_embedding")))
    extra = {"betas": torch.linspace(0, 1, 10), "alphas_cumprod": torch.linspace(1, 0, 10), "model_ema.decay": torch.tensor(0.9999), "global_step": torch.tensor(470000)}
    if family == "sd1":
        extra["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(position.shape[0])[None]
    if family == "sd2":
        # The last layer of ViT-H, which SD 2.x does not use.
        for key, value in open_clip(like, "cond_stage_model.model.").items():
            if ".resblocks.0." in key:
                extra[key.replace("resblocks.0.", "resblocks.23.")] = torch.randn_like(value)
        extra["cond_stage_model.model.text_projection"] = torch.randn(16, 16)
        extra["cond_stage_model.model.logit_scale"] = torch.tensor(4.6)
    if family in ("sdxl", "refiner"):
        extra[f"conditioner.embedders.{1 if family == 'sdxl' else 0}.model.logit_scale"] = torch.tensor(4.6)
    return extra


def check_with_diffusers(file: dict, parts: dict, configs: dict) -> None:
    """diffusers' own converters must give the components back."""
    back = {"unet": reference.convert_ldm_unet_checkpoint(dict(file), configs["unet"]), "vae": reference.convert_ldm_vae_checkpoint(dict(file), configs["vae"])}
    for name, converted in back.items():
        assert converted.keys() == parts[name].keys(), (name, converted.keys() ^ parts[name].keys())
        assert all(torch.equal(converted[k], parts[name][k]) for k in converted), name
    for name, prefix in [("text_encoder", "cond_stage_model.model."), ("text_encoder_2", "conditioner.embedders.1.model."), ("text_encoder_2", "conditioner.embedders.0.model.")]:
        if name in parts and prefix + "positional_embedding" in file:
            model = type("Model", (), {"config": type("Config", (), {"hidden_size": parts[name]["text_model.final_layer_norm.weight"].shape[0]})})
            # Its slices assume that the projection is square, as in every published model.
            if parts[name].get("text_projection.weight", torch.empty(1, 1)).shape[0] == parts[name].get("text_projection.weight", torch.empty(1, 1)).shape[1]:
                converted = reference.convert_open_clip_checkpoint(model, dict(file), prefix)
                assert converted.keys() == parts[name].keys(), converted.keys() ^ parts[name].keys()
                assert all(torch.equal(converted[k], parts[name][k]) for k in converted)


# ---- the tiny models ----

def clip(hidden: int, layers: int, act: str, projection: int | None = None):
    config = CLIPTextConfig(vocab_size=765, hidden_size=hidden, intermediate_size=hidden * 2, num_hidden_layers=layers, num_attention_heads=max(1, hidden // 64), max_position_embeddings=77,
                            hidden_act=act, projection_dim=projection or hidden, bos_token_id=763, eos_token_id=764, pad_token_id=764)
    return CLIPTextModelWithProjection(config) if projection else CLIPTextModel(config)


def vae(side: int, scaling: float):
    return AutoencoderKL(block_out_channels=(8, 16), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1,
                         norm_num_groups=8, latent_channels=4, sample_size=side, scaling_factor=scaling)


PNDM = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", set_alpha_to_one=False, steps_offset=1)


def tiny(name: str) -> tuple[str, str, dict, object]:
    down, up, plain_down, plain_up = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D", "DownBlock2D", "UpBlock2D"
    common = dict(norm_num_groups=8, layers_per_block=1)
    if name.startswith("sd1"):
        unet = UNet2DConditionModel(sample_size=64, in_channels=9 if "inpainting" in name else 4, block_out_channels=(8, 16), down_block_types=(down, plain_down), up_block_types=(plain_up, up),
                                    cross_attention_dim=24, attention_head_dim=8, **(common | dict(layers_per_block=2)))
        pipeline = "StableDiffusionInpaintPipeline" if "inpainting" in name else "StableDiffusionPipeline"
        return "sd1", pipeline, {"unet": unet, "vae": vae(512, 0.18215), "text_encoder": clip(24, 2, "quick_gelu")}, PNDMScheduler(skip_prk_steps=True, **PNDM)
    if name == "sd2":
        unet = UNet2DConditionModel(sample_size=96, block_out_channels=(8, 16), down_block_types=(down, plain_down), up_block_types=(plain_up, up), cross_attention_dim=16,
                                    attention_head_dim=[1, 1], use_linear_projection=True, upcast_attention=True, **common)
        return "sd2", "StableDiffusionPipeline", {"unet": unet, "vae": vae(768, 0.18215), "text_encoder": clip(16, 2, "gelu")}, DDIMScheduler(clip_sample=False, prediction_type="v_prediction", **PNDM)
    if name == "sdxl":
        unet = UNet2DConditionModel(sample_size=128, block_out_channels=(8, 16, 16), down_block_types=(plain_down, down, down), up_block_types=(up, up, plain_up), cross_attention_dim=40,
                                    attention_head_dim=[1, 1, 1], use_linear_projection=True, transformer_layers_per_block=[1, 2, 3], addition_embed_type="text_time",
                                    addition_time_embed_dim=8, projection_class_embeddings_input_dim=6 * 8 + 24, **common)
        parts = {"unet": unet, "vae": vae(1024, 0.13025), "text_encoder": clip(16, 2, "quick_gelu"), "text_encoder_2": clip(24, 3, "gelu", 24)}
        return "sdxl", "StableDiffusionXLPipeline", parts, EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1)
    unet = UNet2DConditionModel(sample_size=128, block_out_channels=(8, 16, 16, 16), down_block_types=(plain_down, down, down, plain_down), up_block_types=(plain_up, up, up, plain_up),
                                cross_attention_dim=24, attention_head_dim=[1, 1, 1, 1], use_linear_projection=True, transformer_layers_per_block=2, addition_embed_type="text_time",
                                addition_time_embed_dim=8, projection_class_embeddings_input_dim=5 * 8 + 32, **common)
    parts = {"unet": unet, "vae": vae(1024, 0.13025), "text_encoder_2": clip(24, 2, "gelu", 32)}
    return "refiner", "StableDiffusionXLImg2ImgPipeline", parts, EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1)


CLASS = {"unet": "UNet2DConditionModel", "vae": "AutoencoderKL", "text_encoder": "CLIPTextModel", "text_encoder_2": "CLIPTextModelWithProjection"}
DTYPE = {"sd1": torch.float32, "sd1-inpainting": torch.float16, "sd2": torch.float16, "sdxl": torch.bfloat16, "sdxl-refiner": torch.float16}


def state_of(name: str, model) -> dict:
    state = dict(model.state_dict())
    return prefixed(state) if name.startswith("text") else state


def write_tiny(name: str) -> None:
    torch.manual_seed(sum(name.encode()))
    family, pipeline, parts, scheduler = tiny(name)
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    for model in parts.values():
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
        model.to(DTYPE[name])
    index = {"_class_name": pipeline, "_diffusers_version": "0.42.1", "scheduler": ["diffusers", type(scheduler).__name__]}
    for part, model in parts.items():
        model.save_pretrained(folder / part)
        index[part] = ["transformers" if part.startswith("text") else "diffusers", CLASS[part]]
    for part in ("tokenizer", "tokenizer_2"):
        if part.replace("tokenizer", "text_encoder") in parts:
            index[part] = ["transformers", "CLIPTokenizer"]
            (folder / part).mkdir()
            for file in ("tokenizer.json", "tokenizer_config.json"):
                shutil.copy(TOKENIZER / file, folder / part / file)
    scheduler.save_pretrained(folder / "scheduler")
    if "text_encoder_2" in parts:
        index["force_zeros_for_empty_prompt"] = family == "sdxl"
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")

    states = {part: state_of(part, model) for part, model in parts.items()}
    configs = {part: dict(model.config) if part in ("unet", "vae") else {} for part, model in parts.items()}
    file = single_file(family, states, configs)
    check_with_diffusers(file, states, configs)
    if name == "sd1-inpainting":
        # Many merges come without a VAE.
        file = {k: v for k, v in file.items() if not k.startswith("first_stage_model.")}
    file |= extras(family, file, states.get("text_encoder", {}))
    save_file({k: v.contiguous().clone() for k, v in file.items()}, HERE / f"{name}.safetensors", metadata={"format": "pt"})


def write_fp8() -> None:
    """sd1 with its UNet in fp8: e4m3 with ComfyUI's scales for linear layers, e5m2 for convolutions; the reference values are in f32."""
    from safetensors.torch import load_file
    state = load_file(HERE / "sd1.safetensors")
    out, values = {}, {}
    for key, value in state.items():
        if not key.startswith("model.diffusion_model.") or value.ndim < 2:
            out[key] = value
        elif value.ndim == 2 and ".to_" in key:
            scale = value.abs().max() / 448
            out[key] = (value / scale).to(torch.float8_e4m3fn)
            out[key.removesuffix(".weight") + ".scale_weight"] = scale
            values[key] = out[key].float() * scale
        else:
            out[key] = value.to(torch.float8_e5m2)
            values[key] = out[key].float()
    out["scaled_fp8"] = torch.empty(2, dtype=torch.float8_e4m3fn).zero_()
    save_file(out, HERE / "sd1-fp8.safetensors")
    save_file(values, HERE / "sd1-fp8-values.safetensors")


# ---- key lists of the real sizes ----

def real(name: str) -> tuple[str, dict]:
    down, up, plain_down, plain_up = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D", "DownBlock2D", "UpBlock2D"
    sd = dict(down_block_types=(down,) * 3 + (plain_down,), up_block_types=(plain_up,) + (up,) * 3, block_out_channels=(320, 640, 1280, 1280))
    text = lambda width, layers, act, projection=None: CLIPTextConfig(vocab_size=49408, hidden_size=width, intermediate_size=width * 4, num_hidden_layers=layers, num_attention_heads=width // 64,
                                                                     max_position_embeddings=77, hidden_act=act, projection_dim=projection or width)
    xl = dict(use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=256, sample_size=128)
    autoencoder = lambda scaling, side: AutoencoderKL(block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2,
                                                latent_channels=4, scaling_factor=scaling, sample_size=side)
    if name == "sd15":
        unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8, **sd)
        return "sd1", {"unet": unet, "vae": autoencoder(0.18215, 512), "text_encoder": CLIPTextModel(text(768, 12, "quick_gelu"))}
    if name == "sd21":
        unet = UNet2DConditionModel(sample_size=96, cross_attention_dim=1024, attention_head_dim=[5, 10, 20, 20], use_linear_projection=True, upcast_attention=True, **sd)
        return "sd2", {"unet": unet, "vae": autoencoder(0.18215, 768), "text_encoder": CLIPTextModel(text(1024, 23, "gelu", 512))}
    if name == "sdxl":
        unet = UNet2DConditionModel(block_out_channels=(320, 640, 1280), down_block_types=(plain_down, down, down), up_block_types=(up, up, plain_up), cross_attention_dim=2048,
                                    attention_head_dim=[5, 10, 20], transformer_layers_per_block=[1, 2, 10], projection_class_embeddings_input_dim=2816, **xl)
        return "sdxl", {"unet": unet, "vae": autoencoder(0.13025, 1024), "text_encoder": CLIPTextModel(text(768, 12, "quick_gelu")), "text_encoder_2": CLIPTextModelWithProjection(text(1280, 32, "gelu", 1280))}
    unet = UNet2DConditionModel(block_out_channels=(384, 768, 1536, 1536), down_block_types=(plain_down, down, down, plain_down), up_block_types=(plain_up, up, up, plain_up), cross_attention_dim=1280,
                                attention_head_dim=[6, 12, 24, 24], transformer_layers_per_block=4, projection_class_embeddings_input_dim=2560, **xl)
    return "refiner", {"unet": unet, "vae": autoencoder(0.13025, 1024), "text_encoder_2": CLIPTextModelWithProjection(text(1280, 32, "gelu", 1280))}


def write_layout(name: str) -> None:
    with torch.device("meta"):
        family, parts = real(name)
        states = {part: state_of(part, model) for part, model in parts.items()}
        configs = {part: dict(model.config) if part in ("unet", "vae") else {} for part, model in parts.items()}
        file = single_file(family, states, configs)
    shape = lambda value: ",".join(map(str, value.shape))
    listing = "".join(sorted(f"{part} {key} {shape(value)}\n" for part, state in states.items() for key, value in state.items()))
    lines = [f"# {hashlib.sha256(listing.encode()).hexdigest()} {listing.count(chr(10))}"]
    for part, model in parts.items():
        config = model.config.to_dict() if part.startswith("text") else dict(model.config)
        # `_use_default_values` is a set, in another order each time.
        lines.append(f"# {part} {json.dumps({k: v for k, v in config.items() if not k.startswith('_use')}, sort_keys=True)}")
    lines += [f"{key} {shape(value)}" for key, value in sorted(file.items())]
    (HERE / "layouts").mkdir(exist_ok=True)
    (HERE / "layouts" / f"{name}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    for name in DTYPE:
        write_tiny(name)
    write_fp8()
    for name in ("sd15", "sd21", "sdxl", "sdxl-refiner"):
        write_layout(name)
