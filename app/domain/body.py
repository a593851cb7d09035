"""Numbers of a patient's body that doses and collections rest on. Not the patient's record."""

from __future__ import annotations

from decimal import Decimal

from app.domain.errors import Invalid
from app.domain.finite import positive
from app.domain.vocabulary import Sex

_NADLER = {
    Sex.MALE: (Decimal("0.3669"), Decimal("0.03219"), Decimal("0.6041")),
    Sex.FEMALE: (Decimal("0.3561"), Decimal("0.03308"), Decimal("0.1833")),
}


def total_blood_volume_l(sex: Sex, *, height_m: Decimal, weight_kg: Decimal) -> Decimal:
    """Blood volume, L = a h^3 + b w + c (Nadler 1962, Surgery 51:224). Refuses when the sex is not known."""
    if sex not in _NADLER:
        raise Invalid("sex_not_known", "The blood volume needs the patient's sex, female or male. Record it first.")
    cubic, linear, constant = _NADLER[sex]
    height, weight = positive(height_m, "the height"), positive(weight_kg, "the body weight")
    return cubic * height**3 + linear * weight + constant


def body_surface_area_mosteller_m2(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Body surface, m2 = sqrt(cm x kg / 3600) (Mosteller 1987, N Engl J Med 317:1098)."""
    return (positive(height_cm, "the height") * positive(weight_kg, "the body weight") / 3600).sqrt()


def body_surface_area_du_bois_m2(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Body surface, m2 = 0.007184 cm^0.725 kg^0.425 (Du Bois 1916, Arch Intern Med 17:863)."""
    height, weight = positive(height_cm, "the height"), positive(weight_kg, "the body weight")
    return Decimal("0.007184") * height ** Decimal("0.725") * weight ** Decimal("0.425")


def weight_change_percent(baseline_kg: Decimal, current_kg: Decimal) -> Decimal:
    """100 x (current - baseline) / baseline; a loss is negative."""
    baseline = positive(baseline_kg, "the first body weight")
    return 100 * (positive(current_kg, "the body weight") - baseline) / baseline
