import Foundation
import StatisticalLearning
import Testing

@testable import LinearModels

@Suite("Spike-and-slab regression")
struct SpikeAndSlabTests {
  /// Firms with four answers, of which the first two matter.
  static func dataset(_ count: Int, seed: UInt64 = 1, weights: [Double]? = nil) throws -> Dataset {
    var elements = [Double](repeating: 0, count: count * 4)
    var targets: [Double] = []
    for i in 0..<count {
      var generator = CounterBasedGenerator(seed: seed, purpose: "row", index: i)
      for j in 0..<4 { elements[j * count + i] = (2 + generator.normal()).rounded() }
      let logOdds = -1.6 + 0.9 * elements[i] - 0.5 * elements[count + i] + 0.4
      targets.append(generator.uniform() < sigmoid(logOdds) ? 1 : 0)
    }
    return try Dataset(
      matrix: Matrix(rowCount: count, columnCount: 4, elements: elements), targets: targets, weights: weights)
  }

  /// One feature: the posterior by quadrature over the intercept and the coefficient, with the slab's marginal density.
  @Test("Agrees with the exact posterior of one feature", arguments: [1, 0])
  func exactPosterior(sign: Int) throws {
    let count = 60
    let whole = try Self.dataset(count, seed: 4)
    let x = (0..<count).map { whole.matrix[$0, 0] }
    let data = try Dataset(
      matrix: Matrix(rowCount: count, columnCount: 1, elements: x), targets: whole.targets)
    let mean = x.reduce(0, +) / Double(count)
    let deviation = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot()
    let z = x.map { ($0 - mean) / deviation }
    // ∫ normal(β; 0, τ²) halfCauchy(τ; ½) dτ, on a grid of log τ.
    func slab(_ beta: Double) -> Double {
      var sum = 0.0
      for k in 0..<400 {
        let tau = exp(-7 + 10 * (Double(k) + 0.5) / 400)
        let cauchy = 2 / (.pi * 0.5 * (1 + tau * tau / 0.25))
        sum += cauchy * tau * exp(-0.5 * beta * beta / (tau * tau)) / (tau * (2 * .pi).squareRoot())
      }
      return sum * 10 / 400 * (sign == 0 ? 1 : 2)
    }
    func likelihood(_ a: Double, _ beta: Double) -> Double {
      var log = 0.0
      for i in 0..<count { log -= logOnePlusExp((whole.targets[i] == 1 ? -1 : 1) * (a + beta * z[i])) }
      return exp(log + 30) * exp(-0.005 * a * a)
    }
    let step = 0.04
    var (zero, included, first) = (0.0, 0.0, 0.0)
    for a in stride(from: -2.0, through: 3, by: step) {
      zero += likelihood(a, 0) / step / 3
      for beta in stride(from: sign == 0 ? -1.5 + step / 2 : step / 2, through: 3.5, by: step) {
        let mass = 2 / 3.0 * slab(beta) * likelihood(a, beta)
        included += mass
        first += mass * beta
      }
    }
    let model = try SpikeAndSlabRegression(signs: [sign], drawCount: 2_000, seed: 3).fit(data)
    #expect(abs(model.inclusionProbabilities[0] - included / (included + zero)) < 0.03)
    #expect(abs(model.mean.values[0] * deviation - first / (included + zero)) < 0.04)
  }

  @Test func findsWhatMatters() throws {
    let model = try SpikeAndSlabRegression(seed: 2).fit(try Self.dataset(2_000))
    #expect(abs(model.mean.values[0] - 0.9) < 0.2)
    #expect(abs(model.mean.values[1] + 0.5) < 0.2)
    #expect(model.inclusionProbabilities[0] > 0.99 && model.inclusionProbabilities[1] > 0.99)
    #expect(abs(model.mean.values[2]) < 0.1 && abs(model.mean.values[3]) < 0.1)
    #expect(model.draws.count == 200)
  }

  @Test func signsAreKept() throws {
    let model = try SpikeAndSlabRegression(signs: [-1, 1, 0, 1]).fit(try Self.dataset(300))
    for draw in model.draws {
      #expect(draw.values[0] <= 0 && draw.values[1] >= 0 && draw.values[3] >= 0)
    }
  }

  @Test func weightsCountRows() throws {
    let data = try Self.dataset(150)
    let doubled = try data.weighted(by: data.weights.indices.map { $0 % 3 == 0 ? 2 : 1 })
    let repeated = data.selectingRows(data.weights.indices.flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] })
    let (a, b) = (try SpikeAndSlabRegression().fit(doubled), try SpikeAndSlabRegression().fit(repeated))
    for (x, y) in zip(a.mean.values, b.mean.values) { #expect(abs(x - y) < 1e-6) }
    let kept = Array(0..<100)
    let zeroed = try data.weighted(by: data.weights.indices.map { $0 < 100 ? 1 : 0 })
    #expect(try SpikeAndSlabRegression().fit(zeroed) == SpikeAndSlabRegression().fit(data.selectingRows(kept)))
  }

  @Test func constantFeaturesAreNothing() throws {
    let data = try Self.dataset(80)
    let elements = (0..<4).flatMap { j in (0..<80).map { j == 2 ? 7.0 : data.matrix[$0, j] } }
    let constant = try Dataset(
      matrix: Matrix(rowCount: 80, columnCount: 4, elements: elements), targets: data.targets)
    let model = try SpikeAndSlabRegression().fit(constant)
    #expect(model.inclusionProbabilities[2] == 0 && model.draws.allSatisfy { $0.values[2] == 0 })
  }

  @Test func quantitiesAreRegressed() throws {
    let data = try Self.dataset(400)
    let targets = (0..<400).map { i -> Double in
      var generator = CounterBasedGenerator(seed: 8, purpose: "noise", index: i)
      return 100 + 30 * data.matrix[i, 0] + 10 * generator.normal()
    }
    let continuous = try Dataset(matrix: data.matrix, targets: targets)
    let model = try SpikeAndSlabRegression(response: .continuous).fit(continuous)
    #expect(abs(model.mean.values[0] - 30) < 2 && abs(model.mean.intercept - 100) < 5)
    let spread = model.draws.map(\.values[0])
    let mean = spread.reduce(0, +) / 200
    let deviation = (spread.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199).squareRoot()
    // σ / (sd(x) √n) with σ = 10.
    let expected = 10 / (1.04 * 20)
    #expect(deviation > 0.75 * expected && deviation < 1.3 * expected)
  }

  @Test func badInputIsRefused() throws {
    let data = try Self.dataset(20)
    let same = try Dataset(matrix: data.matrix, targets: [Double](repeating: 1, count: 20))
    #expect(throws: TrainingError.singleClass) { try SpikeAndSlabRegression().fit(same) }
    #expect(throws: TrainingError.self) { try SpikeAndSlabRegression(signs: [1]).fit(data) }
    #expect(throws: TrainingError.self) { try SpikeAndSlabRegression(groups: [0, 0, 0, 4]).fit(data) }
  }

  @Test(arguments: [-4.0, -0.5, 0, 2])
  func positiveNormals(mean: Double) {
    var generator = CounterBasedGenerator(seed: 1, purpose: "positive")
    let draws = (0..<20_000).map { _ in generator.positiveNormal(mean: mean, deviation: 1) }
    let expected = mean + StandardNormal.density(mean) / StandardNormal.cumulative(mean)
    #expect(draws.allSatisfy { $0 > 0 })
    #expect(abs(draws.reduce(0, +) / 20_000 - expected) < 0.02)
  }

  @Test(arguments: [0.5, 1, 7.5])
  func gammas(shape: Double) {
    var generator = CounterBasedGenerator(seed: 1, purpose: "gamma")
    let draws = (0..<20_000).map { _ in generator.gamma(shape: shape) }
    #expect(abs(draws.reduce(0, +) / 20_000 - shape) < 0.04 * max(shape, 1))
  }
}
