/// Sorting by 64-bit keys, digit by digit where there are many.
enum KeySort {
  /// A number whose order as an unsigned integer is the order of `value`, −0 and 0 being one. Not for NaN.
  @inline(__always)
  static func orderedBits(_ value: Double) -> UInt64 {
    let bits = (value + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  /// The value of an ordered key.
  @inline(__always)
  static func value(_ key: UInt64) -> Double { Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key) }

  /// Sorts keys, with a second buffer for large numbers of them. Digits that all keys share cost nothing, so that numbers of few significant bits are quick.
  static func sort(_ keys: inout [UInt64], with other: inout [UInt64]) {
    guard keys.count > 512 else { return keys.sort() }
    if other.count != keys.count { other = [UInt64](repeating: 0, count: keys.count) }
    var counts = [Int](repeating: 0, count: 8 * 256)
    counts.withUnsafeMutableBufferPointer { counts in
      keys.withUnsafeBufferPointer { keys in
        for key in keys {
          for digit in 0..<8 { counts[digit &* 256 &+ Int(truncatingIfNeeded: key >> UInt64(digit &* 8) & 0xFF)] &+= 1 }
        }
      }
      for digit in 0..<8 {
        let digits = counts.baseAddress! + digit * 256
        if (0..<256).contains(where: { digits[$0] == keys.count }) { continue }
        var next = 0
        for index in 0..<256 {
          let count = digits[index]
          digits[index] = next
          next += count
        }
        let shift = UInt64(digit * 8)
        keys.withUnsafeBufferPointer { source in
          other.withUnsafeMutableBufferPointer { target in
            for key in source {
              let place = Int(truncatingIfNeeded: key >> shift & 0xFF)
              target[digits[place]] = key
              digits[place] &+= 1
            }
          }
        }
        swap(&keys, &other)
      }
    }
  }

  /// The positions of keys that are evenly spread, as hashes are, in ascending order.
  ///
  /// - Parameter precedes: The order of two positions, keys first; called for neighbours only.
  static func order(_ keys: [UInt64], by precedes: (UInt32, UInt32) -> Bool) -> [UInt32] {
    guard keys.count > 64 else { return (0..<UInt32(keys.count)).sorted(by: precedes) }
    // About one key in each bucket.
    let bits = UInt64(Int.bitWidth - keys.count.leadingZeroBitCount)
    let shift = 64 - bits
    var starts = [UInt32](repeating: 0, count: 1 << Int(bits) + 1)
    for key in keys { starts[Int(key >> shift) + 1] += 1 }
    for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
    var result = [UInt32](repeating: 0, count: keys.count)
    var next = starts
    for (position, key) in keys.enumerated() {
      let bucket = Int(key >> shift)
      result[Int(next[bucket])] = UInt32(position)
      next[bucket] += 1
    }
    for bucket in 0..<starts.count - 1 where starts[bucket + 1] - starts[bucket] > 1 {
      let range = Int(starts[bucket])..<Int(starts[bucket + 1])
      if range.count > 12 {
        result[range].sort(by: precedes)
        continue
      }
      for index in range.dropFirst() {
        let position = result[index]
        var place = index
        while place > range.lowerBound, precedes(position, result[place - 1]) {
          result[place] = result[place - 1]
          place -= 1
        }
        result[place] = position
      }
    }
    return result
  }
}
