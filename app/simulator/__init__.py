"""The whole protocol with a clock, driven by the real commands: it feeds the demo and the tests."""
