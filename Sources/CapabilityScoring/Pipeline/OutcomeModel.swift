import BoostedTrees
import StatisticalLearning

/// The scorer of one outcome: a linear part on the design, trees on the answers, or a blend of both, then calibration.
///
/// ```
/// raw = a + s · (m · linear(design) + (1 − m) · trees(answers))
/// ```
///
/// with `m` = `linearShare` and `a`, `s` the calibration. For a binary outcome `raw` is the log-odds, for a continuous
/// one the value.
public struct OutcomeModel: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable { case binary, continuous }

  public let id: String
  public let kind: Kind
  /// 1 when there are no trees, 0 when there is no linear part.
  public let linearShare: Double
  public let calibration: LinearCalibration
  public let linear: LinearPart?
  public let trees: TreeEnsemble?
  /// One refit of the whole way after the encoding per bootstrap sample of firms: linear parts, in the same order as
  /// `treeReplicates`, either of which may be empty.
  public let linearReplicates: [LinearPart]
  public let treeReplicates: [TreeEnsemble]

  public init(
    id: String, kind: Kind, linearShare: Double, calibration: LinearCalibration = .identity, linear: LinearPart?,
    trees: TreeEnsemble? = nil, linearReplicates: [LinearPart] = [], treeReplicates: [TreeEnsemble] = []
  ) {
    precondition(linearShare >= 0 && linearShare <= 1, "a share of \(linearShare)")
    precondition(linearShare == 0 || linear != nil, "a linear share without a linear part")
    precondition(linearShare == 1 || trees != nil, "a share of trees without trees")
    self.id = id
    self.kind = kind
    self.linearShare = linearShare
    self.calibration = calibration
    self.linear = linear
    self.trees = trees
    self.linearReplicates = linearReplicates
    self.treeReplicates = treeReplicates
  }

  /// The number of replicates that intervals rest on.
  public var replicateCount: Int { max(linearReplicates.count, treeReplicates.count) }
}

/// `intercept + coefficients · design`.
public struct LinearPart: Sendable, Equatable, Codable {
  public let intercept: Double
  /// One per column of the design.
  public let coefficients: [Double]

  public init(intercept: Double, coefficients: [Double]) {
    self.intercept = intercept
    self.coefficients = coefficients
  }
}

/// `intercept + slope · raw`, learned on out-of-fold raw scores.
public struct LinearCalibration: Sendable, Equatable, Codable {
  public let intercept: Double
  public let slope: Double

  public init(intercept: Double, slope: Double) {
    self.intercept = intercept
    self.slope = slope
  }

  public static let identity = LinearCalibration(intercept: 0, slope: 1)

  public func callAsFunction(_ raw: Double) -> Double { intercept + slope * raw }
}
