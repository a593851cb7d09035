"""Material lots, equipment and places: everything a culture touches that is not the patient's."""
