"""Services side by side: the additive method worked by hand, no ranks, and never a crash for one service."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nearmiss_kit.analysis.funnel import POSITIONS, compare_services, draw_funnel, measure_dispersion
from nearmiss_kit.errors import AnalysisError


def counts(**services: tuple[int, int]) -> pd.DataFrame:
    rows = [(name, *counted) for name, counted in services.items()]
    return pd.DataFrame(rows, columns=["group", "records_with", "records_read"])


def test_phi_and_tau_squared_follow_spiegelhalter_by_hand():
    """Six z scores: the tenths by interpolation are -2.5 and 3.5, so that the squares sum to 6.25 + 1 + 0 + 1 + 4 + 12.25."""
    z, errors = np.array([-4.0, -1, 0, 1, 2, 5]), np.array([0.1, 0.1, 0.1, 0.1, 0.1, 0.2])
    dispersion = measure_dispersion(z, errors)
    squares = 2.5**2 + 1 + 0 + 1 + 2**2 + 3.5**2
    spread = 525 - (5 * 100**2 + 25**2) / 525
    assert (dispersion.phi, dispersion.tau2) == pytest.approx((squares / 6, (squares - 5) / spread), abs=1e-12)


def test_no_more_spread_than_chance_makes_gives_no_variance_between_services():
    assert measure_dispersion(np.array([-0.5, 0.1, 0.4]), np.full(3, 0.1)).tau2 == 0


def test_limits_are_those_of_the_arcsine_scale_by_hand():
    """Pooled .25, so that the centre is 30 degrees; 100 records, standard error .05."""
    limits = draw_funnel(0.25, np.array([100]), tau2=0).iloc[0]
    assert limits[["lower_95", "upper_998"]].tolist() == pytest.approx(
        [np.sin(np.pi / 6 - 1.959963985 * 0.05) ** 2, np.sin(np.pi / 6 + 3.090232306 * 0.05) ** 2], abs=1e-9
    )


def test_services_stand_in_order_of_name_whatever_their_share():
    comparison = compare_services(counts(Fern=(40, 50), Alder=(10, 50), Birch=(12, 50), Cedar=(9, 50)))
    assert comparison.table["group"].tolist() == ["Alder", "Birch", "Cedar", "Fern"]
    assert comparison.pooled == pytest.approx(71 / 200)


def test_a_service_far_from_the_rest_is_asked_about_and_the_rest_are_not():
    alike = {f"S{n:02}": (10 + n % 3, 50) for n in range(15)}
    comparison = compare_services(counts(**alike, Zinnia=(40, 50)))
    assert comparison.table["position"].tolist() == ["within"] * 15 + ["above_998"]
    assert comparison.sentence == "16 services around 26%. Ask why in Zinnia. The others differ no more than chance makes them."


def test_where_all_services_differ_the_limits_widen():
    comparison = compare_services(counts(**{f"S{n:02}": (5 + 4 * n, 60) for n in range(12)}))
    unadjusted = draw_funnel(comparison.pooled, np.array([60]), tau2=0)
    assert comparison.tau2 > 0
    assert comparison.table["upper_95"].iloc[0] > unadjusted["upper_95"].iloc[0]
    assert "Services differ more than chance alone explains" in comparison.sentence


@pytest.mark.parametrize("services", [{}, {"Alder": (1, 50)}, {"Alder": (1, 50), "Birch": (40, 50)}])
def test_one_or_two_services_are_too_few_to_compare(services):
    comparison = compare_services(counts(**services))
    assert (comparison.sentence[:27], np.isnan(comparison.phi), set(comparison.table["position"]) <= {"too_few"}) == (
        "Too few services to compare", True, True,
    )  # fmt: skip


def test_a_service_with_few_records_is_shown_and_not_placed():
    comparison = compare_services(counts(Alder=(10, 50), Birch=(12, 50), Cedar=(9, 50), Damson=(6, 6), Elder=(0, 0)))
    rows = comparison.table.set_index("group")
    assert rows.loc["Damson", ["records_with", "position", "why"]].tolist() == [
        6, "too_few", "6 records read, and a place among services needs 10.",
    ]  # fmt: skip
    assert (comparison.pooled, rows.loc["Elder", "position"]) == (pytest.approx(31 / 150), "too_few")


def test_a_count_above_what_it_is_out_of_is_refused():
    with pytest.raises(AnalysisError):
        compare_services(counts(Alder=(60, 50), Birch=(1, 50), Cedar=(1, 50)))


@settings(deadline=None)
@given(st.lists(st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=8))
def test_whatever_services_there_are_each_gets_a_place_or_a_reason(services):
    table = compare_services(counts(**{f"S{n}": counted for n, counted in enumerate(services)})).table
    assert len(table) == len(services)
    assert table["position"].isin(POSITIONS).all()
    assert ((table["position"] == "too_few") == (table["why"] != "")).all()


def test_none_of_eighteen_where_chance_gives_it_once_in_seventeen_stands_within():
    counts = pd.DataFrame({"group": list("abcde"), "records_with": [0, 3, 3, 4, 3], "records_read": [18, 18, 18, 18, 18]})
    assert compare_services(counts).table["position"].tolist() == ["within"] * 5


def test_a_rare_theme_at_a_few_services_is_not_called_more_than_chance():
    """One record at each of three services of nine: the zeros look far off on the arcsine scale, and are what chance gives."""
    places = {name: (int(name in "ADH"), 20) for name in "ABCDEFGHI"}
    comparison = compare_services(counts(**places))
    assert comparison.tau2 > 0
    assert comparison.sentence.endswith("They may differ no more than chance makes them; the limits leave room all the same.")


def test_the_funnel_of_the_samples_by_hand():
    """Compatibility in the samples, worked out with numpy alone: one service far off moves the limits out for all."""
    read, found = [22, 21, 22, 18, 18, 18, 20, 19, 19], [3, 12, 1, 0, 0, 0, 4, 3, 1]
    comparison = compare_services(counts(**dict(zip("ABCDEFGHI", zip(found, read, strict=True), strict=True))))
    assert (comparison.phi, comparison.tau2) == pytest.approx((4.174150518, 0.047019171))
    row = comparison.table.iloc[1]
    assert (row["upper_95"], row["upper_998"], row["lower_95"]) == pytest.approx((0.5672769, 0.8157791, 0), abs=1e-4)
