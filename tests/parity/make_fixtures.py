"""Makes every fixture of tests/parity again: `pip install -r tests/parity/requirements.txt`, then `python tests/parity/make_fixtures.py [FOLDER ...]`.

On the machine and with the versions that made them, `git status` shows nothing afterwards.
"""
import pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
folders = sys.argv[1:] or sorted({p.parent.name for p in HERE.glob("*/*.py")})
for folder in folders:
    for script in sorted((HERE / folder).glob("*.py")):
        print("==", script.relative_to(HERE), flush=True)
        subprocess.run([sys.executable, script], check=True)
