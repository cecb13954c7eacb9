"""What training and evaluation share: the tokenizer's files, pictures on disk, and whole files only."""
import json, os
import numpy as np, torch
from PIL import Image
from transformers import CLIPTokenizer


def save(obj, path):
    """torch.save that a kill cannot tear."""
    torch.save(obj, path + ".part")
    os.replace(path + ".part", path)


def write_tokenizer(words, folder):
    """CLIP's BPE format: one chain of merges for each known word, all 256 bytes for everything else."""
    os.makedirs(folder, exist_ok=True)
    keep = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    chars = [chr(x) for x in keep] + [chr(256 + i) for i in range(256 - len(keep))]
    merges, seen = [], set()
    pieces = sorted({p for w in words for p in w.lower().replace("-", " - ").split()} | {"'s"})
    for word in pieces:
        left = word[0]
        for i, c in enumerate(word[1:], 1):
            right = c + ("</w>" if i == len(word) - 1 else "")
            if (left, right) not in seen:
                seen.add((left, right)); merges.append((left, right))
            left += right
    vocab = list(dict.fromkeys(chars + [c + "</w>" for c in chars] + [a + b for a, b in merges])) + ["<|startoftext|>", "<|endoftext|>"]
    with open(f"{folder}/vocab.json", "w") as f: json.dump({t: i for i, t in enumerate(vocab)}, f, ensure_ascii=False)
    with open(f"{folder}/merges.txt", "w") as f: f.write("#version: 0.2\n" + "\n".join(f"{a} {b}" for a, b in merges) + "\n")


def load_tokenizer(folder):
    return CLIPTokenizer(f"{folder}/vocab.json", f"{folder}/merges.txt", model_max_length=77)


def token_ids(tokenizer, texts):
    """(texts, 77) token ids, padded with the end token as CLIP does."""
    return torch.tensor(tokenizer(texts, padding="max_length", max_length=77, truncation=True).input_ids)


def to_tensor(pictures, device="cpu"):
    """uint8 (n, h, w, 3) to float (n, 3, h, w) in -1 to 1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).to(device).float() / 127.5 - 1


def to_pictures(x):
    """Float (n, 3, h, w) in -1 to 1 to uint8 (n, h, w, 3)."""
    return ((x.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def save_grid(pictures, columns, path, gap=4):
    n, h, w, _ = pictures.shape
    rows = -(-n // columns)
    sheet = Image.new("RGB", (columns * (w + gap) + gap, rows * (h + gap) + gap), (18, 18, 22))
    for i, p in enumerate(pictures):
        sheet.paste(Image.fromarray(p), (gap + i % columns * (w + gap), gap + i // columns * (h + gap)))
    sheet.save(path)


def save_curve(points, path, title, size=(760, 260)):
    """A line chart of (x, y) pairs without a plotting library; y is logarithmic."""
    from PIL import ImageDraw
    sheet = Image.new("RGB", size, "white"); draw = ImageDraw.Draw(sheet)
    if len(points) > 1:
        xs = np.array([p[0] for p in points], float); ys = np.log10(np.maximum([p[1] for p in points], 1e-6))
        lo, hi = ys.min(), ys.max() + 1e-6
        place = lambda x, y: (50 + (x - xs[0]) / max(xs[-1] - xs[0], 1e-9) * (size[0] - 70), 30 + (hi - y) / (hi - lo) * (size[1] - 60))
        draw.line([place(x, y) for x, y in zip(xs, ys)], fill=(40, 90, 200), width=2)
        draw.text((4, 24), f"{10 ** hi:.3g}", fill="black"); draw.text((4, size[1] - 36), f"{10 ** lo:.3g}", fill="black")
        draw.text((50, size[1] - 20), f"{xs[0]:.0f}", fill="black"); draw.text((size[0] - 90, size[1] - 20), f"{xs[-1]:.0f} samples", fill="black")
    draw.text((50, 6), title, fill="black")
    sheet.save(path)
