signature for tests
