#include <stddef.h>

/* Features are packed in multiples of this; a cache line of one example's numbers. */
enum { STEP = 16 };

/* Features of a piece, at most; 256 of 256 examples are 256 KiB, packed, of the second-level cache. */
enum { MOST_FEATURES = 256 };

static inline size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/* Fewer for many examples, so that a piece and the next one stay in the cache. */
static inline size_t features_at_once(size_t examples) {
  size_t fitting = (1 << 17) / (examples + 1) / STEP * STEP;
  return fitting > MOST_FEATURES ? MOST_FEATURES : fitting < 4 * STEP ? 4 * STEP : fitting;
}

/*
 * (X - 1 m')(X - 1 m')' of `examples` x `features` numbers, m their means: the upper triangle of `product`, row by row, and
 * the sums of its full rows. Returns examples * |m|^2.
 *
 * activation: float32, row by row; begins at any byte, is not written.
 * workspace: workspace_floats(examples) numbers. product: at least the square of `examples` rounded up to 16.
 */
double gram_avx2(const void *activation, size_t examples, size_t features, void *workspace, void *product, void *row_sums);
double gram_avx512(const void *activation, size_t examples, size_t features, void *workspace, void *product, void *row_sums);

static inline size_t workspace_floats(size_t examples) {
  return 16 + MOST_FEATURES + round_up(examples, 16) * features_at_once(examples);
}
