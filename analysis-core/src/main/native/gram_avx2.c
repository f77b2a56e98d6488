#define LANES 8
#define ROWS 4
#define GRAM gram_avx2
#include "gram_kernel.h"
