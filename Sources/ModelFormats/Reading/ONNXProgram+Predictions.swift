import BoostedTrees
import Foundation
import StatisticalLearning

extension ONNXProgram {
  /// Which output predictions are: what `ZipMap` names, else probabilities by name, else the last of reals.
  var predictionOutput: Int? {
    if let zipped = outputs.firstIndex(where: { port in
      steps.contains { $0.operatorName == "ZipMap" && $0.outputs.contains(port.slot) }
    }) {
      return zipped
    }
    if let named = outputs.firstIndex(where: { $0.name.lowercased().contains("probabilit") && $0.type != .string }) {
      return named
    }
    return outputs.lastIndex { $0.type == .float || $0.type == .double || $0.type == nil }
  }

  /// The names of the columns of a single input, where the file says them.
  func columnNames(count: Int) -> [String]? {
    guard inputs.count == 1, let names = featureNames, names.count == count, Set(names).count == count else {
      return nil
    }
    return names
  }

  /// The classes of the last classifier.
  var classNames: [String] {
    for step in steps.reversed() {
      if let classifier = step.operation as? TreeClassifierOperator { return classifier.labels.names }
      if let classifier = step.operation as? LinearClassifierOperator { return classifier.labels.names }
    }
    return []
  }

  /// One output for rows of all features, in batches that fit the budget.
  ///
  /// - Parameter texts: The features that are texts, by index.
  func predict(_ rows: Matrix, texts: [Int: [String]] = [:], output: Int) throws -> [Double] {
    var result: [Double] = []
    var start = 0
    var batch = 1024
    while start < rows.rowCount || (rows.rowCount == 0 && start == 0) {
      let count = min(batch, rows.rowCount - start)
      do {
        let tensors = try inputs(rows, texts, start..<start + count)
        let value = try runOnce(tensors, rowCount: count)[output]
        guard let numbers = value.numbers else {
          throw ModelFileError.malformed(.onnx, place: "output", reason: "it is text")
        }
        result += numbers
      } catch let exceeded as EvaluationBudget.Exceeded {
        guard count > 1 else {
          throw ModelFileError.tooLarge(
            what: exceeded == .work ? "work to score one row" : "elements of one tensor", got: .max, limit: 0)
        }
        batch = max(1, count / 4)
        continue
      }
      start += max(count, 1)
    }
    return result
  }

  private func inputs(
    _ rows: Matrix, _ texts: [Int: [String]], _ range: Range<Int>
  ) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    var column = 0
    for port in inputs {
      let width = inputs.count == 1 ? rows.columnCount : ImportedModel.width(of: port)
      guard column + width <= rows.columnCount else {
        throw ModelFileError.input(name: port.name, reason: "more columns than there are")
      }
      let values = rows.withUnsafeElements { elements in
        range.flatMap { row in (0..<width).map { elements[row * rows.columnCount + column + $0] } }
      }
      let shape = port.shape?.count == 1 ? [range.count * width] : [range.count, width]
      switch port.type {
      case .float, .double: tensors[port.name] = Tensor(reals: values, type: port.type!, shape: shape)
      case .int64, .int32:
        tensors[port.name] = Tensor(port.type!, shape: shape, .integer(values.map(CastOperator.integer)))
      case .string:
        let columns = try (column..<column + width).map { index in
          guard let values = texts[index] else {
            throw ModelFileError.input(name: port.name, reason: "it takes text, and rows are numbers")
          }
          return values
        }
        tensors[port.name] = Tensor(shape: shape, strings: range.flatMap { row in columns.map { $0[row] } })
      default: throw ModelFileError.input(name: port.name, reason: "a type that rows can't have")
      }
      column += width
    }
    return tensors
  }

  /// The one tree model that reads the features as they are (only their precision may change), as trees of this package.
  func treeModel(featureNames: [String]) -> (trees: TreeEnsemble, link: PredictionLink)? {
    guard inputs.count == 1 else { return nil }
    let isTree = { (step: Step) in step.operation is TreeEnsembleOperator || step.operation is TreeClassifierOperator }
    let found = steps.filter(isTree)
    let widths = found.map { step in
      (step.operation as? TreeEnsembleOperator)?.forest.featureCount
        ?? (step.operation as? TreeClassifierOperator)?.forest.featureCount ?? 0
    }
    guard widths.allSatisfy({ $0 <= mostFeatures }) else { return nil }
    guard found.count == 1, let step = found.first, var slot = step.inputs.first ?? nil else { return nil }
    var precision: ComparisonPrecision = inputs[0].type == .float ? .single : .double
    while slot != inputs[0].slot {
      guard let producer = steps.first(where: { $0.outputs.contains(slot) }), let source = producer.inputs.first ?? nil
      else {
        return nil
      }
      if let cast = producer.operation as? CastOperator {
        guard cast.type.isReal else { return nil }
        if cast.type == .float { precision = .single }
      } else if !(producer.operation is IdentityOperator) {
        return nil
      }
      slot = source
    }
    // Anything but labels and names after the trees changes their scores.
    let harmless = steps.allSatisfy {
      isTree($0) || $0.operation is IdentityOperator || $0.operation is CastOperator
    }
    if let regressor = step.operation as? TreeEnsembleOperator {
      guard regressor.aggregation == .sum || regressor.aggregation == .average,
        let ensemble = regressor.forest.ensemble(
          precision: precision, bases: regressor.baseValues, isOneScore: false,
          divisor: regressor.aggregation == .average ? Double(max(1, regressor.forest.roots.count)) : 1,
          names: featureNames)
      else { return nil }
      return (ensemble, harmless ? regressor.transform.link : .unknown("graph"))
    }
    guard let classifier = step.operation as? TreeClassifierOperator,
      let ensemble = classifier.forest.ensemble(
        precision: precision, bases: classifier.baseValues, isOneScore: classifier.isOneScore, divisor: 1,
        names: featureNames)
    else { return nil }
    return (ensemble, harmless ? classifier.transform.link : .unknown("graph"))
  }
}

extension PostTransform {
  var link: PredictionLink {
    switch self {
    case .none: .identity
    case .logistic: .logistic(scale: 1)
    case .softmax: .softmax
    case .softmaxZero, .probit: .unknown(rawValue)
    }
  }
}

extension TreeForest {
  /// - Parameter isOneScore: All leaves add to one target, which becomes the only output.
  func ensemble(
    precision: ComparisonPrecision, bases: [Double], isOneScore: Bool, divisor: Double, names: [String]
  ) -> TreeEnsemble? {
    guard let converted = decisionTrees(precision: precision) else { return nil }
    let outputCount = isOneScore ? 1 : targetCount
    guard outputCount <= 4096 else { return nil }
    let base = (0..<outputCount).map { output in
      bases.isEmpty ? 0 : isOneScore ? bases[bases.count - 1] : bases[bases.count == 1 ? 0 : output]
    }
    let trees =
      divisor == 1
      ? converted.trees
      : converted.trees.compactMap { tree in
        try? DecisionTree(
          nodes: tree.nodes.map { node in
            var node = node
            node.value /= divisor
            return node
          }, categorySets: tree.categorySets)
      }
    let count = max(featureCount, names.count)
    let features = (0..<count).map {
      Feature($0 < names.count && names.count >= featureCount ? names[$0] : "x\($0 + 1)")
    }
    return try? TreeEnsemble(
      trees: trees, outputs: isOneScore ? converted.targets.map { _ in 0 } : converted.targets, baseScores: base,
      features: features)
  }
}
