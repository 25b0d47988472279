"""A scriptable stand-in for the service, for tests, benchmarks and the demo."""
