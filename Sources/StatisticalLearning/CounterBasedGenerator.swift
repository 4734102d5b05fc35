/// A counter-based random generator keyed by a seed, a purpose and a name.
///
/// Each stream is a function of its key alone, so adding a column, a row, a tree or a thread changes no other draw:
/// give every independent use its own purpose (`"fold"`, `"bootstrap"`) and name or index. The generator is
/// Philox 4×32 with 10 rounds (Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*), which passes
/// BigCrush. Not for cryptography.
public struct CounterBasedGenerator: RandomNumberGenerator, Sendable {
  private let key: (UInt32, UInt32)
  private let stream: UInt64
  private var block: UInt64 = 0
  private var spare: UInt64?

  /// - Parameters:
  ///   - seed: What the user chose, and the model records.
  ///   - purpose: What the numbers are for.
  ///   - name: Which of several: a column, a tree, an outcome.
  ///   - index: Which of many: a replicate, a fold, a row.
  public init(seed: UInt64, purpose: String, name: String = "", index: Int = 0) {
    var hash = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
    for text in [purpose, name] {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      hash = Self.mixed(hash ^ 0xFF)  // A separator: ("ab", "c") is not ("a", "bc").
    }
    key = (UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
    stream = UInt64(bitPattern: Int64(index))
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  public mutating func next() -> UInt64 {
    if let value = spare {
      spare = nil
      return value
    }
    let words = Self.philox(
      counter: (
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
      ), key: key)
    block &+= 1
    spare = UInt64(words.3) << 32 | UInt64(words.2)
    return UInt64(words.1) << 32 | UInt64(words.0)
  }

  /// One block of Philox 4×32-10.
  static func philox(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(0xD251_1F53) &* UInt64(c0)
      let p1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }
}
