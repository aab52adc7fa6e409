enum TestClusterPlaceholder {}
