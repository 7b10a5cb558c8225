"""The handles that are learnt: against KanjiVG's own curves, and geometry alone as the control."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from pipeline import fit, handles
from pipeline.handles import Handles, HandlesError
from tests.test_fit import away

# KanjiVG, (c) Ulrich Apel, CC BY-SA 3.0: strokes of 56fd and 6797, whose curves resampling keeps few points of
STROKES = {
    "a frame's side": [[(19, 16.82), (20.09, 17.91), (20.61, 19.33), (20.61, 21.23)],
                       [(20.61, 21.23), (20.61, 35.88), (20.39, 66.13), (20.39, 92.76)]],
    "a hook": [[(66.25, 13.5), (67.5, 14), (68.25, 15.75), (68.5, 16.75)],
               [(68.5, 16.75), (68.75, 17.75), (68.25, 68), (68.25, 89.25)],
               [(68.25, 89.25), (68.25, 102), (63.62, 93.12), (62.25, 91.75)]],
}  # fmt: skip


def kept(cubics):
    """The points that `parse.rule: bezier` keeps."""
    points = [cubics[0][0]]
    for cubic in cubics:
        count = int(min(3, 1 + np.hypot(*(cubic[3] - cubic[0])) // 10))
        points += list(fit.evaluate(cubic[None], count)[1:])
    return np.array(points)


@pytest.mark.parametrize("name", STROKES)
def test_the_curve_between_the_points_is_kanjivg_s(name):
    own = np.array(STROKES[name], float)
    points = kept(own)
    found = fit.fit(points, how=Handles.load().through)
    line = fit.evaluate(own, 40)
    assert away(fit.evaluate(found, 40), line) < 0.7 and away(line, fit.evaluate(found, 40)) < 0.7
    assert len(found) <= len(own) + 1


def test_control_geometry_alone_misses_the_hook():
    own = np.array(STROKES["a hook"], float)
    assert away(fit.evaluate(own, 40), fit.evaluate(fit.fit(kept(own)), 40)) > 3


def test_handles_and_cubics_are_one_another_s_inverse():
    cubics = np.array(STROKES["a hook"], float)
    points = np.concatenate((cubics[:, 0], cubics[-1:, 3]))
    np.testing.assert_allclose(handles.placed(points, handles.of_cubics(cubics)), cubics, atol=1e-9)


def test_tangents_meet_but_at_corners():
    points = np.array([[10, 10], [40, 12], [80, 10], [80, 60], [80, 95]], float)
    controls, corners = Handles.load().through(points)
    leave, enter = controls[1:, 1] - controls[1:, 0], controls[:-1, 3] - controls[:-1, 2]
    turn = np.degrees(np.abs(np.angle((leave @ [1, 1j]) / (enter @ [1, 1j]))))
    smooth = np.isin(np.arange(1, 4), corners, invert=True)
    assert smooth.any() and (turn[smooth] < 1e-6).all() and (turn[~smooth] > handles.EDGE).all()


def test_another_unit_gives_the_same_curve():
    points, through = kept(np.array(STROKES["a hook"], float)), Handles.load().inside(1090, 1090)
    np.testing.assert_allclose(through(points * 10)[0], Handles.load().through(points)[0] * 10)


def test_a_file_that_is_none(tmp_path):
    (tmp_path / "x").write_bytes(b"none")
    with pytest.raises(HandlesError, match="holds no net of handles .*; it is part of the repository"):
        Handles.load(tmp_path / "x")


def test_a_net_of_other_features_is_told_apart(tmp_path):
    tensors = {
        f"{i}.{name}": np.zeros((4, 19)[: 2 - (name == "bias")]) for i in range(3) for name in ("weight", "bias")
    }
    save_file(tensors, tmp_path / "old.safetensors")
    with pytest.raises(HandlesError, match="old.safetensors is of 19 features a chord, not 49; `python benchmarks/"):
        Handles.load(tmp_path / "old.safetensors")


def test_features_are_of_the_chord_and_its_surroundings():
    """Each row by itself, from its own formula; and what is beyond the stroke's ends is zero."""
    points = np.array([[10, 20], [20, 20], [20, 40]], float)
    first, second = handles.features(points)
    np.testing.assert_allclose(first[:3], [0, 1, 0], atol=1e-12)  # as long as CHORD, to the right
    np.testing.assert_allclose(second[:3], [np.log(2), 0, 1], atol=1e-12)
    np.testing.assert_allclose(first[3:35], [*[0] * 16, 0, 1, np.log(2), 1, *[0] * 12], atol=1e-12)
    np.testing.assert_allclose(second[3:35], [*[0] * 12, 0, -1, -np.log(2), 1, *[0] * 16], atol=1e-12)
    sizes = np.log1p([3, 1, 0, 1, 2])  # all of it, before, after, wide, high, in chords
    np.testing.assert_allclose(second[35:43], [*sizes, *np.log1p([2, 1, 0])], atol=1e-12)
    np.testing.assert_allclose(second[43:], [-1 / 3, 0, 0, 0, 40 / 109, 40 / 109], atol=1e-12)
