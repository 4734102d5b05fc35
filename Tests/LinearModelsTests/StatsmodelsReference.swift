// Made by Reference/make_reference.py with statsmodels 0.15.0, numpy 1.26.4.

/// Fits by another tool: the intercept first, then one number per feature.
enum StatsmodelsReference {
  struct Binary: Sendable {
    let file: String
    let target: String
    let features: [String]
    let coefficients: [Double]
    let standardErrors: [Double]
    let logLikelihood: Double
    let akaikeCriterion: Double
  }
  static let binary: [Binary] = [
    Binary(
      file: "data_spector", target: "GRADE", features: ["GPA", "TUCE", "PSI"],
      coefficients: [-13.021346858116, 2.8261125948893, 0.095157661317909, 2.3786876550934],
      standardErrors: [4.9313242136027, 1.2629410756291, 0.14155420567369, 1.0645642544971],
      logLikelihood: -12.8896342221314, akaikeCriterion: 33.7792684442628),
    Binary(
      file: "data_fair", target: "affairs",
      features: [
        "rate_marriage", "age", "yrs_married", "children", "religious", "educ", "occupation", "occupation_husb",
      ],
      coefficients: [
        3.7257198665632, -0.71610710508022, -0.060487680696683, 0.11001794098251, -0.0042332261929106,
        -0.37515765268394, -0.039219204064938, 0.16023383319082, 0.012400818906262,
      ],
      standardErrors: [
        0.29876336746539, 0.031430617482212, 0.010277984065964, 0.010942929089994, 0.031613975422028, 0.034763348348381,
        0.015480384967538, 0.033970887361805, 0.022925541840024,
      ], logLikelihood: -3471.47142305668, akaikeCriterion: 6960.94284611336),
    Binary(
      file: "stats__tests__results__binary_constrict", target: "constrict", features: ["log_rate", "log_volumne"],
      coefficients: [-2.8754217102168, 4.5616752788071, 5.1793240192719],
      standardErrors: [1.3207932935108, 1.8379910538581, 1.8648496537133], logLikelihood: -14.613687640353,
      akaikeCriterion: 35.2273752807059),
    Binary(
      file: "genmod__tests__results__stata_lbw_glm", target: "low",
      features: ["age", "lwt", "smoke", "ptl", "ht", "ui"],
      coefficients: [
        1.3789596825051, -0.042254427124198, -0.014288469864613, 0.55063122378606, 0.59325475618057, 1.8624907531983,
        0.73679041867048,
      ],
      standardErrors: [
        1.0888928855211, 0.034583563897835, 0.0066522844901823, 0.34362925021364, 0.34841905531674, 0.68622912979397,
        0.45648817284565,
      ], logLikelihood: -104.395909518731, akaikeCriterion: 222.791819037463),
  ]
  /// apply ~ pared + public + gpa of ologit_ucla, slopes and then thresholds.
  static let orderedSlopes: [Double] = [1.0476636697093, -0.058682776556307, 0.61574581652306]
  static let orderedSlopeErrors: [Double] = [0.26578912252878, 0.2978588472146, 0.26063109503219]
  static let orderedThresholds: [Double] = [2.2033232314432, 4.2987673920688]
  static let orderedLogLikelihood = -358.512435678018
  /// PID ~ logpopul + selfLR + age + educ + income of anes96: one row per class after the first, against it.
  static let nominalContrasts: [[Double]] = [
    [
      -0.37340167735849, -0.011535974566689, 0.29771435158938, -0.024944995441999, 0.082491442139344,
      0.0051965531725111,
    ],
    [-2.2509131768381, -0.088750653030492, 0.39166864173238, -0.022897837092989, 0.18104275751334, 0.047873976087541],
    [
      -3.6655835302145, -0.10596669898687, 0.57345050776463, -0.014851206884623, -0.0071524190422847, 0.057575159541368,
    ],
    [-7.6138430904448, -0.091556701692667, 1.2787717866112, -0.0086813450301143, 0.19982795531998, 0.084498375250522],
    [-7.0604782464989, -0.093284603957334, 1.3469616457076, -0.017904068947059, 0.21693884988045, 0.080958412155992],
    [-12.105750900463, -0.1408806924015, 2.0700801350415, -0.0094326487013947, 0.32192570241595, 0.10889408328648],
  ]
  static let nominalLogLikelihood = -1461.92274724815
}
