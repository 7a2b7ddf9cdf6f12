from dataclasses import replace

import pytest
import torch
from torch import Generator, nn

from core import Config, build
from core.choices.activations import activations
from core.choices.normalizations import normalizations
from core.config.chosen import phi
from core.networks.data import load
from core.networks.network import Chance, Network, drop, largest, parameter_count

pytestmark = pytest.mark.numerics


def generator(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed))


def network(weights: list, biases: list, activation: str = "identity", **choices) -> Network:
    return Network(weights, biases, phi=phi(Config(activation=activation)), **choices)


def chance() -> Chance:
    return Chance(dropout=[generator()], activation=[generator(1)])


def test_identity_weights_make_activations_equal_inputs():
    inputs = normal(7, 4)
    trace = network([torch.eye(4)] * 3, [torch.zeros(4)] * 3).trace(inputs)
    assert len(trace.activations) == len(trace.pre_activations) == 2
    for seen in (*trace.pre_activations, *trace.activations, trace.outputs):
        assert torch.equal(seen, inputs)


def test_a_layer_is_w_a_plus_b_then_the_activation():
    weights, biases = (
        [torch.tensor([[2.0, 0.0], [0.0, -3.0]]), torch.ones(1, 2)],
        [torch.tensor([1.0, 0.5]), torch.ones(1)],
    )
    one = network(weights, biases, "relu")
    trace = one.trace(torch.tensor([[1.0, 1.0], [-1.0, -1.0]]))
    assert trace.pre_activations[0].tolist() == [[3, -2.5], [-1, 3.5]]
    assert trace.activations[0].tolist() == [[3, 0], [0, 3.5]]
    assert trace.outputs.tolist() == [[4], [4.5]]
    assert torch.equal(one(torch.tensor([[1.0, 1.0]])), trace.outputs[:1])


def test_build_makes_the_layers_of_the_config():
    built = build(Config(depth=3, width=9, samples=20, normalization="batch_norm"))
    assert [tuple(weight.shape) for weight in built.weights] == [(9, 64), (9, 9), (9, 9), (10, 9)]
    assert [tuple(bias.shape) for bias in built.biases] == [(9,), (9,), (9,), (10,)]
    assert len(built.norms) == 3
    assert len(list(built.parameters())) == 4 + 4 + 2 * 3


def test_depth_0_is_a_single_linear_layer():
    config = Config(depth=0, samples=20)
    built, inputs = build(config), load(config).inputs
    assert torch.equal(built(inputs), nn.functional.linear(inputs, built.weights[0], built.biases[0]))
    assert [tuple(weight.shape) for weight in built.weights] == [(10, 64)]


def test_weight_scale_multiplies_all_weights():
    ones, thirds = build(Config(samples=20)), build(Config(samples=20, weight_scale=3))
    for one, three in zip(ones.weights, thirds.weights, strict=True):
        assert torch.equal(three, 3 * one)


def test_bias_init_is_added_to_the_biases_of_hidden_units():
    drawn, moved = (
        build(Config(samples=20, initializer="pytorch_default", bias_init=b, weight_scale=2)) for b in (0, 1.5)
    )
    for before, after in zip(drawn.biases[:-1], moved.biases[:-1], strict=True):
        assert before.any()
        assert torch.equal(after, before + 1.5)
    assert torch.equal(moved.biases[-1], drawn.biases[-1])
    assert torch.equal(moved.weights[0], drawn.weights[0])


def test_equal_configs_build_equal_networks_and_other_seeds_others():
    first, again, other = (build(Config(samples=20, seed=seed)) for seed in (0, 0, 1))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.weights[0], other.weights[0])
    assert first.weights[0] is not again.weights[0]


def test_the_samples_that_are_handed_over_are_the_ones_that_count():
    """They decide on the numbers of inputs and outputs, and a data-dependent initializer looks at them."""
    data = load(Config(dataset="spiral", samples=90))
    built = build(Config(depth=1, width=9, samples=20), data)
    assert [tuple(weight.shape) for weight in built.weights] == [(9, 2), (3, 9)]
    assert parameter_count(Config(depth=1, width=9, samples=20), data) == sum(p.numel() for p in built.parameters())
    looks = Config(initializer="lsuv", depth=1, width=9, samples=90)
    wide = replace(data, inputs=torch.cat([100 * data.inputs, data.inputs], 1))
    for samples in (data, wide):
        (z,) = build(looks, samples).trace(samples.inputs).pre_activations
        assert z.std(correction=0).item() == pytest.approx(1, rel=1e-3)


def test_a_network_of_samples_at_hand_is_the_one_that_loads_them():
    config = Config(initializer="lsuv", samples=90)
    handed, loaded = build(config, load(config)), build(config)
    assert all(torch.equal(a, b) for a, b in zip(handed.parameters(), loaded.parameters(), strict=True))


def test_batch_norm_agrees_with_torch():
    ours, theirs = normalizations["batch_norm"](torch.Size([5])), nn.BatchNorm1d(5)
    with torch.no_grad():
        for norm in (ours.scale, theirs.weight):
            norm.copy_(torch.arange(1.0, 6))
        for shift in (ours.shift, theirs.bias):
            shift.copy_(torch.arange(5.0))
    for step in range(3):
        z = 2 + 3 * normal(16, 5, seed=step)
        mine, reference = z.clone().requires_grad_(), z.clone().requires_grad_()
        out, expected = ours(mine, batch_statistics=True, track=True), theirs(reference)
        torch.testing.assert_close(out, expected)
        out.pow(3).sum().backward()
        expected.pow(3).sum().backward()
        torch.testing.assert_close(mine.grad, reference.grad, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    torch.testing.assert_close(ours.scale.grad, theirs.weight.grad)
    theirs.eval()
    torch.testing.assert_close(ours(z, batch_statistics=False, track=False), theirs(z))


def test_batch_norm_of_one_sample_is_its_shift():
    norm = normalizations["batch_norm"](torch.Size([3]))
    assert norm(normal(1, 3), batch_statistics=True, track=True).tolist() == [[0, 0, 0]]
    assert norm.running_var.tolist() == pytest.approx([0.9] * 3)


def test_batch_norm_of_samples_that_are_all_alike_is_exactly_its_shift():
    same = normal(2, 1, 3).expand(2, 64, 3)
    assert not normalizations["batch_norm"](torch.Size([2, 3]))(same, batch_statistics=True, track=True).any()


def test_a_network_with_batch_norm_follows_train_and_eval():
    built, inputs = build(Config(normalization="batch_norm", depth=2, samples=50)), load(Config(samples=50)).inputs
    before = built.norms[0].running_mean.clone()
    normalised = built(inputs)
    assert not torch.equal(built.norms[0].running_mean, before)
    built.eval()
    before = built.norms[0].running_mean.clone()
    assert not torch.allclose(built(inputs), normalised)
    assert torch.equal(built.norms[0].running_mean, before)
    torch.testing.assert_close(built.trace(inputs, batch_statistics=True).outputs, normalised)


def test_dropout_keeps_the_mean_and_drops_its_share():
    dropped = drop(torch.ones(400, 500), 0.3, [generator()])
    assert dropped.unique().tolist() == [0, pytest.approx(1 / 0.7)]
    assert float((dropped == 0).float().mean()) == pytest.approx(0.3, abs=0.005)
    assert float(dropped.mean()) == pytest.approx(1, abs=0.005)  # sd 0.0015


def test_dropout_acts_after_each_hidden_layer_and_only_with_random_numbers():
    inputs, ones = torch.ones(50, 40), network([torch.eye(40)] * 3, [torch.zeros(40)] * 3, dropout=0.5)
    assert torch.equal(ones(inputs), inputs)
    trace = ones.trace(inputs, chance=chance())
    assert torch.equal(trace.activations[0], inputs)
    assert trace.activations[1].unique().tolist() == [0, 2]
    assert trace.outputs.unique().tolist() == [0, 4]
    assert torch.equal(trace.outputs, ones.trace(inputs, chance=chance()).outputs)


@pytest.mark.parametrize("normalization", normalizations)
def test_many_networks_at_once_are_each_of_them(normalization):
    """Parameters and inputs may carry leading axes."""
    weights, biases = [normal(3, 6, 4), normal(3, 6, 6), normal(3, 2, 6)], [normal(3, 6), normal(3, 6), normal(3, 2)]
    inputs = normal(3, 8, 4)
    together = network(weights, biases, "tanh", normalization=normalization)
    traces = together.trace(inputs, batch_statistics=True, track=True)
    for row in range(3):
        alone = network([w[row] for w in weights], [b[row] for b in biases], "tanh", normalization=normalization)
        trace = alone.trace(inputs[row], batch_statistics=True, track=True)
        for several, one in zip(traces.activations, trace.activations, strict=True):
            torch.testing.assert_close(several[row], one)
        torch.testing.assert_close(traces.outputs[row], trace.outputs)
        for several, one in zip(together.norms, alone.norms, strict=True):
            for name, value in one.state_dict().items():
                torch.testing.assert_close(several.state_dict()[name][row], value)


def test_layer_norm_agrees_with_torch():
    ours, theirs = normalizations["layer_norm"](torch.Size([5])), nn.LayerNorm(5)
    with torch.no_grad():
        for values, parameters in (
            (torch.arange(1.0, 6), (ours.scale, theirs.weight)),
            (torch.ones(5), (ours.shift, theirs.bias)),
        ):
            for parameter in parameters:
                parameter.copy_(values)
    z = 2 + 3 * normal(16, 5)
    torch.testing.assert_close(ours(z, batch_statistics=False, track=False), theirs(z))


def test_batch_norm_after_normalises_what_the_activation_gives():
    config = Config(normalization="batch_norm_after", depth=2, width=9, samples=80)
    built, inputs = build(config), load(config).inputs
    trace = built.trace(inputs, batch_statistics=True)
    torch.testing.assert_close(trace.activations[0].mean(0), torch.zeros(9), rtol=0, atol=1e-5)
    alive = trace.pre_activations[0].relu().var(0) > 0.01
    assert alive.any()
    torch.testing.assert_close(
        trace.activations[0].var(0, correction=0)[alive], torch.ones(9)[alive], rtol=1e-2, atol=0
    )


def test_normalizations_know_where_they_stand():
    assert [name for name, make in normalizations.items() if getattr(make, "after", False)] == ["batch_norm_after"]


def test_maxout_gives_the_larger_of_two_linear_functions():
    config = Config(activation="maxout", depth=2, width=3, samples=50)
    built, inputs = build(config), load(config).inputs
    assert [tuple(weight.shape) for weight in built.weights] == [(6, 64), (6, 3), (10, 3)]
    both = inputs @ built.weights[0].T + built.biases[0]
    trace = built.trace(inputs)
    torch.testing.assert_close(trace.pre_activations[0], torch.maximum(both[:, :3], both[:, 3:]))
    torch.testing.assert_close(trace.activations[0], trace.pre_activations[0])
    assert largest(torch.tensor([[1.0, 5.0, 2.0, -1.0]]), 2).tolist() == [[2, 5]]
    counted = sum(parameter.numel() for parameter in built.parameters())
    assert counted == 6 * 65 + 6 * 4 + 10 * 4


def test_prelu_trains_a_slope_in_each_layer():
    built = build(Config(activation="prelu", depth=2, width=3, samples=50))
    assert [slope.item() for slope in built.trained_slopes] == [0.25, 0.25]
    with torch.no_grad():
        built.trained_slopes[1].fill_(0.5)
    trace = built.trace(normal(20, 64))
    torch.testing.assert_close(
        trace.activations[0], torch.nn.functional.prelu(trace.pre_activations[0], torch.tensor([0.25]))
    )
    torch.testing.assert_close(
        trace.activations[1], torch.nn.functional.prelu(trace.pre_activations[1], torch.tensor([0.5]))
    )
    slopes = built.slope(torch.stack(trace.pre_activations))
    assert slopes[0].unique().tolist() == [0.25, 1]
    assert slopes[1].unique().tolist() == [0.5, 1]
    built.outputs(normal(20, 64)).sum().backward()
    assert all(slope.grad.abs() > 0 for slope in built.trained_slopes)


def test_rrelu_is_random_in_training_alone():
    ones = network([torch.eye(40)] * 2, [torch.zeros(40)] * 2, "rrelu")
    inputs = -torch.ones(50, 40)
    (seen,) = ones.trace(inputs).activations
    torch.testing.assert_close(seen, torch.full((50, 40), -11 / 48))
    (trained,) = ones.trace(inputs, chance=chance()).activations
    assert -1 / 3 <= trained.min() < -0.3 < -0.15 < trained.max() <= -1 / 8
    assert trained.mean().item() == pytest.approx(-11 / 48, abs=0.005)  # sd 0.0013
    assert torch.equal(trained, ones.trace(inputs, chance=chance()).activations[0])


@pytest.mark.parametrize("name", [name for name, entry in activations.items() if entry.pieces == 1])
def test_an_initializer_that_looks_at_data_gives_every_layer_variance_1(name):
    config = Config(activation=name, initializer="lsuv", depth=4, width=30, samples=256)
    trace = build(config).trace(load(config).inputs)
    for z in trace.pre_activations:
        assert z.std(correction=0).item() == pytest.approx(1, rel=1e-3) or not z.any()


def test_a_trained_slope_may_become_the_steepest():
    built = build(Config(activation="prelu", depth=2, width=3, samples=50))
    with torch.no_grad():
        built.trained_slopes[1].fill_(-40.0)
    assert built.max_slope.flatten().tolist() == [1, 40]
    assert build(Config(activation="relu", depth=2, width=3, samples=50)).max_slope == 1


def test_data_dependent_weights_see_the_signal_that_the_layer_gets():
    config = Config(initializer="lsuv", normalization="batch_norm_after", depth=4, width=30, samples=256)
    trace = build(config).trace(load(config).inputs, batch_statistics=True)
    for z in trace.pre_activations:
        assert z.std(correction=0).item() == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("normalization", normalizations)
@pytest.mark.parametrize("name", ["relu", "prelu", "maxout"])
@pytest.mark.parametrize("depth", [0, 3])
def test_all_parameters_are_counted(name, normalization, depth):
    config = Config(activation=name, normalization=normalization, depth=depth, width=7, samples=40)
    assert parameter_count(config) == sum(parameter.numel() for parameter in build(config).parameters())
