/// One address of the interface for programs, and all that there is to know of it: routing, reading and the
/// description of the interface go by this list alone.
struct Endpoint: Sendable {
    /// How an answer goes on where it ends.
    enum Paging: Sendable {
        /// By the number of rows before it.
        case skip
        /// Behind its last row, by that row's own member `cursor`.
        case cursor
    }

    enum Shape: Sendable {
        /// Rows.
        case list(Paging)
        /// One document, null when there is none.
        case document
    }

    /// Path below `/api/v1/`; `{id}` stands for a number or an identifier.
    let path: String
    let name: String
    let summary: String
    let statement: String
    let parameters: [ParameterSpec]
    let shape: Shape
    /// What a row, or the document, has.
    let fields: [Field]
    /// Whether the answer depends on nothing but the position, the day and the address.
    var isStable = true

    var takesID: Bool { path.contains("{id}") }
    /// What follows `{id}/`; nil when nothing does.
    var suffix: String? { takesID ? path.split(separator: "/").dropFirst(2).first.map(String.init) : nil }

    /// A member of an answer.
    struct Field: Sendable {
        let name: String
        /// As in JSON Schema.
        let type: String
        let description: String

        init(_ name: String, _ type: FieldType, _ description: String) {
            self.name = name
            self.type = type.rawValue
            self.description = description
        }
    }

    enum FieldType: String, Sendable {
        case text = #"{"type":["string","null"]}"#
        case uuid = #"{"type":["string","null"],"format":"uuid"}"#
        case date = #"{"type":["string","null"],"format":"date"}"#
        case time = #"{"type":["string","null"],"format":"date-time"}"#
        case integer = #"{"type":["integer","null"]}"#
        case boolean = #"{"type":["boolean","null"]}"#
        case texts = #"{"type":["array","null"],"items":{"type":"string"}}"#
        case object = #"{"type":["object","null"],"additionalProperties":true}"#
        case objects = #"{"type":["array","null"],"items":{"type":"object","additionalProperties":true}}"#
        case any = #"{}"#
    }
}

extension Endpoint {
    static let all = standards + lists

    private static let standards: [Endpoint] = [
        Endpoint(
            path: "standards", name: "searchStandards",
            summary: "Search: words or a number, with filters; those in force first.", statement: "http_search",
            parameters: [.q, .day, .kind, .region, .ics, .ccs, .inForce], shape: .list(.skip), fields: found),
        Endpoint(
            path: "standards/{id}", name: "getStandard", summary: "One record with everything that belongs to it.",
            statement: "http_record", parameters: [.day], shape: .document, fields: record),
        Endpoint(
            path: "standards/{id}/status", name: "getStatus",
            summary: "The status on a day, and the dates it follows from.",
            statement: "http_status", parameters: [.day], shape: .list(.skip), fields: status),
        Endpoint(
            path: "standards/{id}/replacement-chain", name: "getReplacementChain",
            summary: "The editions before and after it, in order; marks cycles.", statement: "http_replacement_chain",
            parameters: [], shape: .list(.skip), fields: chain),
        Endpoint(
            path: "standards/{id}/references", name: "getReferences",
            summary: "Its normative references, and whether they are in force on a day.", statement: "http_references",
            parameters: [.day], shape: .list(.skip), fields: references),
        Endpoint(
            path: "standards/{id}/provenance", name: "getProvenance",
            summary: "Who says so: where one value came from.",
            statement: "http_provenance", parameters: [.column.required], shape: .list(.skip), fields: provenance),
    ]

    private static let lists: [Endpoint] = [
        Endpoint(
            path: "changes", name: "listChanges", summary: "What has changed since a position.",
            statement: "http_changes", parameters: [.since], shape: .list(.cursor), fields: changes),
        Endpoint(
            path: "freshness", name: "listFreshness", summary: "How old the data of each origin are.",
            statement: "http_freshness", parameters: [], shape: .list(.skip), fields: freshness, isStable: false),
        Endpoint(
            path: "joint-standards", name: "listJointStandards",
            summary: "The joint standards of Chongqing and Sichuan, and in what their halves differ.",
            statement: "http_joint_standards", parameters: [], shape: .list(.skip), fields: joint),
        Endpoint(
            path: "classification", name: "listClassification", summary: "How many standards each class has.",
            statement: "http_classification", parameters: [.scheme.required, .prefix, .day], shape: .list(.skip),
            fields: classification),
        Endpoint(
            path: "review-due", name: "listReviewDue", summary: "Standards whose review is due on a day.",
            statement: "http_review_due", parameters: [.region, .day], shape: .list(.skip), fields: reviewDue),
        Endpoint(
            path: "drafting-ranking", name: "listDraftingRanking",
            summary: "How many standards an organisation has led the drafting of, by kind and year.",
            statement: "http_drafting_ranking", parameters: [.org.required], shape: .list(.skip), fields: ranking),
        Endpoint(
            path: "alarms", name: "listAlarms", summary: "Records that contradict each other.",
            statement: "http_alarms", parameters: [], shape: .list(.skip), fields: alarms),
    ]
}
