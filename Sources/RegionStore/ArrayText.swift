/// Arrays of text that hold no NULL, as the statements of this module return them.
package enum ArrayText {
    /// The elements of `{a,"b c"}`; a NULL element becomes an empty string, which no caller's array holds.
    package static func parse(_ text: String) throws -> [String] {
        guard let elements = TextArray.parse(text) else {
            throw StoreError.unexpectedResult("an array was expected, not: \(text)")
        }
        return elements.map { $0 ?? "" }
    }
}
