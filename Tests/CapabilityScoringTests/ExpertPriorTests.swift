import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// Experts' weights mixed into training.
@Suite struct ExpertPriorTests {
  private static func prior(_ weights: [Int: Double]) -> ExpertPrior {
    ExpertPrior(
      source: "weights", capabilities: (1...18).map { "c\($0)" },
      outcomes: ["innovation", "export"].map { id in .init(id: id, weights: (0..<18).map { weights[$0] ?? 0 }) })
  }

  private static func trained(
    _ survey: ScoringSurvey, _ prior: ExpertPrior?, _ shrinkage: TrainingSettings.Shrinkage = .penalty
  )
    throws -> ScoringModel
  {
    var settings = ScoringTrainerTests.settings(bootstrap: 20)
    settings.prior = prior
    settings.shrinkage = shrinkage
    return try ScoringTrainer(settings: settings).train(survey)
  }

  private static func slopes(_ model: ScoringModel, _ outcome: Int = 0) -> [Double] {
    model.design.itemSlopes(coefficients: model.outcomes[outcome].linear!.coefficients, itemCount: 18)
  }

  private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let (x, y) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
    func sum(_ f: (Int) -> Double) -> Double { a.indices.reduce(0) { $0 + f($1) } }
    return sum { (a[$0] - x) * (b[$0] - y) }
      / (sum { (a[$0] - x) * (a[$0] - x) } * sum { (b[$0] - y) * (b[$0] - y) }).squareRoot()
  }

  /// Forty firms leave the experts' proportions, four thousand those of the data, whatever experts said.
  @Test func fewFirmsFollowTheExpertsManyTheData() throws {
    let right = Self.prior(ReferenceSurvey.innovation)
    let few = try Self.trained(ReferenceSurvey(firms: 40, seed: 4).survey, right)
    let weights = right.outcomes[0].weights
    #expect(try #require(few.record.outcomes[0].prior).expertShare > 0.8)
    #expect(Self.correlation(Self.slopes(few), weights) > 0.9)

    // c1, c2 and c18 count for nothing.
    let wrong = Self.prior([0: 3, 1: 2, 17: 3, 3: 1])
    let many = ReferenceSurvey(firms: 4_000, seed: 4).survey
    let (mixed, alone) = (try Self.trained(many, wrong), try Self.trained(many, nil))
    #expect(Self.correlation(Self.slopes(mixed), Self.slopes(alone)) > 0.98)
    let record = try #require(mixed.record.outcomes[0].prior)
    #expect(record.expertShare < 0.2 && record.dataAlone.loss < record.expertsAlone.loss)
    #expect(mixed.record.outcomes[0].candidates[0].loss < record.dataAlone.loss + 0.003)
    #expect(alone.record.outcomes[0].prior == nil)
  }

  /// Replicates, signs, and every weight of experts' go the same way with either kind of shrinkage.
  @Test(arguments: TrainingSettings.Shrinkage.allCases)
  func theIndexIsPutBackOnTheAnswers(shrinkage: TrainingSettings.Shrinkage) throws {
    let survey = ReferenceSurvey(firms: 150, seed: 9).survey
    let model = try Self.trained(survey, Self.prior(ReferenceSurvey.innovation), shrinkage)
    for outcome in model.outcomes {
      #expect(outcome.linearReplicates.count == 20)
      for part in [outcome.linear!] + outcome.linearReplicates {
        #expect(part.coefficients.count == model.design.columns.count)
        // The first step of an item is worth its own coefficient, each other that and its step's.
        for (column, coefficient) in zip(model.design.columns, part.coefficients) {
          var worth = coefficient
          if case .step(let item, _) = column {
            worth += part.coefficients[model.design.columns.firstIndex(of: .item(item))!]
          }
          #expect(worth >= -1e-12)
        }
      }
    }
    // Without any weight of the others' a capability that experts weigh has the share of the index.
    let record = try #require(model.record.outcomes[0].prior)
    #expect(record.scale >= 0 && (0...1).contains(record.expertShare))
    if shrinkage == .penalty {
      let index = 0.7 / 4 * record.scale
      #expect(Self.slopes(model)[2] >= index - 1e-9)
    }
  }

  @Test func settingsKeepTheExpertsAndOldOnesHaveNone() throws {
    var settings = TrainingSettings()
    settings.prior = Self.prior([0: 1])
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(TrainingSettings.self, from: data) == settings)
    let text = String(decoding: try JSONEncoder().encode(TrainingSettings()), as: UTF8.self)
    #expect(!text.contains("prior"))
    #expect(try JSONDecoder().decode(TrainingSettings.self, from: Data(text.utf8)).prior == nil)
  }

  /// An outcome that experts say nothing of is trained as without them.
  @Test func otherOutcomesAreAsBefore() throws {
    let survey = ReferenceSurvey(firms: 120, seed: 3).survey
    var prior = Self.prior([2: 1])
    prior.outcomes.removeLast()
    let (with, without) = (try Self.trained(survey, prior), try Self.trained(survey, nil))
    #expect(with.outcomes[1] == without.outcomes[1] && with.outcomes[0] != without.outcomes[0])
    #expect(with.record.outcomes[1].prior == nil)
  }
}
