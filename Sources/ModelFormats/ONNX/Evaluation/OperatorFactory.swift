import Foundation
import StatisticalLearning

/// Makes the operator of a node, its attributes checked. What is not here is refused by name.
enum OperatorFactory {
  static func make(_ node: OperatorNode) throws -> any Operator {
    switch node.message.domain {
    case "", "ai.onnx": return try standard(node)
    case "ai.onnx.ml": return try machineLearning(node)
    default: throw ModelFileError.unknownOperator(name: node.message.opType, domain: node.message.domain)
    }
  }

  private static func standard(_ node: OperatorNode) throws -> any Operator {
    let name = node.message.opType
    if let unary = unary(name) {
      try node.requireInputs(1...1)
      return unary
    }
    if let variadic = variadic(name) {
      try node.requireInputs(variadic.isBinary ? 2...2 : 1...64)
      return variadic.operation
    }
    if let structural = try structural(node) { return structural }
    if let reduction = try reduction(node) { return reduction }
    throw ModelFileError.unknownOperator(name: name, domain: node.message.domain)
  }

  private static func unary(_ name: String) -> (any Operator)? {
    switch name {
    case "Exp": UnaryOperator { exp($0) }
    case "Log": UnaryOperator { log($0) }
    case "Sqrt": UnaryOperator { $0.squareRoot() }
    case "Sigmoid": UnaryOperator { sigmoid($0) }
    case "Tanh": UnaryOperator { tanh($0) }
    case "Erf": UnaryOperator { erf($0) }
    case "Relu": UnaryOperator { $0.isNaN ? $0 : Swift.max($0, 0) }
    case "Softplus": UnaryOperator { logOnePlusExp($0) }
    case "Reciprocal": UnaryOperator { 1 / $0 }
    case "Floor": UnaryOperator { $0.rounded(.down) }
    case "Ceil": UnaryOperator { $0.rounded(.up) }
    case "Round": UnaryOperator { $0.rounded(.toNearestOrEven) }
    case "Neg": UnaryOperator({ -$0 }, integer: { 0 &- $0 })
    case "Abs": UnaryOperator({ abs($0) }, integer: { $0 < 0 ? 0 &- $0 : $0 })
    case "Sign":
      UnaryOperator({ $0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, integer: { $0.signum() })
    case "Not": NotOperator()
    case "IsNaN": ClassificationOperator { $0.isNaN }
    case "IsInf": ClassificationOperator { $0.isInfinite }
    case "Identity", "Dropout": IdentityOperator()
    case "Shape": ShapeOperator()
    default: nil
    }
  }

  private static func variadic(_ name: String) -> (operation: any Operator, isBinary: Bool)? {
    switch name {
    case "Add": (ArithmeticOperator(real: { $0 + $1 }, integer: { $0 &+ $1 }), true)
    case "Sub": (ArithmeticOperator(real: { $0 - $1 }, integer: { $0 &- $1 }), true)
    case "Mul": (ArithmeticOperator(real: { $0 * $1 }, integer: { $0 &* $1 }), true)
    case "Div":
      (
        ArithmeticOperator(
          real: { $0 / $1 }, integer: { $1 == 0 ? nil : $0.dividedReportingOverflow(by: $1).partialValue }),
        true
      )
    case "Pow":
      (ArithmeticOperator(real: { pow($0, $1) }, integer: { CastOperator.integer(pow(Double($0), Double($1))) }), true)
    case "Max":
      (
        ArithmeticOperator(real: { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }, integer: { Swift.max($0, $1) }),
        false
      )
    case "Min":
      (
        ArithmeticOperator(real: { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }, integer: { Swift.min($0, $1) }),
        false
      )
    case "Sum": (ArithmeticOperator(real: { $0 + $1 }, integer: { $0 &+ $1 }), false)
    case "Mean": (ArithmeticOperator(real: { $0 + $1 }, integer: { $0 &+ $1 }, averages: true), false)
    case "Equal": (ComparisonOperator(kind: .equal), true)
    case "Less": (ComparisonOperator(kind: .less), true)
    case "LessOrEqual": (ComparisonOperator(kind: .lessOrEqual), true)
    case "Greater": (ComparisonOperator(kind: .greater), true)
    case "GreaterOrEqual": (ComparisonOperator(kind: .greaterOrEqual), true)
    case "And": (LogicalOperator { $0 && $1 }, true)
    case "Or": (LogicalOperator { $0 || $1 }, true)
    case "Xor": (LogicalOperator { $0 != $1 }, true)
    default: nil
    }
  }

  private static func structural(_ node: OperatorNode) throws -> (any Operator)? {
    func axesAttribute() -> [Int]? { node.has("axes") ? node.integers("axes") : nil }
    switch node.message.opType {
    case "Constant":
      try node.requireInputs(0...0)
      if let value = try node.tensor("value") { return ConstantOperator(value: value) }
      if node.has("value_float") {
        return ConstantOperator(value: Tensor(shape: [], floats: [try node.float("value_float", default: 0)]))
      }
      if node.has("value_int") {
        return ConstantOperator(value: Tensor(shape: [], int64s: [Int64(try node.integer("value_int", default: 0))]))
      }
      if node.has("value_floats") {
        let values = node.floats("value_floats")
        return ConstantOperator(value: Tensor(shape: [values.count], floats: values))
      }
      if node.has("value_ints") {
        let values = node.integers("value_ints")
        return ConstantOperator(value: Tensor(shape: [values.count], int64s: values.map { Int64($0) }))
      }
      throw node.failure("a constant of a kind that is not supported")
    case "Cast":
      try node.requireInputs(1...1)
      let code = try node.integer("to", default: 0)
      guard let raw = Int32(exactly: code), let type = ElementType(rawValue: raw) else {
        throw node.failure("element type \(code)")
      }
      return CastOperator(type: type)
    case "Where":
      try node.requireInputs(3...3)
      return WhereOperator()
    case "Clip":
      try node.requireInputs(1...3)
      return ClipOperator(
        lower: try node.float("min", default: -.infinity), upper: try node.float("max", default: .infinity))
    case "Reshape":
      let shape = node.has("shape") ? node.integers("shape") : nil
      try node.requireInputs(shape == nil ? 2...2 : 1...1)
      return ReshapingOperator(kind: .reshape(shape, allowsZero: try node.integer("allowzero", default: 0) != 0))
    case "Flatten":
      try node.requireInputs(1...1)
      return ReshapingOperator(kind: .flatten(axis: try node.integer("axis", default: 1)))
    case "Squeeze":
      try node.requireInputs(1...2)
      return ReshapingOperator(kind: .squeeze(axesAttribute()))
    case "Unsqueeze":
      try node.requireInputs(node.has("axes") ? 1...1 : 2...2)
      return ReshapingOperator(kind: .unsqueeze(axesAttribute()))
    case "Concat":
      try node.requireInputs(1...100_000)
      return ConcatOperator(axis: try node.integer("axis", default: 1))
    case "Gather":
      try node.requireInputs(2...2)
      return GatherOperator(axis: try node.integer("axis", default: 0))
    case "Slice":
      guard node.has("starts") else {
        try node.requireInputs(3...5)
        return SliceOperator(attributes: nil)
      }
      try node.requireInputs(1...1)
      return SliceOperator(attributes: (node.integers("starts"), node.integers("ends"), axesAttribute()))
    case "Split":
      try node.requireInputs(1...2)
      return SplitOperator(
        axis: try node.integer("axis", default: 0), sizes: node.has("split") ? node.integers("split") : nil,
        outputCount: node.outputCount)
    case "Transpose":
      try node.requireInputs(1...1)
      return TransposeOperator(permutation: node.has("perm") ? node.integers("perm") : nil)
    case "Expand":
      try node.requireInputs(2...2)
      return FillOperator(value: nil)
    case "ConstantOfShape":
      try node.requireInputs(1...1)
      let value = try node.tensor("value") ?? Tensor(shape: [1], floats: [0])
      try node.require(value.count == 1, "a value that is not one number")
      return FillOperator(value: value)
    default: return nil
    }
  }

  private static func reduction(_ node: OperatorNode) throws -> (any Operator)? {
    let kinds: [String: ReductionOperator.Kind] = [
      "ReduceSum": .sum, "ReduceMean": .mean, "ReduceMax": .max, "ReduceMin": .min, "ReduceProd": .product,
      "ReduceSumSquare": .sumOfSquares, "ReduceL1": .l1, "ReduceL2": .l2, "ReduceLogSumExp": .logSumExp,
    ]
    let name = node.message.opType
    if let kind = kinds[name] {
      try node.requireInputs(1...2)
      return ReductionOperator(
        kind: kind, axes: node.has("axes") ? node.integers("axes") : nil,
        keepsDimensions: try node.integer("keepdims", default: 1) != 0,
        leavesAloneWithoutAxes: try node.integer("noop_with_empty_axes", default: 0) != 0)
    }
    switch name {
    case "ArgMax", "ArgMin":
      try node.requireInputs(1...1)
      return ArgumentOperator(
        axis: try node.integer("axis", default: 0), keepsDimensions: try node.integer("keepdims", default: 1) != 0,
        isLargest: name == "ArgMax")
    case "Softmax", "LogSoftmax":
      try node.requireInputs(1...1)
      let isOld = node.operatorSetVersion < 13
      return SoftmaxOperator(
        axis: try node.integer("axis", default: isOld ? 1 : -1), joinsAxes: isOld, takesLogarithm: name == "LogSoftmax")
    case "MatMul":
      try node.requireInputs(2...2)
      return MatrixProductOperator()
    case "Gemm":
      try node.requireInputs(2...3)
      return MatrixProductOperator(
        alpha: try node.float("alpha", default: 1), beta: try node.float("beta", default: 1),
        transposesFirst: try node.integer("transA", default: 0) != 0,
        transposesSecond: try node.integer("transB", default: 0) != 0)
    default: return nil
    }
  }

  private static func machineLearning(_ node: OperatorNode) throws -> any Operator {
    switch node.message.opType {
    case "ArrayFeatureExtractor":
      try node.requireInputs(2...2)
      return GatherOperator(axis: -1, extractsFeatures: true)
    case "FeatureVectorizer":
      try node.requireInputs(1...100_000)
      return FeatureVectorizerOperator()
    default: try node.requireInputs(1...1)
    }
    switch node.message.opType {
    case "ZipMap": return IdentityOperator()
    case "Binarizer": return BinarizerOperator(threshold: try node.float("threshold", default: 0))
    case "Scaler":
      let (offsets, scales) = (node.floats("offset"), node.floats("scale"))
      return ScalerOperator(offsets: offsets.isEmpty ? [0] : offsets, scales: scales.isEmpty ? [1] : scales)
    case "Imputer":
      let isInteger = node.has("imputed_value_int64s")
      let values =
        isInteger ? node.integers("imputed_value_int64s").map(Double.init) : node.floats("imputed_value_floats")
      try node.require(!values.isEmpty, "no value to impute")
      let replaced =
        isInteger
        ? Double(try node.integer("replaced_value_int64", default: 0))
        : try node.float("replaced_value_float", default: 0)
      return ImputerOperator(replaced: replaced, values: values, isInteger: isInteger)
    case "OneHotEncoder":
      let integers = node.integers("cats_int64s")
      let strings = try node.strings("cats_strings")
      try node.require(integers.isEmpty != strings.isEmpty, "categories of both kinds, or of none")
      return OneHotEncoderOperator(
        integers: Dictionary(integers.enumerated().map { (Int64($1), $0) }, uniquingKeysWith: { first, _ in first }),
        strings: Dictionary(strings.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }),
        count: max(integers.count, strings.count), allowsUnknown: try node.integer("zeros", default: 1) != 0)
    case "LabelEncoder": return try LabelEncoderOperator(node)
    case "Normalizer":
      guard let norm = NormalizerOperator.Norm(rawValue: try node.string("norm", default: "MAX")) else {
        throw node.failure("a norm that is not known")
      }
      return NormalizerOperator(norm: norm)
    case "LinearRegressor":
      return LinearRegressorOperator(
        linear: try LinearScores(node, outputCount: try node.integer("targets", default: 1)),
        transform: try PostTransform(node))
    case "LinearClassifier": return try LinearClassifierOperator(node)
    case "TreeEnsembleClassifier": return try TreeClassifierOperator(node)
    case "TreeEnsembleRegressor", "TreeEnsemble": return try treeEnsemble(node)
    default: throw ModelFileError.unknownOperator(name: node.message.opType, domain: node.message.domain)
    }
  }

  private static func treeEnsemble(_ node: OperatorNode) throws -> any Operator {
    let isNew = node.message.opType == "TreeEnsemble"
    let forest =
      isNew
      ? try TreeForest(newer: node)
      : try TreeForest(older: node, prefix: "target", targetCount: try node.integer("n_targets", default: 1))
    let aggregation: TreeForest.Aggregation?
    if isNew {
      let all: [TreeForest.Aggregation] = [.average, .sum, .min, .max]
      let code = try node.integer("aggregate_function", default: 1)
      aggregation = all.indices.contains(code) ? all[code] : nil
    } else {
      aggregation = TreeForest.Aggregation(rawValue: try node.string("aggregate_function", default: "SUM"))
    }
    guard let aggregation else { throw node.failure("an aggregation that is not known") }
    let baseValues = try isNew ? [] : node.reals(tensor: "base_values_as_tensor", floats: "base_values")
    try node.require(
      [0, 1, forest.targetCount].contains(baseValues.count) && baseValues.allSatisfy { $0.isFinite },
      "\(baseValues.count) base values for \(forest.targetCount) targets")
    return TreeEnsembleOperator(
      forest: forest, aggregation: aggregation, baseValues: baseValues, transform: try PostTransform(node))
  }
}
