import SurveyData

// The `columns` form: from cells as they stand in the survey to the matrix of answers and marks.
//
// All columns go together: each becomes a column of keys (its numbers, or the place of its text among the codes), and
// code by code one comparison of the whole matrix tells where that code stands.
extension ScoringGraph {
  mutating func answersFromColumns() -> ONNXGraphBuilder.Value {
    guard !surveyInputs.isEmpty else {
      return builder.concatenate(inputs.names.map { builder.input($0, .double, [.rows, .count(1)]) })
    }
    let keys = builder.concatenate(keyColumns())
    let isBlank = builder.node("IsNaN", [keys])
    let matches = codeMatches(keys)
    var parts = [values(keys, isBlank: isBlank, matches: matches)]
    if !inputs.marks.isEmpty { parts.append(marks(isBlank: isBlank, matches: matches)) }
    return builder.concatenate(parts)
  }

  private mutating func keyColumns() -> [ONNXGraphBuilder.Value] {
    surveyInputs.map { input in
      let cells = builder.input(input.column, input.isText ? .string : .double, [.rows, .count(1)])
      guard input.isText else { return cells }
      let isAnswer = input.meanings.contains { $0.code.isEmpty }
      let texts = input.meanings.map(\.code) + (isAnswer ? [] : [""])
      let places = input.meanings.indices.map(Double.init) + (isAnswer ? [] : [.nan])
      return builder.node(
        "LabelEncoder", [cells],
        [
          ("keys_tensor", .tensor(Tensor(shape: [texts.count], strings: texts))),
          ("values_tensor", .tensor(Tensor(shape: [places.count], doubles: places))),
          ("default_tensor", .tensor(Tensor(shape: [1], doubles: [-1]))),
        ], domain: "ai.onnx.ml")
    }
  }

  private func row(_ value: (SurveyInput) -> Double) -> [Double] { surveyInputs.map(value) }

  /// Per place in the lists of codes: where a cell holds the code at that place.
  private mutating func codeMatches(_ keys: ONNXGraphBuilder.Value) -> [ONNXGraphBuilder.Value] {
    (0..<(surveyInputs.map(\.meanings.count).max() ?? 0)).map { place in
      let codes = row { place < $0.meanings.count ? $0.key(place) : .nan }
      return builder.double(
        builder.node("Equal", [keys, builder.constant(codes, shape: [1, codes.count], "code")]))
    }
  }

  private mutating func values(
    _ keys: ONNXGraphBuilder.Value, isBlank: ONNXGraphBuilder.Value, matches: [ONNXGraphBuilder.Value]
  ) -> ONNXGraphBuilder.Value {
    let count = surveyInputs.count
    func constantRow(_ values: [Double], _ name: String) -> ONNXGraphBuilder.Value {
      builder.constant(values, shape: [1, count], name)
    }
    let nan = builder.constant(.nan, "missing")
    let zero = builder.constant(0, "zero")
    // The level, and whether the cell holds the code of one.
    var (level, isLevel): (ONNXGraphBuilder.Value?, ONNXGraphBuilder.Value?)
    for (place, match) in matches.enumerated() {
      let levels = row { place < $0.meanings.count ? Double($0.meanings[place].level ?? 0) : 0 }
      let isOne = row { place < $0.meanings.count && $0.meanings[place].level != nil ? 1 : 0 }
      guard isOne.contains(1) else { continue }
      let value = builder.multiply(match, constantRow(levels, "code.level"))
      let found = builder.multiply(match, constantRow(isOne, "code.is_level"))
      level = level.map { builder.add($0, value) } ?? value
      isLevel = isLevel.map { builder.add($0, found) } ?? found
    }
    var values = nan
    if let level, let isLevel { values = builder.choose(builder.node("Greater", [isLevel, zero]), level, nan) }
    guard surveyInputs.contains(where: \.isQuantity) else { return values }
    return withQuantities(values, keys: keys, isBlank: isBlank, matches: matches)
  }

  private mutating func withQuantities(
    _ levels: ONNXGraphBuilder.Value, keys: ONNXGraphBuilder.Value, isBlank: ONNXGraphBuilder.Value,
    matches: [ONNXGraphBuilder.Value]
  ) -> ONNXGraphBuilder.Value {
    let count = surveyInputs.count
    let zero = builder.constant(0, "zero")
    func isSet(_ truth: [Bool], _ name: String) -> ONNXGraphBuilder.Value {
      builder.constant(Tensor(.bool, shape: [1, count], .boolean(truth)), name)
    }
    var quantities = keys
    // `log(1 + x)`, with the sign of x, where quantities count by their logarithm.
    let logarithmic = model.columns.map(\.isLogarithmic)
    if logarithmic.contains(true) {
      let one = builder.constant(1, "one")
      let magnitude = builder.node("Log", [builder.add(builder.node("Abs", [keys]), one)])
      let signed = builder.multiply(builder.node("Sign", [keys]), magnitude)
      quantities = builder.choose(isSet(logarithmic, "is_logarithmic"), signed, keys)
    }
    for (place, match) in matches.enumerated()
    where surveyInputs.contains(where: { $0.isQuantity && place < $0.meanings.count }) {
      let nan = builder.constant(.nan, "missing")
      quantities = builder.choose(builder.node("Greater", [match, zero]), nan, quantities)
    }
    return builder.choose(isSet(surveyInputs.map(\.isQuantity), "is_quantity"), quantities, levels)
  }

  /// A column of 1 and 0 per reason that the model tells apart.
  private mutating func marks(
    isBlank: ONNXGraphBuilder.Value, matches: [ONNXGraphBuilder.Value]
  ) -> ONNXGraphBuilder.Value {
    let items = inputs.marks.map(\.item)
    func isMarked(_ test: (SurveyInput, UInt8) -> Bool) -> [Double] {
      inputs.marks.map { test(surveyInputs[$0.item], $0.reason) ? 1 : 0 }
    }
    func picked(_ value: ONNXGraphBuilder.Value, _ name: String) -> ONNXGraphBuilder.Value {
      builder.gather(value, columns: items, name)
    }
    let count = items.count
    var terms: [(value: ONNXGraphBuilder.Value, isPart: [Double])] = []
    let blank = picked(builder.double(isBlank), "mark.blank")
    terms.append((blank, isMarked { _, reason in reason == MissingReason.blank.rawValue }))
    var anything = blank
    for (place, match) in matches.enumerated() {
      let match = picked(match, "mark.code")
      anything = builder.add(anything, match)
      terms.append(
        (match, isMarked { place < $0.meanings.count && $0.meanings[place].reason == $1 }))
    }
    // What is neither blank nor a code can't be read, unless numbers are answers.
    let unreadable = builder.subtract(builder.constant(1, "one"), anything)
    terms.append(
      (unreadable, isMarked { !$0.isQuantity && $1 == MissingReason.unreadable.rawValue }))
    var sum: ONNXGraphBuilder.Value?
    for term in terms where term.isPart.contains(1) {
      let part = builder.multiply(term.value, builder.constant(term.isPart, shape: [1, count], "mark.is_part"))
      sum = sum.map { builder.add($0, part) } ?? part
    }
    return sum ?? builder.multiply(blank, builder.constant([Double](repeating: 0, count: count), "mark.none"))
  }
}
