import Logging
import ReadAccess
import Testing

@Suite struct ReadServerTests {
    @Test func aServerIsMade() {
        _ = ReadServer(logger: Logger(label: "test"))
    }
}
