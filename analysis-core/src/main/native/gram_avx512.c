#define LANES 16
#define ROWS 8
#define GRAM gram_avx512
#include "gram_kernel.h"
