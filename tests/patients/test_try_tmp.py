from tests.line.collection import *
from tests.line.patients import *
from tests.people import *
from tests.world import World
def test_pages(sqlite_world: World):
    w = sqlite_world
    p = ordered_patient(w)
    enrol(w, MARTA)
    code = accepted_collection(w, p)
    c = w.client(CHLOE, "QA desk"); c._transport.raise_server_exceptions=True
    for path in ("/patients", "/patients/new", f"/patients/{p.patient_code}", f"/courses/{p.course_code}", *(f"/courses/{p.course_code}/{x}" for x in ("consent","weight","order","order?collections_planned=3","order/end","allergy","wristband","close")), f"/patients/{p.patient_code}/courses/new"):
        r = c.get(path)
        print(path, r.status_code)
        if r.status_code != 200: print("X")
        assert r.status_code == 200
