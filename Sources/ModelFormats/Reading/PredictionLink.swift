import Foundation
import StatisticalLearning

/// From raw scores to predictions.
public enum PredictionLink: Sendable, Equatable {
  case identity
  /// `1 / (1 + exp(−scale · f))`, each score for itself.
  case logistic(scale: Double)
  /// Exponentials that sum to one over the scores of a row.
  case softmax
  case exponential
  /// `log(1 + exp(f))`
  case softplus
  /// `sign(f) f²`
  case signedSquare
  /// A transformation that is not known: predictions are raw scores.
  case unknown(String)

  /// In place, rows of `width` scores.
  func apply(_ scores: inout [Double], width: Int) {
    switch self {
    case .identity, .unknown: return
    case .logistic(let scale): for index in scores.indices { scores[index] = 1 / (1 + exp(-scale * scores[index])) }
    case .exponential: for index in scores.indices { scores[index] = exp(scores[index]) }
    case .softplus: for index in scores.indices { scores[index] = logOnePlusExp(scores[index]) }
    case .signedSquare: for index in scores.indices { scores[index] *= abs(scores[index]) }
    case .softmax: PostTransform.softmax.apply(&scores, width: width)
    }
  }

  /// The link of an objective as LightGBM writes it.
  init(lightGBM objective: String) {
    let words = objective.split(separator: " ")
    func parameter(_ name: String) -> Double? {
      words.first { $0.hasPrefix(name + ":") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
    switch words.first {
    case "binary", "multiclassova": self = .logistic(scale: parameter("sigmoid") ?? 1)
    case "multiclass": self = .softmax
    case "cross_entropy": self = .logistic(scale: 1)
    case "cross_entropy_lambda": self = .softplus
    case "poisson", "gamma", "tweedie": self = .exponential
    case "regression": self = words.contains("sqrt") ? .signedSquare : .identity
    case "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg": self = .identity
    default: self = .unknown(objective)
    }
  }

  /// The link of an objective of XGBoost.
  init(xgboost objective: String) {
    switch objective {
    case "binary:logistic", "reg:logistic": self = .logistic(scale: 1)
    case "multi:softprob", "multi:softmax": self = .softmax
    case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft": self = .exponential
    case "reg:squarederror", "reg:linear", "reg:pseudohubererror", "reg:absoluteerror", "reg:quantileerror",
      "binary:logitraw", "reg:squaredlogerror", "rank:pairwise", "rank:ndcg", "rank:map":
      self = .identity
    default: self = .unknown(objective)
    }
  }

  /// The raw score whose prediction is `value`.
  func inverse(_ value: Double) -> Double? {
    switch self {
    case .logistic(let scale): value > 0 && value < 1 ? logit(value) / scale : nil
    case .exponential: value > 0 ? log(value) : nil
    default: value
    }
  }
}
