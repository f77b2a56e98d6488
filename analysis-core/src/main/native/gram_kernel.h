/*
 * The Gram kernel for one vector width; gram_avx2.c and gram_avx512.c include it with LANES, ROWS and GRAM defined.
 *
 * A general BLAS copies every number twice into the order its inner loop wants, once as a left and once as a right factor,
 * and reads the result of centring from memory. With a few hundred examples a number is used only a few hundred times, and
 * that copying is a third of the time. Here a piece of features is centred while it is copied, once: into panels of LANES
 * examples, a feature's LANES numbers side by side. A panel serves as a vector (right factor) and, number by number, as
 * left factor. Only tiles that touch the upper triangle are computed. While a piece is multiplied, the next is fetched.
 */
#include "gram.h"

#include <stdint.h>

typedef float vector __attribute__((vector_size(LANES * sizeof(float)), may_alias));
typedef float anywhere __attribute__((vector_size(LANES * sizeof(float)), may_alias, aligned(1)));
typedef int32_t lane_numbers __attribute__((vector_size(LANES * sizeof(float))));
typedef float number __attribute__((may_alias, aligned(1)));

static inline vector load(const number *from) { return *(const anywhere *)from; }

static inline void store(number *to, vector value) { *(anywhere *)to = value; }

static inline vector all(float value) { return value - (vector){}; }

/* Exchanges blocks of a pair of rows: the second half of each pair of blocks of one with the first half of the other's. */
static inline __attribute__((always_inline)) void exchange(vector *upper, vector *lower, int block) {
  lane_numbers first, second;
  for (int lane = 0; lane < LANES; lane++) {
    first[lane] = lane & block ? LANES + lane - block : lane;
    second[lane] = lane & block ? LANES + lane : lane + block;
  }
  vector a = *upper, b = *lower;
  *upper = __builtin_shuffle(a, b, first);
  *lower = __builtin_shuffle(a, b, second);
}

static inline __attribute__((always_inline)) void exchange_all(vector *rows, int block) {
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++) {
    if (!(i & block)) {
      exchange(rows + i, rows + i + block, block);
    }
  }
}

/* LANES examples x LANES features, the mean taken off, to LANES features x LANES examples. */
static inline __attribute__((always_inline)) void transpose(vector *rows, number *out) {
#if LANES == 16
  exchange_all(rows, 8);
#endif
  exchange_all(rows, 4);
  exchange_all(rows, 2);
  exchange_all(rows, 1);
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++) {
    *(vector *)(out + i * LANES) = rows[i];
  }
}

static void pack_whole(const number *x, size_t stride, const number *mean, number *out) {
  vector rows[LANES];
  vector m = load(mean);
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++) {
    rows[i] = load(x + i * stride) - m;
  }
  transpose(rows, out);
}

/* At the last examples or features: what is beyond them is zero, so that it adds nothing. */
static void pack_edge(
    const number *x, size_t stride, size_t examples, size_t features, const number *mean, number *out) {
  for (size_t f = 0; f < LANES; f++) {
    for (size_t i = 0; i < LANES; i++) {
      out[f * LANES + i] = i < examples && f < features ? x[i * stride + f] - mean[f] : 0;
    }
  }
}

/*
 * Means of some features over all examples; their squared norm. Sums are of differences from the first example: where examples
 * share a large offset, as after a ReLU, their own sums would lose the digits that tell them apart.
 */
static double means(const number *x, size_t stride, size_t examples, size_t features, number *mean) {
  const float share = 1.0f / (float)examples;
  size_t f = 0;
  for (; f + 4 * LANES <= features; f += 4 * LANES) {
    const number *row = x + f;
    vector first[4], sums[4] = {};
    for (int j = 0; j < 4; j++) {
      first[j] = load(row + j * LANES);
    }
    for (size_t i = 1; i < examples; i++) {
      row += stride;
      for (int j = 0; j < 4; j++) {
        sums[j] += load(row + j * LANES) - first[j];
      }
    }
    for (int j = 0; j < 4; j++) {
      store(mean + f + j * LANES, first[j] + sums[j] * share);
    }
  }
  for (size_t rest = f; rest < features; rest++) {
    mean[rest] = 0;
  }
  for (size_t i = 1; i < examples; i++) {
    for (size_t rest = f; rest < features; rest++) {
      mean[rest] += x[i * stride + rest] - x[rest];
    }
  }
  for (; f < features; f++) {
    mean[f] = x[f] + mean[f] * share;
  }
  double norm = 0;
  for (f = 0; f < features; f++) {
    norm += (double)mean[f] * mean[f];
  }
  return norm;
}

/*
 * Adds to ROWS x (VECTORS x LANES) numbers of the Gram matrix what `features` packed features give, and fetches two rows of
 * the next piece meanwhile.
 */
#define TILE(NAME, VECTORS)                                                                                      \
  static void NAME(                                                                                              \
      size_t features, const number *left, const number *right, size_t panel, number *gram, size_t stride,       \
      const char *next, const char *after) {                                                                     \
    vector sums[ROWS][VECTORS] = {};                                                                             \
    for (size_t f = 0; f < features; f += STEP) {                                                                \
      __builtin_prefetch(next, 0, 2);                                                                            \
      __builtin_prefetch(after, 0, 2);                                                                           \
      next += STEP * sizeof(float);                                                                              \
      after += STEP * sizeof(float);                                                                             \
      _Pragma("GCC unroll 4") for (int step = 0; step < STEP; step++) {                                          \
        vector columns[VECTORS];                                                                                 \
        for (int j = 0; j < VECTORS; j++) {                                                                      \
          columns[j] = *(const vector *)(right + j * panel);                                                     \
        }                                                                                                        \
        for (int i = 0; i < ROWS; i++) {                                                                         \
          vector row = all(left[i]);                                                                             \
          for (int j = 0; j < VECTORS; j++) {                                                                    \
            sums[i][j] += row * columns[j];                                                                      \
          }                                                                                                      \
        }                                                                                                        \
        left += LANES;                                                                                           \
        right += LANES;                                                                                          \
      }                                                                                                          \
    }                                                                                                            \
    for (int i = 0; i < ROWS; i++) {                                                                             \
      for (int j = 0; j < VECTORS; j++) {                                                                        \
        number *to = gram + i * stride + j * LANES;                                                              \
        store(to, load(to) + sums[i][j]);                                                                        \
      }                                                                                                          \
    }                                                                                                            \
  }

TILE(tile_of_1, 1)
TILE(tile_of_2, 2)
TILE(tile_of_3, 3)

/* Tiles of the upper triangle, three panels of columns at a time, which stay in the first-level cache. */
static void multiply(
    const number *packed, size_t panel, size_t padded, size_t features, number *gram, const number *next,
    size_t stride, size_t examples) {
  size_t fetched = 0;
  for (size_t column = 0; column < padded; column += 3 * LANES) {
    size_t end = column + 3 * LANES < padded ? column + 3 * LANES : padded;
    for (size_t row = 0; row < end; row += ROWS) {
      size_t diagonal = row / LANES * LANES;
      size_t begin = column > diagonal ? column : diagonal;
      const number *left = packed + row / LANES * panel + row % LANES;
      const number *right = packed + begin / LANES * panel;
      number *to = gram + row * padded + begin;
      const number *ahead = packed;
      const number *after = packed;
      if (next && fetched < examples) {
        ahead = next + fetched * stride;
        after = fetched + 1 < examples ? ahead + stride : packed;
        fetched += 2;
      }
      switch ((end - begin) / LANES) {
        case 1: tile_of_1(features, left, right, panel, to, padded, (const char *)ahead, (const char *)after); break;
        case 2: tile_of_2(features, left, right, panel, to, padded, (const char *)ahead, (const char *)after); break;
        default: tile_of_3(features, left, right, panel, to, padded, (const char *)ahead, (const char *)after);
      }
    }
  }
}

static void pack(
    const number *x, size_t stride, size_t examples, size_t features, const number *mean, size_t panel, number *packed) {
  size_t whole = round_up(features, STEP);
  for (size_t i = 0; i < examples; i += LANES) {
    for (size_t f = 0; f < whole; f += LANES) {
      size_t rows = examples - i;
      size_t columns = f < features ? features - f : 0;
      number *out = packed + i / LANES * panel + f * LANES;
      if (rows >= LANES && columns >= LANES) {
        pack_whole(x + i * stride + f, stride, mean + f, out);
      } else {
        pack_edge(x + i * stride + f, stride, rows, columns, mean + f, out);
      }
    }
  }
}

static void sum_rows(const number *gram, size_t n, number *sums) {
  for (size_t i = 0; i < n; i++) {
    sums[i] = 0;
  }
  for (size_t i = 0; i < n; i++) {
    const number *row = gram + i * n;
    vector partial = {};
    float sum = row[i];
    size_t j = i + 1;
    for (; j + LANES <= n; j += LANES) {
      vector values = load(row + j);
      partial += values;
      store(sums + j, load(sums + j) + values);
    }
    for (; j < n; j++) {
      sum += row[j];
      sums[j] += row[j];
    }
    for (int lane = 0; lane < LANES; lane++) {
      sum += partial[lane];
    }
    sums[i] += sum;
  }
}

double GRAM(const void *activation, size_t examples, size_t features, void *workspace, void *product, void *row_sums) {
  const number *x = activation;
  number *gram = product;
  number *mean = (number *)(((uintptr_t)workspace + 63) & ~(uintptr_t)63);
  number *packed = mean + MOST_FEATURES;
  size_t padded = round_up(examples, LANES);
  size_t piece = features_at_once(examples);
  size_t panel = piece * LANES;
  double offset = 0;
  for (size_t i = 0; i < padded * padded; i++) {
    gram[i] = 0;
  }
  for (size_t from = 0; from < features; from += piece) {
    size_t width = features - from < piece ? features - from : piece;
    offset += means(x + from, features, examples, width, mean);
    pack(x + from, features, examples, width, mean, panel, packed);
    const number *next = from + piece < features ? x + from + piece : NULL;
    multiply(packed, panel, padded, round_up(width, STEP), gram, next, features, examples);
  }
  for (size_t i = 1; i < examples && padded > examples; i++) {
    for (size_t j = 0; j < examples; j++) {
      gram[i * examples + j] = gram[i * padded + j];
    }
  }
  sum_rows(gram, examples, row_sums);
  return offset * (double)examples;
}
