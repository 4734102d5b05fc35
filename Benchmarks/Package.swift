// swift-tools-version: 6.1
import PackageDescription

/// One executable per suite, named after it.
func suite(_ name: String, _ modules: [String]) -> Target {
  .executableTarget(
    name: name + "Benchmark", dependencies: modules.map { .product(name: $0, package: "Innov4SME") })
}

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Innov4SME", path: "..")],
  targets: [
    suite("CapabilityScoring", ["CapabilityScoring", "ModelEvaluation", "StatisticalLearning", "SurveyData"]),
    suite("BoostedTrees", ["BoostedTrees", "StatisticalLearning"]),
    suite("BoostedTreesAccuracy", ["BoostedTrees", "StatisticalLearning"]),
    suite("LinearModels", ["LinearModels", "StatisticalLearning"]),
    suite("ModelExplanation", ["ModelExplanation", "BoostedTrees", "StatisticalLearning"]),
    suite("ModelEvaluation", ["ModelEvaluation", "StatisticalLearning"]),
    suite("ModelFormats", ["BoostedTrees", "CapabilityScoring", "ModelFormats", "StatisticalLearning", "SurveyData"]),
    suite("SurveyReader", ["SurveyData"]),
  ],
  swiftLanguageModes: [.v6]
)
