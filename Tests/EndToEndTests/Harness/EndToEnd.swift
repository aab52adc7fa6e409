import Testing

/// The root of every test that starts daemons: one at a time, because each is given the whole machine.
///
///     extension EndToEnd {
///         @Suite struct PauseTests { … }
///     }
@Suite(.serialized) enum EndToEnd {}
