"""Writes strings.json: about 200 nasty strings with the ids that transformers' CLIPTokenizer gives them.

Three tokenizers: OpenAI's vocabulary (assets/tokenizer) padded with the end token, the same padded with "!" (SD 2.x, second tokenizer of SDXL),
and the small one of the starter prototype (starter/). Run: python tests/parity/tokenizer/make.py (transformers 5.23.0).
"""
import json
import pathlib
import random
import tempfile
import unicodedata

from transformers import CLIPTokenizer

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]


def openai_folder(target: pathlib.Path, pad: str) -> CLIPTokenizer:
    """vocab.json and merges.txt as on the hub, derived from the merges as OpenAI's simple_tokenizer.py does."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    symbols = [chr(b) for b in printable] + [chr(256 + n) for n in range(len(others))]
    merges = (ROOT / "assets/tokenizer/merges.txt").read_text(encoding="utf-8").splitlines()[1:]
    vocab = symbols + [s + "</w>" for s in symbols] + ["".join(m.split(" ")) for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
    assert len(vocab) == len(set(vocab)) == 49408
    target.mkdir()
    (target / "vocab.json").write_text(json.dumps({s: i for i, s in enumerate(vocab)}, ensure_ascii=False), encoding="utf-8")
    (target / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": pad}
    (target / "tokenizer_config.json").write_text(json.dumps({**special, "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}))
    return CLIPTokenizer.from_pretrained(target)


WRITTEN = [
    "", " ", "\n\t\r", "a", "A", "a photo of a cat", "  a   photo\tof\na  cat  ", "A PHOTO OF A CAT", "a red sun over blue mountains, flat vector illustration",
    "masterpiece, best quality, 1girl, solo, looking at viewer", "(a:1.2) [b] {c} <lora:x:0.8>", "don't can't won't I'm you're they've he'd she'll it's",
    "DON'T CAN'T I'M YOU'RE", "rock'n'roll 'til o'clock 'tis", "'s 't 're 've 'm 'll 'd", "''s '''", "’s typographic don’t", "l'été d'or", "x's's's",
    "0", "42", "1234567890", "3.14159", "1,000,000", "50%", "2x4", "4k 8k 16k", "1girl2boys", "½ ¼ ² ³ ①② Ⅷ ٣٤٥ १२३ 〇一二三", "v1-5-pruned", "1e-5",
    "!", "!!!", "wow!", "a!b", "! !", "?!?!", "...", "…", "--", "—–-", "hello-world", "snake_case_word", "a/b\\c", "C:\\path\\to", "http://example.com/?a=b&c=d#e",
    "user@example.com", "#hashtag", "$100 €50 £20 ¥10 ₿", "a+b=c", "~`^*|<>", "\"quoted\"", "“curly” ‘quotes’ «guillemets»", "(((nested)))", "[[[x]]]", "{}[]()",
    "<|startoftext|>", "<|endoftext|>", "a <|endoftext|> b", "<|ENDOFTEXT|>", "<|endoftext|><|endoftext|>", "x<|startoftext|>y", "!<|endoftext|>!", "<|endoftext", "<||>",
    "café", "cafe\u0301", "naïve façade", "Ångström", "A\u030angstro\u0308m", "ÀÉÎÕÜ àéîõü ÿ Ÿ", "ß ẞ", "İstanbul ı I i", "ΟΔΥΣΣΕΥΣ Σ σ ς", "ŒUVRE Œ œ Æ æ", "Ǆ ǅ ǆ",
    "ﬁ ﬂ ﬃ ligatures", "ℌ ℕ ℝ K Å Ω", "Ａｂｃ１２３ full width", "ᴀʙᴄ small caps", "𝕳𝖊𝖑𝖑𝖔 𝟘𝟙𝟚", "żółć gęślą jaźń", "Příliš žluťoučký kůň", "Tiếng Việt phở", "e\u0323\u0302 ệ",
    "日本語のテスト", "富士山と桜、浮世絵", "你好世界", "繁體中文測試", "한국어 테스트", "\u1112\u1161\u11ab", "カタカナ ｶﾀｶﾅ ガ カ\u3099", "漢字kanjiかな", "　全角スペース　",
    "Привет мир", "ЁЖИК ёжик", "Γειά σου Κόσμε", "שלום עולם", "مرحبا بالعالم", "السَّلَامُ", "हिन्दी में परीक्षण", "ภาษาไทย", "বাংলা", "தமிழ்", "ქართული ႠႡႢ ᲐᲑᲒ", "հայերեն ՀԱՅ", "አማርኛ", "ᏣᎳᎩ ꮳꮃꭹ", "𐐀𐐁 𐐨𐐩",
    "🙂", "😀😃😄", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪🇯🇵", "❤️", "❤", "☀️🌈", "a🙂b", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "♥♦♣♠ ☃ ✂️", "🤖!!!", "e🙂's",
    "\x00", "a\x00b", "\x01\x02\x03", "a\x07b\x1bc", "\x7f", "\x80\x85\x9f", "\u00a0non\u00a0breaking", "soft\u00adhyphen", "zero\u200bwidth", "zwj\u200djoin zwnj\u200cx", "\ufeffbom", "line\u2028sep\u2029para",
    "\u200ertl\u200f \u202eoverride\u202c", "\ufffd", "\ufffe", "\U0010ffff", "\ue000 private", "\u0301 lone accent", "a\u0301\u0302\u0303\u0304\u0305", "\u3000\u2003\u2009\u202f\u205f\u1680|", "\x0b\x0c vertical", "\x1c\x1d\x1e\x1f separators",
    "a" * 1000, "ab" * 500, "z" * 999 + "!", "!" * 1000, "'" * 300, "é" * 500, "日" * 333, "🙂" * 250, "0" * 500, "supercalifragilisticexpialidocious" * 30, "abcdefghijklmnopqrstuvwxyz" * 38, "a " * 500, "\u0301" * 200, "xX" * 500, "-" * 777,
    "greg rutkowski, artstation, unreal engine 5, octane render", "by studio ghibli", "cfg 7.5 steps 20 seed 123456789", "photo-realistic, 35mm, f/1.8, ISO100", "https://civitai.com/models/4384?modelVersionId=128713",
    "the quick brown fox jumps over the lazy dog", "Lorem ipsum dolor sit amet, consectetur adipiscing elit", "teh qiuck borwn fxo", "asdfghjkl qwertyuiop zxcvbnm", "aaaaaa bbbbbb", "McDonald's O'Neill's", "rock&roll R&B AT&T", "C++ C# F# .NET", "U.S.A. e.g. i.e.",
    "lamp", "a seagreen bottle, wide shot, blueprint", "lighthouse at dusk, copy space left", "close-up of a cactus, paper cut-out", "flat vector of a red balloon over a city skyline", "Balloon-balloon BALLOON", "two boats? three fish!", "woodcut ink\nwatercolour wash",
]


def random_strings(count: int) -> list[str]:
    """Mixed scripts, white space and marks; only assigned characters of Unicode 14 (Python 3.11), since tables of newer ones differ."""
    rng = random.Random(20261120)
    ranges = [(0x20, 0x7E)] * 6 + [(0x00, 0x1F), (0x7F, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF),
              (0x1E00, 0x1FFF), (0x2000, 0x214F), (0x2150, 0x218F), (0x2460, 0x24FF), (0x2600, 0x27BF), (0x3040, 0x30FF), (0x4E00, 0x4FFF), (0xAC00, 0xAD00), (0xFF00, 0xFFEF), (0x1D400, 0x1D7FF), (0x1F300, 0x1F6FF)]
    strings = []
    while len(strings) < count:
        text = ""
        for _ in range(rng.randint(3, 40)):
            low, high = rng.choice(ranges)
            c = chr(rng.randint(low, high))
            text += c if unicodedata.category(c) != "Cn" else " "
        strings.append(text)
    return strings


def main() -> None:
    texts = WRITTEN + random_strings(60)
    with tempfile.TemporaryDirectory() as folder:
        clip = openai_folder(pathlib.Path(folder) / "clip", "<|endoftext|>")
        bang = openai_folder(pathlib.Path(folder) / "bang", "!")
        starter = CLIPTokenizer.from_pretrained(HERE / "starter")
        ids = lambda tokenizer, text: tokenizer(text, add_special_tokens=False, truncation=False, padding=False)["input_ids"]
        padded = lambda tokenizer, text: tokenizer(text, padding="max_length", max_length=77, truncation=True)["input_ids"]
        cases = [{"text": t, "clip": ids(clip, t), "bang": ids(bang, t), "starter": ids(starter, t)} for t in texts]
        sample = [t for t in texts if "<|" not in t][::12]
        rows = [{"text": t, "clip": padded(clip, t), "bang": padded(bang, t)} for t in sample]
    with open(HERE / "strings.json", "w", encoding="ascii") as out:
        out.write('{"cases": [\n' + ",\n".join(json.dumps(c) for c in cases) + '\n], "padded": [\n' + ",\n".join(json.dumps(r) for r in rows) + "\n]}\n")
    print(len(cases), "strings,", len(rows), "padded")


main()
