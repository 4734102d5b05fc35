/// Sorting of firms into ordered classes by outranking flows.
///
/// With limiting profiles `r_1 > … > r_{K+1}` a firm *a* is compared with all of `R = {r_1, …, r_{K+1}, a}`:
///
/// ```
/// π(x, y) = Σ_k w_k P_k(x_k − y_k),   φ⁺(x) = mean over y ≠ x of π(x, y),   φ⁻(x) = mean of π(y, x),   φ = φ⁺ − φ⁻
/// ```
///
/// It is in class *h* when `φ(r_h) ≥ φ(a) > φ(r_{h+1})`; by φ⁺ likewise, by φ⁻ with the signs turned. Where the two
/// differ the firm is not comparable at a border, and is *between* classes. With central profiles `r_1 > … > r_K`, one
/// typical firm per class, it is in the class of the profile whose flow is nearest.
///
/// Source: Nemery and Lamboray (2008), *FlowSort: a flow-based sorting method with limiting or central profiles*, TOP 16.
public struct FlowSort: Sendable, Equatable {
  /// How a difference becomes a preference: 0 up to `indifference`, 1 from `preference` on, linear between.
  public struct Preference: Sendable, Hashable, Codable {
    public var indifference: Double
    public var preference: Double

    public init(indifference: Double, preference: Double) {
      precondition(
        indifference >= 0 && preference >= indifference, "thresholds \(indifference) and \(preference)")
      self.indifference = indifference
      self.preference = preference
    }

    public func degree(_ difference: Double) -> Double {
      if difference <= indifference { return 0 }
      if difference >= preference { return 1 }
      return (difference - indifference) / (preference - indifference)
    }
  }

  public enum Profiles: Sendable, Equatable {
    /// *K* + 1 borders, best first: class *h* lies between profiles *h* and *h* + 1.
    case limiting([[Double]])
    /// *K* typical firms, best first.
    case central([[Double]])
  }

  public struct Flow: Sendable, Equatable, Codable {
    public let positive: Double
    public let negative: Double
    public var net: Double { positive - negative }
  }

  /// Classes are counted from 1, the best.
  public struct Assignment: Sendable, Equatable, Codable {
    public let flow: Flow
    public let profileFlows: [Flow]
    public let byNetFlow: Int
    public let byPositiveFlow: Int
    public let byNegativeFlow: Int
    /// The classes that the firm may belong to; one class unless it is "between".
    public var classes: ClosedRange<Int> {
      min(byPositiveFlow, byNegativeFlow)...max(byPositiveFlow, byNegativeFlow)
    }
    public var isBetween: Bool { byPositiveFlow != byNegativeFlow }
  }

  public let profiles: Profiles
  /// Of the criteria, scaled to sum to one.
  public let weights: [Double]
  /// One per criterion.
  public let preferences: [Preference]

  /// - Parameters:
  ///   - weights: Not negative, not all 0.
  ///   - preferences: One per criterion. Larger values of a criterion are better.
  public init(profiles: Profiles, weights: [Double], preferences: [Preference]) {
    let rows: [[Double]]
    let least: Int
    switch profiles {
    case .limiting(let borders): (rows, least) = (borders, 2)
    case .central(let centers): (rows, least) = (centers, 1)
    }
    let total = weights.reduce(0, +)
    precondition(rows.count >= least, "\(rows.count) profiles")
    precondition(total > 0 && weights.allSatisfy { $0 >= 0 }, "weights that are negative, or all 0")
    precondition(preferences.count == weights.count, "\(preferences.count) preferences for \(weights.count) criteria")
    precondition(rows.allSatisfy { $0.count == weights.count }, "a profile without \(weights.count) criteria")
    for (better, worse) in zip(rows, rows.dropFirst()) {
      precondition(zip(better, worse).allSatisfy { $0 >= $1 } && better != worse, "profiles that are not ordered")
    }
    self.profiles = profiles
    self.weights = weights.map { $0 / total }
    self.preferences = preferences
  }

  private func preference(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for k in weights.indices { sum += weights[k] * preferences[k].degree(x[k] - y[k]) }
    return sum
  }

  /// - Parameter firm: One value per criterion, on the scale of the profiles.
  public func assign(_ firm: [Double]) -> Assignment {
    precondition(firm.count == weights.count, "\(firm.count) values for \(weights.count) criteria")
    let rows: [[Double]]
    switch profiles {
    case .limiting(let borders): rows = borders
    case .central(let centers): rows = centers
    }
    let all = rows + [firm]
    let others = Double(all.count - 1)
    let flows = all.indices.map { i -> Flow in
      var positive = 0.0
      var negative = 0.0
      for j in all.indices where j != i {
        positive += preference(all[i], all[j])
        negative += preference(all[j], all[i])
      }
      return Flow(positive: positive / others, negative: negative / others)
    }
    let own = flows[rows.count]
    let profileFlows = Array(flows.dropLast())
    func place(_ value: (Flow) -> Double) -> Int {
      switch profiles {
      case .limiting:
        // The first class whose lower border lies below the firm; the last when it is on the lowest border.
        let tolerance = 1e-12
        let border = profileFlows.dropFirst().firstIndex { value(own) > value($0) + tolerance }
        return border ?? rows.count - 1
      case .central:
        var best = 0
        for h in profileFlows.indices
        where abs(value(profileFlows[h]) - value(own)) < abs(value(profileFlows[best]) - value(own)) - 1e-12 {
          best = h
        }
        return best + 1
      }
    }
    return Assignment(
      flow: own, profileFlows: profileFlows, byNetFlow: place(\.net), byPositiveFlow: place(\.positive),
      byNegativeFlow: place { -$0.negative })
  }
}
