/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits that leaves no pattern.
@inline(__always)
func mixed(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}

/// A hash of a name that is the same in every process.
func stableHash(_ text: String) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  return mixed(hash)
}

/// A number in `[0, 1)` that depends on nothing but its keys.
@inline(__always)
func uniform(_ first: UInt64, _ second: UInt64) -> Double {
  Double(mixed(first ^ mixed(second)) >> 11) * 0x1p-53
}
