/* What org.lamella.linalg.GramLibrary declares. Only numbers cross the border, so no header of a JDK is needed. */
#include "gram.h"

#include <stdint.h>

#define JAVA(TYPE, NAME) __attribute__((visibility("default"))) TYPE Java_org_lamella_linalg_GramLibrary_##NAME

JAVA(int32_t, lanes)(void *environment, void *type) {
  (void)environment, (void)type;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    return 16;
  }
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 8 : 0;
}

JAVA(int64_t, workspaceFloats)(void *environment, void *type, int32_t examples) {
  (void)environment, (void)type;
  return (int64_t)workspace_floats((size_t)examples);
}

JAVA(double, compute)
(void *environment, void *type, int32_t lanes, int64_t activation, int32_t examples, int64_t features, int64_t workspace,
 int64_t product, int64_t row_sums) {
  (void)environment, (void)type;
  return (lanes == 16 ? gram_avx512 : gram_avx2)(
      (const void *)activation, (size_t)examples, (size_t)features, (void *)workspace, (void *)product, (void *)row_sums);
}
