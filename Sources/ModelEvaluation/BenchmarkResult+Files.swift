import Foundation

extension BenchmarkResult {
  /// One line per candidate, outcome and metric, and one per difference: every number at full precision.
  public func csv() -> String {
    var text = "outcome,candidate,reference,group,metric,value,standardError,lower,upper,level,method,pValue\n"
    func line(
      _ outcome: String, _ candidate: String, _ reference: String, _ group: String, _ metric: String, _ value: Double,
      _ interval: IntervalEstimate?, _ method: String, _ pValue: Double?
    ) {
      let names = [outcome, candidate, reference, group, metric].map(DelimitedText.quoted)
      let numbers = [interval?.standardError, interval?.lower, interval?.upper, interval?.level]
      text += names.joined(separator: ",") + ",\(value),"
      text += numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",")
      text += ",\(method),\(pValue.map { "\($0)" } ?? "")\n"
    }
    for outcome in outcomes {
      for candidate in outcome.candidates {
        for metric in candidate.metrics {
          line(
            outcome.name, candidate.name, "", "", metric.metric.rawValue, metric.value, metric.interval,
            metric.method.rawValue, nil)
        }
        let names = outcome.kind == .binary ? ("auc", "logLoss") : ("rSquared", "meanSquaredError")
        for group in candidate.groups {
          let label = "\(group.column)=\(group.name)"
          if let discrimination = group.discrimination {
            line(
              outcome.name, candidate.name, "", label, names.0, discrimination.value, discrimination, "pooledRows", nil)
          }
          line(outcome.name, candidate.name, "", label, names.1, group.loss, nil, "pointOnly", nil)
        }
      }
      for candidate in outcome.candidates {
        for own in candidate.bootstrap {
          let values = [
            ("bootstrapApparent", own.validation.apparent),
            ("bootstrapOptimismCorrected", own.validation.optimismCorrected),
            ("bootstrap632Plus", own.validation.estimate632Plus),
          ]
          for (method, value) in values {
            line(outcome.name, candidate.name, "", "", own.metric.rawValue, value, nil, method, nil)
          }
        }
      }
      var written = Set<String>()
      for difference in outcome.differences + outcome.contrasts
      where written.insert("\(difference.candidate)\u{0}\(difference.reference)\u{0}\(difference.metric)").inserted {
        line(
          outcome.name, difference.candidate, difference.reference, "", difference.metric.rawValue,
          difference.interval.value, difference.interval, "pairedDifference", difference.pValue)
      }
    }
    for own in cutOffs {
      for metric in own.metrics {
        line(
          own.outcome, own.candidate, "", own.rule, metric.metric.rawValue, metric.value, metric.interval,
          metric.method.rawValue, nil)
      }
    }
    return text
  }

  /// The whole result, keys in order; infinities are written as the strings `"inf"` and `"-inf"`.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }

  /// Reads what ``json()`` wrote.
  public init(json data: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self = try decoder.decode(BenchmarkResult.self, from: data)
  }
}
