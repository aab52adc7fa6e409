/// The version of the programs.
public enum Version {
    /// As people read it.
    public static let text = "0.1.0"
}
