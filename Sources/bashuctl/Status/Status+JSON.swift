import Console
import Reasons
import RegionStore
import Replication

extension Status {
    /// The document that `status -o json` prints; described in Deploy/guide/json.md.
    func json(_ verdict: Verdict) -> JSONValue {
        .envelope(
            "status",
            [
                "verdict": .string(verdict.word),
                "exit_status": .integer(Int64(verdict.status.rawValue)),
                "reasons": .array(
                    verdict.reasons.map {
                        ["code": .string($0.code), "subject": JSONValue($0.subject), "text": .string($0.text)]
                    }),
                "time": .time(node.now),
                "node": nodeJSON, "daemon": daemonJSON,
                "links": .array(links.map { $0.json(node.now) }),
                "consumers": .array(consumers.map { $0.json(node.now) }),
                "origins": .array(origins.map(\.json)),
                "matrix": .array(matrix.map { $0.json(node.now) }),
                "pending": [
                    "keys": .integer(pending.keys), "markers": .integer(pending.markers),
                    "oldest": .time(pending.oldest),
                ],
                "held": .array(held.map(\.json)),
                "troubles": .array(troubles.map(\.json)),
                "cases": ["open": .integer(openCases), "decided": .integer(decidedCases)],
                "log_bytes": .integer(logBytes),
            ])
    }

    private var nodeJSON: JSONValue {
        [
            "database": .string(node.database), "kind": .string(node.kind), "region": .string(node.region),
            "state": .string(node.state), "join_peer": JSONValue(node.joinPeer),
            "origin": JSONValue(node.origin?.name),
        ]
    }

    private var daemonJSON: JSONValue {
        [
            "alive": .bool(daemon.isAlive), "version": JSONValue(daemon.version),
            "pid": JSONValue(daemon.processID), "host": JSONValue(daemon.host),
            "started_at": .time(daemon.startedAt), "heartbeat_at": .time(daemon.heartbeatAt),
            "activity": JSONValue(daemon.activity), "problem": JSONValue(daemon.problem),
            "reason_codes": .codes(daemon.problem),
        ]
    }
}

extension Status.Link {
    fileprivate func json(_ now: Int64) -> JSONValue {
        [
            "peer": .string(peer), "state": .string(isPaused ? "paused" : state), "reason": JSONValue(reason),
            "reason_codes": .codes(reason),
            "sqlstate": JSONValue(sqlState), "since": .time(since), "last_contact": .time(lastContact),
            "next_try_at": .time(nextTryAt), "attempts": .integer(attempts),
            "clock_offset_ms": JSONValue(clockOffsetMilliseconds),
            "region": JSONValue(peerRegion), "node_kind": JSONValue(peerKind), "position": .vector(peerVector),
            "batches_missing": .integer(missingBatches), "rows_waiting": .integer(waitingChanges),
            "batches_unseen": .integer(unseenBatches), "lag_seconds": .seconds(lag(now)),
        ]
    }
}

extension Status.Consumer {
    fileprivate func json(_ now: Int64) -> JSONValue {
        [
            "peer": .string(peer), "login": JSONValue(login), "by_file": .bool(isByFile), "region": JSONValue(region),
            "node_kind": JSONValue(kind), "reported_at": .time(reportedAt), "position": .vector(applied),
            "batches_missing": .integer(missingBatches), "rows_waiting": .integer(waitingChanges),
            "lag_seconds": .seconds(reportedAt == nil ? nil : lag(now)), "kept_bytes": .integer(keptBytes),
            "kept_until": .time(keptUntil), "last_file": JSONValue(lastFile?.serial),
            "last_file_at": .time(lastFile?.madeAt), "clock_offset_ms": JSONValue(clockOffsetMilliseconds),
        ]
    }
}

extension Status.Origin {
    fileprivate var json: JSONValue {
        [
            "origin": .string(origin.name), "region": .string(region), "own": .bool(isOwn),
            "applied": .integer(applied), "received": .integer(received), "rows_waiting": .integer(waitingChanges),
            "through": .time(through),
            "hold": hold.map {
                [
                    "number": .integer($0.number), "reason": .string($0.reason), "reason_codes": .codes($0.reason),
                    "sqlstate": JSONValue($0.sqlState), "since": .time($0.since),
                    "attempts": .integer($0.attempts),
                ]
            } ?? .null,
        ]
    }
}

extension Status.Reach {
    fileprivate func json(_ now: Int64) -> JSONValue {
        [
            "peer": JSONValue(peer), "region": JSONValue(region), "node_kind": JSONValue(kind), "as_of": .time(asOf),
            "cells": .array(
                cells.map {
                    [
                        "origin": .string($0.origin.name), "applied": .integer($0.number),
                        "batches_missing": .integer($0.missing), "lag_seconds": .seconds($0.lag(now)),
                    ]
                }),
        ]
    }
}

extension Status.Held {
    fileprivate var json: JSONValue {
        [
            "schema": .string(table.schema), "table": .string(table.table), "reason": .string(reason),
            "rows": .integer(keys), "since": .time(since), "examples": .array(examples.map { .key($0) }),
        ]
    }
}

extension Status.Trouble {
    fileprivate var json: JSONValue {
        [
            "schema": .string(table.schema), "table": .string(table.table), "key": key.map { .key($0) } ?? .null,
            "reason": .string(reason), "reason_codes": .codes(reason),
        ]
    }
}

extension JSONValue {
    /// The values of a key, in key order.
    static func key(_ key: RowKey) -> JSONValue { .array(key.values.map { .string($0) }) }

    /// Stable codes of the sentences in a reason; Deploy/guide/json.md.
    static func codes(_ reason: String?) -> JSONValue { .strings(reason.map(ReasonBook.codes) ?? []) }

    /// Batch numbers by origin.
    static func vector(_ vector: Vector) -> JSONValue {
        .array(vector.origins.map { ["origin": .string($0.name), "number": .integer(vector[$0])] })
    }

    /// Microseconds as seconds with three decimals, or null.
    static func seconds(_ micros: Int64?) -> JSONValue { micros.map { .thousandths($0 / 1_000) } ?? .null }
}
