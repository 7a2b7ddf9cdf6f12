"""Downloads: data sets that torchvision knows, from a local copy, or fetched once.

A download is made in a folder of its own and moved into place when it is complete and torchvision has checked its sums.
So a folder that is there is whole, unless somebody else damaged it.
"""

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import torch
from torch import Tensor

from core.datasets import words
from core.datasets.samples import DataUnavailable
from core.words.said import Sentence

_downloading = Lock()  # whoever wants the same data waits for them instead of fetching them again
_declaring = Lock()
_under_way: dict[str, Path] = {}  # by class name, the folder into which it is being fetched
MEGABYTE = 1e6


@dataclass(frozen=True)
class Download:
    """A data set of torchvision: the name of its class, the folder that it fills, and what has to be downloaded."""

    name: str
    folder: str
    megabytes: int

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
            with _downloading:
                if not self.here:  # nobody else has fetched it meanwhile
                    self._fetch()
        try:
            parts = [self._of_torchvision(data_folder(), train=train) for train in (True, False)]
            pixels = torch.cat([torch.as_tensor(part.data).flatten(1) for part in parts])
            labels = torch.cat([torch.as_tensor(part.targets) for part in parts])
        except Exception as problem:  # a damaged file makes torchvision raise nearly anything
            damaged = Sentence(words.DAMAGED, name=self.name, folder=data_folder() / self.folder)
            raise DataUnavailable(damaged) from problem
        return pixels, labels, len(parts[1].data)

    def _fetch(self) -> None:
        folder = data_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=folder) as temporary:
                _under_way[self.name] = Path(temporary)
                self._of_torchvision(Path(temporary), download=True)
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
        declare_operators()
        from torchvision import datasets

        return getattr(datasets, self.name)(folder, **choices)


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
