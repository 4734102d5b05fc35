import Testing

@testable import StatisticalLearning

@Suite struct CounterBasedGeneratorTests {
  /// The known answers that the authors publish with Random123 (kat_vectors).
  @Test func philoxMatchesItsKnownAnswers() {
    #expect(
      CounterBasedGenerator.philox(counter: (0, 0, 0, 0), key: (0, 0))
        == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = UInt32.max
    #expect(
      CounterBasedGenerator.philox(counter: (ones, ones, ones, ones), key: (ones, ones))
        == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
  }

  @Test func streamsDifferByEveryPartOfTheKey() {
    let streams = [
      CounterBasedGenerator(seed: 1, purpose: "fold"), CounterBasedGenerator(seed: 2, purpose: "fold"),
      CounterBasedGenerator(seed: 1, purpose: "bag"), CounterBasedGenerator(seed: 1, purpose: "fold", name: "a"),
      CounterBasedGenerator(seed: 1, purpose: "fold", index: 1),
      CounterBasedGenerator(seed: 1, purpose: "ab", name: "c"),
      CounterBasedGenerator(seed: 1, purpose: "a", name: "bc"),
    ]
    let first = streams.map { stream in
      var generator = stream
      return [generator.next(), generator.next(), generator.next()]
    }
    #expect(Set(first).count == streams.count)
  }

  @Test(arguments: [1, 2, 3, 7, 100])
  func indicesAreUniform(bound: Int) {
    var generator = CounterBasedGenerator(seed: 5, purpose: "test")
    var counts = [Int](repeating: 0, count: bound)
    let draws = 20_000
    for _ in 0..<draws { counts[generator.index(below: bound)] += 1 }
    let expected = Double(draws) / Double(bound)
    let chiSquare = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // Mean bound − 1, standard deviation √(2 (bound − 1)).
    #expect(chiSquare < Double(bound - 1) + 5 * (2 * Double(max(bound - 1, 1))).squareRoot())
  }

  @Test func normalsHaveTheirMoments() {
    var generator = CounterBasedGenerator(seed: 9, purpose: "test")
    let draws = (0..<40_000).map { _ in generator.normal() }
    let mean = draws.reduce(0, +) / Double(draws.count)
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws.count)
    let fourth = draws.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(draws.count)
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.03)
    #expect(abs(fourth - 3) < 0.2)
  }
}
