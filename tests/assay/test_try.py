from tests.line.assay import *
from tests.line.culture import shelf, seeded_culture, filled_bags
from app.assay.queries import lot_evidence

def test_all(world):
    at = shelf(world)
    batch, filled = filled_bags(world, at, register)
    approved_results(world, batch.culture)
    for e in world.read(lot_evidence, filled.lot_code):
        print(e.test, e.analyte, e.status, e.value, e.unit, e.finding, e.reference, e.person)
    for r in world.rows("select analyte, value, unit, censor, status from test_result where analyte like '%daudi%'"): print(r)
    assert 0
