/// The indices that put `values` in ascending order, ties in the order of their indices. −0 equals +0.
///
/// Long arrays are sorted by their bits, eleven at a time: linear, and several times as fast as comparing.
func ascendingOrder(of values: [Double]) -> [Int] {
  guard values.count >= 2048 else {
    return values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  }
  return radixOrder(of: values)
}

/// ``ascendingOrder(of:)`` for long arrays.
func radixOrder(of values: [Double]) -> [Int] {
  let count = values.count
  // Flipping the bits of negative numbers, and the sign bit of the others, makes the order of the bits that of the
  // numbers. Adding 0 turns −0 into +0.
  var keys = values.map { value -> UInt64 in
    let bits = (value + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }
  var order = Array(0..<count)
  var nextKeys = [UInt64](repeating: 0, count: count)
  var nextOrder = [Int](repeating: 0, count: count)
  let digitBits = 11
  let digitCount = 1 << digitBits
  for shift in stride(from: 0, to: 64, by: digitBits) {
    var starts = [Int](repeating: 0, count: digitCount)
    let mask = UInt64(digitCount - 1)
    for key in keys { starts[Int(key >> UInt64(shift) & mask)] &+= 1 }
    if starts.contains(count) { continue }  // All keys share this digit.
    var next = 0
    for digit in 0..<digitCount { (starts[digit], next) = (next, next + starts[digit]) }
    keys.withUnsafeBufferPointer { keys in
      order.withUnsafeBufferPointer { order in
        nextKeys.withUnsafeMutableBufferPointer { nextKeys in
          nextOrder.withUnsafeMutableBufferPointer { nextOrder in
            starts.withUnsafeMutableBufferPointer { starts in
              for index in 0..<count {
                let digit = Int(truncatingIfNeeded: keys[index] >> UInt64(shift) & mask)
                let place = starts[digit]
                starts[digit] = place &+ 1
                nextKeys[place] = keys[index]
                nextOrder[place] = order[index]
              }
            }
          }
        }
      }
    }
    swap(&keys, &nextKeys)
    swap(&order, &nextOrder)
  }
  return order
}

/// The average rank of each value, from 1, ties sharing the mean of the ranks that they span.
func averageRanks(of values: [Double]) -> [Double] {
  let order = ascendingOrder(of: values)
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    let rank = Double(start + end + 1) / 2
    for index in start..<end { ranks[order[index]] = rank }
    start = end
  }
  return ranks
}
