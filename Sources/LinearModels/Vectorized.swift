/// Four numbers at a time, for the passes over rows that every fit repeats; plain arithmetic in a fixed order, so results
/// do not depend on the machine's vector width.
enum Vectorized {
  typealias Lanes = SIMD4<Double>
}
