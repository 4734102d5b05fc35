import Testing

@testable import CapabilityScoring

@Suite struct CapabilityStepTests {
  private let filled: [Double] = [1, 3, 2, 2, 1, 0, 0, 0, 20]

  private func level(_ items: [Int], _ step: CapabilityStep) -> Double? {
    CapabilityStep.level(items: items, columns: HandModel.columns, filled: filled, after: step.changes)
  }

  @Test func severalStepsStopAtTheTop() {
    let one = CapabilityStep(items: [0, 1], columns: HandModel.columns, filled: filled)
    #expect(one.changes == [.init(item: 0, amount: 1), .init(item: 1, amount: 1)])
    let three = CapabilityStep(items: [0, 1], columns: HandModel.columns, filled: filled, count: 3)
    #expect(three.changes == [.init(item: 0, amount: 3), .init(item: 1, amount: 1)])
    #expect(level([0, 1], three) == 1)
    // Of three practices one is in place: two more, then no more.
    let two = CapabilityStep(items: [4, 5, 6], columns: HandModel.columns, filled: filled, count: 2)
    #expect(two.changes == [.init(item: 5, amount: 1), .init(item: 6, amount: 1)])
    #expect(CapabilityStep(items: [4, 5, 6], columns: HandModel.columns, filled: filled, count: 3) == two)
  }

  @Test(arguments: [0.55, 0.75, 1])
  func reachesATarget(target: Double) throws {
    let step = CapabilityStep(items: [0, 1], columns: HandModel.columns, filled: filled, reaching: target)
    #expect(abs(try #require(level([0, 1], step)) - target) < 1e-12)
    let practices = CapabilityStep(items: [4, 5, 6], columns: HandModel.columns, filled: filled, reaching: target)
    #expect(abs(try #require(level([4, 5, 6], practices)) - target) < 1e-12)
    for change in step.changes + practices.changes {
      #expect(
        change.amount > 0 && filled[change.item] + change.amount <= HandModel.columns[change.item].topLevel! + 1e-12)
    }
  }

  @Test func aTargetThatIsReachedChangesNothing() {
    #expect(CapabilityStep(items: [0, 1], columns: HandModel.columns, filled: filled, reaching: 0.5).isEmpty)
    #expect(CapabilityStep(items: [0, 1], columns: HandModel.columns, filled: filled, reaching: 0.2).isEmpty)
  }

  @Test func aCapabilityOfWhichLessIsBetterIsLowered() throws {
    let step = CapabilityStep(items: [0, 1], columns: HandModel.columns, filled: filled, direction: -1, reaching: 0.25)
    #expect(abs(try #require(level([0, 1], step)) - 0.25) < 1e-12)
    #expect(
      CapabilityStep(items: [0, 1], columns: HandModel.columns, filled: filled, direction: -1, reaching: 0.6).isEmpty)
  }

  @Test func quantitiesHaveNoLevel() {
    #expect(CapabilityStep.level(items: [8], columns: HandModel.columns, filled: filled) == nil)
    // Reaching a level is one step where there is none.
    let step = CapabilityStep(items: [8], columns: HandModel.columns, filled: filled, reaching: 0.9)
    #expect(step == CapabilityStep(items: [8], columns: HandModel.columns, filled: filled))
  }
}
