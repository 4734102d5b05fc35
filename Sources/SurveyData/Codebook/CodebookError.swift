/// Why a codebook can't be used: everything that is wrong with it, each with its place.
public struct CodebookError: Error, Sendable, Equatable {
  /// One thing that is wrong.
  public struct Problem: Sendable, Equatable {
    /// From 1; 0 when the place is not known.
    public var line: Int
    /// From 1; 0 when the place is not known.
    public var column: Int
    public var message: String

    public init(line: Int, column: Int, message: String) {
      self.line = line
      self.column = column
      self.message = message
    }
  }

  /// The file, as the user gave it; may be empty.
  public var name: String
  /// At least one, in the order of the lines.
  public var problems: [Problem]

  public init(name: String, problems: [Problem]) {
    self.name = name
    self.problems = problems
  }
}

extension CodebookError: CustomStringConvertible {
  /// One line per problem, at most 20: `codebook.yaml:12:5: unknown key 'colunm' in an item; did you mean 'column'?`
  public var description: String {
    let shown = problems.prefix(20).map { problem in
      let file = name.isEmpty ? "codebook" : name
      return problem.line > 0
        ? "\(file):\(problem.line):\(problem.column): \(problem.message)" : "\(file): \(problem.message)"
    }
    let more = problems.count > 20 ? ["… and \(problems.count - 20) more problems"] : []
    return (shown + more).joined(separator: "\n")
  }
}
