"""Makes the fixture `tea.kento`: a project of schema 1, written by other hands than the program's.

Run in this folder: python3 make.py. The format that it writes is frozen: every later Kento must open it.
"""

import hashlib
import json
from pathlib import Path

project = Path(__file__).parent / "tea.kento"
image = b"pixels"
digits = hashlib.sha256(image).hexdigest()

head = "0" * 64
lines = []
records = [("made", [digits], True), ("kept", [], False), ("approved", [], True)]
for seq, (text, images, last) in enumerate(records, 1):
    record = json.dumps({"text": text, "images": images}, separators=(",", ":"))
    body = f'{{"seq":{seq},"prev":"{head}","last":{str(last).lower()},"record":{record}'
    line = f'{body},"check":"{hashlib.sha256(body.encode()).hexdigest()[:16]}"}}'
    head = hashlib.sha256(line.encode()).hexdigest()
    lines.append(line + "\n")

files = {
    "project.ron": f"""(
    schema: 1,
    name: "Tea",
    id: "{"7" * 32}",
    created: "2026-11-21T09:30:00Z",
    head: (
        seq: {len(records)},
        sha256: "{head}",
    ),
)""".encode(),
    "records.jsonl": "".join(lines).encode(),
    "briefs/tea.ron": b"(1)",
    f"images/{digits[:2]}/{digits[2:]}.png": image,
}
for name, content in files.items():
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
