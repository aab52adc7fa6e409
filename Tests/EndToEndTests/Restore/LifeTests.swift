import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// A database that is not where its origin was published from: restored, promoted, put back, copied.
    @Suite struct LifeTests {
        private func cases(_ party: Party) async throws -> String? {
            try await party.value("SELECT count(*) FROM bashu.conflict_case")
        }

        private func titles(_ party: Party) async throws -> [String] {
            try await party.rows("SELECT number || ' ' || title FROM standard ORDER BY number").compactMap { $0[0] }
        }

        private func origin(_ party: Party) async throws -> String {
            try await party.value("SELECT name FROM bashu.origin WHERE own") ?? ""
        }

        /// Rows are written to the copy before its daemon starts; what the dump lacks comes back from the peer.
        @Test func anOlderDumpGoesOnUnderANewOrigin() async throws {
            let world = try await Federation.make(regions: ["50", "51"])
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "备份之前")
            try await world.converged()
            let dump = try await world.cluster.dump(world["50"].database)
            try await world["50"].write("GB/T 2", "备份之后")
            try await world.converged()
            let former = try await origin(world["50"])
            try await world["50"].stopDaemon()

            let copy = try await world["50"].restored(dump, on: TestCluster.start(.init(identity: 1)))
            let copied = try await copy.ownBatches()
            try await copy.write("GB/T 3", "恢复之后写的")
            try await world["51"].pull(from: copy)
            try await copy.startDaemon()
            try await eventually("the copy has all", timeout: .seconds(30)) {
                try await titles(copy) == ["GB/T 1 备份之前", "GB/T 2 备份之后", "GB/T 3 恢复之后写的"]
            }
            try await converged([copy, world["51"]])
            #expect(copy.daemonLog.contains("BSH-E012"))
            #expect(try await differences(copy, world["51"]) == [])
            #expect(try await origin(copy) != former)
            #expect(try await copy.value("SELECT reason FROM bashu.life") == "it is in another cluster than before")
            #expect(try await cases(copy) == "0")
            // The former origin has what it had published, and nothing else.
            let batches = "SELECT count(*) FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id WHERE o.name = "
            #expect(try await copy.value(batches + "'\(former)'") == "\(copied.count + 1)")

            let open = "Former origin \(former) is open"
            let wide = ["COLUMNS": "300"]
            #expect(try copy.ctl("doctor", changes: wide).output.contains(open))

            // Its end, as an operator declares it, reaches the other region.
            let closed = try copy.ctl("origin", "close", former, "--reason", "旧服务器停用 \"甲\"")
            #expect(closed.status == .exited(0), "\(closed.errors)")
            #expect(try copy.ctl("doctor", changes: wide).output.contains(open) == false)
            try await world["51"].stopDaemon()
            try await world["51"].startDaemon()
            try await eventually("51 has heard of the end", timeout: .seconds(20)) {
                try await world["51"].value("SELECT reason FROM bashu.closing") == "旧服务器停用 \"甲\""
            }
            #expect(try copy.ctl("origin", "list").output.contains(former))
            try await copy.stopDaemon()
        }

        /// A standby that lacks the last batches is promoted. What it has uncut was published by the former life
        /// already, and somebody edits it before the daemon comes: no second copy of it, and no case.
        @Test func aStandbyThatIsBehindIsPromoted() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50", "51"], cluster: cluster)
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "都有")
            try await world.converged()
            try await world["50"].stopDaemon()
            let server = try TestCluster.standby(of: cluster)
            try await server.start()
            let copy = world["50"].moved(to: server)
            try await world["50"].write("GB/T 2", "备库有，尚未切出")
            try await eventually("the standby has it", timeout: .seconds(20)) { try await titles(copy).count == 2 }
            let admin = try copy.session(as: .superuser)
            try admin.execute("ALTER SYSTEM SET primary_conninfo = ''")
            try admin.execute("SELECT pg_reload_conf()")
            try await eventually("it follows no more", timeout: .seconds(20)) {
                try admin.queryOne("SELECT count(*) FROM pg_stat_wal_receiver")?.int(0) == 0
            }
            try await world["50"].startDaemon()
            try await world.converged()
            try await world["50"].write("GB/T 3", "备库没有")
            try await world.converged()
            try await world["50"].stopDaemon()

            try admin.execute("SELECT pg_promote()")
            admin.close()
            try await copy.run("UPDATE standard SET title = '切换之后改的' WHERE number = 'GB/T 2'")
            try await world["51"].pull(from: copy)
            try await copy.startDaemon()
            let expected = ["GB/T 1 都有", "GB/T 2 切换之后改的", "GB/T 3 备库没有"]
            for party in [copy, world["51"]] {
                try await eventually("\(party.name) has all", timeout: .seconds(30)) {
                    try await titles(party) == expected
                }
            }
            try await converged([copy, world["51"]])
            #expect(try await cases(copy) == "0")
            #expect(try await cases(world["51"]) == "0")
            #expect(copy.daemonLog.contains("BSH-E013"), "\(copy.daemonLog)")
            let history = """
                SELECT count(*) FROM bashu.change c JOIN bashu.shared_table t ON t.id = c.table_id
                 WHERE t.table_name = 'standard'
                """
            #expect(try await world["51"].value(history) == "4")
            #expect(try copy.ctl("verify").status == .exited(0))
            try await copy.stopDaemon()
        }

        /// The server is recovered to a moment before its last batches, which the peer has: they come back, and meet
        /// what was written there since as anybody's changes.
        @Test func recoveryToAPointInTimeGoesOnUnderANewOrigin() async throws {
            let cluster = try await TestCluster.start(.init(settings: ["wal_keep_size": "512MB"]))
            let world = try await Federation.make(regions: ["50", "51"], cluster: cluster)
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "备份之前")
            try await world.converged()
            let server = try TestCluster.copy(of: cluster)
            try await world["50"].write("GB/T 2", "备份之后，恢复点之前")
            try await world.converged()
            let admin = try world["50"].session(as: .superuser)
            try admin.execute("SELECT pg_create_restore_point('before')")
            let kept = try await world["50"].ownBatches().count
            try await world["50"].write("GB/T 3", "恢复点之后")
            try await world["50"].run("UPDATE standard SET title = '恢复点之后改的' WHERE number = 'GB/T 1'")
            try await world.converged()
            let (former, published) = (try await origin(world["50"]), try await world["50"].ownBatches().count)
            #expect(published > kept)
            try await world["50"].stopDaemon()
            try admin.execute("SELECT pg_switch_wal()")
            admin.close()

            try server.recover(from: cluster, to: "before")
            try await server.start()
            let copy = world["50"].moved(to: server)
            try await eventually("the recovery has ended", timeout: .seconds(30)) {
                try await copy.value("SELECT NOT pg_is_in_recovery()") == "t"
            }
            #expect(try await titles(copy) == ["GB/T 1 备份之前", "GB/T 2 备份之后，恢复点之前"])
            #expect(try await copy.ownBatches().count == kept)
            // Written before anybody could know what was lost.
            try await copy.run("UPDATE standard SET title = '恢复之后改的' WHERE number = 'GB/T 1'")
            try await world["51"].pull(from: copy)
            try await copy.startDaemon()
            try await eventually("the copy has what came back", timeout: .seconds(30)) {
                try await titles(copy).count == 3
            }
            try await converged([copy, world["51"]])
            #expect(try await differences(copy, world["51"]) == [])
            #expect(try await titles(copy) == [
                "GB/T 1 恢复之后改的", "GB/T 2 备份之后，恢复点之前", "GB/T 3 恢复点之后",
            ])
            // Neither had seen the other: a conflict, with both values.
            for party in [copy, world["51"]] {
                #expect(
                    try await party.value("SELECT string_agg(key || ' ' || type, ', ') FROM bashu.conflict_case")
                        == "{\"GB/T 1\"} update_origin_differs")
            }
            #expect(copy.daemonLog.contains("BSH-E012"))
            #expect(try await copy.value("SELECT reason FROM bashu.life") == """
                its timeline was 00000001 and is 00000002 now
                """)
            let batches = "SELECT count(*) FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id WHERE o.name = "
            #expect(try await copy.value(batches + "'\(former)'") == "\(published)")
            #expect(try copy.ctl("verify").status == .exited(0))
            #expect(try copy.ctl("audit").status == .exited(0))
            try await copy.stopDaemon()
        }

        /// Two databases that both believe they are 50: the second one is refused, and both say so.
        @Test func aCopyBesideTheOriginalIsRefused() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50", "51"], cluster: cluster)
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "原库")
            try await world.converged()
            let server = try TestCluster.copy(of: cluster)
            try await server.start()
            let copy = world["50"].moved(to: server)
            try await copy.pull(from: world["51"])
            try await copy.write("GB/T 9", "副本上误写的")
            try await copy.startDaemon()
            let link = try await copy.awaitLink("51") { $0.state == "held" }
            #expect(link.reason.contains("taken for a copy of it"), "\(link.reason)")
            #expect(copy.daemonLog.contains("BSH-L028"))
            let origin = try await origin(world["50"])
            try await eventually("51 has noted it", timeout: .seconds(20)) {
                try await world["51"].value("SELECT refused_origin FROM bashu.peer_life") == origin
            }
            try await eventually("the original says so", timeout: .seconds(60)) {
                try await world["50"].link("51")?.reason.contains("a copy of this database") == true
            }
            for (party, words) in [("50", "51 says: a copy of this database"), ("51", "A second database of 50")] {
                let told = try world[party].ctl("doctor", changes: ["COLUMNS": "400"]).output
                #expect(told.contains(words), "\(told)")
            }
            // The original goes on; its peers have nothing of the copy.
            try await world["50"].write("GB/T 2", "原库继续")
            try await world.converged()
            #expect(try await titles(world["51"]) == ["GB/T 1 原库", "GB/T 2 原库继续"])
            try await copy.stopDaemon()
        }

        /// The files are put back, there is no state file and no other region: an institution has more of the origin
        /// than the region itself, says so, and gives back what was lost.
        @Test func anInstitutionsWordAloneIsEnough() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(
                regions: ["50"], replicas: ["cqu": "50"], cluster: TestCluster.shared(), clusters: ["50": cluster])
            let institution = world["cqu"]
            try await world.startDaemons()
            try await world["50"].write("GB/T 1", "备份之前")
            try await world.converged()
            let server = try TestCluster.copy(of: cluster)
            try await world["50"].write("GB/T 2", "备份之后")
            try await world.converged()
            let former = try await origin(world["50"])
            try await world["50"].stopDaemon()
            await cluster.stop()

            try await server.start()
            let copy = world["50"].moved(to: server)
            try await institution.pull(from: copy)
            try await copy.startDaemon()
            try await eventually("the copy has begun a new life", timeout: .seconds(30)) {
                try await origin(copy) != former
            }
            let reason = try await copy.value("SELECT reason FROM bashu.life") ?? ""
            #expect(reason == "peer cqu has batch 2 of its origin, and the database has 1")
            // Another test's database on that server may have the same name, and so the same login.
            try institution.session(as: .superuser).script(
                """
                DO $$ BEGIN CREATE ROLE \(copy.login) LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$
                """)
            try await institution.admit(copy)
            try await copy.pull(from: institution)
            try await copy.write("GB/T 3", "新源")
            let expected = ["GB/T 1 备份之前", "GB/T 2 备份之后", "GB/T 3 新源"]
            for party in [copy, institution] {
                try await eventually("\(party.name) has all", timeout: .seconds(60)) {
                    try await titles(party) == expected
                }
            }
            #expect(try await cases(copy) == "0")
            // It is believed about what it has, and declares nobody's end.
            let refused = try institution.ctl("origin", "close", former, "--reason", "旧库停用")
            #expect(refused.status == .exited(1))
            #expect(refused.errors.contains("an institution closes no origin: close it in a region"))
            #expect(try await institution.value("SELECT count(*) FROM bashu.closing") == "0")
            try await copy.stopDaemon()
        }

        /// The files of the server are put back to an earlier state, and nobody can be asked: the daemon's state file
        /// remembers.
        @Test func filesThatWerePutBackAreNoticed() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50"], cluster: cluster)
            let region = world["50"]
            let folder = "\(cluster.dataFolder)/../state-of-the-daemon"
            try #require(try ChildProcess.run("mkdir", ["-m", "700", folder]).status == .exited(0))
            try await region.startDaemon(["STATE_DIRECTORY": folder])
            try await region.write("GB/T 1", "之前")
            try await world.converged()
            try await region.stopDaemon()
            let server = try TestCluster.copy(of: cluster)
            try await region.startDaemon(["STATE_DIRECTORY": folder])
            let former = try await origin(region)
            try await region.write("GB/T 2", "之后")
            try await world.converged()
            try await aFileThatCannotBeWrittenStopsPublishing(region, folder)
            // While it runs, no other daemon of this machine can take its place.
            try await server.start()
            let copy = region.moved(to: server)
            let second = try copy.spawnDaemon(["STATE_DIRECTORY": folder])
            try await eventually("the second one says why", timeout: .seconds(20)) {
                second.standardError.contains("another bashud on this machine")
            }
            try await copy.stopDaemon()
            try await region.stopDaemon()
            try await copy.startDaemon(["STATE_DIRECTORY": folder])
            #expect(try await origin(copy) != former)
            #expect(try await copy.value("SELECT reason FROM bashu.life") == """
                the daemon had published up to batch 4, and the database has 1
                """)
            try await copy.stopDaemon()
            // An operator's word: the state file has not heard of it, and that is no reason for yet another life.
            #expect(try copy.ctl("origin", "renew", "--yes").status == .exited(0))
            let renewed = try await origin(copy)
            try await copy.startDaemon(["STATE_DIRECTORY": folder])
            #expect(try await origin(copy) == renewed)
            try await copy.stopDaemon()
        }

        /// What was published when that was found out stays; nothing follows until the file can be written.
        private func aFileThatCannotBeWrittenStopsPublishing(_ region: Party, _ folder: String) async throws {
            let name = try await region.value("SELECT database_id::text FROM bashu.node") ?? ""
            let place = "\(folder)/\(name).life.new"
            try #require(try ChildProcess.run("mkdir", [place]).status == .exited(0))
            let before = try await region.ownBatches().count
            try await region.write("GB/T 3", "写不下")
            try await eventually("status says why", timeout: .seconds(20)) {
                let status = try await region.control("status")
                return status.status == .exited(3) && status.output.contains("state file")
            }
            #expect(region.daemonLog.contains("cannot be used: Is a directory"))
            try await region.write("GB/T 4", "等着")
            try await eventually("it has been tried again") {
                try await region.value("SELECT count(*) FROM bashu.pending") == "1"
            }
            #expect(try await region.ownBatches().count == before + 1)
            try #require(try ChildProcess.run("rmdir", [place]).status == .exited(0))
            try await eventually("it goes on", timeout: .seconds(60)) {
                try await region.ownBatches().count == before + 2
            }
        }
    }
}
