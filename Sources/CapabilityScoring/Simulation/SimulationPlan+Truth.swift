import StatisticalLearning

extension SimulationPlan {
  /// The probabilities, uplifts and orders of a firm.
  func truth(of firm: SimulatedFirm) -> SimulatedTruth.Firm {
    let context = context(country: firm.country, size: firm.size)
    let joint = simulation.dependence
    let both = joint.jointProbability(firm.innovation, firm.export)
    let count = capabilities.count
    var innovation = [Double?](repeating: nil, count: count)
    var export = innovation
    var jointUplift = innovation
    var product = innovation
    for (j, capability) in capabilities.enumerated() {
      var raised = firm.levels
      for (item, _) in capability.items { raised[item] = min(raised[item] + 1, items[item].thresholds.count) }
      guard raised != firm.levels else { continue }
      let next = probabilities(scores: scores(levels: raised), context: context)
      innovation[j] = next.innovation - firm.innovation
      export[j] = next.export - firm.export
      jointUplift[j] = joint.jointProbability(next.innovation, next.export) - both
      product[j] = next.innovation * next.export - firm.innovation * firm.export
    }
    func order(_ key: (Int) -> (Double, Double)) -> [String] {
      let possible = (0..<count).filter { innovation[$0] != nil }
      let sorted = possible.sorted { left, right in
        let (a, b) = (key(left), key(right))
        return a.0 != b.0 ? a.0 > b.0 : a.1 != b.1 ? a.1 > b.1 : left < right
      }
      return sorted.map { capabilityIDs[$0] }
    }
    return SimulatedTruth.Firm(
      id: firm.id, innovation: firm.innovation, export: firm.export, both: both, innovationUplift: innovation,
      exportUplift: export, bothUplift: jointUplift, productUplift: product,
      orderBySmaller: order { (min(innovation[$0]!, export[$0]!), product[$0]!) },
      orderByProduct: order { (product[$0]!, min(innovation[$0]!, export[$0]!)) })
  }
}
