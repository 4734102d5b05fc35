import ArgumentParser
import Foundation

@main
struct Innov4SME: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "innov4sme",
    abstract: "Which capabilities of firms go with innovation and export, and which to develop first.",
    discussion: """
      A first session, on a survey of your own:

        innov4sme check survey.csv --codebook codebook.yaml
        innov4sme train survey.csv --codebook codebook.yaml --output model.onnx
        innov4sme predict model.onnx new-firms.csv

      Results go to standard output, messages to standard error. What is reported are associations, with their \
      uncertainty; never causes.
      """,
    version: toolVersion,
    subcommands: [
      CheckCommand.self, CodebookCommand.self, TrainCommand.self, PredictCommand.self, ExplainCommand.self,
      IndexCommand.self, InspectCommand.self, ConvertCommand.self, BenchmarkCommand.self, SimulateCommand.self,
    ])

  /// Runs the command line, and turns every failure into one message and the exit code of its kind.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      Console.error(failure.message)
      Foundation.exit(failure.code.rawValue)
    } catch  where CommandFailure.isUsage(error) {
      exit(withError: error)
    } catch {
      let failure = CommandFailure(describing: error)
      Console.error(failure.message)
      Foundation.exit(failure.code.rawValue)
    }
  }
}

/// The version of the tool, written into every model.
let toolVersion = "0.1.0"
