"""Lectures: the texts whose claims are checked, and how a place in one of them is named."""

from typing import NamedTuple


class Lecture(NamedTuple):
    """A text: its id, the short name that is shown, its title in its own language, and who wrote it."""

    id: str
    name: str
    title: str
    author: str

    def at(self, where: str) -> "Place":
        """A place in it."""
        return Place(self, where)


class Place(NamedTuple):
    """Where something is said: a lecture, and the heading under which it stands there."""

    lecture: Lecture
    where: str


RELU = Lecture(
    "relu",
    "All about ReLU",
    "[모두를 위한 cs231n] Lecture 6. Activation Functions - ReLU함수의 모든 것",
    "Steve-Lee, 2020",
)
NOTES = Lecture("notes", "Notes on cs231n", "딥러닝 개념 정리, CS231n 6강 정리", "velog")
VANISHING = Lecture(
    "vanishing", "Vanishing gradient", "[딥러닝] 뉴럴 네트워크 Part. 5 - Vanishing Gradient", "tistory, 2018"
)
WHAT_IS = Lecture("what_is", "What is ReLU?", "ReLU함수란 무엇인가? ReLU 활성화 함수 특징과 구현방법", "InfHo, 2023")
PYTORCH = Lecture("pytorch", "PyTorch 09-1 ReLU", "[Pytorch] 09-1 ReLU", "LNLP, 2022")

LABS = Lecture("labs", "Notebooks of PyTorch 09-1", "모두를위한딥러닝 시즌2, lab-09", "deeplearningzerotoall, GitHub")

RELU_FEATURES, RELU_PROBLEMS = RELU.at("ReLU함수의 특징 (features)"), RELU.at("ReLU함수의 문제점 (problems)")
RELU_DYING = RELU.at("Dead ReLU")
_ACTIVATIONS, _WEIGHTS = "2. CS231n 6강 정리, 1) 활성화 함수", "2. CS231n 6강 정리, 3) Weight initialization"
NOTES_TABLE = NOTES.at(f"{_ACTIVATIONS}, the table")
NOTES_SIGMOID = NOTES.at(f"{_ACTIVATIONS}, (1) sigmoid 함수")
NOTES_TANH, NOTES_RELU = NOTES.at(f"{_ACTIVATIONS}, (2) tanh"), NOTES.at(f"{_ACTIVATIONS}, (3) ReLu")
NOTES_LEAKY = NOTES.at(f"{_ACTIVATIONS}, (4) Leaky ReLu")
NOTES_ZERO, NOTES_SMALL = NOTES.at(f"{_WEIGHTS}, 1. W=0"), NOTES.at(f"{_WEIGHTS}, 2. small random numbers")
NOTES_XAVIER = NOTES.at(f"{_WEIGHTS}, 3. Xavier")
VANISHING_CAUSE = VANISHING.at("Vanishing Gradient 정의 및 원인 (definition and cause)")
VANISHING_NEW = VANISHING.at("새로운 Activation Function (new ones)")
VANISHING_WEIGHTS = VANISHING.at("the last paragraph, on weights")
WHAT_IS_FEATURES, WHAT_IS_INITIAL = WHAT_IS.at("특징 (features)"), WHAT_IS.at("가중치 초깃값 (first weights)")
PYTORCH_SIGMOID, PYTORCH_RELU = PYTORCH.at("the problem of the sigmoid"), PYTORCH.at("ReLU")
PYTORCH_CODE = PYTORCH.at("Code")

LECTURES = (RELU, NOTES, VANISHING, WHAT_IS, PYTORCH)
SOURCES = (*LECTURES, LABS)  # and the notebooks that the last of them goes through
