import StatisticalLearning

/// Half the mean squared error, `Σ sᵢ (ηᵢ + b − yᵢ)² / 2`, with the intercept `b` as the only nuisance parameter.
final class GaussianFamily: SingleIndexFamily {
  let targets: [Double]
  let weights: [Double]

  /// - Parameter weights: Sum to 1, less what is held out.
  init(targets: [Double], weights: [Double]) {
    self.targets = targets
    self.weights = weights
  }

  var rowCount: Int { targets.count }
  var nuisanceCount: Int { 1 }
  var initialNuisance: [Double] { [zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 }] }

  func evaluate(_ state: SingleIndexState, rows: Range<Int>) -> Double {
    let intercept = state.nuisance[0]
    var value = 0.0
    var gradient = 0.0
    var information = 0.0
    for i in rows {
      let error = state.predictor[i] + intercept - targets[i]
      let residual = weights[i] * error
      value += residual * error / 2
      gradient += residual
      information += weights[i]
      state.residual[i] = residual
      state.curvature[i] = weights[i]
      state.cross[i] = weights[i]
    }
    state.nuisanceGradient[0] += gradient
    state.information[0] += information
    return value.isFinite ? value : .infinity
  }

  func divergence(_ state: SingleIndexState, from residual: UnsafePointer<Double>, scale: Double) -> Double? {
    var value = 0.0
    for i in 0..<targets.count where weights[i] > 0 {
      let difference = scale * residual[i] - state.residual[i]
      value += difference * difference / (2 * weights[i])
    }
    return value.isFinite ? value : nil
  }
}
