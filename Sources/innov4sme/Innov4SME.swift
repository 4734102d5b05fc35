import ArgumentParser

@main
struct Innov4SME: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "innov4sme",
    abstract: "Which capabilities go with innovation and export performance, and which to develop first.",
    version: "0.1.0")
}
