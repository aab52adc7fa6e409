extension MergeDesk {
    /// What a terminal of this width shows.
    public func lines(width: Int, style: Style, _ speech: Speech) -> [String] {
        var lines = [style.paint(title.printable.truncated(to: width), .strong), ""]
        lines += sideTable(speech).lines(width: width, style: style)
        lines.append("")
        switch stage {
        case .reason, .confirming: lines += summary(width, style, speech)
        case .field(let index), .all(let index), .entering(let index, _):
            lines += fieldTable(index, speech).lines(width: width, style: style)
            lines.append("")
            lines += detail(index, speech).lines(width: width, style: style)
            lines.append("")
            lines += prompt(index, speech).wrapped(to: width)
        }
        return lines
    }

    private func sideTable(_ speech: Speech) -> Table {
        var table = Table([
            .init("#", .right), .init(speech(WordMessage.handle)), .init(speech(WordMessage.region)),
            .init(speech(WordMessage.who), .left, .truncate), .init(speech(WordMessage.when)),
        ])
        for (index, side) in sides.enumerated() {
            table.add([Cell("\(index + 1)"), Cell(side.handle), Cell(side.region), Cell(side.who), Cell(side.when)])
        }
        return table
    }

    /// Every field side by side, the current one marked; a star marks what stands now.
    private func fieldTable(_ current: Int, _ speech: Speech) -> Table {
        let names = sides.enumerated().map { "\($0.offset + 1) \($0.element.region)" }
        var table = Table(
            [
                .init(""), .init(speech(WordMessage.field), .left, .truncate),
                .init(speech(WordMessage.before), .left, .truncate),
            ] + names.map { .init($0, .left, .truncate) } + [.init(speech(WordMessage.chosen), .left, .truncate)])
        for (index, field) in fields.enumerated() {
            let values = field.values.enumerated().map { side, value in
                Cell(
                    text(value, speech) + (field.winner == side ? " *" : ""),
                    choices[index] == .side(side) ? .good : .normal)
            }
            let chosen = value(of: index).map { Cell(text($0, speech), .good) } ?? ""
            table.add(
                [Cell(index == current ? ">" : ""), Cell(field.name), Cell(text(field.before, speech), .faint)]
                    + values + [chosen])
        }
        return table
    }

    /// The current field with its values whole.
    private func detail(_ index: Int, _ speech: Speech) -> KeyValues {
        let field = fields[index]
        var pairs = KeyValues()
        pairs.add(speech(DeskMessage.field), Cell(field.name, .strong))
        if field.before != .nothing { pairs.add(speech(WordMessage.base), Cell(text(field.before, speech))) }
        for (side, value) in field.values.enumerated() where value != .nothing {
            let mark = field.winner == side ? " *" : ""
            pairs.add("\(side + 1) \(sides[side].region)\(mark)", Cell(text(value, speech)))
        }
        return pairs
    }

    private func prompt(_ index: Int, _ speech: Speech) -> String {
        let numbers = sides.count == 1 ? "1" : "1-\(sides.count)"
        switch stage {
        case .all: return speech(DeskMessage.all, ["numbers": numbers])
        case .entering(_, let text):
            return speech(DeskMessage.enter, ["field": fields[index].name, "text": text.printable])
        default:
            let values: KeyValuePairs = ["numbers": numbers, "field": "\(index + 1)", "count": "\(fields.count)"]
            return speech(fields[index].takesText ? DeskMessage.keys : DeskMessage.keysOfRow, values)
        }
    }

    private func summary(_ width: Int, _ style: Style, _ speech: Speech) -> [String] {
        var table = Table([
            .init(speech(WordMessage.field), .left, .truncate), .init(speech(WordMessage.now), .left, .truncate),
            .init(speech(WordMessage.chosen), .left, .wrap),
        ])
        for (index, field) in fields.enumerated() {
            guard let value = value(of: index), !deletes || value == .deleted else { continue }
            let now = field.winner.map { field.values[$0] } ?? .nothing
            table.add([
                Cell(field.name), Cell(text(now, speech), .faint),
                Cell(text(value, speech), now == value ? .normal : .good),
            ])
        }
        var lines = table.lines(width: width, style: style) + [""]
        if stage == .reason {
            lines += speech(DeskMessage.reason, ["text": reason.printable]).wrapped(to: width)
        } else {
            lines += speech(CaseMessage.reason, ["text": reason]).printable.wrapped(to: width)
            lines += [""] + speech(DeskMessage.confirm).wrapped(to: width)
        }
        return lines
    }

    private func text(_ value: Value, _ speech: Speech) -> String {
        switch value {
        case .nothing: "-"
        case .null: speech(WordMessage.null)
        case .text(let text): text
        case .deleted: speech(WordMessage.absent)
        case .kept: speech(WordMessage.alive)
        }
    }
}
