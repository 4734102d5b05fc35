import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct AgreementTests {
  @Test(arguments: 1...8)
  func kendallCountsPairs(seed: Int) {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let a = (0..<35).map { _ in Double(generator.index(below: 3 + 5 * seed)) }
    let b = (0..<35).map { Double(generator.index(below: 12)) + a[$0] / 3 }
    var (score, tiedA, tiedB) = (0.0, 0.0, 0.0)
    for i in 0..<35 {
      for j in 0..<i {
        score +=
          Double(((a[i] - a[j]) * (b[i] - b[j])).sign == .minus ? -1 : 1) * (a[i] == a[j] || b[i] == b[j] ? 0 : 1)
        tiedA += a[i] == a[j] ? 1 : 0
        tiedB += b[i] == b[j] ? 1 : 0
      }
    }
    #expect(agree(RankAgreement.kendallTauB(a, b), score / ((595 - tiedA) * (595 - tiedB)).squareRoot(), 1e-14))
    #expect(agree(RankAgreement.kendallTauB(a, a), 1) && agree(RankAgreement.spearman(a, a.map { -$0 }), -1))
    #expect(RankAgreement.kendallTauB(a, a.map { _ in 1 }) == nil && RankAgreement.spearman([], []) == nil)
    #expect(RankAgreement.kendallTauB([], []) == nil && RankAgreement.kendallTauB([1], [1]) == nil)
  }

  @Test func chanceIsRarelyRejected() throws {
    var small = 0
    for seed in UInt64(1)...100 {
      let p = try simulatedPredictions(rowCount: 60, seed: seed)
      var generator = CounterBasedGenerator(seed: seed, purpose: "noise")
      let noise = try BinaryPredictions(logOdds: p.logOdds.map { _ in generator.normal() }, outcomes: p.outcomes)
      if PermutationTest.areaUnderROC(noise, replicateCount: 99, seed: seed)! <= 0.05 { small += 1 }
    }
    #expect(small <= 12)
    let p = try simulatedPredictions(rowCount: 200, seed: 3)
    #expect(PermutationTest.areaUnderROC(p, replicateCount: 99, seed: 3) == 0.01)
    // A model that only knows the country is no better than chance within countries.
    let country = (0..<200).map { $0 % 2 }
    let outcomes = country.enumerated().map { $0.offset % 7 == 0 ? 1 - Double($0.element) : Double($0.element) }
    let byCountry = try BinaryPredictions(logOdds: country.map(Double.init), outcomes: outcomes)
    #expect(PermutationTest.areaUnderROC(byCountry, replicateCount: 99, seed: 3) == 0.01)
    #expect(PermutationTest.areaUnderROC(byCountry, strata: country, replicateCount: 99, seed: 3) == 1)
  }

  @Test func powerLawIsRecovered() throws {
    let counts = [50.0, 100, 200, 400, 800]
    let fit = try #require(InversePowerLaw(counts: counts, values: counts.map { 0.8 - 1.5 * pow($0, -0.6) }))
    #expect(agree(fit.asymptote, 0.8, 1e-6) && agree(fit.rate, 0.6, 1e-6) && agree(fit.scale, -1.5, 1e-5))
    #expect(agree(fit.value(at: 200), 0.8 - 1.5 * pow(200, -0.6), 1e-8))
    #expect(abs(fit.count(reaching: 0.79)! / pow(150, 1 / 0.6) - 1) < 1e-3 && fit.count(reaching: 0.81) == nil)
    #expect(InversePowerLaw(counts: [1, 2, 2], values: [1, 2, 3]) == nil)
  }

  @Test func noiseSetsACeiling() throws {
    // By simulation: the true state scored against a report with errors.
    var generator = CounterBasedGenerator(seed: 5, purpose: "test")
    let truth = (0..<40_000).map { _ in generator.uniform() < 0.3 ? 1.0 : 0 }
    let reported = truth.map { generator.uniform() < ($0 == 1 ? 0.85 : 0.1) ? 1.0 : 0 }
    let p = try BinaryPredictions(logOdds: truth, outcomes: reported)
    let ceiling = LabelNoise.areaCeiling(
      reportedRate: 0.3 * 0.85 + 0.7 * 0.1, falsePositiveRate: 0.1, falseNegativeRate: 0.15)
    #expect(abs(ceiling! - p.areaUnderROC!) < 0.01)
    #expect(LabelNoise.areaCeiling(reportedRate: 0.4, falsePositiveRate: 0, falseNegativeRate: 0) == 1)
    #expect(LabelNoise.areaCeiling(reportedRate: 0.05, falsePositiveRate: 0.1, falseNegativeRate: 0) == nil)
    // Twins: profiles with known probabilities.
    let profiles = (0..<30_000).map { $0 % 10_000 }
    let outcomes = profiles.map { generator.uniform() < (Double($0 % 10) + 0.5) / 10 ? 1.0 : 0 }
    let floor = try #require(LabelNoise.replicateFloor(profiles: profiles, outcomes: outcomes))
    let rates: [Double] = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95]
    let expected: Double = rates.reduce(0.0) { $0 + $1 * (1 - $1) } / 10
    #expect(abs(floor.brierFloor - expected) < 0.005 && floor.twinShare == 1 && floor.pairCount == 30_000)
    #expect(LabelNoise.replicateFloor(profiles: [1, 2], outcomes: [0, 1]) == nil)
  }

  @Test func modelBasedAreaIsThatOfCalibratedPredictions() throws {
    let p = try simulatedPredictions(rowCount: 20_000, seed: 5, levels: 30)
    #expect(abs(p.modelBasedArea! - p.areaUnderROC!) < 0.01)
    let few = try BinaryPredictions(probabilities: [0.2, 0.7, 0.7], outcomes: [0, 1, 0])
    var (sum, total) = (0.0, 0.0)
    for i in 0..<3 {
      for j in 0..<3 where i != j {
        let weight = few.probabilities[i] * (1 - few.probabilities[j])
        total += weight
        sum +=
          weight
          * (few.probabilities[i] > few.probabilities[j] ? 1 : few.probabilities[i] == few.probabilities[j] ? 0.5 : 0)
      }
    }
    #expect(agree(few.modelBasedArea, sum / total))
  }
}
