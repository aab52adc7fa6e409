/// Advisory locks of Bashu in a database. They are the database's own, so one key serves every database.
public enum Locks {
    /// Held by the one daemon of a database for as long as it lives, and by the installer while it works.
    public static let daemon: Int64 = 0x0062_6173_6875_0001
}
