import ArgumentParser
import SurveyData

/// What is done with columns that give an outcome away.
struct LeakageArguments: ParsableArguments {
  @Flag(help: "Leave out columns that give an outcome away.")
  var dropLeaks = false

  @Flag(help: "Use columns that give an outcome away.")
  var allowLeaks = false

  func validate() throws {
    if dropLeaks && allowLeaks { throw ValidationError("--drop-leaks and --allow-leaks exclude each other") }
  }

  /// The columns to leave out because they give an outcome away: an error unless the user says what to do with them.
  func refused(_ loaded: LoadedSurvey) throws -> Set<String> {
    if allowLeaks { return [] }
    let check = try loaded.check()
    let leaking = Set(check.leakingFeatures.values.flatMap { $0 })
    guard !leaking.isEmpty else { return [] }
    let inOrder = loaded.table.columns.map(\.name).filter(leaking.contains)
    let named = Leakage.blocks(inOrder)
    let listed = named.prefix(30).joined(separator: ", ") + (named.count > 30 ? ", … (\(named.count - 30) more)" : "")
    if dropLeaks {
      Console.warning("left out, because they give an outcome away: \(listed)")
      return leaking
    }
    throw CommandFailure(
      .data,
      """
      \(inOrder.count) of the columns to learn from give an outcome away, as filter questions and the outcome's own \
      details do: \(listed).
      A model that uses them looks perfect and tells a new firm nothing. Take them out of the codebook, or leave them \
      out with --drop-leaks (or use them all the same with --allow-leaks). 'innov4sme check' says why for each.
      """)
  }
}
