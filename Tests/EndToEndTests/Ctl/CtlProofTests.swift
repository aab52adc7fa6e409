import Console
import Foundation
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// The proof of a record with the programs themselves: made in a region and at an institution, checked by somebody
    /// who has nothing but the file and the keys.
    @Suite struct CtlProofTests {
        private func folder() throws -> String {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("bashu-证明-\(UUID())")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
            return url.path
        }

        /// Two regions that sign, an institution, and a record on which a person has ruled.
        private func world(_ folder: String) async throws -> Federation {
            let world = try await Federation.make(regions: ["50", "51"], replicas: ["cqu": "51"])
            for (region, algorithm) in [("50", "sm2"), ("51", "ed25519")] {
                let environment = ["BASHU_HISTORY_KEY_FILE": "\(folder)/\(region).pem"]
                let made = try world[region].ctl(
                    "key", "generate", "--algorithm", algorithm, changes: environment)
                #expect(made.status == .exited(0), "\(made.errors)")
                try await world[region].startDaemon(environment)
            }
            try await world["cqu"].startDaemon()
            let entry = #"INSERT INTO "条目 ""甲""" VALUES ('GB"1', 2, '原文')"#
            try await world["50"].run(entry)
            try await world.converged()
            for region in ["50", "51"] { try await world[region].pause(region == "50" ? "51" : "50") }
            for (region, text) in [("50", "渝\t文"), ("51", "川文")] {
                try await world[region].run("UPDATE \"条目 \"\"甲\"\"\" SET \"正文\" = '\(text)'")
                try await eventually("\(region) has published it") { try await !world[region].hasWork() }
            }
            for region in ["50", "51"] { try await world[region].resume(region == "50" ? "51" : "50") }
            try await world.converged()
            let listed = try world["50"].ctl("conflict", "list", "--all", "-o", "json").output
            let handle = try #require(listed.firstMatch(of: /"winner": "([^"]+)"/)).1
            let ruled = try world["50"].ctl(
                "conflict", "resolve", String(handle), "--set", "正文=定稿", "--reason", "以会议纪要为准")
            #expect(ruled.status == .exited(0), "\(ruled.errors)")
            try await world.converged()
            // Relays pass keys and late signatures on by and by.
            try await eventually("the institution has both keys", timeout: .seconds(60)) {
                try await world["cqu"].value("SELECT count(*) FROM bashu.public_key") == "2"
            }
            return world
        }

        @Test func aRecordIsProvenToSomebodyWithoutADatabase() async throws {
            let folder = try folder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let world = try await world(folder)
            for region in ["50", "51"] {
                let shown = try world[region].ctl("key", "show")
                #expect(shown.output.contains("-----BEGIN PUBLIC KEY-----") && !shown.output.contains("PRIVATE"))
                try shown.output.write(toFile: "\(folder)/\(region).txt", atomically: true, encoding: .utf8)
            }
            let keys = ["--key", "50=\(folder)/50.txt", "--key", "51=\(folder)/51.txt"]
            var proofs: [String] = []
            for party in world.parties {
                let file = "\(folder)/\(party.name).proof"
                let made = try party.ctl("audit", "record", #"条目 "甲""#, #"GB"1"#, "2", "--to", file)
                #expect(made.status == .exited(0), "\(made.errors)")
                #expect(made.output.hasPrefix("4 changes of public.条目 \"甲\""), "\(made.output)")
                // Never over a file that is there.
                #expect(try party.ctl("audit", "record", #"条目 "甲""#, #"GB"1"#, "2", "--to", file).status == .exited(1))
                let run = try Ctl.finish(Ctl.start(["audit", "verify", file] + keys))
                #expect(run.status == .exited(0), "\(run.output) \(run.errors)")
                #expect(run.output.contains("\nPROVEN: keys that you named have signed"))
                #expect(run.lines.contains { $0.contains("正文") && $0.contains("定稿") && $0.contains("ruling") })
                #expect(run.output.contains("以会议纪要为准"))
                #expect(run.lines.allSatisfy { $0.displayWidth <= 80 }, "\(run.output)")
                proofs.append(file)
            }
            try await whatIsNotProvenIsSaid(world, proofs[2], keys, folder)
            try await theAuditNamesARowThatSomebodyEdited(world)
        }

        private func theAuditNamesARowThatSomebodyEdited(_ world: Federation) async throws {
            for party in [world["50"], world["cqu"]] {
                let clean = try party.ctl("audit")
                #expect(clean.status == .exited(0), "\(clean.output) \(clean.errors)")
                #expect(clean.output.hasSuffix("what was published, and the tables are what it says.\n"))
                // A region's daemon that is at work publishes what it finds, as written by nobody known.
                if party.name == "50" { try await party.stopDaemon() }
                try await party.run(
                    #"ALTER TABLE "条目 ""甲""" DISABLE TRIGGER ALL; UPDATE "条目 ""甲""" SET "正文" = '川文'"#,
                    as: .superuser)
                for language in ["C.UTF-8", "zh_CN.UTF-8"] {
                    let found = try party.ctl("audit", changes: ["LC_ALL": language])
                    #expect(found.status == .exited(1))
                    #expect(found.output.contains(#"{"GB\"1",2}"#) && found.output.contains("正文"), "\(found.output)")
                    #expect(found.lines.allSatisfy { $0.displayWidth <= 80 }, "\(found.output)")
                }
                let document = try party.ctl("audit", "-o", "json")
                #expect(document.status == .exited(1) && document.output.contains(#""row_altered""#))
                try await isDescribed(document.output)
                // The history itself is whole.
                let history = try party.ctl("audit", "--history-only")
                #expect(history.status == .exited(0), "\(history.output)")
            }
        }

        private func isDescribed(_ document: String) async throws {
            let path = #filePath.replacing("Tests/EndToEndTests/Ctl/CtlProofTests.swift", with: "Deploy/guide/json.md")
            let description = try String(contentsOfFile: path, encoding: .utf8)
            for match in document.matches(of: /"([a-z_]+)":/) where match.1 != "kind" {
                let isThere = description.contains("`\(match.1)`") || description.contains("`\(match.1)[]`")
                #expect(isThere, "\(match.1)")
            }
        }

        private func whatIsNotProvenIsSaid(
            _ world: Federation, _ file: String, _ keys: [String], _ folder: String
        ) async throws {
            func verify(_ arguments: [String], _ language: String = "C.UTF-8") throws -> Ctl.Run {
                try Ctl.finish(
                    Ctl.start(["audit", "verify"] + arguments, ["BASHU_CONFIG": "/nonexistent", "LC_ALL": language]))
            }
            let unnamed = try verify([file])
            #expect(unnamed.status == .exited(1) && unnamed.output.contains("NOT PROVEN:"))
            #expect(unnamed.output.contains("which you have not named"))
            let chinese = try verify([file] + keys, "zh_CN.UTF-8")
            #expect(chinese.status == .exited(0) && chinese.output.contains("已证明"))
            #expect(chinese.lines.allSatisfy { $0.displayWidth <= 80 }, "\(chinese.output)")
            let print = try #require(
                try world["50"].ctl("key", "show").lines.first { $0.contains(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/) })
            #expect(try verify([file, "--fingerprint", print, "--key", "\(folder)/51.txt"]).status == .exited(0))
            // One letter of a value; the file's own digest tells.
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacing("原文", with: "元文").write(
                toFile: "\(folder)/altered", atomically: true, encoding: .utf8)
            let altered = try verify(["\(folder)/altered"] + keys)
            #expect(altered.status == .exited(1) && altered.errors.contains("not a proof as it was made"))
            #expect(try verify(["\(folder)/none"] + keys).status == .exited(1))
            for wrong in [["--key", file], ["--fingerprint", "abc"], ["--output", "x"]] {
                #expect(try verify([file] + wrong).status == .exited(64), "\(wrong)")
            }
            try await programsAreTold(try verify([file, "-o", "json"] + keys).output, world)
            let missing = try world["50"].ctl("audit", "record", #"条目 "甲""#, "没有", "1")
            #expect(missing.status == .exited(1) && missing.output.isEmpty)
            try await theMadeFileIsDescribed(world["50"], "\(folder)/又一份 \"x\".proof")
        }

        private func theMadeFileIsDescribed(_ party: Party, _ file: String) async throws {
            let refused = try party.ctl("audit", "record", #"条目 "甲""#, #"GB"1"#, "2", "-o", "json")
            #expect(refused.status == .exited(64) && refused.output.isEmpty && refused.errors.contains("--to FILE"))
            let made = try party.ctl("audit", "record", #"条目 "甲""#, #"GB"1"#, "2", "-o", "json", "--to", file)
            #expect(made.status == .exited(0), "\(made.errors)")
            try await isDescribed(made.output)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            let found = try await party.rows(
                """
                SELECT d ->> 'kind', d ->> 'file', d ->> 'bytes', d ->> 'table', d -> 'key' ->> 0, d ->> 'row',
                       d ->> 'changes', d ->> 'unsigned', jsonb_array_length(d -> 'keys')::text,
                       (d ->> 'sha256' = encode(sha256(decode($2, 'base64')), 'hex'))::text
                  FROM (SELECT $1::jsonb) x(d)
                """, [.text(made.output), .text(bytes.base64EncodedString())])
            #expect(
                found == [
                    ["record_proof_file", file, "\(bytes.count)", "条目 \"甲\"", "GB\"1", "present", "4", "0", "2", "true"]
                ])
        }

        private func programsAreTold(_ document: String, _ world: Federation) async throws {
            #expect(document.hasPrefix("{\n  \"version\": 1,\n  \"kind\": \"record_proof\",\n  \"proven\": true,\n"))
            try await isDescribed(document)
            let found = try await world["50"].rows(
                """
                SELECT c ->> 'value', c ->> 'region', c ->> 'rule', c ->> 'reason',
                       jsonb_array_length(c -> 'candidates')
                  FROM jsonb_array_elements($1::jsonb -> 'columns') c WHERE c ->> 'column' = '正文'
                """, [.text(document)])
            #expect(found == [["定稿", "50", "ruling", "以会议纪要为准", "2"]])
        }
    }
}
