import Foundation
import StatisticalLearning
import SurveyData
import Testing
import _TestSupport

@testable import CapabilityScoring

@Suite("The truth of simulated surveys")
struct SimulatedTruthTests {
  /// The formula of the reference truth, written out again.
  static func logOdds(_ x: [Double]) -> (innovation: Double, export: Double) {
    let innovation: [(Int, Double)] = [(3, 0.7), (4, 0.6), (5, 0.3), (8, 0.4), (9, 0.35)]
    let export: [(Int, Double)] = [(11, 0.8), (12, 0.5), (14, 0.35), (8, 0.5), (9, 0.35)]
    return (
      innovation.reduce(-0.3) { $0 + $1.1 * (x[$1.0 - 1] - 3) }, export.reduce(-0.5) { $0 + $1.1 * (x[$1.0 - 1] - 3) }
    )
  }

  @Test("the reference truth is its formula, and its uplifts are those of the answers raised by hand")
  func referenceTruth() throws {
    let survey = try SurveySimulation.referenceTruth(firms: 300, seed: 42).simulated()
    let columns = (1...18).map { values(survey.table, "c\($0)") }
    for (row, firm) in survey.truth.firms.enumerated() {
      let x = columns.map { $0[row] }
      let now = Self.logOdds(x)
      let (pi, pe) = (1 / (1 + exp(-now.innovation)), 1 / (1 + exp(-now.export)))
      #expect(abs(firm.innovation - pi) < 1e-12 && abs(firm.export - pe) < 1e-12 && abs(firm.both - pi * pe) < 1e-12)
      var best = (gain: -1.0, name: "")
      for j in 0..<18 {
        guard x[j] < 5 else {
          #expect(firm.productUplift[j] == nil && firm.innovationUplift[j] == nil)
          continue
        }
        var raised = x
        raised[j] += 1
        let next = Self.logOdds(raised)
        let (qi, qe) = (1 / (1 + exp(-next.innovation)), 1 / (1 + exp(-next.export)))
        #expect(abs(firm.innovationUplift[j]! - (qi - pi)) < 1e-12)
        #expect(abs(firm.exportUplift[j]! - (qe - pe)) < 1e-12)
        #expect(abs(firm.productUplift[j]! - (qi * qe - pi * pe)) < 1e-12)
        if qi * qe - pi * pe > best.gain { best = (qi * qe - pi * pe, "c\(j + 1)") }
      }
      #expect(firm.orderByProduct.first == best.name)
    }
  }

  @Test("the reference truth's answers have the moments of clipped, rounded normals with one common factor")
  func referenceMoments() throws {
    let n = 20000
    let table = try SurveySimulation.referenceTruth(firms: n, seed: 9).simulated().table
    // The mean is 3 by symmetry; the variance and covariance by numerical integration over the common factor.
    let (a, b) = (values(table, "c1"), values(table, "c2"))
    let meanA = a.reduce(0, +) / Double(n)
    let meanB = b.reduce(0, +) / Double(n)
    #expect(abs(meanA - 3) < 0.04 && abs(meanB - 3) < 0.04)
    let (variance, covariance) = Self.momentsByQuadrature()
    let sampleVariance = a.reduce(0) { $0 + ($1 - meanA) * ($1 - meanA) } / Double(n)
    let sampleCovariance = zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) } / Double(n)
    #expect(abs(sampleVariance - variance) < 0.04, "\(sampleVariance) against \(variance)")
    #expect(abs(sampleCovariance - covariance) < 0.04, "\(sampleCovariance) against \(covariance)")
    #expect(Set(a) == [1, 2, 3, 4, 5])
  }

  /// Variance and covariance of `clip(round(3 + 1.1 (.55 g + .85 e)), 1, 5)`, by a fine grid over `g`.
  static func momentsByQuadrature() -> (variance: Double, covariance: Double) {
    var (total, second, cross) = (0.0, 0.0, 0.0)
    for step in -400...400 {
      let g = Double(step) / 50
      let weight = StandardNormal.density(g)
      var (mean, square, below) = (0.0, 0.0, 0.0)
      for level in 1...5 {
        let upper = level == 5 ? 1 : StandardNormal.cumulative(((Double(level) + 0.5 - 3) / 1.1 - 0.55 * g) / 0.85)
        mean += Double(level) * (upper - below)
        square += Double(level * level) * (upper - below)
        below = upper
      }
      total += weight
      second += weight * square
      cross += weight * mean * mean
    }
    return (second / total - 9, cross / total - 9)
  }

  @Test("uplifts of a survey with several items, context and countries are those of the model run again")
  func wineUplifts() throws {
    for kind in TruthKind.allCases {
      var simulation = SurveySimulation.wine(firms: 60, seed: 4, truthKind: kind)
      simulation.missing = .none
      let survey = try simulation.simulated()
      let truth = survey.truth
      let psi = CrossRatio(truth.crossRatio)
      for (row, firm) in truth.firms.enumerated() {
        let country = survey.table[column: "country"]!.text(row: row)!
        let size = values(survey.table, "size")[row]
        func probabilities(raising capability: Int?) -> (Double, Double) {
          var answers: [String: Double] = [:]
          for item in survey.codebook.items { answers[item.id] = values(survey.table, item.column)[row] }
          if let capability {
            for item in survey.codebook.capabilities[capability].items {
              answers[item.item] = min(4, answers[item.item]! + 1)
            }
          }
          let scores = survey.codebook.capabilities.map { capability in
            capability.items.reduce(0) { $0 + answers[$1.item]! } / Double(capability.items.count) - 1.6
          }
          func chance(_ path: (SurveySimulation.Effect) -> Double) -> Double {
            let beta = truth.effects.map(path)
            var eta = path(truth.intercept) + path(truth.countryShifts[country]!) + (size - 2) * path(truth.sizeEffect)
            switch kind {
            case .linear: for j in beta.indices { eta += beta[j] * scores[j] }
            case .thresholds:
              for j in beta.indices { eta += beta[j] * 0.4 * scores[j] + (scores[j] >= 0.5 ? beta[j] * 1.2 : 0) }
            case .interactions:
              let active = beta.indices.filter { beta[$0] != 0 }
              for (place, j) in active.enumerated() {
                guard place % 2 == 0 else { continue }
                guard place + 1 < active.count else {
                  eta += beta[j] * scores[j]
                  continue
                }
                let k = active[place + 1]
                eta += (beta[j] * scores[j] + beta[k] * scores[k]) / 2
                eta += (beta[j] + beta[k]) / 2 * min(scores[j], scores[k])
              }
            }
            return 1 / (1 + exp(-eta))
          }
          return (chance(\.innovation), chance(\.export))
        }
        let (pi, pe) = probabilities(raising: nil)
        #expect(abs(firm.innovation - pi) < 1e-9 && abs(firm.export - pe) < 1e-9)
        for j in truth.capabilities.indices {
          let (qi, qe) = probabilities(raising: j)
          #expect(abs((firm.innovationUplift[j] ?? 0) - (qi - pi)) < 1e-9)
          #expect(abs((firm.exportUplift[j] ?? 0) - (qe - pe)) < 1e-9)
          let both = psi.jointProbability(qi, qe) - psi.jointProbability(pi, pe)
          #expect(abs((firm.bothUplift[j] ?? 0) - both) < 1e-9)
        }
        // The order is by the smaller of the two uplifts, and names what can still rise.
        let smaller = Dictionary(
          uniqueKeysWithValues: truth.capabilities.indices.compactMap { j in
            firm.innovationUplift[j].map { (truth.capabilities[j], min($0, firm.exportUplift[j]!)) }
          })
        #expect(Set(firm.orderBySmaller) == Set(smaller.keys))
        let gains = firm.orderBySmaller.map { smaller[$0]! }
        #expect(gains == gains.sorted(by: >))
      }
    }
  }

  @Test("no step lowers a true probability", arguments: TruthKind.allCases)
  func monotone(kind: TruthKind) throws {
    let truth = try SurveySimulation.wine(firms: 200, seed: 10, truthKind: kind).simulated().truth
    for firm in truth.firms {
      for uplift in firm.innovationUplift + firm.exportUplift + firm.bothUplift { #expect((uplift ?? 0) >= 0) }
    }
  }

  @Test("outcomes are as dependent as ψ says: the pooled conditional odds ratio of firms alike")
  func dependence() throws {
    // Without effects every firm has the same two probabilities, so the 2 × 2 table estimates ψ itself.
    var simulation = SurveySimulation.referenceTruth(firms: 20000, seed: 21)
    simulation.effects = [:]
    simulation.dependence = CrossRatio(3)
    let table = try simulation.simulated().table
    var counts = [0.5, 0.5, 0.5, 0.5]
    for (i, e) in zip(values(table, "innovation"), values(table, "export")) { counts[Int(2 * i + e)] += 1 }
    let logRatio = log(counts[3] * counts[0] / (counts[1] * counts[2]))
    let error = counts.reduce(0) { $0 + 1 / $1 }.squareRoot()
    #expect(abs(logRatio - log(3)) < 4 * error, "\(exp(logRatio))")
  }
}
