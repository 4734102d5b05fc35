import StatisticalLearning
import SurveyData

@testable import CapabilityScoring

/// A predictor made by hand, so that what it prints depends on nothing learned: three capabilities, size and sector,
/// forty firms to compare with, and coefficients that anybody can check.
enum SmallPredictor {
  static let codebook = """
    codebook: 1
    title: {en: "A small survey", fr: "Une petite enquête", es: "Una encuesta pequeña"}
    scales:
      maturity:
        - {codes: [0], label: {en: "Not done", fr: "Pas fait", es: "No se hace"}}
        - {codes: [1], label: {en: "Now and then", fr: "À l’occasion", es: "A veces"}}
        - {codes: [2], label: {en: "Regularly", fr: "Régulièrement", es: "Regularmente"}}
        - {codes: [3], label: {en: "Organised", fr: "Organisé", es: "Organizado"}}
        - {codes: [4], label: {en: "Measured", fr: "Mesuré", es: "Medido"}}
    items:
      - column: n1
        kind: likert
        scale: maturity
        text: {en: "Works with outside bodies.", fr: "Coopère avec des organismes.", es: "Trabaja con organismos."}
      - column: n2
        kind: likert
        scale: maturity
        text: {en: "Compares providers.", fr: "Compare ses prestataires.", es: "Compara proveedores."}
      - column: s1
        kind: likert
        scale: maturity
        text: {en: "Links products and markets.", fr: "Relie produits et marchés.", es: "Une productos y mercados."}
      - column: q1
        kind: binary
        levels: [{codes: [0], label: {en: "No", fr: "Non", es: "No"}}, {codes: [1], label: {en: "Yes", fr: "Oui", es: "Sí"}}]
        text: {en: "Traces its lots.", fr: "Trace ses lots.", es: "Traza sus lotes."}
      - column: q2
        kind: binary
        levels: [{codes: [0], label: {en: "No", fr: "Non", es: "No"}}, {codes: [1], label: {en: "Yes", fr: "Oui", es: "Sí"}}]
        text: {en: "Has a quality label.", fr: "A un label de qualité.", es: "Tiene un sello de calidad."}
    capabilities:
      - {id: network, name: {en: "Network", fr: "Réseau", es: "Redes"}, items: [n1, n2]}
      - {id: strategy, name: {en: "Strategy", fr: "Stratégie", es: "Estrategia"}, items: [s1], effort: 2}
      - {id: quality, name: {en: "Quality", fr: "Qualité", es: "Calidad"}, items: [q1, q2], effort: 0.5}
    context:
      - column: size
        kind: ordinal
        role: size
        name: {en: "Size", fr: "Taille", es: "Tamaño"}
        levels:
          - {codes: ["small"], label: {en: "Small", fr: "Petite", es: "Pequeña"}}
          - {codes: ["medium"], label: {en: "Medium", fr: "Moyenne", es: "Mediana"}}
          - {codes: ["large"], label: {en: "Large", fr: "Grande", es: "Grande"}}
      - column: sector
        kind: nominal
        role: sector
        name: {en: "Sector", fr: "Secteur", es: "Sector"}
        levels:
          - {codes: ["wine"], label: {en: "Wine", fr: "Vin", es: "Vino"}}
          - {codes: ["food"], label: {en: "Food", fr: "Alimentation", es: "Alimentos"}}
    outcomes:
      - {id: innovation, name: {en: "New product", fr: "Nouveau produit", es: "Producto nuevo"}, column: inn, rule: "== 1"}
      - {id: export, name: {en: "Exports", fr: "Exporte", es: "Exporta"}, column: exp, rule: "== 1"}
    design: {id: firm}
    """

  /// Forty firms: thirty small, ten medium; half of wine. None is large.
  static var survey: SurveyTable {
    let n = 40
    func numbers(_ name: String, _ value: (Int) -> Int) -> SurveyColumn {
      SurveyColumn(name: name, values: .numbers((0..<n).map { Double(value($0)) }))
    }
    func texts(_ name: String, _ levels: [String], _ value: (Int) -> Int) -> SurveyColumn {
      SurveyColumn(name: name, values: .texts((0..<n).map { Int32(value($0)) }, levels: levels))
    }
    return SurveyTable(
      columns: [
        numbers("n1") { $0 % 5 }, numbers("n2") { ($0 / 2) % 5 }, numbers("s1") { ($0 * 3) % 5 },
        numbers("q1") { $0 % 2 }, numbers("q2") { ($0 / 3) % 2 },
        texts("size", ["small", "medium"]) { $0 < 30 ? 0 : 1 }, texts("sector", ["wine", "food"]) { $0 % 2 },
        numbers("inn") { $0 % 5 > 1 ? 1 : 0 }, numbers("exp") { ($0 / 2) % 5 > 1 ? 1 : 0 },
      ], rowCount: n)
  }

  /// - Parameter firmCount: That the record says were trained on.
  static func predictor(firmCount: Int = 400) throws -> SurveyPredictor {
    let codebook = try Codebook(yaml: Self.codebook, name: "codebook.yaml")
    let encoding = try SurveyEncoding(codebook: codebook, table: survey)
    let encoded = try encoding.encode(survey)
    let scoringSurvey = ScoringSurvey(encoded, codebook: codebook)
    let design = DesignEncoding(
      learning: scoringSurvey.answers, capabilityCount: 3, weights: [Double](repeating: 1, count: 40),
      minimumMarkWeight: 100)
    let slopes = [
      ["n1": 0.30, "n2": 0.20, "s1": 0.25, "q1": 0.1, "q2": 0.2],
      ["n1": 0.1, "n2": 0.1, "s1": 0.45, "q1": 0.6, "q2": 0.4],
    ]
    let outcomes = ["innovation", "export"].enumerated().map { index, id in
      func part(_ shift: Double) -> LinearPart {
        LinearPart(
          intercept: [-2.2, -2.4][index],
          coefficients: design.columns.map { column in
            guard case .item(let item) = column, let slope = slopes[index][design.itemName(item, scoringSurvey)] else {
              return 0
            }
            return slope * (1 + shift)
          })
      }
      // Forty replicates around the model, the same spread for both outcomes.
      let shifts = (0..<40).map { 0.03 * Double(($0 * 7) % 40 - 20) / (index == 0 ? 1.0 : 1.5) }
      return OutcomeModel(
        id: id, kind: .binary, linearShare: 1, linear: part(0), linearReplicates: shifts.map(part))
    }
    let estimate = CrossRatio.estimate(
      probabilitiesI: [0.4, 0.6, 0.3, 0.7], probabilitiesE: [0.5, 0.5, 0.4, 0.6],
      targetsI: [false, true, false, true], targetsE: [false, true, true, false], weights: [200, 200, 100, 100])!
    let model = ScoringModel(
      columns: scoringSurvey.answers.columns, capabilities: scoringSurvey.capabilities, design: design,
      outcomes: outcomes,
      joint: JointModel(
        first: 0, second: 1, estimate: estimate,
        logReplicates: [Double](repeating: estimate.crossRatio.logValue, count: 40)),
      record: ScoringRecord(
        settings: TrainingSettings(),
        outcomes: ["innovation", "export"].map {
          OutcomeRecord(
            id: $0, firmCount: firmCount, eventCount: firmCount / 2, learner: .logistic, candidates: [],
            penaltyStrength: 0.1, designColumnCount: design.columns.count, calibration: .identity)
        }))
    let isSuccessful = zip(encoded.outcomes[0].values, encoded.outcomes[1].values).map { Optional($0 == 1 && $1 == 1) }
    return SurveyPredictor(
      encoding: encoding, scoring: model,
      peers: PeerSummaries(
        levels: model.capabilityLevels(of: scoringSurvey.answers), isSuccessful: isSuccessful,
        traits: encoded.peerTraits),
      provenance: .init(
        toolVersion: "test", survey: "survey.csv", condition: "", firmCount: firmCount, dataDigest: "0",
        isSimulated: false))
  }

  /// Three firms: complete; with gaps; of a size that was not trained on and at the top of one capability.
  static let firms = """
    [
      {"id": "Bodega Uno", "n1": 1, "n2": 2, "s1": 1, "q1": true, "q2": false, "size": "small", "sector": "wine"},
      {"id": "Bodega Dos", "n1": 3, "q1": false, "q2": false, "size": "medium", "sector": "food"},
      {"id": "Bodega Tres", "n1": 0, "n2": 1, "s1": 4, "q1": "Sí", "q2": 1, "size": "Large", "sector": "Vin"}
    ]
    """
}

extension DesignEncoding {
  fileprivate func itemName(_ item: Int, _ survey: ScoringSurvey) -> String {
    survey.answers.columns[item].feature.name
  }
}
