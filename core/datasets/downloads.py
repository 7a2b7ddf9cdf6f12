"""Downloads: data sets that torchvision knows, from a local copy, or fetched once.

A download is made in a folder of its own and moved into place when it is complete and torchvision has checked its sums.
So a folder that is there is whole, unless somebody else damaged it. There is one attempt at a time for each data set,
which all who want it wait for; it ends if the host falls silent, and what a process that died has left is removed.
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from time import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.datasets import words
from core.datasets.samples import DataUnavailable
from core.words.said import Sentence

_attempts: dict[tuple[str, Path], Future[None]] = {}  # those under way, by class name and place
_beginning = Lock()
_declaring = Lock()
_under_way: dict[str, Path] = {}  # by class name, the folder into which it is being fetched
MEGABYTE = 1e6
FETCHING = "fetching-"  # how the folder of an attempt is called
LEFT_SECONDS = 3 * 3600.0  # so old is one that nobody fetches into any more
IDX = ("train", "t10k")  # how MNIST and its like call their two parts


@dataclass(frozen=True)
class Download:
    """A data set of torchvision: the name of its class, the folder that it fills, and what has to be downloaded.
    reading is how many bytes of memory it takes to be read."""

    name: str
    folder: str
    megabytes: int
    reading: int = 60_000_000

    @property
    def here(self) -> bool:
        """Whether there is a copy on this machine."""
        return (data_folder() / self.folder).is_dir()

    @property
    def arrived(self) -> float:
        """How many megabytes have come of a download that is under way: 0 before it begins, all when they are here."""
        folder = _under_way.get(self.name)
        if folder is None:
            return float(self.megabytes) if self.here else 0.0
        try:
            sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]  # unpacked files among them
        except FileNotFoundError:  # moved into place, or removed, while it was looked at
            return float(self.megabytes)
        return min(sum(sizes) / MEGABYTE, float(self.megabytes))

    def load(self) -> tuple[Tensor, Tensor, int]:
        """Pixels (sample, feature) and labels (sample,), and how many of the last are the official test set.

        Raises DataUnavailable.
        """
        if not self.here:
            self.begin().result()
        raw = data_folder() / self.folder / "raw"
        try:
            if raw.is_dir():
                return _of_idx(raw)
            parts = [self._of_torchvision(data_folder(), train=train) for train in (True, False)]
            pixels = torch.cat([torch.as_tensor(part.data).flatten(1) for part in parts])
            labels = torch.cat([torch.as_tensor(part.targets) for part in parts])
        except Exception as problem:  # a damaged file makes torchvision raise nearly anything
            damaged = Sentence(words.DAMAGED, name=self.name, folder=data_folder() / self.folder)
            raise DataUnavailable(damaged) from problem
        return pixels, labels, len(parts[1].data)

    def begin(self) -> Future[None]:
        """The attempt to fetch it that is under way, or a new one. Its result is none; it may raise DataUnavailable."""
        key = self.name, data_folder()
        with _beginning:
            if key in _attempts:
                return _attempts[key]
            attempt: Future[None] = Future()
            if self.here:  # somebody has fetched it meanwhile
                attempt.set_result(None)
                return attempt
            _attempts[key] = attempt
        Thread(target=self._attempt, args=(key, attempt), name=f"fetch-{self.name}", daemon=True).start()
        return attempt

    def _attempt(self, key: tuple[str, Path], attempt: Future[None]) -> None:
        try:
            self._fetch(key[1])
            problem = None
        except DataUnavailable as missing:
            problem = missing
        del _attempts[key]
        attempt.set_exception(problem) if problem else attempt.set_result(None)

    def _fetch(self, folder: Path) -> None:
        from core.datasets.fetching import fetch

        try:
            folder.mkdir(parents=True, exist_ok=True)
            _sweep_up(folder)
            with TemporaryDirectory(prefix=FETCHING, dir=folder) as temporary:
                _under_way[self.name] = Path(temporary)
                fetch(self._kind(), Path(temporary), most=2 * int(MEGABYTE) * (self.megabytes + 1))
                self._of_torchvision(Path(temporary), download=True)  # finds the files there, checks and unpacks them
                self._put(Path(temporary, self.folder))
        except Exception as problem:  # what a download that breaks off makes torchvision raise is no better known
            missing = Sentence(words.NOT_HERE, name=self.name, folder=folder, inside=self.folder)
            raise DataUnavailable(missing) from problem
        finally:
            _under_way.pop(self.name, None)

    def _put(self, complete: Path) -> None:
        try:
            complete.rename(data_folder() / self.folder)
        except OSError:
            if not self.here:  # else another process was quicker
                raise

    def _of_torchvision(self, folder: Path, **choices: bool) -> Any:
        return self._kind()(folder, **choices)

    def _kind(self) -> Any:
        declare_operators()
        from torchvision import datasets

        return getattr(datasets, self.name)


def _of_idx(folder: Path) -> tuple[Tensor, Tensor, int]:
    """`Download.load` of files like MNIST's, read into place: torchvision would hold them three times."""
    pixels = _idx([folder / f"{part}-images-idx3-ubyte" for part in IDX])
    labels = _idx([folder / f"{part}-labels-idx1-ubyte" for part in IDX])
    (_, test_shape) = _opened(folder / f"{IDX[1]}-labels-idx1-ubyte")
    return torch.from_numpy(pixels).flatten(1), torch.from_numpy(labels).long(), int(test_shape[0])


def _idx(files: Sequence[Path]) -> Any:
    """The arrays of some files, one after the other."""
    shapes = [_opened(file)[1] for file in files]
    whole = np.empty((sum(shape[0] for shape in shapes), *shapes[0][1:]), np.uint8)
    first = 0
    for file, shape in zip(files, shapes, strict=True):
        place = whole[first : first + shape[0]]
        with file.open("rb") as opened:
            opened.seek(_opened(file)[0])
            if opened.readinto(place.reshape(-1).data) != place.size:
                raise EOFError(Sentence(words.CUT_OFF, file=file.name))
        first += shape[0]
    return whole


def _opened(file: Path) -> tuple[int, tuple[int, ...]]:
    """Where the values of a file begin, and their shape. It holds two zeros, the type of bytes, the number of axes,
    their lengths, the values.
    """
    with file.open("rb") as opened:
        axes = opened.read(4)[3]
        return 4 + 4 * axes, tuple(np.frombuffer(opened.read(4 * axes), ">u4").tolist())


def _sweep_up(folder: Path) -> None:
    """Remove what an attempt has left whose process died."""
    for left in folder.glob(f"{FETCHING}*"):
        if time() - left.stat().st_mtime > LEFT_SECONDS:
            rmtree(left, ignore_errors=True)


def data_folder() -> Path:
    """Where downloaded data sets lie: the folder that VITALS_DATA names, else ~/.cache/vitals."""
    return Path(os.environ.get("VITALS_DATA") or Path.home() / ".cache" / "vitals")


_operators: list[torch.library.Library] = []  # a declaration lives as long as its Library object


def _is_whole() -> bool:
    """Whether torchvision can be imported as it is. What is left of an attempt that failed is taken away."""
    try:
        import_module("torchvision")
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        return False
    return True


def declare_operators() -> None:
    """Let torchvision's wheel, compiled for CUDA, be imported beside a torch without it.

    Its Python code describes two compiled operators that then do not exist; declaring their schemas is enough for
    data sets, transforms and models. Where the wheel fits, its own library declares them, and may not find them there:
    it would end the process. So it is tried first.
    """
    schemas = {
        "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    }
    with _declaring:
        if _operators or find_spec("torchvision") is None or _is_whole():
            return
        library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]  # torch has no types
        for name, schema in schemas.items():
            if not hasattr(torch.ops.torchvision, name):
                library.define(schema)  # type: ignore[no-untyped-call]  # nor here
        _operators.append(library)
