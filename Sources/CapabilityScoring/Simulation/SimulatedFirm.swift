import Foundation
import StatisticalLearning

/// One invented firm: its practice, what of it the survey shows, and its outcomes.
struct SimulatedFirm: Sendable {
  /// `SIM-0001`, `SIM-0002`, …
  let id: String
  let number: Int
  let country: Int
  /// 1, 2 or 3.
  let size: Int
  let age: Double
  /// The true level index of each item.
  let levels: [Int]
  /// What the file holds: the level's code, or that of a reason why there is no answer.
  let answers: [Double]
  let innovation: Double
  let export: Double
  let isInnovative: Bool
  let isExporter: Bool

  init(number: Int, plan: SimulationPlan) {
    let simulation = plan.simulation
    func generator(_ purpose: String, _ name: String = "") -> CounterBasedGenerator {
      CounterBasedGenerator(seed: simulation.seed, purpose: purpose, name: name, index: number)
    }
    func normal(_ purpose: String, _ name: String = "") -> Double {
      var stream = generator(purpose, name)
      return stream.normal()
    }
    func uniform(_ purpose: String, _ name: String = "") -> Double {
      var stream = generator(purpose, name)
      return stream.uniform()
    }
    self.number = number
    let digits = String(number + 1)
    id = "SIM-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    country = simulation.countries.isEmpty ? 0 : Int(uniform("country") * Double(simulation.countries.count))
    let common = normal("common factor")
    // Larger firms have more practice: the cuts leave about 55, 35 and 10 % in the three classes.
    let latentSize = 0.4 * common + 0.92 * normal("context", "size")
    size = latentSize < 0.12 ? 1 : latentSize < 1.28 ? 2 : 3
    age = min(200, max(1, exp(3.1 + 0.7 * normal("context", "age")).rounded()))

    let factors = plan.dimensions.map { normal("dimension factor", $0) }
    var levels: [Int] = []
    var answers: [Double] = []
    levels.reserveCapacity(plan.items.count)
    answers.reserveCapacity(plan.items.count)
    let rates = simulation.missing
    let dontKnow = rates.dontKnow * (rates.isInformative ? exp(-0.5 * common) : 1)
    for item in plan.items {
      var practice =
        simulation.commonLoading * common + simulation.dimensionLoading * factors[item.dimension]
        + simulation.itemLoading * normal("item", item.column)
      if !plan.countryPractices.isEmpty { practice += plan.countryPractices[country][item.dimension] }
      let level = item.thresholds.reduce(0) { $0 + (practice > $1 ? 1 : 0) }
      levels.append(level)
      // One draw decides whether and why, so that a higher rate only adds to what is missing.
      let draw = uniform("missing", item.column)
      if draw < rates.refused {
        answers.append(SimulatedCode.refused)
      } else if draw < rates.refused + rates.notApplicable {
        answers.append(SimulatedCode.notApplicable)
      } else if draw < rates.refused + rates.notApplicable + dontKnow {
        answers.append(SimulatedCode.dontKnow)
      } else {
        answers.append(item.codes[level])
      }
    }
    self.levels = levels
    self.answers = answers

    let context = plan.context(country: country, size: size)
    (innovation, export) = plan.probabilities(scores: plan.scores(levels: levels), context: context)
    isInnovative = uniform("outcome", "innovation") < innovation
    let both = simulation.dependence.jointProbability(innovation, export)
    let conditional = isInnovative ? both / innovation : (export - both) / (1 - innovation)
    isExporter = uniform("outcome", "export") < conditional
  }
}

/// The codes of simulated files for answers that are missing, those of the wine questionnaire.
enum SimulatedCode {
  static let notAsked = -6.0
  static let refused = -7.0
  static let notApplicable = -8.0
  static let dontKnow = -9.0
  static let all = [notAsked, refused, notApplicable, dontKnow]
}
