"""Downloads, from a server of this process in place of the hosts: what is fetched, checked and put into place."""

import gzip
import pickle
import re
import tarfile
from collections.abc import Iterator
from functools import partial
from hashlib import md5
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from struct import pack
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
import torch

from core import Config, DataUnavailable, record
from core.datasets import datasets
from core.datasets.downloads import Download, _under_way, data_folder, declare_operators

FETCHED = [name for name in datasets if datasets[name].download is not None]

each = pytest.mark.parametrize("name", FETCHED)


def source(name: str) -> Download:
    download = datasets[name].download
    assert download is not None
    return download


def images(count: int, *shape: int) -> np.ndarray:
    return np.arange(count * int(np.prod(shape)), dtype=np.uint32).astype(np.uint8).reshape(count, *shape)


def labels(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.uint8) % 10


def idx(array: np.ndarray) -> bytes:
    """The format of MNIST: two zeros, the type of bytes, the number of axes, their lengths, the values."""
    return pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


class Silent(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """An empty folder, and the address at which its files can be had."""
    folder = tmp_path / "hosts"
    folder.mkdir()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def hosts(served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Small copies of the data sets where torchvision looks for the large ones: 30 images to train, 20 to test."""
    declare_operators()
    import torchvision.datasets as theirs

    folder, address = served
    monkeypatch.setenv("VITALS_DATA", str(tmp_path / "data"))
    for kind in (theirs.MNIST, theirs.FashionMNIST):
        sums = []
        for which, count in (("train", 30), ("t10k", 20)):
            for what, array in (("images-idx3", images(count, 28, 28)), ("labels-idx1", labels(count))):
                file = folder / f"{which}-{what}-ubyte.gz"
                file.write_bytes(gzip.compress(idx(array), mtime=0))
                sums.append((file.name, md5(file.read_bytes()).hexdigest()))
        monkeypatch.setattr(kind, "mirrors", [address])
        monkeypatch.setattr(kind, "resources", sums)
    files = {}
    for file, count in (("data_batch_1", 30), ("test_batch", 20), ("batches.meta", 0)):
        content = {"data": images(count, 3072), "labels": labels(count).tolist(), "label_names": list("abcdefghij")}
        files[file] = pickle.dumps(content)
        folder.joinpath(file).write_bytes(files[file])
    with tarfile.open(folder / "cifar.tar.gz", "w:gz") as archive:
        for file in files:
            archive.add(folder / file, f"cifar-10-batches-py/{file}")
    sums = {file: md5(content).hexdigest() for file, content in files.items()}
    monkeypatch.setattr(theirs.CIFAR10, "url", f"{address}cifar.tar.gz")
    monkeypatch.setattr(theirs.CIFAR10, "filename", "cifar.tar.gz")
    monkeypatch.setattr(theirs.CIFAR10, "tgz_md5", md5((folder / "cifar.tar.gz").read_bytes()).hexdigest())
    monkeypatch.setattr(theirs.CIFAR10, "train_list", [["data_batch_1", sums["data_batch_1"]]])
    monkeypatch.setattr(theirs.CIFAR10, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(theirs.CIFAR10, "meta", {**theirs.CIFAR10.meta, "md5": sums["batches.meta"]})
    return folder


@each
def test_a_data_set_is_fetched_once_and_comes_whole(name, hosts):
    assert not source(name).here
    samples = datasets[name]()
    assert source(name).here
    assert [entry.name for entry in data_folder().iterdir()] == [source(name).folder]
    assert samples.inputs.shape == (50, datasets[name].features)
    assert (samples.inputs.dtype, samples.official_test, samples.scale) == (torch.uint8, 20, 1 / 255)
    assert samples.targets.tolist() == [*labels(30), *labels(20)]
    assert samples.targets.dtype == torch.int64
    shape = datasets[name].features
    assert name == "cifar10" or np.array_equal(samples.inputs, np.concatenate([images(30, shape), images(20, shape)]))
    for file in hosts.iterdir():
        file.unlink()
    assert torch.equal(datasets[name]().inputs, samples.inputs)


class Halting(Silent):
    """Serves the first half of the first file, and the rest when it is told to go on."""

    half_came, go_on = Event(), Event()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        outputfile.write(content[: len(content) // 2])
        outputfile.flush()
        self.half_came.set()
        assert self.go_on.wait(60)
        outputfile.write(content[len(content) // 2 :])


def test_what_has_arrived_of_a_download_is_known(hosts, served, monkeypatch):
    download = Download("CIFAR10", "cifar-10-batches-py", megabytes=1)
    assert (download.here, download.arrived) == (False, 0)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Halting, directory=str(served[0]))) as slow:
        Thread(target=slow.serve_forever, daemon=True).start()
        import torchvision.datasets as theirs

        with served[0].joinpath("cifar.tar.gz").open("ab") as archive:
            archive.write(bytes(400_000))  # padding, which gzip passes over
        sums = md5(served[0].joinpath("cifar.tar.gz").read_bytes()).hexdigest()
        monkeypatch.setattr(theirs.CIFAR10, "tgz_md5", sums)
        monkeypatch.setattr(theirs.CIFAR10, "url", f"http://127.0.0.1:{slow.server_address[1]}/cifar.tar.gz")
        loading = Thread(target=download.load)
        loading.start()
        assert Halting.half_came.wait(60)
        end = monotonic() + 60
        while download.arrived < 0.15 and monotonic() < end:
            sleep(0.01)
        assert 0.15 <= download.arrived < 0.3
        Halting.go_on.set()
        loading.join()
        slow.shutdown()
    assert (download.here, download.arrived) == (True, 1)


def test_files_that_are_moved_while_they_are_looked_at_have_arrived(monkeypatch, tmp_path):
    download = source("mnist")
    (tmp_path / "pixels").write_bytes(b"1234")
    monkeypatch.setitem(_under_way, download.name, tmp_path)
    monkeypatch.setattr(Path, "is_file", lambda path: path.unlink() is None)
    assert download.arrived == download.megabytes


@each
def test_nothing_that_came_damaged_is_used(name, hosts):
    for file in hosts.iterdir():
        file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DataUnavailable, match=f"{source(name).name} is not in .* and cannot be downloaded here"):
        datasets[name]()
    assert list(data_folder().iterdir()) == []


@each
def test_a_download_that_breaks_off_leaves_nothing(name, hosts):
    sorted(hosts.iterdir())[-1].unlink()
    (hosts / "cifar.tar.gz").unlink(missing_ok=True)
    with pytest.raises(DataUnavailable, match="Choose digits"):
        datasets[name]()
    assert list(data_folder().iterdir()) == []


@each
def test_a_damaged_copy_is_not_used_and_not_touched(name, hosts):
    datasets[name]()
    folder = data_folder() / source(name).folder
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        file.write_bytes(file.read_bytes()[:-3])
    words = f"{source(name).name} is damaged: {folder} holds files that cannot be read. Remove that folder to "
    with pytest.raises(DataUnavailable, match=re.escape(words) + "download it again, or choose digits.$") as refused:
        datasets[name]()
    assert name == "cifar10" or str(refused.value.__cause__) == "train-images-idx3-ubyte ends too early"
    assert folder.is_dir()


@each
def test_without_a_copy_or_a_network_it_says_what_to_do(name, offline, monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path / "new"))
    words = (
        f"{source(name).name} is not in {tmp_path / 'new'} and cannot be downloaded here. Choose digits, "
        f"or name a folder that holds {source(name).folder} in the environment variable VITALS_DATA."
    )
    with pytest.raises(DataUnavailable, match=f"^{re.escape(words)}$"):
        record(Config(dataset=name, samples=99, steps=0))
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_the_same_to_the_user(offline, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("VITALS_DATA", str(tmp_path / "file"))
    with pytest.raises(DataUnavailable, match="name a folder that holds MNIST"):
        datasets["mnist"]()


def test_another_process_may_be_quicker(hosts, monkeypatch):
    """Its copy stands in the way of ours, and is used."""

    def rename(self: Path, place: Path) -> None:
        Path.replace(self, place)
        raise OSError("Directory not empty")

    monkeypatch.setattr(Path, "rename", rename)
    assert len(datasets["mnist"]().inputs) == 50


def test_a_copy_that_cannot_be_put_into_place_is_no_copy(hosts, monkeypatch):
    def rename(self: Path, place: Path) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(DataUnavailable, match="cannot be downloaded here"):
        datasets["mnist"]()
