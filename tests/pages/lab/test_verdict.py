"""The verdict of the lab, on a board and beside plain charts."""

from screen import PLAIN, press, until, verdict, words


def test_a_board_has_it_with_its_reasons(opened):
    told = verdict(opened({"bias_init": "-2"}))
    assert told.startswith("Sick\n166 of 320 units are dead before training: slope 0 on all 256 samples of the probe.")
    assert "Turn: Bias init." in told


def test_beside_plain_charts_the_verdict_follows_the_run(opened):
    app = opened({**PLAIN, "steps": "100000", "batch_size": "512"})  # takes minutes
    assert "before training" in words(app)
    press(app, "Start training")
    until(app, lambda app: "before training" not in words(app))
    assert "**Alive.** " in words(app)
