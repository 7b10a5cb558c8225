"""The training loss and the likelihood of the pen."""

import pytest
import torch

from pipeline.net import loss, mixture

WEIGHTS = torch.tensor([1.0, 10.0, 100.0])
K = 2


def draw(n: int = 50) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    source = torch.Generator().manual_seed(3)
    raw = torch.randn(n, 6 * K + 3, generator=source)
    return raw, torch.randn(n, 2, generator=source), torch.randint(3, (n,), generator=source)


def test_training_loss_is_the_sum_over_steps_of_its_formula():
    raw, offsets, pen = draw()
    offset, weighted = loss.training_loss(raw, offsets, pen, WEIGHTS)
    z = torch.softmax(raw[:, -3:].double(), dim=-1)
    expected = sum(-WEIGHTS[m].item() * torch.log(z[i, m]).item() for i, m in enumerate(pen.tolist()))
    assert weighted.item() == pytest.approx(expected, rel=1e-5)
    assert offset.item() == pytest.approx(mixture.negative_log_likelihood(raw[:, :-3], offsets).sum().item(), rel=1e-6)


def test_dividing_the_weights_out_recovers_the_true_probabilities():
    # a free softmax that minimises the weighted loss under p ends at w p / sum(w p)
    p = torch.tensor([0.80, 0.18, 0.02], dtype=torch.float64)
    logits = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([logits], max_iter=200, tolerance_grad=1e-12, tolerance_change=1e-14)

    def closure():
        optimizer.zero_grad()
        value = -(p * WEIGHTS.double() * torch.log_softmax(logits, dim=0)).sum()
        value.backward()
        return value

    optimizer.step(closure)
    recovered = loss.pen_log_probabilities(logits.detach().unsqueeze(0), WEIGHTS.double()).exp()[0]
    torch.testing.assert_close(recovered, p, rtol=1e-4, atol=1e-6)
    assert torch.softmax(logits.detach(), dim=0)[2] > 10 * p[2]  # the control: left as learnt, far too many endings


def test_step_losses_tell_the_pen_as_trained_and_unweighted():
    raw, offsets, pen = draw()
    steps = loss.step_losses(raw, offsets, pen, WEIGHTS)
    trained = torch.nn.functional.cross_entropy(raw[:, -3:], pen, reduction="none")
    unweighted = torch.nn.functional.cross_entropy(raw[:, -3:] - WEIGHTS.log(), pen, reduction="none")
    torch.testing.assert_close(steps.pen_trained, trained)
    torch.testing.assert_close(steps.pen, unweighted)
    plain = loss.step_losses(raw, offsets, pen, torch.ones(3))
    torch.testing.assert_close(plain.pen, plain.pen_trained)


def test_all_mass_on_one_state_stays_finite():
    raw, offsets, pen = draw()
    raw[:, -3:] = torch.tensor([1e4, -1e4, -1e4])
    raw.requires_grad_()
    offset, weighted = loss.training_loss(raw, offsets, pen, WEIGHTS)
    (offset + weighted).backward()
    assert torch.isfinite(weighted) and torch.isfinite(raw.grad).all()


def test_a_drawing_of_one_step_has_a_loss():
    raw, offsets, pen = draw(1)
    offset, weighted = loss.training_loss(raw, offsets, pen, WEIGHTS)
    assert torch.isfinite(offset + weighted)
