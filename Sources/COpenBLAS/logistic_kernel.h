// The pass of logistic regression over its rows, in C because Swift has no functions for a processor of its own: the same
// arithmetic in the same order four rows at a time, as wide instructions as the processor has, the same bits whatever
// they are.
#ifndef INNOV4SME_LOGISTIC_KERNEL_H
#define INNOV4SME_LOGISTIC_KERNEL_H

#include <stddef.h>
#include <string.h>

typedef double innov_lanes __attribute__((vector_size(32)));
typedef long long innov_mask __attribute__((vector_size(32)));

// What a pass adds up.
typedef struct {
  double loss, gradient, information;
} innov_logistic_sums;

#define INNOV_INLINE static inline __attribute__((always_inline))

INNOV_INLINE innov_lanes innov_load(const double *x) {
  innov_lanes v;
  memcpy(&v, x, sizeof v);
  return v;
}

INNOV_INLINE void innov_store(double *x, innov_lanes v) { memcpy(x, &v, sizeof v); }

INNOV_INLINE innov_lanes innov_all(double x) { return (innov_lanes){x, x, x, x}; }

// `a` where the mask is set, `b` elsewhere.
INNOV_INLINE innov_lanes innov_choose(innov_mask mask, innov_lanes a, innov_lanes b) {
  return (innov_lanes)((mask & (innov_mask)a) | (~mask & (innov_mask)b));
}

// exp(-t) for t >= 0, to a unit in the last place; beyond 708 the value at 708 (3e-308), never subnormal or zero.
INNOV_INLINE innov_lanes innov_exp_negative(innov_lanes t) {
#pragma clang fp contract(off)
  const innov_lanes limit = innov_all(708);
  innov_lanes x = -innov_choose(t > limit, limit, t);
  // x = k log 2 + r: adding and subtracting 1.5 2^52 rounds to an integer, whose bits are then the low bits.
  const innov_lanes magic = innov_all(0x1.8p52);
  innov_lanes shifted = x * 0x1.71547652b82fep+0 + magic;
  innov_lanes k = shifted - magic;
  innov_lanes r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
  // Taylor to r^13 / 13!: the remainder is below 5e-18 for |r| <= log(2) / 2. Even and odd halves run in parallel.
  innov_lanes r2 = r * r;
  innov_lanes even = innov_all(1.0 / 479001600);
  even = even * r2 + 1.0 / 3628800;
  even = even * r2 + 1.0 / 40320;
  even = even * r2 + 1.0 / 720;
  even = even * r2 + 1.0 / 24;
  even = even * r2 + 0.5;
  innov_lanes odd = innov_all(1.0 / 6227020800.0);
  odd = odd * r2 + 1.0 / 39916800;
  odd = odd * r2 + 1.0 / 362880;
  odd = odd * r2 + 1.0 / 5040;
  odd = odd * r2 + 1.0 / 120;
  odd = odd * r2 + 1.0 / 6;
  innov_lanes power = 1 + (r + (r2 * even + r2 * r * odd));
  return (innov_lanes)((innov_mask)power + ((innov_mask)shifted << 52));
}

// log(1 + e) for 0 <= e <= 1.
INNOV_INLINE innov_lanes innov_log_one_plus(innov_lanes e) {
#pragma clang fp contract(off)
  // 1 + e = 2^k (1 + z) / (1 - z) with k = 1 above sqrt(2) and |z| <= 0.172: log = k log 2 + 2 atanh z.
  innov_mask is_large = e > innov_all(0.41421356237309503);
  innov_lanes numerator = innov_choose(is_large, e - 1, e);
  innov_lanes denominator = innov_choose(is_large, e + 3, e + 2);
  innov_lanes z = numerator / denominator;
  innov_lanes z2 = z * z;
  innov_lanes sum = innov_all(2.0 / 21);
  sum = sum * z2 + 2.0 / 19;
  sum = sum * z2 + 2.0 / 17;
  sum = sum * z2 + 2.0 / 15;
  sum = sum * z2 + 2.0 / 13;
  sum = sum * z2 + 2.0 / 11;
  sum = sum * z2 + 2.0 / 9;
  sum = sum * z2 + 2.0 / 7;
  sum = sum * z2 + 2.0 / 5;
  sum = sum * z2 + 2.0 / 3;
  innov_lanes value = z * 2 + z * z2 * sum;
  return value + innov_choose(is_large, innov_all(0x1.62e42fefa39efp-1), innov_all(0));
}

// The log-likelihood's loss, its derivative and its curvature in the linear predictor, for rows in fours; `sign` is +1
// for the outcome 1 and -1 for 0.
INNOV_INLINE innov_logistic_sums innov_logistic_rows(
    const double *sign, const double *weight, const double *predictor, double intercept, double *residual,
    double *curvature, ptrdiff_t count) {
#pragma clang fp contract(off)
  const innov_lanes zero = innov_all(0);
  innov_lanes loss = zero, gradient = zero, information = zero;
  for (ptrdiff_t i = 0; i < count; i += 4) {
    innov_lanes w = innov_load(weight + i), s = innov_load(sign + i);
    // The margin is positive where the model leans to the right answer.
    innov_lanes margin = (innov_load(predictor + i) + intercept) * s;
    innov_mask is_wrong = margin < zero;
    innov_lanes distance = innov_choose(is_wrong, -margin, margin);
    innov_lanes e = innov_exp_negative(distance);
    innov_lanes inverse = 1 / (1 + e);
    // The probability of the wrong answer, and the loss of the right one, each without cancellation.
    innov_lanes wrong = innov_choose(is_wrong, inverse, e * inverse);
    innov_lanes r = -s * w * wrong;
    innov_lanes c = w * e * inverse * inverse;
    loss += w * (innov_log_one_plus(e) + innov_choose(is_wrong, distance, zero));
    innov_store(residual + i, r);
    innov_store(curvature + i, c);
    gradient += r;
    information += c;
  }
  innov_logistic_sums sums;
  sums.loss = (loss[0] + loss[2]) + (loss[1] + loss[3]);
  sums.gradient = (gradient[0] + gradient[2]) + (gradient[1] + gradient[3]);
  sums.information = (information[0] + information[2]) + (information[1] + information[3]);
  return sums;
}

#if defined(__x86_64__)
static __attribute__((target("avx2"), noinline)) innov_logistic_sums innov_logistic_wide(
    const double *sign, const double *weight, const double *predictor, double intercept, double *residual,
    double *curvature, ptrdiff_t count) {
  return innov_logistic_rows(sign, weight, predictor, intercept, residual, curvature, count);
}
#endif

static inline innov_logistic_sums innov_logistic(
    const double *sign, const double *weight, const double *predictor, double intercept, double *residual,
    double *curvature, ptrdiff_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    return innov_logistic_wide(sign, weight, predictor, intercept, residual, curvature, count);
  }
#endif
  return innov_logistic_rows(sign, weight, predictor, intercept, residual, curvature, count);
}

#endif
