"""Writes prompts.json: chunks and weights that A1111's own code gives to prompts.

The code is not ours (AGPL) and stays outside: KENTO_WEBUI names a checkout of AUTOMATIC1111/stable-diffusion-webui 1.10, of which only
`parse_prompt_attention` (modules/prompt_parser.py) and `tokenize_line` (modules/sd_hijack_clip.py) are run. Without it this script does nothing.
"""
import ast
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import types

HERE = pathlib.Path(__file__).parent


def definitions(path: pathlib.Path, names: set, scope: dict) -> dict:
    """Runs only these top-level definitions of a file, so that its imports are not needed."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = lambda node: getattr(node, "name", None) or getattr(getattr(node, "targets", [None])[0], "id", None)
    tree.body = [node for node in tree.body if name(node) in names]
    exec(compile(tree, str(path), "exec"), scope)
    return scope


def prompts() -> list:
    rng = random.Random(75)
    words = "cat dog red blue sun mountain lighthouse, tree, house, sky, masterpiece, extremely detailed BREAK supercalifragilistic 42 (bird:1.3) [fish] ((leaf)) wow! \\(x\\) :".split(" ")
    made = [
        "", "a cat", "a (cat:1.5) and a [dog]", "((a)) (((b:0.5)) [c] d", "BREAK", "a BREAK b BREAK BREAK c", "(unclosed [both", "closed) both]", "(a:1.2:1.3)", "a:b (c:d) (e: f:1.1)",
        "(x:0)", "(x:-1.5) y", "\\(a\\) \\[b\\] \\\\", "(a(b(c:2):3):0.5)", "[[[a]]] [b:0.5] [c:d:0.3]", "cat, " * 40, "cat " * 75, "cat " * 76, "cat " * 74 + ", dog", "cat " * 75 + ", dog", "cat " * 60 + ", " + "dog " * 30,
        "cat " * 55 + ", " + "dog " * 30, "cat " * 54 + ", " + "dog " * 30, "," * 200, "(" + "cat, " * 50 + ":1.4)", "a, b, c, " * 60, "x" * 400, "(a cat:1.1) BREAK " * 5,
    ]
    for _ in range(40):
        made.append(" ".join(rng.choice(words) for _ in range(rng.randint(5, 220))))
    return made


def main() -> None:
    webui = os.environ.get("KENTO_WEBUI")
    if not webui:
        print("KENTO_WEBUI is not set: prompts.json stays as it is", file=sys.stderr)
        return
    modules = pathlib.Path(webui) / "modules"
    parser = types.SimpleNamespace(**definitions(modules / "prompt_parser.py", {"re_attention", "re_break", "parse_prompt_attention"}, {"re": re}))
    options = types.SimpleNamespace(emphasis="Original", comma_padding_backtrack=20)
    scope = {"prompt_parser": parser, "opts": options, "torch": types.SimpleNamespace(nn=types.SimpleNamespace(Module=object))}
    embedder = definitions(modules / "sd_hijack_clip.py", {"PromptChunk", "FrozenCLIPEmbedderWithCustomWordsBase"}, scope)["FrozenCLIPEmbedderWithCustomWordsBase"]

    source = (HERE / "make.py").read_text(encoding="utf-8").rsplit("\nmain()", 1)[0]
    make = {"__file__": str(HERE / "make.py")}
    exec(compile(source, "make.py", "exec"), make)
    with tempfile.TemporaryDirectory() as folder:
        clip = make["openai_folder"](pathlib.Path(folder) / "clip", "<|endoftext|>")
        line = embedder.__new__(embedder)
        line.chunk_length, line.id_start, line.id_end, line.comma_token = 75, clip.bos_token_id, clip.eos_token_id, clip.get_vocab()[",</w>"]
        line.tokenize = lambda texts: [clip(t, add_special_tokens=False)["input_ids"] for t in texts]
        line.hijack = types.SimpleNamespace(embedding_db=types.SimpleNamespace(find_embedding_at_position=lambda tokens, position: (None, None)))
        cases = []
        for prompt in prompts():
            chunks, _ = line.tokenize_line(prompt)
            cases.append({"prompt": prompt, "chunks": [{"ids": c.tokens, "weights": c.multipliers} for c in chunks]})
    with open(HERE / "prompts.json", "w", encoding="ascii") as out:
        out.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
    print(len(cases), "prompts")


main()
