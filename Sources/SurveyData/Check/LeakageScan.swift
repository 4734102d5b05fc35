import Foundation
import StatisticalLearning

/// Looks for columns that give an outcome away.
struct LeakageScan {
  let partitions: [ColumnPartition]
  let rowCount: Int

  static let foldCount = 5
  /// The strength, in firms, of the overall share that the share of a part is drawn to.
  static let smoothing = 5.0
  /// Smaller parts say nothing certain.
  private var smallestPart: Int { max(10, rowCount / 100) }

  /// - Parameters:
  ///   - values: 1, 0 or `NaN` per row.
  ///   - excluding: The columns that the outcome is made from.
  func leakage(outcome: String, values: [Double], splitAt: Double?, excluding: Set<String>) -> Leakage {
    var leakage = Leakage(outcome: outcome, splitAt: splitAt, columns: [], filters: [])
    let known = values.indices.filter { !values[$0].isNaN }
    let positives = known.count { values[$0] == 1 }
    guard positives > 0, positives < known.count, known.count >= 2 * Self.foldCount else { return leakage }
    let folds = Self.folds(rowCount: rowCount)
    let scans = Parallel.map(count: partitions.count) { index -> ColumnScan? in
      excluding.contains(partitions[index].column)
        ? nil
        : ColumnScan(
          partitions[index], values: values, folds: folds, positives: positives, known: known.count,
          smallestPart: smallestPart)
    }
    leakage.filters = filters(scans, values: values, positives: positives, known: known.count)
    let rarerIsYes = positives * 2 <= known.count
    let behind = Set(leakage.filters.flatMap { $0.columns + $0.dependent })
    for (partition, scan) in zip(partitions, scans) {
      guard let scan else { continue }
      let strongest = scan.parts.filter { !partition.isBin[$0.key] }.max {
        Self.strength($0.value, rarerIsYes: rarerIsYes) < Self.strength($1.value, rarerIsYes: rarerIsYes)
      }?.value
      let byLevel = strongest.map { Self.strength($0, rarerIsYes: rarerIsYes) >= 1 } ?? false
      guard scan.auc >= Leakage.separatesBy || (byLevel && !behind.contains(partition.column)) else { continue }
      leakage.columns.append(
        .init(
          column: partition.column, cause: scan.auc >= Leakage.separatesBy ? .separates : .level, auc: scan.auc,
          part: strongest))
    }
    leakage.columns.sort { ($0.auc, $1.column) > ($1.auc, $0.column) }
    return leakage
  }

  /// How far a part goes beyond what is tolerated: 1 at the threshold for its direction.
  private static func strength(_ part: Leakage.Part, rarerIsYes: Bool) -> Double {
    let speaksForRarer = (part.share > part.otherShare) == rarerIsYes
    return part.oddsRatio.distanceFromOne
      / (speaksForRarer ? Leakage.levelOddsRatio : Leakage.commonLevelOddsRatio)
  }

  // MARK: Filters

  private func filters(
    _ scans: [ColumnScan?], values: [Double], positives: Int, known: Int
  ) -> [Leakage.Filter] {
    // Parts of different columns that hold exactly the same rows have the same key.
    var members: [UInt64: [(column: Int, part: Int)]] = [:]
    for (index, scan) in scans.enumerated() {
      guard let scan else { continue }
      for part in scan.parts.keys.sorted() { members[scan.rowKeys[part], default: []].append((index, part)) }
    }
    var filters: [Leakage.Filter] = []
    for group in members.values.sorted(by: { ($0[0].column, $0[0].part) < ($1[0].column, $1[0].part) }) {
      guard Set(group.map(\.column)).count >= Leakage.filterColumnCount else { continue }
      let (column, place) = group.first { !isOrdinaryTwin($0, in: group) } ?? group[0]
      guard let part = scans[column]?.parts[place],
        part.oddsRatio.distanceFromOne >= Leakage.filterOddsRatio,
        // Rows that are the same because the columns are copies of each other are no filter.
        Set(group.map { partitions[$0.column].fingerprint }).count >= Leakage.filterColumnCount
      else { continue }
      // Columns that give the outcome away one by one are named one by one.
      guard group.contains(where: { (scans[$0.column]?.auc ?? 0) < Leakage.separatesBy }) else { continue }
      let rows = partitions[column].codes.indices.filter { partitions[column].codes[$0] == Int32(place) }
      let own = Set(group.map(\.column))
      let dependent = scans.indices.filter { index in
        scans[index] != nil && !own.contains(index) && isDecided(partitions[index], by: rows)
      }
      filters.append(
        .init(
          part: part, columns: own.sorted().map { partitions[$0].column },
          dependent: dependent.map { partitions[$0].column },
          auc: (own.sorted() + dependent).compactMap { scans[$0]?.auc }.max() ?? 0.5))
    }
    // A smaller block within a larger one says nothing new.
    filters.sort {
      ($0.columns.count, $0.part.oddsRatio.distanceFromOne) > ($1.columns.count, $1.part.oddsRatio.distanceFromOne)
    }
    var kept: [Leakage.Filter] = []
    for filter in filters where !kept.contains(where: { Set($0.columns + $0.dependent).isSuperset(of: filter.columns) })
    {
      kept.append(filter)
    }
    return kept
  }

  /// A column of two parts names the filter's other side as well; its name for the part says less.
  private func isOrdinaryTwin(_ member: (column: Int, part: Int), in group: [(column: Int, part: Int)]) -> Bool {
    partitions[member.column].partCount <= 2
  }

  /// Whether all of `rows` have the same cell, which others have too seldom for that to be chance.
  private func isDecided(_ partition: ColumnPartition, by rows: [Int]) -> Bool {
    guard let first = rows.first else { return false }
    let code = partition.codes[first]
    for row in rows where partition.codes[row] != code { return false }
    let same = partition.codes.count { $0 == code } - rows.count
    let others = rowCount - rows.count
    guard others > 0, same < others else { return false }
    // Had the filtered firms another cell as often as a large association allows, would none of them have it?
    let differing = (Double(others - same) + 0.5) / (Double(others) + 1)
    let odds = differing / (1 - differing) / Leakage.filterOddsRatio
    return Double(rows.count) * log1p(-odds / (1 + odds)) < log(Leakage.chance)
  }

  /// The fold of each row: the rows in a fixed order that looks random, dealt out in turn.
  static func folds(rowCount: Int) -> [Int] {
    var order = Array(0..<rowCount)
    var generator = CounterBasedGenerator(seed: 0, purpose: "leakage folds")
    generator.shuffle(&order)
    var folds = [Int](repeating: 0, count: rowCount)
    for (place, row) in order.enumerated() { folds[row] = place % foldCount }
    return folds
  }
}

/// One column against one outcome.
struct ColumnScan: Sendable {
  /// Cross-validated.
  var auc: Double
  /// Parts that are large enough, by their code.
  var parts: [Int: Leakage.Part]
  /// Per part, a key of its rows.
  var rowKeys: [UInt64]

  init(
    _ partition: ColumnPartition, values: [Double], folds: [Int], positives: Int, known: Int, smallestPart: Int
  ) {
    let foldCount = LeakageScan.foldCount
    var yes = [Int](repeating: 0, count: partition.partCount * foldCount)
    var all = yes
    rowKeys = [UInt64](repeating: 0, count: partition.partCount)
    for row in values.indices {
      let part = Int(partition.codes[row])
      rowKeys[part] &+= ColumnPartition.rowKey(row)
      if values[row].isNaN { continue }
      all[part * foldCount + folds[row]] += 1
      if values[row] == 1 { yes[part * foldCount + folds[row]] += 1 }
    }
    auc = Self.crossValidatedAUC(yes: yes, all: all, partCount: partition.partCount)
    parts = [:]
    for part in 0..<partition.partCount {
      let cells = part * foldCount..<(part + 1) * foldCount
      let (partYes, partAll) = (yes[cells].reduce(0, +), all[cells].reduce(0, +))
      guard partAll >= smallestPart, known - partAll >= smallestPart else { continue }
      parts[part] = Leakage.Part(
        name: partition.names[part], firmCount: partAll, share: Double(partYes) / Double(partAll),
        otherShare: Double(positives - partYes) / Double(known - partAll),
        oddsRatio: OddsRatio(
          both: Double(partYes), firstOnly: Double(partAll - partYes), secondOnly: Double(positives - partYes),
          neither: Double(known - partAll - positives + partYes)))
    }
  }

  /// The AUC of the share of each part, learned from the other folds and drawn to the overall share.
  ///
  /// All rows of a part and fold have the same score, so the parts are ranked, not the rows. The AUC is taken within
  /// folds and averaged by their pairs: across folds the shares differ for reasons that are none of the column's.
  static func crossValidatedAUC(yes: [Int], all: [Int], partCount: Int) -> Double {
    let foldCount = LeakageScan.foldCount
    func total(_ counts: [Int], fold: Int) -> Int {
      stride(from: fold, to: counts.count, by: foldCount).reduce(0) { $0 + counts[$1] }
    }
    let allTotal = all.reduce(0, +)
    let yesTotal = yes.reduce(0, +)
    var wins = 0.0
    var pairs = 0.0
    for fold in 0..<foldCount {
      let (foldAll, foldYes) = (total(all, fold: fold), total(yes, fold: fold))
      guard allTotal > foldAll, foldYes > 0, foldYes < foldAll else { continue }
      let overall = Double(yesTotal - foldYes) / Double(allTotal - foldAll)
      var scored: [(score: Double, yes: Int, no: Int)] = []
      for part in 0..<partCount {
        let cells = part * foldCount..<(part + 1) * foldCount
        let here = all[part * foldCount + fold]
        if here == 0 { continue }
        let hereYes = yes[part * foldCount + fold]
        let learnedYes = Double(yes[cells].reduce(0, +) - hereYes)
        let learned = Double(all[cells].reduce(0, +) - here)
        scored.append(
          (
            (learnedYes + LeakageScan.smoothing * overall) / (learned + LeakageScan.smoothing), hereYes, here - hereYes
          ))
      }
      scored.sort { $0.score < $1.score }
      var noBelow = 0.0
      var index = 0
      while index < scored.count {
        var end = index
        var (tieYes, tieNo) = (0.0, 0.0)
        while end < scored.count, scored[end].score == scored[index].score {
          tieYes += Double(scored[end].yes)
          tieNo += Double(scored[end].no)
          end += 1
        }
        wins += tieYes * (noBelow + tieNo / 2)
        noBelow += tieNo
        index = end
      }
      pairs += Double(foldYes) * Double(foldAll - foldYes)
    }
    return pairs > 0 ? wins / pairs : 0.5
  }
}
