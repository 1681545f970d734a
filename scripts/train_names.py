"""Train the model that tells machine-made names: `train_names.py FOLDER` writes it and prints how good it is.

FOLDER holds lists of names, which are not part of the project: `dga/FAMILY.txt.gz`, one name a line, `benign/*.txt.gz`
likewise, and `warninglists/*.json.gz` of MISP's warning lists. With `--check` the packaged model is not written but
judged. Training and test have no family in common, and popular names of the test are not trained on either.
"""

import argparse
import gzip
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from tocsin.detect._name_model import BUCKET_BITS, Model, runs, sums
from tocsin.detect._names import LABEL_MAX, LABEL_MIN, registered

TARGET = Path(__file__).parents[1] / "src" / "tocsin" / "content" / "name-model.npz"

# Lists of one family stay together, also where two people wrote them down.
TRAINED: Mapping[str, tuple[str, ...]] = {
    "banjori": ("banjori",),
    "chinad": ("chinad",),
    "conficker": ("wordlist-conficker",),
    "cryptolocker": ("wordlist-cryptolocker",),
    "darkcracks": ("darkcracks",),
    "locky": ("locky",),
    "murofet": ("murofet-v1", "murofet-v2"),
    "nymaim": ("nymaim",),
    "orchard": ("orchard",),
    "proslikefan": ("proslikefan",),
    "pushdo": ("pushdo", "wordlist-pushdo"),
    "reconyc": ("reconyc",),
    "sisron": ("sisron",),
    "tempedreve": ("tempedreve",),
    "unnamed_javascript": ("unnamed_javascript_dga",),
}
HELD_OUT: Mapping[str, tuple[str, ...]] = {
    "bazarbackdoor": tuple(f"bazarbackdoor-{version}" for version in ("beta", "v2", "v3", "v5")),
    "corebot": ("corebot",),
    "dmsniff": ("dmsniff-al", "dmsniff-sn"),
    "fosniw": ("fosniw-koreasys", "fosniw-winsoft"),
    "gameover": ("newgoz", "wordlist-zeus"),
    "mydoom": ("mydoom",),
    "ramnit": ("ramnit",),
    "ranbyus": ("ranbyus-may", "ranbyus-september"),
    "sharkbot": tuple(f"sharkbot-{version}" for version in ("v0.0", "v1.63", "v2.1", "v2.8")),
    "simda": ("simda",),
    "tinba": ("tinba", "wordlist-tinba"),
    "unnamed_downloader": ("unnamed_downloader",),
}
POPULAR = ("benign/alexa_1000.txt.gz", "benign/opendns-top-domains.txt.gz")
WARNED = ("cloudflare-top20k", "tranco10k", "cisco_top20k", "university_domains", "bank-website")

# No family may outweigh the others by the mere length of its list.
FAMILY_MAX = 20_000
WEIGHT_MAX = 8_000

# Of ten popular names three are held out.
TENTHS_HELD_OUT = 3

# How strongly weights are held near nought: of 1e-6 and 1e-5 the better on held-out families.
RIDGE = 1e-5
ROUNDS = 200
STEPS = 1001
RATES_PER_MILLE = (10, 50, 100)


class Lists(NamedTuple):
    """Labels: of popular domains, and of each family."""

    popular: list[str]
    families: dict[str, list[str]]


def popular_labels(folder: Path) -> list[str]:
    """Labels of popular domains."""
    lists = [_lines(folder / name) for name in POPULAR]
    lists += [json.loads(_text(folder / "warninglists" / f"{name}.json.gz"))["list"] for name in WARNED]
    return labels(name for names in lists for name in names)


def family_labels(folder: Path, files: Iterable[str]) -> list[str]:
    """Labels of one family, evenly chosen where there are very many."""
    names: list[str] = []
    for file in files:
        lines = _lines(folder / "dga" / f"{file}.txt.gz")
        names += lines[:: max(1, len(lines) // FAMILY_MAX)]
    return labels(names)


def labels(names: Iterable[str]) -> list[str]:
    """The label of each name's domain that can be judged, once, in order."""
    domains = (registered(name.strip().strip(".").lower()) for name in names)
    found = {of.domain.partition(".")[0] for of in domains if of is not None}
    return sorted(label[:LABEL_MAX] for label in found if len(label) >= LABEL_MIN and not label.startswith("xn--"))


def held_out(label: str) -> bool:
    """Whether a popular label is kept from training; the same on every machine."""
    return zlib.crc32(label.encode()) % 10 < TENTHS_HELD_OUT


def train(popular: Sequence[str], families: Mapping[str, Sequence[str]]) -> npt.NDArray[np.int8]:
    """Weights of a logistic regression over the runs of each label, in whole numbers."""
    heft = {name: min(len(found), WEIGHT_MAX) ** 0.5 for name, found in families.items()}
    whole = sum(heft.values())
    every = [*popular, *(label for found in families.values() for label in found)]
    weight = [1 / len(popular)] * len(popular)
    weight += [heft[name] / whole / len(found) for name, found in families.items() for _ in found]
    side = np.where(np.arange(len(every)) < len(popular), -1.0, 1.0)
    fitted = _fit(_matrix(every), side, np.array(weight) / 2)
    whole_numbers: npt.NDArray[np.int8] = np.rint(fitted * (127 / np.abs(fitted).max())).astype(np.int8)
    return whole_numbers


def steps(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Sums of popular labels at even steps of their number, ascending."""
    ranks = np.linspace(0, len(values) - 1, STEPS).astype(np.int64)
    return np.sort(values)[ranks].astype(np.int32)


def recall(model: Model, found: Sequence[str], per_mille: int) -> float:
    """Share of labels that as few popular ones as ``per_mille`` look like."""
    least = np.sort(model.popular)[len(model.popular) - 1 - len(model.popular) * per_mille // 1000]
    return float((sums(model.weights, found) > least).mean())


def main() -> None:
    """Train, write and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="judge the packaged model, and write nothing")
    options = parser.parse_args()
    every = popular_labels(options.folder)
    kept = [label for label in every if held_out(label)]
    if not options.check:
        known = [label for label in every if not held_out(label)]
        families = {name: family_labels(options.folder, files) for name, files in TRAINED.items()}
        weights = train(known, families)
        np.savez_compressed(TARGET, weights=weights, popular=steps(sums(weights, kept)))
    with np.load(TARGET) as arrays:
        model = Model(arrays["weights"], arrays["popular"])
    print(
        f"{len(kept)} popular names held out; {TARGET.stat().st_size} bytes, CRC {zlib.crc32(TARGET.read_bytes()):08x}"
    )
    _report(model, options.folder)


def _report(model: Model, folder: Path) -> None:
    print("| family | names | " + " | ".join(f"found at {rate / 10:g} %" for rate in RATES_PER_MILLE) + " |")
    print("|---|--:|" + "--:|" * len(RATES_PER_MILLE))
    for name, files in HELD_OUT.items():
        found = family_labels(folder, files)
        shares = " | ".join(f"{recall(model, found, rate):.0%}" for rate in RATES_PER_MILLE)
        print(f"| {name} | {len(found)} | {shares} |")


def _fit(matrix: csr_matrix, side: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    turned = matrix.T.tocsr()

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        margin = side * (matrix @ values[:-1] + values[-1])
        pull = -side * weight / (1 + np.exp(np.minimum(margin, 500)))
        cost = (weight * np.logaddexp(0, -margin)).sum() + RIDGE * (values[:-1] ** 2).sum() / 2
        return float(cost), np.append(turned @ pull + RIDGE * values[:-1], pull.sum())

    start = np.zeros(matrix.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxfun": 2 * ROUNDS})
    values: npt.NDArray[np.float64] = found.x[:-1]
    return values


def _matrix(every: Sequence[str]) -> csr_matrix:
    rows, buckets = runs(every)
    return csr_matrix((np.ones(len(rows)), (rows, buckets)), shape=(len(every), 1 << BUCKET_BITS))


def _lines(file: Path) -> list[str]:
    return [line for line in _text(file).splitlines() if line.strip()]


def _text(file: Path) -> str:
    with gzip.open(file, "rt", encoding="utf-8", errors="replace") as opened:
        return opened.read()


if __name__ == "__main__":
    main()
