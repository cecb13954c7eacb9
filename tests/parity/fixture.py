"""What every parity script shares: seeded weights that hide nothing, and fixtures that say what made them.

Weights are rounded to f16 before any output is computed, so a fixture stores them in half the bytes
while both sides still compute in f32 from the very same numbers.
"""
import hashlib, json, os, pathlib, shutil, warnings, zlib

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import diffusers, torch, transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
diffusers.utils.logging.set_verbosity_error()
transformers.utils.logging.set_verbosity_error()
diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()
warnings.filterwarnings("ignore")
torch.set_grad_enabled(False)
torch.set_num_threads(1)  # sums in one order, wherever it runs


def stamp(*scripts):
    """The metadata of a fixture: which script made it, the hash of that script and its helpers, and the versions."""
    paths = [pathlib.Path(s).resolve() for s in scripts] + [HERE / "fixture.py"]
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in paths)).hexdigest()
    names = " ".join(str(p.relative_to(ROOT)) for p in paths)
    made_by = {"scripts": names, "scripts_sha256": digest, "torch": torch.__version__.split("+")[0],
               "diffusers": diffusers.__version__, "transformers": transformers.__version__}
    return {"made_by": json.dumps(made_by)}  # one key: safetensors writes several in no fixed order


def generator(name):
    """A generator whose seed is the name, so that adding a case changes no other case."""
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def randomise(model, name, gain=1.0):
    """Fills every parameter so that no layer is hidden by a zero, a one or a nearly uniform softmax.

    Matrices and kernels get variance gain / fan_in, queries and keys 1.5 times that deviation, norms scale near one
    and a real offset, embeddings 0.5; everything is a value that f16 holds exactly.
    """
    g = generator(name)
    for key, p in sorted(model.named_parameters()):
        leaf = key.rsplit(".", 1)[-1]
        if "embedding.weight" in key and p.dim() == 2 and "embeddings" in key:
            value = torch.randn(p.shape, generator=g) * 0.5
        elif p.dim() >= 2:
            spread = gain * (1.5 if any(w in key for w in ("to_q", "to_k", "q_proj", "k_proj")) else 1.0)
            value = torch.randn(p.shape, generator=g) * spread / p[0].numel() ** 0.5
        elif "norm" in key and leaf == "weight":
            value = 1 + 0.25 * torch.randn(p.shape, generator=g)
        else:
            value = 0.15 * torch.randn(p.shape, generator=g)
        p.copy_(value)
    return half(model)


def half(model):
    """Rounds every weight to what f16 can hold and keeps computing in f32."""
    for p in model.parameters():
        p.copy_(p.half().float())
    return model.eval()


def scale_layer(layer, factor):
    """Scales a last layer, so that what it gives has a chosen spread."""
    layer.weight.mul_(factor)
    if layer.bias is not None:
        layer.bias.mul_(factor)
    half(layer)


def save_model(folder, model, prefix="", fields=None):
    """Writes config.json and the weights (f16) as diffusers lays them out; `fields` keeps only these, as old folders do."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    of_diffusers = isinstance(model, diffusers.ModelMixin)
    state = {prefix + k: v.half().contiguous() for k, v in model.state_dict().items()}
    file = "diffusion_pytorch_model.safetensors" if of_diffusers else "model.safetensors"
    save_file(state, folder / file, metadata={"format": "pt"})
    config = json.loads(model.to_json_string() if of_diffusers else model.config.to_json_string())
    if not of_diffusers:
        config["architectures"] = [type(model).__name__]
    if fields:
        config = {k: v for k, v in config.items() if k in fields or k == "_class_name"}
    write_json(folder / "config.json", config)


# The fields of the UNet config of the SD1.5 folder on the hub: everything else must come from defaults.
OLD_UNET_FIELDS = ("act_fn attention_head_dim block_out_channels center_input_sample cross_attention_dim down_block_types downsample_padding "
                   "flip_sin_to_cos freq_shift in_channels layers_per_block mid_block_scale_factor norm_eps norm_num_groups out_channels "
                   "sample_size up_block_types").split()


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")


def save_io(path, tensors, metadata):
    """Writes inputs and outputs: floats as f32, token ids as i64, pictures as u8."""
    keep = (torch.int64, torch.uint8)
    save_file({k: (v if v.dtype in keep else v.float()).contiguous() for k, v in tensors.items()}, path, metadata=metadata)
    spread = [f"{k} {tuple(v.shape)} [{v.min():.3g}, {v.max():.3g}] sd {v.float().std():.3g}" for k, v in tensors.items() if v.dtype == torch.float32]
    print(path.parent.name, "|", "; ".join(spread), flush=True)


WORDS = ("a an the of with and in on at red blue green sun moon boat house mountain mountains over flat vector illustration night "
         "blurry ugly low quality , .").split()


def tokenizer(folder, pad, vocabulary_files):
    """A CLIP tokenizer of a few words, one chain of merges for each; with vocab.json and merges.txt or with tokenizer.json alone."""
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(x) for x in keep] + [chr(256 + i) for i in range(256 - len(keep))]
    merges = []
    for word in WORDS:
        left = word[0]
        for i, c in enumerate(word[1:], 1):
            right = c + ("</w>" if i == len(word) - 1 else "")
            if (left, right) not in merges:
                merges.append((left, right))
            left += right
    tokens = list(dict.fromkeys(letters + [c + "</w>" for c in letters] + [a + b for a, b in merges])) + ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True)
    vocab, merge_file = folder / "vocab.json", folder / "merges.txt"
    vocab.write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
    merge_file.write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    tok = transformers.CLIPTokenizer(str(vocab), str(merge_file), model_max_length=77, pad_token=pad)
    tok.save_pretrained(folder)
    for path in [folder / "tokenizer.json"] if vocabulary_files else [vocab, merge_file]:
        path.unlink(missing_ok=True)
    return len(tokens)


def model_index(folder, cls, parts, **extra):
    """Writes model_index.json; parts that every family shares need no class."""
    library = {"tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}
    value = {"_class_name": cls.__name__, "_diffusers_version": diffusers.__version__, **extra}
    for part in parts:
        value[part] = library.get(part) or library.get(part.removesuffix("_2")) or parts[part]
    write_json(folder / "model_index.json", value)
