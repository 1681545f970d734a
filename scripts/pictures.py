"""Make the README's picture anew: run the demo, open its page in a browser, and keep what it shows."""

import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "page.png"


def main() -> None:
    """Run the demo in a folder of its own and photograph its report in headless Chromium."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = [sys.executable, "-m", "tocsin", "--workspace", f"{folder}/demo", "demo", "--no-serve"]
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--window-size=1100,1250",
                f"--user-data-dir={folder}/browser",
                f"--screenshot={PICTURE}",
                f"file://{folder}/demo/report.html",
            ],
            check=True,
            capture_output=True,
        )
    print(f"written: {PICTURE}")


if __name__ == "__main__":
    main()
