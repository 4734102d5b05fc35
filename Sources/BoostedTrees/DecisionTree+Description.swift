import StatisticalLearning

extension DecisionTree {
  /// The tree as text that a person can read, one line a node: the question that leads there, its value, its cover.
  ///
  /// ```
  /// all: value 0.021, weight 500
  /// ├ q12 ≤ 3.5 or missing: value -0.11, weight 310
  /// └ q12 > 3.5: value 0.24, weight 190
  /// ```
  public func describe(_ features: [Feature]) -> String {
    var lines: [String] = []
    func number(_ value: Double) -> String {
      let scaled = (value * 10_000).rounded() / 10_000
      return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
    }
    func add(_ index: Int, _ question: String, _ indent: String, _ mark: String) {
      let node = nodes[index]
      lines.append("\(indent)\(mark)\(question): value \(number(node.value)), weight \(number(node.cover))")
      guard !node.isLeaf else { return }
      let below = indent + (mark.isEmpty ? "" : mark == "├ " ? "│ " : "  ")
      let name =
        features.indices.contains(Int(node.feature)) ? features[Int(node.feature)].name : "x\(node.feature + 1)"
      var left: String
      var right: String
      if node.categorySet >= 0 {
        let levels = categorySets[Int(node.categorySet)].levels.map(String.init).joined(separator: ", ")
        left = "\(name) in {\(levels)}"
        right = "\(name) not in {\(levels)}"
      } else if node.threshold >= .greatestFiniteMagnitude {
        left = "\(name) answered"
        right = "\(name) missing"
      } else {
        left = "\(name) ≤ \(number(node.threshold))"
        right = "\(name) > \(number(node.threshold))"
      }
      if node.missingGoesLeft {
        left += " or missing"
      } else if node.threshold < .greatestFiniteMagnitude {
        right += " or missing"
      }
      add(Int(node.left), left, below, "├ ")
      add(Int(node.right), right, below, "└ ")
    }
    add(0, "all", "", "")
    return lines.joined(separator: "\n")
  }
}

extension TreeEnsemble {
  /// The base scores and the first trees as text.
  public func describe(treeCount: Int = 3) -> String {
    let head = "\(trees.count) trees, base scores \(baseScores.map { "\($0)" }.joined(separator: ", "))"
    let shown = trees.prefix(treeCount).enumerated().map { "tree \($0.offset + 1)\n\($0.element.describe(features))" }
    return ([head] + shown).joined(separator: "\n\n")
  }
}
