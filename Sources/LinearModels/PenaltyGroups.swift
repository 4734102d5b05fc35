import StatisticalLearning

/// The features that a penalty takes as wholes: those that share a group number with another feature.
struct PenaltyGroups {
  /// The features of each group that vary and may differ from zero, at least one.
  let members: [[Int]]
  /// ρ f √d per group, with d the number of features that were given its number.
  let absolute: [Double]
  /// The group of each feature, −1 for a feature on its own.
  let index: [Int]

  /// - Returns: `nil` when every feature stands alone.
  init?(_ shape: PenaltyShape, isUsable: [Bool]) {
    guard let numbers = shape.groups, shape.l1Ratio > 0 else { return nil }
    var sizes: [Int: Int] = [:]
    for number in numbers { sizes[number, default: 0] += 1 }
    var places: [Int: Int] = [:]
    var members: [[Int]] = []
    var absolute: [Double] = []
    var index = [Int](repeating: -1, count: numbers.count)
    for (j, number) in numbers.enumerated() where isUsable[j] && sizes[number]! > 1 {
      let place = places[number] ?? members.count
      if place == members.count {
        places[number] = place
        members.append([])
        absolute.append(shape.l1Ratio * shape.factor(j) * Double(sizes[number]!).squareRoot())
      }
      members[place].append(j)
      index[j] = place
    }
    guard !members.isEmpty else { return nil }
    self.members = members
    self.absolute = absolute
    self.index = index
  }
}

/// The Euclidean norm of some elements of a vector.
@inline(__always)
func norm(_ vector: UnsafePointer<Double>, _ elements: [Int]) -> Double {
  var sum = 0.0
  for j in elements { sum += vector[j] * vector[j] }
  return sum.squareRoot()
}
