import BoostedTrees
import CapabilityScoring
import StatisticalLearning

/// Checks that the parts of a model fit together, so that scoring it can't go wrong: a file may come from a stranger.
enum ScoringModelCheck {
  static func check(_ model: ScoringModel) throws {
    func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
      if !condition { throw ModelFileError.malformed(.onnx, place: "scoring model", reason: reason()) }
    }
    let p = model.columns.count
    try require(p > 0 && p <= 1 << 16, "\(p) columns")
    try require(model.capabilities.count <= 1 << 16, "\(model.capabilities.count) capabilities")
    try require(Set(model.columns.map(\.feature.name)).count == p, "two columns of one name")
    for column in model.columns {
      let name = column.feature.name
      try require(
        column.capability.map(model.capabilities.indices.contains) ?? true, "column '\(name)': an unknown capability")
      try require(
        column.weight.isFinite && column.step.isFinite
          && column.topLevel.map { (0...Double(1 << 20)).contains($0) } ?? true,
        "column '\(name)': a number that is not possible")
      if case .categorical(let levelCount) = column.feature.kind {
        try require((0...1 << 20).contains(levelCount), "column '\(name)': \(levelCount) levels")
      }
    }
    try require(
      model.capabilities.allSatisfy { $0.effort.isFinite && (-1...1).contains($0.direction) },
      "a capability's effort or direction")
    try check(model.design, columns: model.columns, capabilityCount: model.capabilities.count)
    try require(!model.outcomes.isEmpty, "no outcome")
    try require(Set(model.outcomes.map(\.id)).count == model.outcomes.count, "two outcomes of one name")
    let markCount = model.design.columns.filter { if case .missing = $0 { true } else { false } }.count
    for outcome in model.outcomes { try check(outcome, model, featureCount: p + markCount, require) }
    // Reports and gates of sample size count with these.
    let records = model.record.outcomes
    try require(records.isEmpty || records.map(\.id) == model.outcomes.map(\.id), "a record of other outcomes")
    try require(
      records.allSatisfy {
        (0...1_000_000_000).contains($0.firmCount) && (0...$0.firmCount).contains($0.eventCount)
          && $0.designColumnCount >= 0
      }, "a record with impossible numbers of firms")
    if let joint = model.joint {
      let indices = model.outcomes.indices
      try require(
        indices.contains(joint.first) && indices.contains(joint.second) && joint.first != joint.second
          && model.outcomes[joint.first].kind == .binary && model.outcomes[joint.second].kind == .binary,
        "the joined outcomes are not two binary ones")
      try require(
        !joint.estimate.crossRatio.logValue.isNaN && joint.logReplicates.allSatisfy { $0.isFinite },
        "a cross-ratio that is not a number")
    }
  }

  private typealias Require = (Bool, @autoclosure () -> String) throws -> Void

  /// That every index of the design is one of a column or a capability, and its numbers are finite.
  static func check(_ design: DesignEncoding, columns: [AnswerColumn], capabilityCount: Int) throws {
    func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
      if !condition { throw ModelFileError.malformed(.onnx, place: "design", reason: reason()) }
    }
    let p = columns.count
    try require(p <= 1 << 16, "\(p) columns")
    let imputation = design.imputation
    let lists = [imputation.means, imputation.deviations, imputation.minima, imputation.maxima]
    try require(lists.allSatisfy { $0.count == p }, "the imputation is for another number of columns")
    try require(
      imputation.regression.isEmpty || imputation.regression.count == p * p,
      "the imputation's regression has another size")
    try require(
      (lists + [imputation.regression]).allSatisfy { $0.allSatisfy { $0.isFinite } },
      "the imputation has a number that is not finite")
    try require(imputation.deviations.allSatisfy { $0 > 0 }, "the imputation has a deviation that is not positive")
    try require(design.scoreItems.count == capabilityCount, "scores for another number of capabilities")
    try require(
      design.scoreItems.allSatisfy { $0.allSatisfy { $0.item >= 0 && $0.item < p && $0.share.isFinite } },
      "a score of a column that is not there")
    if let levels = design.levelItems {
      try require(levels.count == capabilityCount, "levels for another number of capabilities")
      try require(
        levels.allSatisfy { $0.allSatisfy { $0.item >= 0 && $0.item < p && $0.share.isFinite } },
        "a level of a column that is not there")
    }
    try require(!design.columns.isEmpty && Set(design.columns).count == design.columns.count, "the design's columns")
    for column in design.columns {
      switch column {
      case .item(let item), .missing(let item, _):
        try require(item >= 0 && item < p, "the design has a column of item \(item)")
      case .level(let item, let level):
        try require(item >= 0 && item < p && level >= 0 && level < 1 << 24, "the design has a level of item \(item)")
      case .score(let capability):
        try require(
          (0..<capabilityCount).contains(capability), "the design has a score of capability \(capability)")
      case .step(let item, let level):
        try require(item >= 0 && item < p && level >= 2 && level < 1 << 24, "the design has a step of item \(item)")
      case .weakest(let first, let second):
        try require(
          (0..<capabilityCount).contains(first) && (0..<capabilityCount).contains(second) && first != second
            && design.levelItems != nil, "the design has a weakest link of capabilities \(first) and \(second)")
      }
    }
  }

  private static func check(
    _ outcome: OutcomeModel, _ model: ScoringModel, featureCount: Int, _ require: Require
  ) throws {
    let q = model.design.columns.count
    let parts = [outcome.linear].compactMap { $0 } + outcome.linearReplicates
    try require(
      parts.allSatisfy {
        $0.coefficients.count == q && $0.intercept.isFinite && $0.coefficients.allSatisfy { $0.isFinite }
      },
      "outcome '\(outcome.id)': coefficients for another design")
    try require(
      outcome.calibration.slope.isFinite && outcome.calibration.intercept.isFinite,
      "outcome '\(outcome.id)': the calibration is not finite")
    let ensembles = [outcome.trees].compactMap { $0 } + outcome.treeReplicates
    try require(
      ensembles.allSatisfy { $0.features.count == featureCount && $0.baseScores.count == 1 },
      "outcome '\(outcome.id)': trees of other features")
    try require(outcome.replicateCount <= 1 << 16, "outcome '\(outcome.id)': \(outcome.replicateCount) replicates")
  }
}
