"""Patients and courses: who the cells belong to, and the chart that shows their whole line."""
