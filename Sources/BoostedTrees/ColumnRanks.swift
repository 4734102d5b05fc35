import StatisticalLearning

/// The numeric and ordinal columns of a table, sorted once for many fits that weigh its rows differently.
///
/// Bins depend on which rows count, and how much. With the rank of every value known they take one pass over the rows and
/// are those that a fit alone would find.
final class ColumnRanks: Sendable {
  struct Column: Sendable {
    /// Ascending.
    let values: [Double]
    /// The place of each row's value among them; `values.count` where it is missing.
    let ranks: [UInt32]
  }

  /// `nil` for a categorical column.
  let columns: [Column?]

  init(_ dataset: Dataset, threadCount: Int) {
    let rowCount = dataset.rowCount
    columns = Parallel.map(count: dataset.featureCount, threadCount: threadCount) { feature in
      if case .categorical = dataset.features[feature].kind { return nil }
      let values = dataset.matrix.column(feature)
      var keys = values.filter { !$0.isNaN }.map { KeySort.orderedBits($0) }
      var scratch: [UInt64] = []
      KeySort.sort(&keys, with: &scratch)
      var distinct: [UInt64] = []
      for key in keys where key != distinct.last { distinct.append(key) }
      let ranks = (0..<rowCount).map { row -> UInt32 in
        if values[row].isNaN { return UInt32(distinct.count) }
        let key = KeySort.orderedBits(values[row])
        return UInt32(FeatureBins.firstIndex(distinct.count) { distinct[$0] >= key })
      }
      return Column(values: distinct.map { KeySort.value($0) }, ranks: ranks)
    }
  }
}
