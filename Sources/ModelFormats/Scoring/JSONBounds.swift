/// What Foundation's JSON parser may be given: it recurses, so a few kilobytes of brackets could use up the stack, and it
/// keeps some thirty bytes per value, so a list of digits could take fifteen times its own size.
enum JSONBounds {
  /// - Parameter byteCount: Of the whole file, against which memory is measured.
  /// - Throws: ``ModelFileError`` when the text is nested too deep or has too many values for a file of that size.
  static func check(_ text: String, place: String, byteCount: Int, deepest: Int = 64) throws {
    var depth = 0
    var valueCount = 0
    let limit = byteCount / 6 + 1 << 15
    var isInString = false
    var isEscaped = false
    for byte in text.utf8 {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isInString = false
        }
        continue
      }
      switch byte {
      case 0x22: isInString = true
      case 0x5B, 0x7B:
        depth += 1
        valueCount += 1
        guard depth <= deepest else {
          throw ModelFileError.malformed(.onnx, place: place, reason: "nested more than \(deepest) deep")
        }
      case 0x5D, 0x7D: depth -= 1
      case 0x2C, 0x3A: valueCount += 1
      default: break
      }
    }
    guard valueCount <= limit else {
      throw ModelFileError.tooLarge(what: "values in the metadata '\(place)'", got: valueCount, limit: limit)
    }
  }
}
