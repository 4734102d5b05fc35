import StatisticalLearning

/// The rows of a column, split by what stands in the cells: one part per text or number, one per reason why there is
/// no answer; many different numbers are split at their deciles.
struct ColumnPartition: Sendable {
  let column: String
  /// One per row, in `0 ..< partCount`.
  var codes: [Int32]
  /// What a person calls the part: `'No'`, `3`, `from 2 to 7`, `no answer`.
  var names: [String]
  /// Whether the cells of the part hold no answer.
  var isMissing: [Bool]
  /// Whether the part joins different numbers.
  var isBin: [Bool]
  /// Equal for columns that split the rows alike, whatever stands in the cells; before numbers are binned.
  var fingerprint: UInt64
  /// Different contents, missing ones by reason.
  var distinctCount: Int

  var partCount: Int { names.count }

  /// More different numbers than this are split at their deciles.
  static let maximumNumberCount = 20

  init(_ column: SurveyColumn) {
    self.column = column.name
    var maker = PartMaker(rowCount: column.rowCount)
    switch column.values {
    case .texts(let rows, let levels):
      // Texts that differ in the spaces around them only are one answer, and empty ones none.
      let trimmedLevels = levels.map { trimmed($0) }
      for row in rows.indices {
        let code = Int(rows[row])
        if code >= 0, !trimmedLevels[code].isEmpty {
          maker.add(row, .text(trimmedLevels[code]), cache: code)
        } else {
          maker.add(row, missing: column.missingReason(row: row) ?? .blank)
        }
      }
    case .numbers(let numbers):
      for row in numbers.indices {
        if numbers[row].isNaN {
          maker.add(row, missing: column.missingReason(row: row) ?? .blank)
        } else {
          maker.add(row, .number(numbers[row] == 0 ? 0 : numbers[row]), cache: nil)
        }
      }
    }
    codes = maker.codes
    distinctCount = maker.keys.count
    fingerprint = Self.fingerprint(codes)
    isMissing = maker.keys.map { if case .missing = $0 { true } else { false } }
    names = []
    isBin = [Bool](repeating: false, count: maker.keys.count)
    let numbers = maker.keys.compactMap { if case .number(let number) = $0 { number } else { nil } }
    if numbers.count > Self.maximumNumberCount {
      bin(keys: maker.keys)
    } else {
      let labels = Dictionary(column.valueLabels.map { ($0.value, $0.label) }) { first, _ in first }
      names = maker.keys.map { $0.name(labels: labels) }
    }
  }

  enum Key: Hashable {
    case text(String)
    case number(Double)
    case missing(MissingReason)

    func name(labels: [Double: String]) -> String {
      switch self {
      case .text(let text): "'\(shortened(text))'"
      case .number(let number): labels[number].map { "'\(shortened($0))'" } ?? SurveyColumn.text(of: number)
      case .missing(.blank): "no answer"
      case .missing(let reason): "no answer (\(reason.codebookName))"
      }
    }
  }

  private struct PartMaker {
    var codes: [Int32]
    var keys: [Key] = []
    private var places: [Key: Int32] = [:]
    private var cached: [Int32] = []

    init(rowCount: Int) { codes = [Int32](repeating: 0, count: rowCount) }

    mutating func add(_ row: Int, missing reason: MissingReason) { codes[row] = place(.missing(reason)) }

    mutating func add(_ row: Int, _ key: @autoclosure () -> Key, cache: Int?) {
      guard let cache else {
        codes[row] = place(key())
        return
      }
      while cached.count <= cache { cached.append(-1) }
      if cached[cache] < 0 { cached[cache] = place(key()) }
      codes[row] = cached[cache]
    }

    private mutating func place(_ key: Key) -> Int32 {
      if let place = places[key] { return place }
      let place = Int32(keys.count)
      keys.append(key)
      places[key] = place
      return place
    }
  }

  /// Numbers are joined into tenths by rank; a number that a tenth of the rows share stays alone.
  private mutating func bin(keys: [Key]) {
    var counts = [Int](repeating: 0, count: keys.count)
    for code in codes { counts[Int(code)] += 1 }
    let numbers = keys.indices.compactMap { place -> (place: Int, number: Double)? in
      if case .number(let number) = keys[place] { (place, number) } else { nil }
    }.sorted { $0.number < $1.number }
    let total = numbers.reduce(0) { $0 + counts[$1.place] }
    var binOfKey = [Int32](repeating: 0, count: keys.count)
    var names: [String] = []
    var missing: [Bool] = []
    var joined: [Bool] = []
    var open: (first: Double, last: Double, count: Int)?
    func name(_ first: Double, _ last: Double) -> String {
      let text = SurveyColumn.text(of: first)
      return first == last ? text : "from \(text) to \(SurveyColumn.text(of: last))"
    }
    func close() {
      guard let bin = open else { return }
      names.append(name(bin.first, bin.last))
      missing.append(false)
      joined.append(bin.first != bin.last)
      open = nil
    }
    for (place, number) in numbers {
      let isHeavy = counts[place] * 10 >= total
      if isHeavy { close() }
      open = (open?.first ?? number, number, (open?.count ?? 0) + counts[place])
      binOfKey[place] = Int32(names.count)
      if isHeavy || open!.count * 10 >= total { close() }
    }
    close()
    for (place, key) in keys.enumerated() {
      if case .number = key { continue }
      binOfKey[place] = Int32(names.count)
      names.append(key.name(labels: [:]))
      joined.append(false)
      if case .missing = key { missing.append(true) } else { missing.append(false) }
    }
    for row in codes.indices { codes[row] = binOfKey[Int(codes[row])] }
    self.names = names
    isMissing = missing
    isBin = joined
  }

  /// A number for each row that looks random and is always the same.
  static func rowKey(_ row: Int) -> UInt64 { mixed(UInt64(row) &+ 1) }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Codes stand in order of first appearance, so equal splits have equal codes.
  private static func fingerprint(_ codes: [Int32]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for code in codes { hash = mixed(hash ^ UInt64(UInt32(bitPattern: code))) }
    return hash
  }

  /// The partitions of all columns.
  static func all(of table: SurveyTable, threadCount: Int = Parallel.defaultThreadCount) -> [ColumnPartition] {
    Parallel.map(count: table.columns.count, threadCount: threadCount) { ColumnPartition(table.columns[$0]) }
  }
}
