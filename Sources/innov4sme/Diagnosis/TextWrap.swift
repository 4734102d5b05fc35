/// Running text in lines that a terminal and a printed page can hold.
enum TextWrap {
  static let width = 100

  /// The words of `text` in lines of at most `width` characters; every line after the first starts with `indent` spaces.
  /// No-break spaces are not broken at, French signs stay with their word, and a word longer than a line stands alone.
  static func wrapped(_ text: String, width: Int = width, first: String = "", indent: Int = 0) -> String {
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for word in pieces(text) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: indent)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    lines.append(line)
    return lines.joined(separator: "\n")
  }

  /// The words, with the signs that French sets apart kept at their word: `« mot »`, `mot :`.
  private static func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    var joinsNext = false
    for word in text.split(separator: " ") {
      let isClosing = word.first.map { ":;!?»".contains($0) } ?? false
      if joinsNext || (isClosing && !pieces.isEmpty) {
        pieces[pieces.count - 1] += " " + word
      } else {
        pieces.append(String(word))
      }
      joinsNext = word == "«"
    }
    return pieces
  }
}
