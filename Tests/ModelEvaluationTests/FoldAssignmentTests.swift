import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct FoldAssignmentTests {
  private func outcomes(_ rowCount: Int, _ seed: UInt64) -> [[Double]] {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test")
    return [0.3, 0.2].map { rate in (0..<rowCount).map { _ in generator.uniform() < rate ? 1 : 0 } }
  }

  @Test(arguments: 1...8)
  func stratifiedFoldsAreEven(seed: Int) throws {
    let strata = Strata.combinations(of: outcomes(83 + seed, UInt64(seed)))
    let folds = try FoldAssignment.stratified(strata: strata, foldCount: 5, repeatCount: 3, seed: UInt64(seed))
    #expect(folds.repeatCount == 3 && folds.splits.count == 15)
    for ids in folds.foldIDs {
      let sizes = (0..<5).map { fold in ids.count { $0 == fold } }
      #expect(sizes.max()! - sizes.min()! <= 1)
      for stratum in Set(strata) {
        let counts = (0..<5).map { fold in ids.indices.count { ids[$0] == fold && strata[$0] == stratum } }
        #expect(counts.max()! - counts.min()! <= 1)
      }
    }
    #expect(Set(folds.foldIDs).count == 3)
    #expect(
      try folds == FoldAssignment.stratified(strata: strata, foldCount: 5, repeatCount: 3, seed: UInt64(seed)))
    #expect(
      try folds != FoldAssignment.stratified(strata: strata, foldCount: 5, repeatCount: 3, seed: UInt64(seed + 100)))
  }

  @Test func everyRowIsTestedOncePerRepeat() throws {
    let folds = try FoldAssignment.unstratified(rowCount: 23, foldCount: 4, repeatCount: 2, seed: 1)
    for repeatIndex in 0..<2 {
      let splits = folds.splits.filter { $0.repeatIndex == repeatIndex }
      #expect(splits.flatMap(\.testRows).sorted() == Array(0..<23))
      for split in splits { #expect((split.trainingRows + split.testRows).sorted() == Array(0..<23)) }
    }
  }

  @Test func rowsOfWeightZeroHaveNoSay() throws {
    let strata = Strata.combinations(of: outcomes(60, 3))
    let few = try FoldAssignment.stratified(strata: strata, foldCount: 5, repeatCount: 2, seed: 9)
    let more = try FoldAssignment.stratified(
      strata: strata + [0, 1, 2, 0], foldCount: 5, repeatCount: 2, seed: 9,
      weights: [Double](repeating: 2, count: 60) + [0, 0, 0, 0])
    #expect(more.foldIDs.map { Array($0.prefix(60)) } == few.foldIDs)
    let groups = (0..<60).map { $0 / 3 }
    let grouped = try FoldAssignment.grouped(groups: groups, strata: strata, foldCount: 4, seed: 2)
    let groupedMore = try FoldAssignment.grouped(
      groups: groups + [3, 99], strata: strata + [0, 7], foldCount: 4, seed: 2,
      weights: [Double](repeating: 1, count: 60) + [0, 0])
    #expect(Array(groupedMore.foldIDs[0].prefix(60)) == grouped.foldIDs[0])
    #expect(groupedMore.foldIDs[0][60] == grouped.foldIDs[0][9])
  }

  @Test(arguments: 1...6)
  func groupsAreNeverSplit(seed: Int) throws {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let groups = (0..<200).map { _ in generator.index(below: 40) * 7 }
    let strata = Strata.combinations(of: outcomes(200, UInt64(seed)))
    let folds = try FoldAssignment.grouped(
      groups: groups, strata: strata, foldCount: 5, repeatCount: 3, seed: UInt64(seed))
    for ids in folds.foldIDs {
      for group in Set(groups) { #expect(Set(ids.indices.filter { groups[$0] == group }.map { ids[$0] }).count == 1) }
      let sizes = (0..<5).map { fold in ids.count { $0 == fold } }
      #expect(sizes.min()! >= 34 && sizes.max()! <= 46)
    }
    let tight = try FoldAssignment.grouped(groups: [0, 0, 0, 0, 0, 0, 1, 2], foldCount: 3, seed: 1)
    #expect(Set(tight.foldIDs[0]).count == 3)
  }

  @Test func oneGroupIsLeftOut() throws {
    let folds = try FoldAssignment.leaveOneGroupOut(labels: ["CL", "AR", "FR", "AR", "CL"])
    #expect(folds.foldNames == ["AR", "CL", "FR"])
    #expect(folds.foldIDs == [[1, 0, 2, 0, 1]])
    #expect(folds.splits.map(\.testRows) == [[1, 3], [0, 4], [2]])
    #expect(throws: EvaluationError.self) { try FoldAssignment.leaveOneGroupOut(labels: ["AR", "AR"]) }
  }

  @Test(arguments: 1...6)
  func theFutureIsNeverLearnedFrom(seed: Int) throws {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let times = (0..<90).map { _ in Double(generator.index(below: 5 + 10 * seed)) }
    let folds = try FoldAssignment.timeOrdered(times: times, testCount: 4)
    #expect(folds.splits.count == 4)
    for split in folds.splits {
      #expect(split.trainingRows.map { times[$0] }.max()! < split.testRows.map { times[$0] }.min()!)
    }
    #expect(throws: EvaluationError.self) { try FoldAssignment.timeOrdered(times: [1, 1, 2], testCount: 2) }
    // A long last time must not swallow the blocks before it.
    let late = try FoldAssignment.timeOrdered(times: [1, 2, 3, 3, 3, 3, 3, 3], testCount: 2)
    #expect(late.foldIDs == [[0, 1, 2, 2, 2, 2, 2, 2]] && late.splits.count == 2)
  }

  @Test func impossibleFoldsAreRefused() {
    #expect(throws: EvaluationError.self) { try FoldAssignment.unstratified(rowCount: 4, foldCount: 5, seed: 1) }
    #expect(throws: EvaluationError.self) { try FoldAssignment.unstratified(rowCount: 4, foldCount: 1, seed: 1) }
    #expect(throws: EvaluationError.self) {
      try FoldAssignment.unstratified(rowCount: 4, foldCount: 2, repeatCount: 0, seed: 1)
    }
    #expect(throws: EvaluationError.self) { try FoldAssignment.grouped(groups: [1, 1, 2], foldCount: 3, seed: 1) }
  }

  @Test func strataAreJoint() {
    #expect(Strata.combinations(of: [[0, 0, 1, 1, 0], [0, 1, 0, 1, 0]]) == [0, 1, 2, 3, 0])
    #expect(Strata.combinations(of: [[5, 5, 7], [2, 2, 2]]) == [0, 0, 1])
    #expect(Strata.quantileGroups(of: [1, 2, 3, 4, 4, 4], groupCount: 3) == [0, 0, 1, 2, 2, 2])
  }

  @Test func bootstrapDrawsUnitsWithinStrata() {
    let strata = (0..<60).map { $0 % 3 }
    let clusters = (0..<60).map { $0 / 6 * 3 + $0 % 3 }  // 30 clusters of two rows of the same stratum
    let weights = (0..<60).map { $0 < 54 ? 1.0 : 0 }
    for replicate in 0..<20 {
      let plain = BootstrapSample.counts(rowCount: 60, replicate: replicate, seed: 1)
      #expect(plain.reduce(0, +) == 60)
      let stratified = BootstrapSample.counts(rowCount: 60, strata: strata, replicate: replicate, seed: 1)
      for stratum in 0..<3 {
        #expect(stratified.indices.filter { strata[$0] == stratum }.map { stratified[$0] }.reduce(0, +) == 20)
      }
      let clustered = BootstrapSample.counts(
        rowCount: 60, strata: strata, clusters: clusters, weights: weights, replicate: replicate, seed: 1)
      for row in 0..<60 {
        #expect(clustered[row] == (row < 54 ? clustered[clusters.firstIndex(of: clusters[row])!] : 0))
      }
      #expect(clustered.reduce(0, +) == 54)
      let out = BootstrapSample.outOfBagRows(clustered, weights: weights)
      #expect(out.allSatisfy { clustered[$0] == 0 && $0 < 54 } && !out.isEmpty)
      // Rows of weight 0 do not change the draws of the others.
      let without = BootstrapSample.counts(
        rowCount: 54, strata: Array(strata.prefix(54)), clusters: Array(clusters.prefix(54)), replicate: replicate,
        seed: 1)
      #expect(Array(clustered.prefix(54)) == without)
    }
    let a = BootstrapSample.counts(rowCount: 60, replicate: 0, seed: 1)
    #expect(a != BootstrapSample.counts(rowCount: 60, replicate: 1, seed: 1))
    #expect(a == BootstrapSample.counts(rowCount: 60, replicate: 0, seed: 1))
  }
}
