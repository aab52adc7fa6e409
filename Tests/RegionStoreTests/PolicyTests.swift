import Postgres
import Reasons
import Replication
import Testing

@testable import RegionStore

/// Policies by names: when they are equal, what a database objects to, what a file on the real catalogue says.
@Suite struct PolicyTests {
    private func group(_ name: String, _ columns: [String], _ rule: NamedPolicy.Rule) -> NamedPolicy.Group {
        NamedPolicy.Group(name: name, columns: columns, rule: rule)
    }

    @Test func theFingerprintDependsOnMeaningAlone() {
        var one = NamedPolicy()
        one.groups = [group("A", ["a", "b"], .newest), group("B", ["c"], .manual)]
        one.foreignKeys = [.init(columns: ["x", "y"], rule: .parkChild), .init(columns: ["z"], rule: .keepParent)]
        var other = NamedPolicy()
        other.groups = [
            group("B", ["c"], .manual), group("d", ["d"], .newest), group("A", ["b", "a"], .newest),
        ]
        other.foreignKeys = [.init(columns: ["y", "x"], rule: .parkChild)]
        #expect(one.fingerprint == other.fingerprint)
        #expect(one.groupFingerprints == other.groupFingerprints)
        #expect(NamedPolicy.differences("t", here: one, there: other) == [])
        other.groups[0].rule = .newest
        #expect(one.fingerprint != other.fingerprint)
        #expect(
            NamedPolicy.differences("t", here: one, there: other).map(\.text) == [
                "the policy of group B of table t differs: here manual over (c), there newest over (c)"
            ])
        other = one
        other.asOf = "a"
        #expect(NamedPolicy.differences("t", here: one, there: other).count == 1)
        #expect(NamedPolicy().isDefault && !one.isDefault)
    }

    @Test func columnsThatComeAndGoDoNotTrapTheMerge() {
        var policy = NamedPolicy()
        policy.groups = [group("L", ["status", "gone"], .newest)]
        let table = policy.tablePolicy(columns: ["id", "status", "L", "existence"])
        #expect(table.groups.map(\.name) == ["id", "L", "\"L\"", "\"existence\""])
        #expect(table.groups.map(\.columns) == [[0], [1], [2], [3]])
        #expect(NamedPolicy().tablePolicy(columns: ["a", "\"b"]) == TablePolicy.columns(names: ["a", "\"b"]))
    }

    @Test func aDatabaseNamesEverythingThatIsWrong() async throws {
        let fixture = try await InstallFixture.installed()
        try fixture.share(
            """
            CREATE TABLE p (id integer PRIMARY KEY);
            CREATE TABLE t (id integer PRIMARY KEY, a text, b date, c text[], p integer REFERENCES p, lo int, hi int,
                            CHECK (lo <= hi));
            """, ["p", "t"])
        var policy = NamedPolicy()
        policy.defaultRule = .home
        policy.groups = [
            group("G", ["a", "none", "id"], .home), group("G", ["a"], .union), group("existence", ["lo"], .newest),
            group("b", ["hi"], .newest), group("E", [], .newest), group("U", ["b", "c"], .union),
            NamedPolicy.Group(name: "N", columns: ["p"], rule: .newestBy, column: "a"),
            NamedPolicy.Group(name: "R", columns: ["p"], rule: .prefer, regions: ["", "77"]),
        ]
        policy.foreignKeys = [
            .init(columns: ["a"], rule: .parkChild), .init(columns: ["p"], rule: .parkChild),
            .init(columns: ["p"], rule: .keepParent),
        ]
        let owner = try fixture.owner()
        let (problems, _) = try PolicyStore.check(
            owner, [PolicyDraft(table: "t", policy: policy), PolicyDraft(table: "nothing", policy: NamedPolicy())])
        let found = problems.map { "\($0.kind.rawValue) \($0.subject)" }
        #expect(
            Set(found) == [
                "noHome home", "unknownColumn none", "keyColumn id", "duplicateGroup G", "overlap a", "notArray a",
                "reservedName existence", "nameOfColumn b", "noColumns E", "unionOfSeveral U", "outsideGroup a",
                "noOrder a", "overlap p", "badRegion ", "unknownRegion 77", "noForeignKey a",
                "duplicateForeignKey p", "splitCheck hi, lo", "unknownTable nothing",
            ])
        #expect(problems.filter(\.isWarning).map(\.kind) == [.unknownRegion, .splitCheck])
    }
}
