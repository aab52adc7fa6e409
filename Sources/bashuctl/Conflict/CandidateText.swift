import Console
import RegionStore

/// What a candidate wrote, in one text.
enum CandidateText {
    static func text(_ candidate: CaseList.Candidate, _ one: CaseList.Case) -> String {
        if candidate.deletes { return speech(WordMessage.absent) }
        if one.summary.group == CaseList.existenceGroup { return speech(WordMessage.alive) }
        return text(candidate.values, one.summary.group)
    }

    /// A single column of the group's own name needs no name.
    static func text(_ values: [CaseList.ColumnValue], _ group: String) -> String {
        if values.count == 1, values[0].column == group { return Words.value(values[0].value) }
        return values.map { "\($0.column)=\(Words.value($0.value))" }.joined(separator: ", ")
    }
}
