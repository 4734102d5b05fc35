import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// Truths that surveys are drawn from. The estimator was chosen on `mixed` and `common` of a prototype, the default order on
/// seeds 5000 to 5039 of these truths; what is reported is of seeds from 6000 on.
enum TruthDesign: String, CaseIterable {
  /// 18 capabilities of one item, eight matter, two of them for both outcomes.
  case reference
  case thresholds, interactions
  /// The reference effects on answers that correlate .64 instead of .29.
  case correlated
  /// A tenth of the reference's answers missing.
  case missing
  /// Every capability matters a little for each outcome.
  case dense
  /// Three capabilities for each outcome, none for both.
  case sparse
  /// Six capabilities that matter for both outcomes.
  case common
  /// A fifth each matters for both, for innovation only, for export only, with effects of any size.
  case mixed
  /// The short wine questionnaire: 14 capabilities, 22 items, countries, context, missing answers, dependence.
  case wine
  case wineThresholds = "wine-thresholds"

  func simulation(firms: Int, seed: UInt64) -> SurveySimulation {
    var simulation: SurveySimulation
    switch self {
    case .wine: return .wine(firms: firms, seed: seed)
    case .wineThresholds: return .wine(firms: firms, seed: seed, truthKind: .thresholds)
    case .thresholds: return .referenceTruth(firms: firms, seed: seed, truthKind: .thresholds)
    case .interactions: return .referenceTruth(firms: firms, seed: seed, truthKind: .interactions)
    default: simulation = .referenceTruth(firms: firms, seed: seed)
    }
    switch self {
    case .correlated:
      simulation.commonLoading = 0.8
      simulation.itemLoading = 0.6
    case .missing: simulation.missing = .init(dontKnow: 0.06, refused: 0.04)
    case .dense, .sparse, .common, .mixed: simulation.effects = effects(seed: seed)
    default: break
    }
    return simulation
  }

  private func effects(seed: UInt64) -> [String: SurveySimulation.Effect] {
    var effects: [String: SurveySimulation.Effect] = [:]
    for j in 0..<18 {
      var generator = CounterBasedGenerator(seed: seed, purpose: "effects " + rawValue, index: j)
      let (a, b, c) = (generator.uniform(), generator.uniform(), generator.uniform())
      func exponential(_ u: Double, mean: Double) -> Double { min(1.2, -mean * log(u)) }
      switch self {
      case .dense:
        effects["c\(j + 1)"] = .init(innovation: exponential(a, mean: 0.2), export: exponential(b, mean: 0.2))
      case .sparse:
        let size = [0.9, 0.7, 0.5]
        if j < 6 { effects["c\(j + 1)"] = j < 3 ? .init(innovation: size[j]) : .init(export: size[j - 3]) }
      case .common:
        guard j < 6 else { continue }
        let size = 0.15 + exponential(a, mean: 0.35)
        effects["c\(j + 1)"] = .init(innovation: size * (0.7 + 0.6 * b), export: size * (0.7 + 0.6 * c))
      default:
        let innovation = exponential(a, mean: 0.4)
        let export = exponential(b, mean: 0.4)
        if c < 0.2 {
          effects["c\(j + 1)"] = .init(innovation: innovation, export: export)
        } else if c < 0.4 {
          effects["c\(j + 1)"] = .init(innovation: innovation)
        } else if c < 0.6 {
          effects["c\(j + 1)"] = .init(export: export)
        }
      }
    }
    return effects
  }
}
