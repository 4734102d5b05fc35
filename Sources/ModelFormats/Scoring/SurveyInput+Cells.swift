import SurveyData

// From answers back to cells: what golden rows are scored with in the `columns` form.
extension SurveyInput {
  /// What stands in the survey: one of the two is used.
  struct Cell {
    var text = ""
    var number = Double.nan
  }

  /// A reason that cells of this column can say: `reason` itself, else a blank.
  func possibleReason(nearest reason: UInt8) -> UInt8 {
    if reason == MissingReason.unreadable.rawValue, !isQuantity { return reason }
    return meanings.contains { $0.reason == reason } ? reason : MissingReason.blank.rawValue
  }

  private func cell(ofCode index: Int) -> Cell {
    Cell(text: meanings[index].code, number: isText ? .nan : key(index))
  }

  /// The cell that says an answer, or why there is none.
  ///
  /// - Parameters:
  ///   - reason: The reason that is marked; `nil` when the model does not tell it apart.
  ///   - isTold: Whether the model tells a reason apart.
  func cell(value: Double?, reason: UInt8?, isTold: (UInt8) -> Bool) -> Cell {
    let unknown = Cell(text: Self.unknownText, number: Self.unknownNumber)
    if let value {
      if isQuantity { return Cell(number: value) }
      return meanings.firstIndex { $0.level.map(Double.init) == value }.map(cell(ofCode:)) ?? unknown
    }
    if let reason {
      if let index = meanings.firstIndex(where: { $0.reason == reason }) { return cell(ofCode: index) }
      return reason == MissingReason.unreadable.rawValue ? unknown : Cell()
    }
    // Missing for a reason that is not told apart.
    if !isTold(MissingReason.blank.rawValue) { return Cell() }
    if let index = meanings.firstIndex(where: { $0.reason.map { !isTold($0) } ?? false }) { return cell(ofCode: index) }
    return isQuantity ? Cell() : unknown
  }
}
