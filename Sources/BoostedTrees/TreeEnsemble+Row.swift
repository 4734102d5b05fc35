extension TreeEnsemble {
  /// The raw score of one row for one output: the base score and the leaves that the row reaches, in the order of the
  /// trees. `value(feature)` is the row's value, `NaN` where missing.
  @inlinable
  public func rawScore(output: Int = 0, _ value: (Int) -> Double) -> Double {
    var sum = baseScores[output]
    for index in trees.indices where outputs[index] == output {
      sum += trees[index].nodes[trees[index].leafIndex(value)].value
    }
    return sum
  }
}
