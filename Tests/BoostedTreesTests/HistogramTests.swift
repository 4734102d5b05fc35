import StatisticalLearning
import Testing

@testable import BoostedTrees

/// Both forms of histogram cells hold the same sums.
@Suite struct HistogramTests {
  static func quantized<Cell: HistogramCell>(
    _ gradients: [Double], _ hessians: [Double], units: [UInt32], multipliers: [Int64],
    into cells: UnsafeMutablePointer<Cell>
  ) -> QuantizedDerivatives? {
    gradients.withUnsafeBufferPointer { gradients in
      hessians.withUnsafeBufferPointer { hessians in
        units.withUnsafeBufferPointer { units in
          multipliers.withUnsafeBufferPointer { multipliers in
            QuantizedDerivatives(
              QuantizedDerivatives.Source(
                gradients: gradients.baseAddress!, hessians: hessians.baseAddress!, units: units.baseAddress!,
                unitCount: units.count, multipliers: multipliers.baseAddress!, counts: nil, weights: nil),
              for: Cell.self, workers: Workers(threadCount: 1), into: cells)
          }
        }
      }
    }
  }

  /// A row at its largest as often as rows can be, and sums that are negative.
  @Test(arguments: [1, 7, 500, 8191]) func packedSumsHoldAllRows(rowCount: Int) throws {
    let bits = try #require(
      PackedSums.bits(totalMultiplier: Int64(rowCount), totalCount: Int64(rowCount)))
    for sign in [Int64(-1), 1] {
      let gradient = sign << Int64(bits.gradient)
      let hessian: Int64 = 1 << Int64(bits.hessian)
      let row = PackedSums(x: gradient, y: 1 << bits.hessianSum + hessian)
      let total = (0..<rowCount).reduce(PackedSums()) { sum, _ in sum &+ row }
      let sums = total.sums
      #expect(sums.x == gradient * Int64(rowCount))
      #expect(sums.y >> bits.hessianSum == Int64(rowCount))
      #expect(sums.y & (1 << bits.hessianSum - 1) == hessian * Int64(rowCount))
      #expect((total &- row).sums.x == gradient * Int64(rowCount - 1))
    }
  }

  @Test func manyRowsAreNotPacked() {
    #expect(PackedSums.bits(totalMultiplier: 8192, totalCount: 8192) == nil)
    #expect(PackedSums.bits(totalMultiplier: 10, totalCount: 1 << 20) == nil)
  }

  /// A few large derivatives among many small ones take the wide form: the small ones would be rounded to nothing.
  @Test func unevenDerivativesAreNotPacked() throws {
    func quantized<Cell: HistogramCell>(_ cell: Cell.Type, outlier: Double) -> QuantizedDerivatives? {
      let gradients = (0..<1000).map { $0 == 0 ? outlier : Double($0 % 7) - 3 }
      let hessians = [Double](repeating: 1, count: 1000)
      var cells = [Cell](repeating: Cell(), count: 1000)
      return Self.quantized(
        gradients, hessians, units: (0..<1000).map { UInt32($0) }, multipliers: [Int64](repeating: 1, count: 1000),
        into: &cells)
    }
    #expect(quantized(PackedSums.self, outlier: 4) != nil)
    #expect(quantized(PackedSums.self, outlier: 1e6) == nil)
    #expect(quantized(Sums.self, outlier: 1e6) != nil)
  }

  /// The same trees by either form where derivatives are whole numbers, which both hold exactly.
  @Test func bothFormsGrowTheSameTree() throws {
    let data = TestTables.mixed(rows: 400, seed: 3)
    let binned = try BinnedDataset(data, maximumBinCount: nil, sharesDraws: false, threadCount: 1)
    let constraints = try ColumnConstraints(data.features, order: binned.columnOrder, monotone: [:], groups: [])
    var generator = CounterBasedGenerator(seed: 3, purpose: "derivatives")
    let gradients = (0..<binned.unitCount).map { _ in Double(generator.index(below: 9)) - 4 }
    let hessians = (0..<binned.unitCount).map { _ in Double(generator.index(below: 4) + 1) }
    func tree<Cell: HistogramCell>(_ cell: Cell.Type) throws -> GrownTree {
      let partition = BagPartition(binned)
      partition.rows.set { rows in
        for unit in 0..<binned.unitCount { rows[unit] = UInt32(unit) }
        return binned.unitCount
      }
      let workers = Workers(threadCount: 1)
      let grower = TreeGrower<Cell>(
        binned, BoostingParameters(leafCount: 12, minimumRowsPerLeaf: 3), constraints, partition, workers)
      let quantized = try #require(
        Self.quantized(
          gradients, hessians, units: (0..<binned.unitCount).map { UInt32($0) }, multipliers: binned.counts,
          into: grower.addends))
      return grower.grow(quantized, columns: Array(0..<binned.columnCount))
    }
    let packed = try tree(PackedSums.self)
    let wide = try tree(Sums.self)
    #expect(packed.nodes.count == 23)
    #expect(packed.nodes.map(\.column) == wide.nodes.map(\.column))
    #expect(packed.nodes.map(\.boundary) == wide.nodes.map(\.boundary))
    #expect(packed.nodes.map(\.value) == wide.nodes.map(\.value))
  }
}
