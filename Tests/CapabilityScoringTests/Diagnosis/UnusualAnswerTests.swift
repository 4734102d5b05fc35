import SurveyData
import Testing

@testable import CapabilityScoring

@Suite struct UnusualAnswerTests {
  private func unfamiliar(_ values: [Double], reasons: [UInt8]? = nil) -> [UnfamiliarAnswer] {
    HandModel().model.unfamiliarAnswers(
      of: HandModel.firm(values, reasons: reasons), row: 0, unreadableReason: MissingReason.unreadable.rawValue)
  }

  @Test func whatTrainingHasSeenIsFamiliar() {
    #expect(unfamiliar([1, 3, 2, 2, 1, 0, 0, 0, 20]).isEmpty)
    // A missing answer is nothing unusual, and a quantity a little beyond the others is not either.
    #expect(unfamiliar([.nan, 3, 2, 2, 1, 0, 0, .nan, 50]).isEmpty)
  }

  @Test func anUnseenLevelAQuantityFarOutAndAnUnreadableCellAreNamed() {
    #expect(unfamiliar([1, 3, 2, 2, 1, 0, 0, 2, 20]) == [.init(item: "sector", reason: .unseenLevel)])
    #expect(unfamiliar([1, 3, 2, 2, 1, 0, 0, 0, 60]) == [.init(item: "age", reason: .outOfRange)])
    #expect(unfamiliar([5, 3, 2, 2, 1, 0, 0, 0, 20]) == [.init(item: "n1", reason: .unseenLevel)])
    var reasons = [UInt8](repeating: 0, count: 9)
    reasons[2] = MissingReason.unreadable.rawValue
    #expect(unfamiliar([1, 3, .nan, 2, 1, 0, 0, 0, 20], reasons: reasons) == [.init(item: "s1", reason: .unreadable)])
  }

  private func decisive(_ values: [Double], reasons: [UInt8]? = nil) -> [DecisiveAnswer] {
    let scorer = FirmScorer(model: HandModel().model, ranker: PriorityRanker(objective: .both))
    let firm = HandModel.firm(values, reasons: reasons)
    let priorities = scorer.diagnose(firm, ids: ["f"])[0].priorities
    return MissingAnswerProbe(scorer).decisiveAnswers(answers: firm, priorities: priorities, targets: nil)
  }

  /// With every answer but one, trying the answers by hand must say the same.
  @Test(arguments: [0, 2, 5, 7])
  func aMissingAnswerIsTriedOut(item: Int) throws {
    let scorer = FirmScorer(model: HandModel().model, ranker: PriorityRanker(objective: .both))
    var values: [Double] = [1, 3, 2, 2, 1, 0, 0, 0, 20]
    let top = HandModel.columns[item].topLevel ?? 1
    func order(_ answer: Double) -> [String] {
      var changed = values
      changed[item] = answer
      return scorer.diagnose(HandModel.firm(changed), ids: ["f"])[0].priorities.map(\.capability)
    }
    let leaders = Set([0, top].map { order($0)[0] })
    values[item] = .nan
    let now = order(.nan)[0]
    let found = decisive(values)
    #expect(found.contains { $0.changesFirst } == leaders.contains { $0 != now })
    for answer in found where answer.changesFirst {
      #expect(answer.item == HandModel.columns[item].feature.name)
      #expect(
        leaders.contains(answer.rising) && answer.rising != now && answer.margin >= MissingAnswerProbe.smallestMargin)
    }
  }

  @Test func someMissingAnswerIsDecisive() {
    // Strategy is at its top. Network leads while the third practice may be in place; if it is not, quality does.
    let found = decisive([3, 3, 4, 4, 1, 1, .nan, 0, 20])
    #expect(found.map(\.item) == ["q3"] && found[0].changesFirst && found[0].rising == "quality")
  }

  /// Nobody is asked again what does not apply.
  @Test func onlyAnswersThatCanBeGivenAreAskedFor() {
    var reasons = [UInt8](repeating: 0, count: 9)
    reasons[6] = MissingReason.notApplicable.rawValue
    #expect(decisive([3, 3, 4, 4, 1, 1, .nan, 0, 20], reasons: reasons).isEmpty)
    #expect(decisive([1, 3, 2, 2, 1, 0, 0, 0, 20]).isEmpty)
  }
}
