import Foundation
import StatisticalLearning
import Testing

@Suite("The pass of logistic regression")
struct LogisticKernelTests {
  private struct Pass {
    var sums: LogisticKernel.Sums
    var residual: [Double]
    var curvature: [Double]
  }

  private func evaluate(_ signs: [Double], _ weights: [Double], _ predictor: [Double], intercept: Double) -> Pass {
    var residual = [Double](repeating: .nan, count: signs.count)
    var curvature = residual
    let sums = LogisticKernel.evaluate(
      signs: signs, weights: weights, predictor: predictor, intercept: intercept, residual: &residual,
      curvature: &curvature, count: signs.count)
    return Pass(sums: sums, residual: residual, curvature: curvature)
  }

  @Test("agrees with the library's functions to rounding, far into both tails", arguments: [1.0, -1])
  func accuracy(sign: Double) {
    let predictor = (-4000...3999).map { Double($0) * 0.19 + 0.003 }
    let n = predictor.count
    for k in stride(from: 0, to: n, by: 4) {
      let rows = Array(predictor[k..<k + 4])
      // One row counts at a time, so that sums are those of a row.
      for place in 0..<4 {
        let weights = (0..<4).map { $0 == place ? 2.5 : 0 }
        let pass = evaluate([sign, sign, sign, sign], weights, rows, intercept: 0.25)
        let margin = sign * (rows[place] + 0.25)
        let tolerance = 4e-16
        guard abs(margin) < 700 else {
          #expect(pass.sums.loss.isFinite && pass.sums.gradient.isFinite && pass.curvature[place] > 0)
          continue
        }
        let loss = 2.5 * logOnePlusExp(-margin)
        #expect(abs(pass.sums.loss - loss) <= 3 * tolerance * loss, "loss at \(margin)")
        let gradient = -sign * 2.5 * sigmoid(-margin)
        #expect(abs(pass.residual[place] - gradient) <= 3 * tolerance * abs(gradient), "gradient at \(margin)")
        let curvature = 2.5 * sigmoid(margin) * sigmoid(-margin)
        #expect(abs(pass.curvature[place] - curvature) <= 5 * tolerance * curvature, "curvature at \(margin)")
        #expect(pass.sums.gradient == pass.residual[place] && pass.sums.information == pass.curvature[place])
      }
    }
  }

  /// The same arithmetic one row at a time, without fused operations: what every processor must give.
  private func plain(_ sign: Double, _ weight: Double, _ predictor: Double) -> (residual: Double, curvature: Double) {
    let margin = predictor * sign
    let x = -min(abs(margin), 708)
    let shifted = x * 0x1.71547652b82fep+0 + 0x1.8p52
    let k = shifted - 0x1.8p52
    let r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33
    let r2 = r * r
    let even = [3_628_800, 40_320, 720, 24, 2].reduce(1.0 / 479_001_600) { $0 * r2 + 1 / $1 }
    let odd = [39_916_800, 362_880, 5_040, 120, 6].reduce(1.0 / 6_227_020_800) { $0 * r2 + 1 / $1 }
    let power = 1 + (r + (r2 * even + r2 * r * odd))
    let e = Double(bitPattern: power.bitPattern &+ (shifted.bitPattern << 52))
    let inverse = 1 / (1 + e)
    return (-sign * weight * (margin < 0 ? inverse : e * inverse), weight * e * inverse * inverse)
  }

  @Test("gives the bits of plain arithmetic, whatever the width of the processor")
  func bits() {
    var generator = CounterBasedGenerator(seed: 1, purpose: "kernel")
    let n = 4096
    let signs = (0..<n).map { _ in generator.uniform() < 0.5 ? 1.0 : -1 }
    let weights = (0..<n).map { _ in generator.uniform() }
    let predictor = (0..<n).map { 20 * generator.normal() * Double($0 % 5) }
    let pass = evaluate(signs, weights, predictor, intercept: 0)
    for i in 0..<n {
      let expected = plain(signs[i], weights[i], predictor[i])
      #expect(pass.residual[i] == expected.residual && pass.curvature[i] == expected.curvature)
    }
  }
}
