import BoostedTrees
import Foundation
import StatisticalLearning

/// A forest that a peer trained, one node per line: `tree,node,feature,threshold,missingLeft,left,right,value,cover`.
/// Feature −1 is a leaf; a row goes left when `x <= threshold`.
enum Forest {
  static func read(_ path: String, featureCount: Int) throws -> TreeEnsemble {
    var trees: [[DecisionTree.Node]] = []
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",").map { Double($0)! }
      let tree = Int(cells[0])
      while trees.count <= tree { trees.append([]) }
      if cells[2] < 0 {
        trees[tree].append(.leaf(value: cells[7], cover: cells[8]))
      } else {
        trees[tree].append(
          .split(
            feature: Int(cells[2]), threshold: cells[3], missingGoesLeft: cells[4] == 1, left: Int(cells[5]),
            right: Int(cells[6]), cover: cells[8]))
      }
    }
    return try TreeEnsemble(
      trees: trees.map { try DecisionTree(nodes: $0) }, baseScores: [0],
      features: (0..<featureCount).map { Feature("x\($0 + 1)") })
  }

  /// Rows of 64-bit floats, row by row.
  static func rows(_ path: String, columnCount: Int) throws -> Matrix {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let elements = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    return Matrix(
      rowCount: elements.count / columnCount, columnCount: columnCount, layout: .rowMajor, elements: elements)
  }

  static func write(_ values: [Double], to path: String) throws {
    try values.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
  }
}
