// swift-tools-version: 6.1
import PackageDescription

// Kernels are 30–200 times slower without optimisation, so the numerical targets are optimised in
// debug builds too: `swift test` then runs at the speed of a release build.
let optimizedInDebug: [SwiftSetting] = [
  .unsafeFlags(["-O"], .when(configuration: .debug))
]

/// A library module, its product and nothing else.
func module(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// The tests of a module. Tests may import any module below the one they test.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "_TestSupport"] + dependencies, exclude: exclude)
}

let package = Package(
  name: "Innov4SME",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "StatisticalLearning", targets: ["StatisticalLearning"]),
    .library(name: "SurveyData", targets: ["SurveyData"]),
    .library(name: "LinearModels", targets: ["LinearModels"]),
    .library(name: "BoostedTrees", targets: ["BoostedTrees"]),
    .library(name: "ModelEvaluation", targets: ["ModelEvaluation"]),
    .library(name: "ModelExplanation", targets: ["ModelExplanation"]),
    .library(name: "CapabilityScoring", targets: ["CapabilityScoring"]),
    .library(name: "ModelFormats", targets: ["ModelFormats"]),
    .library(name: "DiagnosticReport", targets: ["DiagnosticReport"]),
    .executable(name: "innov4sme", targets: ["innov4sme"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CReadStat", providers: [.apt(["libreadstat-dev"]), .brew(["readstat"])]),

    module("StatisticalLearning", ["COpenBLAS"], settings: optimizedInDebug),
    module(
      "SurveyData", ["StatisticalLearning", "CReadStat", .product(name: "Yams", package: "Yams")],
      settings: optimizedInDebug),
    module("LinearModels", ["StatisticalLearning"], settings: optimizedInDebug),
    module("BoostedTrees", ["StatisticalLearning"], settings: optimizedInDebug),
    module("ModelEvaluation", ["StatisticalLearning"], settings: optimizedInDebug),
    module(
      "ModelExplanation", ["LinearModels", "BoostedTrees", "StatisticalLearning"],
      settings: optimizedInDebug),
    module(
      "CapabilityScoring",
      [
        "ModelExplanation", "ModelEvaluation", "LinearModels", "BoostedTrees", "SurveyData",
        "StatisticalLearning",
      ],
      settings: optimizedInDebug),
    module(
      "ModelFormats",
      [
        "CapabilityScoring", "LinearModels", "BoostedTrees", "SurveyData", "StatisticalLearning",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/Schema/generate.sh", "ONNX/Schema/onnx_messages.proto"],
      settings: optimizedInDebug),
    module(
      "DiagnosticReport",
      ["CapabilityScoring", "ModelExplanation", "ModelEvaluation", "SurveyData"]),
    .executableTarget(
      name: "innov4sme",
      dependencies: [
        "StatisticalLearning", "SurveyData", "LinearModels", "BoostedTrees", "ModelEvaluation",
        "ModelExplanation", "CapabilityScoring", "ModelFormats", "DiagnosticReport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(name: "_TestSupport", dependencies: ["StatisticalLearning"], path: "Tests/_TestSupport"),
    tests("StatisticalLearning", []),
    tests("SurveyData", ["StatisticalLearning", "CReadStat"]),
    tests("LinearModels", ["StatisticalLearning"], exclude: ["Reference"]),
    tests("BoostedTrees", ["StatisticalLearning"]),
    tests("ModelEvaluation", ["StatisticalLearning"], exclude: ["Reference"]),
    tests("ModelExplanation", ["LinearModels", "BoostedTrees", "StatisticalLearning"]),
    tests(
      "CapabilityScoring",
      [
        "ModelExplanation", "ModelEvaluation", "LinearModels", "BoostedTrees", "SurveyData",
        "StatisticalLearning",
      ]),
    tests(
      "ModelFormats",
      ["CapabilityScoring", "LinearModels", "BoostedTrees", "SurveyData", "StatisticalLearning"],
      exclude: ["Reference", "Peers"]),
    tests("DiagnosticReport", ["ModelEvaluation", "StatisticalLearning"]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["innov4sme", "CapabilityScoring", "SurveyData", "StatisticalLearning", "_TestSupport"],
      exclude: ["Golden"]),
  ],
  swiftLanguageModes: [.v6]
)
