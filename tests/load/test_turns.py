"""Many at once: who waits is told so, everybody has turns, and nobody is sent what has not changed."""

ENDLESS = "steps=100000&width=8&depth=1"
SHORT = "steps=60&width=8&depth=2&snapshots=10"


def progress(visitor):
    """What the board says of the run that goes on, or nothing."""
    told = [board["progress"] for board in visitor.boards()]
    return told[0]["text"] if told and told[0] else ""


def test_a_few_train_at_once_and_all_finish(visitors):
    several = [visitors("lab", f"{SHORT}&seed={seed}") for seed in range(5)]
    for visitor in several:
        visitor.press("Start training", wait=False)
    for visitor in several:
        visitor.until(lambda one=visitor: one.buttons().get("Start again") and not one.shown.running)
        assert "Step 60 of 60" in visitor.boards()[0]["told"]


def test_who_has_much_to_do_lets_others_have_their_turns(visitors):
    first, second = visitors("lab", ENDLESS), visitors("lab", f"{ENDLESS}&seed=1")
    first.press("Start training")
    first.until(lambda: "steps/s" in progress(first))
    usual = first.intervals()
    second.press("Start training")
    second.until(lambda: "Waiting for its turn: 1 ahead of you" in progress(second))
    assert second.intervals() > usual
    second.until(lambda: "in turns with 1 other" in progress(second))
    first.until(lambda: "Waiting for its turn" in progress(first))
    assert progress(first).startswith("Step ")
    second.press("Stop training")
    first.until(lambda: "steps/s" in progress(first) and "in turns" not in progress(first))
    assert first.intervals() == usual
    first.press("Stop training")


def test_who_waits_is_sent_next_to_nothing(visitors):
    first, second = visitors("lab", ENDLESS), visitors("lab", f"{ENDLESS}&seed=1")
    first.press("Start training")
    second.press("Start training")
    second.until(lambda: "Waiting for its turn" in progress(second) and not progress(second).startswith("Step"))
    before, runs = second.received, second.shown.runs
    second.until(lambda: second.shown.runs >= runs + 2)
    assert second.received - before < 20_000
    first.press("Stop training")
    second.press("Stop training")
