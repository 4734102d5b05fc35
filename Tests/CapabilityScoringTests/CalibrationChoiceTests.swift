import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct CalibrationChoiceTests {
  /// Log-odds that are right, and outcomes that follow them.
  static func firms(_ count: Int, seed: UInt64) -> (logOdds: [Double], targets: [Double]) {
    var generator = CounterBasedGenerator(seed: seed, purpose: "calibration choice")
    let logOdds = (0..<count).map { _ in -0.5 + 1.2 * generator.normal() }
    return (logOdds, logOdds.map { generator.uniform() < sigmoid($0) ? 1 : 0 })
  }

  static func choice(
    _ scores: [Double], _ targets: [Double], _ method: TrainingSettings.CalibrationMethod = .auto
  ) throws -> CandidateScores.Calibrated {
    try CandidateScores(learner: .logistic, rawScores: [scores, scores]).calibration(
      kind: .binary, targets: targets, weights: targets.map { _ in 1 }, method: method, seed: 1)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func takesWhatHeldOutFirmsCallFor(seed: UInt64) throws {
    let (logOdds, targets) = Self.firms(3000, seed: seed)
    let right = try Self.choice(logOdds, targets)
    #expect(right.calibration == .identity)
    #expect(right.methods.map(\.method) == [.none, .temperature, .platt, .isotonic])
    #expect(right.methods[0].difference == 0 && right.methods[3].difference > 0)
    // Twice too sure: a temperature. Too low besides: slope and intercept.
    let sure = try Self.choice(logOdds.map { 2 * $0 }, targets)
    #expect(sure.calibration.intercept == 0 && abs(sure.calibration.slope - 0.5) < 0.06)
    #expect(sure.methods[1].difference < 0)
    let low = try Self.choice(logOdds.map { 2 * $0 - 2 }, targets).calibration
    #expect(abs(low.slope - 0.5) < 0.06 && abs(low.intercept - 1) < 0.2)
  }

  @Test func fewFirmsAreLeftAlone() throws {
    let (logOdds, targets) = Self.firms(900, seed: 4)
    let few = try Self.choice(logOdds.map { 3 * $0 }, targets)
    #expect(few.calibration == .identity && few.methods.isEmpty)
    let asked = try Self.choice(logOdds.map { 3 * $0 }, targets, .temperature)
    #expect(abs(asked.calibration.slope - 1 / 3) < 0.1 && asked.calibration.intercept == 0)
  }

  @Test func scoresThatCarryNothingAreLeftAlone() throws {
    let (logOdds, targets) = Self.firms(2000, seed: 5)
    #expect(try Self.choice(logOdds.map { -$0 }, targets).calibration == .identity)
    #expect(try Self.choice(logOdds.map { _ in 0.3 }, targets, .platt).calibration == .identity)
  }
}
